// Files, secrets and keys of a virtual card of the DRAFT generation (profile-2028.ts says what is known and what is invented): two applications,
// two secrets of the holder's, elliptic keys. Pure but for the keys it is given.

import { hex } from '../../core/bytes.ts';
import { encodeTlv } from '../ber.ts';
import { cardProfile2028Draft } from '../profile-2028.ts';
import type { CardMaterial } from './card-material.ts';
import type { ChipImage } from './chip-image.ts';
import { code, file, key, none, passwordOf, pinOf, tokenInfoFile } from './image-parts.ts';
import { padded } from './request.ts';
import { attributesFile, faceFile } from './signed-files.ts';

const SIGN = { certificate: 0x01, authority: 0x02, key: 0x1a, password: 0x1b } as const;
const FACE_KEY = 0x1e;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Non-volatile memory of a new card of the draft generation. */
export const cardImage2028 = (material: CardMaterial): ChipImage => {
  const { jpki, visual, text } = cardProfile2028Draft;
  const { holder, signing } = material;
  const label = Object.entries(jpki.tokenKinds).find(([, kind]) => kind === 'my-number')?.[0] ?? '';
  const names = [
    ...(holder.kana === undefined ? [] : [encodeTlv(0xdf26, utf8(holder.kana))]),
    ...(holder.latin === undefined ? [] : [encodeTlv(0xdf27, utf8(holder.latin))]),
  ];
  return {
    applications: [
      {
        ...none,
        aid: hex(jpki.aid),
        files: [
          file(SIGN.certificate, padded(signing?.certificate ?? new Uint8Array()), [SIGN.password]),
          file(SIGN.authority, padded(material.signAuthorityCertificate)),
          file(jpki.tokenInfo, tokenInfoFile(label, holder.pin !== null, material.serial)),
          file(jpki.authCertificate, padded(material.authCertificate)),
          file(0x0b, padded(material.authorityCertificate)),
        ],
        secrets: [pinOf(jpki.pin.file, holder), passwordOf(SIGN.password, signing)],
        keys: [
          key(jpki.authKey, [jpki.pin.file], material.authKey),
          ...(signing === undefined ? [] : [key(SIGN.key, [SIGN.password], signing.key)]),
        ],
        change: 'iso',
      },
      {
        ...none,
        aid: hex(visual.aid),
        files: [
          file(visual.face, padded(faceFile(material)), [visual.codeB.file]),
          file(visual.signer, padded(material.faceSignerCertificate, 16)),
          file(text.attributes, padded(attributesFile(holder, ...names)), [visual.codeB.file]),
        ],
        secrets: [code(visual.codeB.file, material.codeB)],
        keys: [key(FACE_KEY, 'free', material.cardKey)],
        defaultKey: FACE_KEY,
      },
    ],
  };
};
