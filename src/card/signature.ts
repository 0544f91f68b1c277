// Hashes, public keys and signature checks of the card, by node:crypto alone. Pure: bytes in, a yes or no out.

import { constants, createHash, createPublicKey, type KeyObject, publicDecrypt, verify } from 'node:crypto';
import { concat, equal, fromHex } from '../core/bytes.ts';
import { malformed, parseTlvs, requireTlv } from './ber.ts';

export const sha = (hash: string, ...parts: readonly Uint8Array[]): Uint8Array => {
  const digest = createHash(hash);
  for (const part of parts) digest.update(part);
  return Uint8Array.from(digest.digest());
};

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** RSA key from big-endian modulus and exponent. */
export const rsaKey = (modulus: Uint8Array, exponent: Uint8Array): KeyObject => {
  const strip = (bytes: Uint8Array): Uint8Array =>
    bytes.subarray(
      Math.max(
        0,
        bytes.findIndex((byte) => byte !== 0),
      ),
    );
  if (strip(modulus).length < 128 || exponent.length === 0) throw malformed('public-key', 'modulus or exponent too short');
  try {
    return createPublicKey({ key: { kty: 'RSA', n: base64url(strip(modulus)), e: base64url(strip(exponent)) }, format: 'jwk' });
  } catch {
    throw malformed('public-key', 'not an RSA key');
  }
};

/** P-384 key from its uncompressed point (SEC 1, 2.3.3). */
const p384Key = (point: Uint8Array): KeyObject => {
  if (point.length !== 97 || point[0] !== 0x04) throw malformed('public-key', 'not an uncompressed point of P-384');
  const key = { kty: 'EC', crv: 'P-384', x: base64url(point.subarray(1, 49)), y: base64url(point.subarray(49)) };
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    throw malformed('public-key', 'the point is not on P-384');
  }
};

/** Tags of a key's numbers: 90, 91 and 92 in the card face, 82, 81 and 86 in a card-verifiable certificate. */
export interface KeyTags {
  readonly exponent: number;
  readonly modulus: number;
  readonly point: number;
}

/** A key from its objects: a point, or exponent and modulus. Throws card/malformed. */
export const keyFromTlv = (value: Uint8Array, tags: KeyTags): KeyObject => {
  const objects = parseTlvs(value);
  const point = objects.find(({ tag }) => tag === tags.point);
  if (point !== undefined) return p384Key(point.value);
  return rsaKey(requireTlv(objects, tags.modulus, 'public-key').value, requireTlv(objects, tags.exponent, 'public-key').value);
};

/** Whether `signature` over `message` is good (of an elliptic key: r and s in a row). A key or signature that does not fit is simply not good. */
export const signatureHolds = (hash: string, key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean => {
  try {
    return verify(hash, message, { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
};

/** DigestInfo of SHA-256 whose digest field holds several digests in a row, as the card face is signed (sizes follow from the count). */
export const jointDigestInfo = (...digests: readonly Uint8Array[]): Uint8Array => {
  const joint = concat(...digests);
  const algorithm = fromHex('300d06096086480165030402010500');
  return concat(Uint8Array.of(0x30, algorithm.length + 2 + joint.length), algorithm, Uint8Array.of(0x04, joint.length), joint);
};

/** Whether the RSA signature (PKCS #1 v1.5, block type 1) carries exactly this payload. */
export const rsaPayloadHolds = (key: KeyObject, payload: Uint8Array, signature: Uint8Array): boolean => {
  try {
    return equal(Uint8Array.from(publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature)), payload);
  } catch {
    return false;
  }
};
