// Whether a card face is genuine: the issuer's signature over three digests (birth, sex and key; name and address; photo), and the issuer's
// certificate under a configured anchor. Pure. The expiry date and the security code are not signed: nobody may rely on them.

import type { KeyObject } from 'node:crypto';
import { equal } from '../core/bytes.ts';
import { KioskFailure } from '../core/failure.ts';
import { type CardFaceFile, FACE_TAG } from './card-face.ts';
import { cvCertificateHolds, type FaceAnchor, parseCvCertificate } from './cv-certificate.ts';
import { type KeyTags, keyFromTlv, sha } from './signature.ts';
import type { SignatureScheme } from './signature-scheme.ts';

/** The three digests the issuer signs, from the whole objects DF22 to DF27. */
export const faceDigests = (
  hash: string,
  objects: Readonly<Record<'birth' | 'sex' | 'publicKey' | 'name' | 'address' | 'photo', Uint8Array>>,
): readonly Uint8Array[] => [
  sha(hash, objects.birth, objects.sex, objects.publicKey),
  sha(hash, objects.name, objects.address),
  sha(hash, objects.photo),
];

export const FACE_KEY_TAGS: KeyTags = { exponent: 0x90, modulus: 0x91, point: 0x92 };

/** The card's own key from the value of DF24. */
export const facePublicKey = (value: Uint8Array): KeyObject => keyFromTlv(value, FACE_KEY_TAGS);

/** untrusted: its signer is under no anchor. tampered: `part` does not carry the signature it should. */
export type CardFaceState =
  | { readonly state: 'valid' | 'untrusted' }
  | { readonly state: 'tampered'; readonly part: 'signer' | 'card-face' };

/** `face` must be read whole. Throws card/malformed. */
export const judgeFace = (
  face: CardFaceFile,
  signerFile: Uint8Array,
  anchors: readonly FaceAnchor[],
  scheme: SignatureScheme,
): CardFaceState => {
  face.checkStructure();
  const signer = parseCvCertificate(signerFile);
  const anchor = anchors.filter((candidate) => equal(candidate.keyId, signer.authority));
  if (anchor.length === 0) return { state: 'untrusted' };
  if (!cvCertificateHolds(scheme.hash, signer, anchor)) return { state: 'tampered', part: 'signer' };
  const raw = (tag: Parameters<CardFaceFile['object']>[0]): Uint8Array => face.object(tag).raw;
  const digests = faceDigests(scheme.hash, {
    birth: raw(FACE_TAG.birth),
    sex: raw(FACE_TAG.sex),
    publicKey: raw(FACE_TAG.publicKey),
    name: raw(FACE_TAG.name),
    address: raw(FACE_TAG.address),
    photo: raw(FACE_TAG.photo),
  });
  const holds = scheme.digestsHold(signer.publicKey, digests, face.object(FACE_TAG.signature).value);
  return holds ? { state: 'valid' } : { state: 'tampered', part: 'card-face' };
};

/** Throws card/untrusted or card/tampered for a card face that is not valid. */
export const requireGenuine = (judged: CardFaceState): void => {
  if (judged.state === 'valid') return;
  const part = judged.state === 'tampered' ? judged.part : 'card-face';
  throw new KioskFailure(`card/${judged.state}`, {
    facts: { part },
    message: 'the card face does not carry the signature of an issuer we believe',
  });
};
