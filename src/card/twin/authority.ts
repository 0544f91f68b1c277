// The authorities behind virtual cards: a certificate authority in the shape of the public personal authentication service, and the keys that
// sign card faces. All synthetic and named so; made once per twin, kept as JSON beside its cards.

import { type KeyObject, randomBytes } from 'node:crypto';
import { KioskFailure } from '../../core/failure.ts';
import { monthsLater } from '../calendar.ts';
import { CV_KEY_TAGS, encodeCvBody, encodeCvCertificate } from '../cv-certificate.ts';
import type { TrustMaterial } from '../trust.ts';
import { issueAuthority, issueSignAuthority } from './certificates.ts';
import { keyFromJson, keyObjects, keyToJson, type NewKeyPair, newRsaKeyPair, signBytes, spkiOf } from './keys.ts';

export interface SyntheticAuthorityState {
  readonly version: 1;
  /** Private keys as PKCS #8 DER, the rest as DER; all base64. */
  readonly authorityKey: string;
  readonly authorityCertificate: string;
  readonly faceRootKey: string;
  readonly faceRootId: string;
  readonly faceSignerKey: string;
  readonly faceSignerCertificate: string;
}

export interface SyntheticAuthority {
  readonly key: KeyObject;
  readonly certificate: Uint8Array;
  /** DER of the authority for signing: the same key under its other name, issued on first use, the same bytes every time. */
  signAuthorityCertificate(): Promise<Uint8Array>;
  readonly faceSignerKey: KeyObject;
  /** Card-verifiable certificate of the face signer, as it lies in EF 0004. */
  readonly faceSignerCertificate: Uint8Array;
  /** What a kiosk must be configured with to believe these cards. */
  readonly trust: TrustMaterial;
  toJSON(): SyntheticAuthorityState;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));

/** Three keys, of the generation that `newKeyPair` makes (default: RSA-2048), and their certificates; valid fifteen years around `now` (epoch milliseconds). */
export const createSyntheticAuthority = async ({
  now,
  newKeyPair = newRsaKeyPair,
}: {
  now: number;
  newKeyPair?: NewKeyPair;
}): Promise<SyntheticAuthority> => {
  const [authority, faceRoot, faceSigner] = await Promise.all([newKeyPair(), newKeyPair(), newKeyPair()]);
  const certificate = await issueAuthority(authority, new Date(monthsLater(now, -180)), new Date(monthsLater(now, 180)));
  const faceRootId = Uint8Array.from(randomBytes(16));
  const key = keyObjects(faceSigner.publicKey, CV_KEY_TAGS);
  const body = encodeCvBody({ authority: faceRootId, holder: Uint8Array.from(randomBytes(16)), key });
  const signature = signBytes(faceRoot.privateKey, body);
  return restoreSyntheticAuthority({
    version: 1,
    authorityKey: keyToJson(authority.privateKey),
    authorityCertificate: base64(certificate),
    faceRootKey: keyToJson(faceRoot.privateKey),
    faceRootId: base64(faceRootId),
    faceSignerKey: keyToJson(faceSigner.privateKey),
    faceSignerCertificate: base64(encodeCvCertificate(body, signature)),
  });
};

/** From what toJSON gave. Throws storage/corrupt. */
export const restoreSyntheticAuthority = (state: SyntheticAuthorityState): SyntheticAuthority => {
  try {
    const certificate = bytes(state.authorityCertificate);
    const key = keyFromJson(state.authorityKey);
    let signAuthority: Promise<Uint8Array> | undefined;
    return {
      key,
      certificate,
      signAuthorityCertificate() {
        signAuthority ??= issueSignAuthority(key, certificate);
        return signAuthority;
      },
      faceSignerKey: keyFromJson(state.faceSignerKey),
      faceSignerCertificate: bytes(state.faceSignerCertificate),
      trust: {
        authorities: [certificate],
        faceAnchors: [{ keyId: bytes(state.faceRootId), publicKey: spkiOf(keyFromJson(state.faceRootKey)) }],
      },
      toJSON: () => state,
    };
  } catch (cause) {
    throw new KioskFailure('storage/corrupt', {
      facts: { part: 'synthetic-authority' },
      cause,
      message: 'stored synthetic authority is damaged: delete it and its cards',
    });
  }
};
