// The signed files of a virtual card: face, age record, number image, text attributes and digests. Pure but for the keys it is given.
// Tags as reported of real cards; which bytes the signatures of age record, number and text digests cover is NOT PUBLIC and ours.

import type { KeyObject } from 'node:crypto';
import { ascii } from '../../core/bytes.ts';
import { encodeTlv } from '../ber.ts';
import { FACE_TAG } from '../card-face.ts';
import { faceDigests } from '../face-signature.ts';
import { sha } from '../signature.ts';
import type { CardMaterial } from './card-material.ts';
import { faceKeyTlv, hashOf, signBytes, signDigests } from './keys.ts';
import { bitmapPng, digitsPng } from './png.ts';
import type { HolderDetails } from './request.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const compact = (day: string): string => day.replaceAll('-', '');
const u16s = (numbers: readonly number[]): Uint8Array => Uint8Array.from(numbers.flatMap((value) => [value >> 8, value & 0xff]));

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
    publicKey: faceKeyTlv(FACE_TAG.publicKey, cardKey),
    name: encodeTlv(FACE_TAG.name, pictures.namePng ?? blank),
    address: encodeTlv(FACE_TAG.address, pictures.addressPng ?? blank),
    photo: encodeTlv(FACE_TAG.photo, holder.photoJp2),
  };
  const signature = signDigests(faceSignerKey, faceDigests(hashOf(faceSignerKey), objects));
  return withOffsets(
    ...Object.values(objects),
    encodeTlv(FACE_TAG.signature, signature),
    encodeTlv(FACE_TAG.expires, ascii(compact(holder.expires))),
    encodeTlv(FACE_TAG.securityCode, digitsPng(holder.securityCode)),
  );
};

export const attributesFile = ({ family, given, address, birth, sex }: HolderDetails, ...more: readonly Uint8Array[]): Uint8Array =>
  withOffsets(
    encodeTlv(0xdf22, utf8(`${family}\u3000${given}`)),
    encodeTlv(0xdf23, utf8(address)),
    encodeTlv(0xdf24, ascii(compact(birth))),
    encodeTlv(0xdf25, ascii(sex)),
    ...more,
  );

type Signed = Pick<CardMaterial, 'cardKey' | 'faceSignerKey'>;

/** File `tag` of one object, the card's key, and a signature over both. */
const signedFile = (tag: number, [first, second, third]: readonly [number, number, number], value: Uint8Array, by: Signed): Uint8Array => {
  const signed = [encodeTlv(first, value), faceKeyTlv(second, by.cardKey)] as const;
  return encodeTlv(tag, ...signed, encodeTlv(third, signBytes(by.faceSignerKey, ...signed)));
};

/** FF10 { DF11 birth, DF12 key, DF13 signature }: the age without the name. */
export const ageFile = (material: CardMaterial): Uint8Array =>
  signedFile(0xff10, [0xdf11, 0xdf12, 0xdf13], ascii(compact(material.holder.birth)), material);

/** FF40 { DF41 PNG of 72 x 12, DF42 key, DF43 signature }. */
export const numberImageFile = (material: CardMaterial): Uint8Array =>
  signedFile(0xff40, [0xdf41, 0xdf42, 0xdf43], digitsPng(material.number), material);

/** FF10 with the twelve digits. */
export const numberFile = (number: string): Uint8Array => encodeTlv(0xff10, ascii(number));

/** FF30 { DF31 digest of the number, DF32 digest of the attributes, DF33 signature over both }: 336 bytes. */
export const textDigestsFile = (number: Uint8Array, attributes: Uint8Array, faceSignerKey: KeyObject): Uint8Array => {
  const hash = hashOf(faceSignerKey);
  const digests = [sha(hash, number), sha(hash, attributes)] as const;
  const signature = signDigests(faceSignerKey, digests);
  return encodeTlv(0xff30, encodeTlv(0xdf31, digests[0]), encodeTlv(0xdf32, digests[1]), encodeTlv(0xdf33, signature));
};
