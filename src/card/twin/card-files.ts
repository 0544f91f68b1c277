// The files of a virtual My Number Card, byte for byte in the layout the card layer reads: token information, certificates, the signed card
// face, the text attributes. Pure but for the keys it is given.

import { constants, createPublicKey, type KeyObject, privateEncrypt } from 'node:crypto';
import { ascii, concat, hex } from '../../core/bytes.ts';
import { encodeTlv } from '../ber.ts';
import { FACE_TAG } from '../card-face.ts';
import { facePayload } from '../face-signature.ts';
import { cardProfile2016, TOKEN_INFO } from '../profile.ts';
import type { ApplicationImage, ChipImage } from './chip-image.ts';
import { faceKeyTlv, keyToJson } from './keys.ts';
import { bitmapPng, securityCodePng } from './png.ts';
import { type HolderDetails, padded, type VirtualCardRequest } from './request.ts';

export interface CardMaterial {
  readonly holder: HolderDetails;
  readonly pictures: Pick<VirtualCardRequest, 'namePng' | 'addressPng'>;
  /** 14 digits. */
  readonly codeB: string;
  readonly authKey: KeyObject;
  /** Key of the card face and of the common application. */
  readonly cardKey: KeyObject;
  readonly authCertificate: Uint8Array;
  readonly authorityCertificate: Uint8Array;
  readonly faceSignerKey: KeyObject;
  readonly faceSignerCertificate: Uint8Array;
  readonly serial: Uint8Array;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const compact = (day: string): string => day.replaceAll('-', '');
const u16s = (numbers: readonly number[]): Uint8Array => Uint8Array.from(numbers.flatMap((value) => [value >> 8, value & 0xff]));

/** CK_TOKEN_INFO: texts padded with blanks; the flags say whether the PIN was ever set (see the profile's assumption). */
export const tokenInfoFile = (withPin: boolean, serial: Uint8Array): Uint8Array => {
  const info = new Uint8Array(TOKEN_INFO.length);
  const write = (text: string, at: number, length: number) => info.set(ascii(text.padEnd(length, ' ')), at);
  write('JPKIAPICCTOKEN2', 0, TOKEN_INFO.labelLength);
  write('JPKI', 32, 32);
  write('kazashi twin', 64, 16);
  write(hex(serial), 80, 16);
  // CKF_RNG, CKF_LOGIN_REQUIRED and CKF_TOKEN_INITIALIZED are always set.
  info.set([0x00, 0x00, 0x04, 0x05 | (withPin ? TOKEN_INFO.userPinInitialized : 0)], TOKEN_INFO.flagsOffset);
  return info;
};

/** FF20 with a table of u16 offsets from the start of the file to each following object. */
const withOffsets = (...objects: readonly Uint8Array[]): Uint8Array => {
  const tableLength = 3 + objects.length * 2;
  const body = tableLength + objects.reduce((sum, object) => sum + object.length, 0);
  const header = encodeTlv(FACE_TAG.file, new Uint8Array(body)).length - body;
  let at = header + tableLength;
  const offsets = objects.map((object) => {
    at += object.length;
    return at - object.length;
  });
  return encodeTlv(FACE_TAG.file, encodeTlv(FACE_TAG.offsets, u16s(offsets)), ...objects);
};

/** The card face, signed by the issuer's key. */
export const faceFile = ({ holder, pictures, cardKey, faceSignerKey }: CardMaterial): Uint8Array => {
  const blank = bitmapPng(256, 24, () => false);
  const objects = {
    birth: encodeTlv(FACE_TAG.birth, ascii(compact(holder.birth))),
    sex: encodeTlv(FACE_TAG.sex, ascii(holder.sex)),
    publicKey: faceKeyTlv(FACE_TAG.publicKey, createPublicKey(cardKey)),
    name: encodeTlv(FACE_TAG.name, pictures.namePng ?? blank),
    address: encodeTlv(FACE_TAG.address, pictures.addressPng ?? blank),
    photo: encodeTlv(FACE_TAG.photo, holder.photoJp2),
  };
  const signature = privateEncrypt({ key: faceSignerKey, padding: constants.RSA_PKCS1_PADDING }, facePayload(objects));
  return withOffsets(
    ...Object.values(objects),
    encodeTlv(FACE_TAG.signature, Uint8Array.from(signature)),
    encodeTlv(FACE_TAG.expires, ascii(compact(holder.expires))),
    encodeTlv(FACE_TAG.securityCode, securityCodePng(holder.securityCode)),
  );
};

export const attributesFile = ({ family, given, address, birth, sex }: HolderDetails): Uint8Array =>
  withOffsets(
    encodeTlv(0xdf22, utf8(`${family}\u3000${given}`)),
    encodeTlv(0xdf23, utf8(address)),
    encodeTlv(0xdf24, ascii(compact(birth))),
    encodeTlv(0xdf25, ascii(sex)),
  );

const file = (id: number, content: Uint8Array, read: 'free' | readonly number[] = 'free') => ({ id, read, content: base64(content) });
const secret = (id: number, value: string, max: number, left = max) => ({ id, value, max, left });

/** Non-volatile memory of a new card. */
export const cardImage = (material: CardMaterial): ChipImage => {
  const { jpki, visual, text } = cardProfile2016;
  const { pin } = material.holder;
  // A card issued without a PIN has one that nobody knows and that is blocked from the start.
  const pinOf = (id: number) => secret(id, pin ?? '0000', 3, pin === null ? 0 : 3);
  const none: Pick<ApplicationImage, 'files' | 'records' | 'secrets' | 'keys'> = { files: [], records: [], secrets: [], keys: [] };
  return {
    applications: [
      {
        ...none,
        aid: hex(jpki.aid),
        files: [
          file(jpki.tokenInfo, tokenInfoFile(pin !== null, material.serial)),
          // Which certificates exist: sign, auth, (unknown). Ours carry no signature certificate.
          file(0x0008, Uint8Array.of(0x00, 0x8f, 0x00)),
          file(jpki.authCertificate, padded(material.authCertificate)),
          file(0x000b, padded(material.authorityCertificate)),
        ],
        secrets: [pinOf(jpki.pin.file)],
        keys: [{ id: jpki.authKey, use: [jpki.pin.file], pkcs8: keyToJson(material.authKey) }],
      },
      {
        ...none,
        aid: hex(visual.aid),
        files: [
          file(visual.face, padded(faceFile(material)), [visual.codeB.file, 0x13]),
          file(visual.signer, padded(material.faceSignerCertificate, 16)),
        ],
        secrets: [secret(0x11, material.codeB.slice(0, 6), 10), secret(visual.codeB.file, material.codeB, 10)],
        keys: [{ id: 0x1e, use: 'free', pkcs8: keyToJson(material.cardKey) }],
        defaultKey: 0x1e,
      },
      {
        ...none,
        aid: hex(text.aid),
        files: [file(text.attributes, padded(attributesFile(material.holder)), [0x11, text.codeB.file])],
        // 0012 is blocked on every real card from the start.
        secrets: [pinOf(0x11), secret(0x12, '', 3, 0), secret(text.codeB.file, material.codeB, 10)],
      },
      {
        ...none,
        aid: 'd3921000310001010100',
        records: [{ id: 0x01, records: [base64(concat(Uint8Array.of(0x01, material.serial.length), material.serial))] }],
        keys: [{ id: 0x19, use: 'free', pkcs8: keyToJson(material.cardKey) }],
      },
    ],
  };
};

/** A driving licence with a chip: type B, two applications of its own, none of ours (police agency's specification of licence cards). */
export const licenceImage = (): ChipImage => ({
  applications: ['a0000002310100000000000000000000', 'a0000002310200000000000000000000'].map((aid) => ({
    aid,
    files: [file(0x01, padded(Uint8Array.of(0x11, 0x00), 64), [0x02])],
    records: [],
    secrets: [secret(0x02, '0000', 3)],
    keys: [],
  })),
});
