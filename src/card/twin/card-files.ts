// Every file, secret and key of a virtual My Number Card, application by application, with who may read or use it.
// Pure but for the keys it is given. File ids beyond the profile's are the real card's; a kiosk needs none of them, other software does.

import { ascii, concat, fromHex, hex } from '../../core/bytes.ts';
import { encodeTlv } from '../ber.ts';
import { parseCvCertificate } from '../cv-certificate.ts';
import { cardProfile2016 } from '../profile.ts';
import type { CardMaterial } from './card-material.ts';
import type { ApplicationImage, ChipImage } from './chip-image.ts';
import { base64, blocked, CITY_CODE, code, file, key, none, PIN_TRIES, passwordOf, pinOf, tokenInfoFile } from './image-parts.ts';
import { faceKeyTlv } from './keys.ts';
import { padded } from './request.ts';
import { ageFile, attributesFile, faceFile, numberFile, numberImageFile, textDigestsFile } from './signed-files.ts';

/** Support of extended lengths is the second byte. */
const APPLICATION_ID = Uint8Array.of(0x00, 0x01, 0x00, 0x00);
/** Answer to reset by contacts, as the card is known by. */
const CONTACT_ATR = fromHex('3be000ff8131fe4514');

const TERMINAL_ANCHOR = 0x16;
const SIGN = { certificate: 0x01, authority: 0x02, presence: 0x08, key: 0x1a, password: 0x1b } as const;

/** ASSUMPTION, not a public fact: on a card without a sign certificate its file is empty, its key absent and its password blocked. */
const jpkiApplication = ({ signing, ...material }: CardMaterial): ApplicationImage => {
  const { jpki } = cardProfile2016;
  const exists = (there: boolean) => (there ? 0x8f : 0x00);
  return {
    ...none,
    aid: hex(jpki.aid),
    files: [
      file(SIGN.certificate, padded(signing?.certificate ?? new Uint8Array()), [SIGN.password]),
      file(SIGN.authority, padded(material.signAuthorityCertificate)),
      file(jpki.tokenInfo, tokenInfoFile('JPKIAPICCTOKEN2', material.holder.pin !== null, material.serial)),
      // Which certificates exist: sign, auth, (unknown).
      file(SIGN.presence, Uint8Array.of(exists(signing !== undefined), exists(true), 0x00)),
      file(0x0009, padded(new Uint8Array(), 16), []),
      file(jpki.authCertificate, padded(material.authCertificate)),
      file(0x000b, padded(material.authorityCertificate)),
    ],
    secrets: [pinOf(jpki.pin.file, material.holder), passwordOf(SIGN.password, signing)],
    keys: [
      key(jpki.authKey, [jpki.pin.file, TERMINAL_ANCHOR], material.authKey),
      ...(signing === undefined ? [] : [key(SIGN.key, [SIGN.password], signing.key)]),
    ],
    // These exist on real cards; what for is not public, but that 0016 is the key that checks a terminal's certificate.
    reserved: [0x05, 0x10, TERMINAL_ANCHOR, 0x19, 0x1c, 0x1e, ...(signing === undefined ? [SIGN.key] : [])],
    terminalAnchor: { id: TERMINAL_ANCHOR, spki: base64(material.terminalAnchor) },
    change: 'iso',
  };
};

const VISUAL = { age: 0x01, basics: 0x03, number: 0x05, birthKey: 0x11, codeA: 0x13, key: 0x1e } as const;

const visualApplication = (material: CardMaterial): ApplicationImage => {
  const { visual } = cardProfile2016;
  const basics = encodeTlv(
    0xff30,
    encodeTlv(0xdf31, APPLICATION_ID),
    encodeTlv(0xdf32, parseCvCertificate(material.faceSignerCertificate).holder),
    encodeTlv(0xdf33, Uint8Array.of(0x01)),
    encodeTlv(0xdf34, ascii(CITY_CODE)),
    encodeTlv(0xdf35, new Uint8Array(16 + 256)),
  );
  return {
    ...none,
    aid: hex(visual.aid),
    files: [
      file(VISUAL.age, padded(ageFile(material)), [VISUAL.birthKey]),
      file(visual.face, padded(faceFile(material)), [visual.codeB.file, VISUAL.codeA]),
      file(VISUAL.basics, padded(basics)),
      file(visual.signer, padded(material.faceSignerCertificate, 16)),
      file(VISUAL.number, padded(numberImageFile(material)), [VISUAL.codeA]),
    ],
    secrets: [
      code(VISUAL.birthKey, material.codeB.slice(0, 6)),
      code(visual.codeB.file, material.codeB),
      code(VISUAL.codeA, material.number),
    ],
    keys: [key(VISUAL.key, 'free', material.cardKey)],
    defaultKey: VISUAL.key,
  };
};

const TEXT = { number: 0x01, digests: 0x03, signer: 0x04, basics: 0x05, sessionKey: 0x06, key: 0x07, pin: 0x11, codeA: 0x14 } as const;

const textApplication = (material: CardMaterial): ApplicationImage => {
  const { text } = cardProfile2016;
  const number = numberFile(material.number);
  const attributes = attributesFile(material.holder);
  const signer = parseCvCertificate(material.faceSignerCertificate).holder;
  const basics = encodeTlv(0xff40, encodeTlv(0xdf41, APPLICATION_ID), encodeTlv(0xdf42, signer));
  return {
    ...none,
    aid: hex(text.aid),
    files: [
      file(TEXT.number, concat(number, Uint8Array.of(0xff, 0xff)), [TEXT.pin, TEXT.codeA]),
      file(text.attributes, padded(attributes), [TEXT.pin, text.codeB.file]),
      file(TEXT.digests, textDigestsFile(number, attributes, material.faceSignerKey), [TEXT.pin, TEXT.codeA, text.codeB.file]),
      file(TEXT.signer, padded(material.faceSignerCertificate, 16)),
      file(TEXT.basics, basics),
      file(TEXT.sessionKey, padded(faceKeyTlv(0x7f49, material.cardKey))),
      file(TEXT.key, padded(encodeTlv(0xff50, encodeTlv(0xdf51, signer), faceKeyTlv(0xdf52, material.cardKey)))),
    ],
    // 0012 is blocked on every real card from the start.
    secrets: [
      pinOf(TEXT.pin, material.holder),
      blocked(0x12, PIN_TRIES),
      code(TEXT.codeA, material.number),
      code(text.codeB.file, material.codeB),
    ],
    keys: [key(0x1e, 'free', material.cardKey)],
    defaultKey: 0x1e,
    change: 'iso',
  };
};

const RESIDENT_PIN = 0x1c;

/** Non-volatile memory of a new card. */
export const cardImage = (material: CardMaterial): ChipImage => {
  const residentPin = pinOf(RESIDENT_PIN, material.holder);
  const record = concat(Uint8Array.of(0x01, material.serial.length), material.serial);
  const object = (tag: number, content: Uint8Array) => ({ tag, content: base64(content) });
  return {
    applications: [
      jpkiApplication(material),
      visualApplication(material),
      textApplication(material),
      { ...none, aid: 'd3921000310001010401', secrets: [residentPin], change: 'jicsap' },
      {
        ...none,
        aid: 'd3921000310001010100',
        records: [{ id: 0x01, records: [base64(record)] }],
        secrets: [residentPin],
        keys: [key(0x19, 'free', material.cardKey)],
        change: 'jicsap',
      },
    ],
    objects: [
      object(0x00f0, ascii(CITY_CODE)),
      object(0x00f2, ascii(material.holder.expires.replaceAll('-', ''))),
      object(0x00f8, material.faceSignerCertificate),
      object(0x7f21, material.faceSignerCertificate),
      object(0x5f51, CONTACT_ATR),
    ],
  };
};

/** A driving licence with a chip: type B, two applications of its own, none of ours (police agency's specification of licence cards). */
export const licenceImage = (): ChipImage => ({
  applications: ['a0000002310100000000000000000000', 'a0000002310200000000000000000000'].map((aid) => ({
    ...none,
    aid,
    files: [file(0x01, padded(Uint8Array.of(0x11, 0x00), 64), [0x02])],
    secrets: [{ id: 0x02, value: '0000', max: PIN_TRIES, left: PIN_TRIES }],
  })),
});
