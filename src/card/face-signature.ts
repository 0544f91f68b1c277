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

/** `face` must be read whole. Throws card/untrusted (signer under no anchor), card/tampered, card/malformed. */
export const checkFace = (face: CardFaceFile, signerFile: Uint8Array, anchors: readonly FaceAnchor[], scheme: SignatureScheme): void => {
  face.checkStructure();
  const signer = parseCvCertificate(signerFile);
  const anchor = anchors.filter((candidate) => equal(candidate.keyId, signer.authority));
  if (anchor.length === 0) {
    throw new KioskFailure('card/untrusted', {
      facts: { part: 'card-face' },
      message: 'the key that signed the card face is under no anchor',
    });
  }
  if (!cvCertificateHolds(scheme.hash, signer, anchor)) {
    throw new KioskFailure('card/tampered', { facts: { part: 'signer' }, message: 'the signer’s certificate does not hold' });
  }
  const raw = (tag: Parameters<CardFaceFile['object']>[0]): Uint8Array => face.object(tag).raw;
  const digests = faceDigests(scheme.hash, {
    birth: raw(FACE_TAG.birth),
    sex: raw(FACE_TAG.sex),
    publicKey: raw(FACE_TAG.publicKey),
    name: raw(FACE_TAG.name),
    address: raw(FACE_TAG.address),
    photo: raw(FACE_TAG.photo),
  });
  if (!scheme.digestsHold(signer.publicKey, digests, face.object(FACE_TAG.signature).value)) {
    throw new KioskFailure('card/tampered', {
      facts: { part: 'card-face' },
      message: 'the card face does not carry its issuer’s signature',
    });
  }
};
