// SYNTHETIC 特定機関認証: a terminal that the virtual cards of one issuer believe. It proves that the port works, and nothing about the real scheme.

import { randomBytes } from 'node:crypto';
import { CV_KEY_TAGS, encodeCvBody, encodeCvCertificate, parseCvCertificate } from '../cv-certificate.ts';
import type { SchemeTerminal } from '../scheme-authentication.ts';
import type { SyntheticAuthority } from './authority.ts';
import { keyFromJson, keyObjects, type NewKeyPair, signBytes } from './keys.ts';

/** Certified by the root that also vouches for the issuer's face signer: the virtual card holds its public key in EF 0016. */
export const createSyntheticTerminal = async (authority: SyntheticAuthority, newKeyPair: NewKeyPair): Promise<SchemeTerminal> => {
  const { privateKey, publicKey } = await newKeyPair();
  const body = encodeCvBody({
    authority: parseCvCertificate(authority.faceSignerCertificate).authority,
    holder: Uint8Array.from(randomBytes(16)),
    key: keyObjects(publicKey, CV_KEY_TAGS),
  });
  const certificate = encodeCvCertificate(body, signBytes(keyFromJson(authority.toJSON().faceRootKey), body));
  return { certificate, sign: async (challenge) => signBytes(privateKey, challenge) };
};
