// COMPUTE DIGITAL SIGNATURE of a simulated chip: what P1 makes of the input before the RSA key pads and signs it (PKCS #1 v1.5, block type 1).
// Answers a status word instead of throwing.

import { constants, type KeyObject, privateEncrypt, sign } from 'node:crypto';
import { concat } from '../../core/bytes.ts';
import { cardProfile2016 } from '../profile.ts';
import { sha } from '../signature.ts';
import { SW } from '../status-word.ts';

const MAX_INPUT = 245;
const HASH_LENGTH = 32;
const digestInfo = (digest: Uint8Array): Uint8Array => concat(cardProfile2016.signature.digestInfoPrefix, digest);

/** P1 00: pad what is given; 01: hash, no DigestInfo; 02: hash given; 03: hash and DigestInfo; 05: hash and PSS. */
export const computeSignature = (key: KeyObject, p1: number, input: Uint8Array): Uint8Array | number => {
  if (input.length === 0) return SW.wrongLength;
  const padded = (block: Uint8Array): Uint8Array => Uint8Array.from(privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, block));
  switch (p1) {
    case 0x00:
      return input.length > MAX_INPUT ? SW.wrongLength : padded(input);
    case 0x01:
      return padded(sha('sha256', input));
    case 0x02:
      return input.length === HASH_LENGTH ? padded(digestInfo(input)) : SW.conditionsNotSatisfied;
    case 0x03:
      return padded(digestInfo(sha('sha256', input)));
    case 0x05:
      return Uint8Array.from(sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: HASH_LENGTH }));
    default:
      return SW.wrongParameters;
  }
};
