// The card-verifiable certificate beside the card face (EF 0004, tag 7F21): whose key signed the face file, vouched for by a configured anchor.
// LAYOUT NOT PUBLIC: only tag and size (568 bytes) of the real object are known. Ours, for synthetic cards, borrows the object names of
// BSI TR-03110 part 3, C.1. A kiosk with real documents changes this file alone.

import type { KeyObject } from 'node:crypto';
import { encodeTlv, malformed, parseTlv, parseTlvs, requireTlv } from './ber.ts';
import { type KeyTags, keyFromTlv, signatureHolds } from './signature.ts';

const TAG = {
  certificate: 0x7f21,
  body: 0x7f4e,
  profile: 0x5f29,
  authority: 0x42,
  key: 0x7f49,
  holder: 0x5f20,
  signature: 0x5f37,
} as const;

export const CV_KEY_TAGS: KeyTags = { modulus: 0x81, exponent: 0x82, point: 0x86 };

/** A key that may vouch for face-signing keys. */
export interface FaceAnchor {
  /** 16 bytes; the certificate names its authority by it. */
  readonly keyId: Uint8Array;
  readonly publicKey: KeyObject;
}

export interface CvCertificate {
  readonly authority: Uint8Array;
  readonly holder: Uint8Array;
  readonly publicKey: KeyObject;
  /** What is signed, and the signature. */
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

/** Throws card/malformed. */
export const parseCvCertificate = (bytes: Uint8Array): CvCertificate => {
  const whole = parseTlv(bytes);
  if (whole.tag !== TAG.certificate) throw malformed('cv-certificate', 'file does not begin with 7F21');
  const parts = parseTlvs(whole.value);
  const body = requireTlv(parts, TAG.body, 'cv-certificate');
  const fields = parseTlvs(body.value);
  return {
    authority: requireTlv(fields, TAG.authority, 'cv-certificate').value,
    holder: requireTlv(fields, TAG.holder, 'cv-certificate').value,
    publicKey: keyFromTlv(requireTlv(fields, TAG.key, 'cv-certificate').value, CV_KEY_TAGS),
    body: body.raw,
    signature: requireTlv(parts, TAG.signature, 'cv-certificate').value,
  };
};

/** Whether one of the anchors signed this certificate, with the hash of the card's generation. */
export const cvCertificateHolds = (hash: string, certificate: CvCertificate, anchors: readonly FaceAnchor[]): boolean =>
  anchors.some((anchor) => signatureHolds(hash, anchor.publicKey, certificate.body, certificate.signature));

/** The part that is signed; for whoever issues certificates (twins). */
export const encodeCvBody = (fields: {
  readonly authority: Uint8Array;
  readonly holder: Uint8Array;
  /** Objects of the key, under CV_KEY_TAGS. */
  readonly key: Uint8Array;
}): Uint8Array =>
  encodeTlv(
    TAG.body,
    encodeTlv(TAG.profile, Uint8Array.of(0)),
    encodeTlv(TAG.authority, fields.authority),
    encodeTlv(TAG.key, fields.key),
    encodeTlv(TAG.holder, fields.holder),
  );

export const encodeCvCertificate = (body: Uint8Array, signature: Uint8Array): Uint8Array =>
  encodeTlv(TAG.certificate, body, encodeTlv(TAG.signature, signature));
