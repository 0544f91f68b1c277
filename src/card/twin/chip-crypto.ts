// COMPUTE DIGITAL SIGNATURE of a simulated chip: what P1 makes of the input before the RSA key pads and signs it (PKCS #1 v1.5
// block type 1, or PSS). A P-384 key, of the draft generation, knows one P1: 03, the card hashes.
// Answers a status word instead of throwing.

import { constants, type KeyObject, privateEncrypt, randomBytes, sign } from 'node:crypto';
import { concat } from '../../core/bytes.ts';
import { sha } from '../signature.ts';
import { SHA256_DIGEST_INFO } from '../signature-scheme.ts';
import { SW } from '../status-word.ts';

const MAX_INPUT = 245;
const HASH_LENGTH = 32;
const MODULUS_LENGTH = 256;
const digestInfo = (digest: Uint8Array): Uint8Array => concat(SHA256_DIGEST_INFO, digest);

/** EMSA-PSS (RFC 8017, 9.1.1) with SHA-256, its MGF1 and a salt of 32 bytes, for a 2048-bit modulus: node signs messages, not digests. */
const pssBlock = (digest: Uint8Array, salt: Uint8Array): Uint8Array => {
  const hash = sha('sha256', new Uint8Array(8), digest, salt);
  const masked = new Uint8Array(MODULUS_LENGTH - HASH_LENGTH - 1);
  masked[masked.length - salt.length - 1] = 0x01;
  masked.set(salt, masked.length - salt.length);
  for (let at = 0; at < masked.length; at += HASH_LENGTH) {
    const mask = sha('sha256', hash, Uint8Array.of(0, 0, 0, at / HASH_LENGTH));
    for (let i = at; i < Math.min(at + HASH_LENGTH, masked.length); i += 1) masked[i] = (masked[i] ?? 0) ^ (mask[i - at] ?? 0);
  }
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return concat(masked, hash, Uint8Array.of(0xbc));
};

/** P1 00: pad what is given; 01: hash, no DigestInfo; 02: hash given; 03: hash and DigestInfo; 04: PSS of a hash given; 05: hash and PSS. */
export const computeSignature = (key: KeyObject, p1: number, input: Uint8Array): Uint8Array | number => {
  if (input.length === 0) return SW.wrongLength;
  if (key.asymmetricKeyType === 'ec') {
    return p1 === 0x03 ? Uint8Array.from(sign('sha384', input, { key, dsaEncoding: 'ieee-p1363' })) : SW.wrongParameters;
  }
  const padded = (block: Uint8Array): Uint8Array => Uint8Array.from(privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, block));
  const pss = (digest: Uint8Array): Uint8Array =>
    Uint8Array.from(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, pssBlock(digest, randomBytes(HASH_LENGTH))));
  switch (p1) {
    case 0x00:
      return input.length > MAX_INPUT ? SW.wrongLength : padded(input);
    case 0x01:
      return padded(sha('sha256', input));
    case 0x02:
      return input.length === HASH_LENGTH ? padded(digestInfo(input)) : SW.conditionsNotSatisfied;
    case 0x03:
      return padded(digestInfo(sha('sha256', input)));
    case 0x04:
      return input.length === HASH_LENGTH ? pss(input) : SW.conditionsNotSatisfied;
    case 0x05:
      return pss(sha('sha256', input));
    default:
      return SW.wrongParameters;
  }
};
