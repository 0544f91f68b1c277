// How the keys of one card generation sign, and how its issuer signs a card face. The two schemes that exist; a profile names one of them.
// Nothing beside this file and signature.ts knows whether a key is RSA or elliptic.

import type { KeyObject } from 'node:crypto';
import { concat, fromHex } from '../core/bytes.ts';
import { jointDigestInfo, rsaPayloadHolds, sha, signatureHolds } from './signature.ts';

export interface SignatureScheme {
  /** JOSE name (RFC 7518, 3.1): what a receiver needs to check a proof. */
  readonly name: 'RS256' | 'ES384';
  /** Name of the hash for node:crypto; card face digests use it as well. */
  readonly hash: 'sha256' | 'sha384';
  /** P1 of COMPUTE DIGITAL SIGNATURE. */
  readonly p1: number;
  /** Its data field for a challenge of any length. */
  commandData(challenge: Uint8Array): Uint8Array;
  /** Whether the issuer's signature over a card face carries these digests. */
  digestsHold(key: KeyObject, digests: readonly Uint8Array[], signature: Uint8Array): boolean;
}

/** DigestInfo of SHA-256 up to the digest (RFC 8017, 9.2 note 1). */
export const SHA256_DIGEST_INFO = fromHex('3031300d060960864801650304020105000420');

/** RSA PKCS #1 v1.5; the host makes the DigestInfo and the card pads what is given (P1 00). */
export const RS256: SignatureScheme = {
  name: 'RS256',
  hash: 'sha256',
  p1: 0x00,
  commandData: (challenge) => concat(SHA256_DIGEST_INFO, sha('sha256', challenge)),
  digestsHold: (key, digests, signature) => rsaPayloadHolds(key, jointDigestInfo(...digests), signature),
};

/** ECDSA on P-384, r and s in a row; the card hashes (P1 03). */
export const ES384: SignatureScheme = {
  name: 'ES384',
  hash: 'sha384',
  p1: 0x03,
  commandData: (challenge) => challenge,
  digestsHold: (key, digests, signature) => signatureHolds('sha384', key, concat(...digests), signature),
};
