// Whether a card face is genuine: the issuer's signature over three digests (birth, sex and key; name and address; photo), and the issuer's
// certificate under a configured anchor. Pure. The expiry date and the security code are not signed: nobody may rely on them.

import type { KeyObject } from 'node:crypto';
import { equal } from '../core/bytes.ts';
import { KioskFailure } from '../core/failure.ts';
import { type CardFaceFile, FACE_TAG } from './card-face.ts';
import { cvCertificateHolds, type FaceAnchor, parseCvCertificate } from './cv-certificate.ts';
import { jointDigestInfo, rsaKeyFromTlv, rsaPayloadHolds, sha } from './signature.ts';

/** What the issuer signs, from the whole objects DF22 to DF27. */
export const facePayload = (
  objects: Readonly<Record<'birth' | 'sex' | 'publicKey' | 'name' | 'address' | 'photo', Uint8Array>>,
): Uint8Array =>
  jointDigestInfo(
    sha('sha256', objects.birth, objects.sex, objects.publicKey),
    sha('sha256', objects.name, objects.address),
    sha('sha256', objects.photo),
  );

/** The card's own key from the value of DF24. */
export const facePublicKey = (value: Uint8Array): KeyObject => rsaKeyFromTlv(value, { exponent: 0x90, modulus: 0x91 });

/** `face` must be read whole. Throws card/untrusted (signer under no anchor), card/tampered, card/malformed. */
export const checkFace = (face: CardFaceFile, signerFile: Uint8Array, anchors: readonly FaceAnchor[]): void => {
  face.checkStructure();
  const signer = parseCvCertificate(signerFile);
  const anchor = anchors.filter((candidate) => equal(candidate.keyId, signer.authority));
  if (anchor.length === 0) {
    throw new KioskFailure('card/untrusted', {
      facts: { part: 'card-face' },
      message: 'the key that signed the card face is under no anchor',
    });
  }
  if (!cvCertificateHolds(signer, anchor)) {
    throw new KioskFailure('card/tampered', { facts: { part: 'signer' }, message: 'the signer’s certificate does not hold' });
  }
  const raw = (tag: Parameters<CardFaceFile['object']>[0]): Uint8Array => face.object(tag).raw;
  const payload = facePayload({
    birth: raw(FACE_TAG.birth),
    sex: raw(FACE_TAG.sex),
    publicKey: raw(FACE_TAG.publicKey),
    name: raw(FACE_TAG.name),
    address: raw(FACE_TAG.address),
    photo: raw(FACE_TAG.photo),
  });
  if (!rsaPayloadHolds(signer.publicKey, payload, face.object(FACE_TAG.signature).value)) {
    throw new KioskFailure('card/tampered', {
      facts: { part: 'card-face' },
      message: 'the card face does not carry its issuer’s signature',
    });
  }
};
