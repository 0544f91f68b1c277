// Keys of virtual cards, RSA-2048 or P-384: made, as JSON, as card objects; signatures of an issuer. Never holds a key of its own.

import { constants, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, privateEncrypt, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { concat } from '../../core/bytes.ts';
import { encodeTlv } from '../ber.ts';
import { FACE_KEY_TAGS } from '../face-signature.ts';
import type { CardGeneration } from '../profile.ts';
import { jointDigestInfo, type KeyTags } from '../signature.ts';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}
export type NewKeyPair = () => Promise<KeyPair>;

const generate = promisify(generateKeyPair);
/** RSA-2048, made outside the main thread. */
export const newRsaKeyPair: NewKeyPair = () => generate('rsa', { modulusLength: 2048 });

/** P-384, as the draft of the next card wants it. */
const newEcKeyPair: NewKeyPair = () => generate('ec', { namedCurve: 'P-384' });

export const newKeyPairFor = (generation: CardGeneration): NewKeyPair => (generation === '2016' ? newRsaKeyPair : newEcKeyPair);

/** What every key of a card of this generation is, as keyName says it. */
export const KEY_OF: Readonly<Record<CardGeneration, string>> = { '2016': 'RSA-2048', '2028-draft': 'P-384' };

const isEc = (key: KeyObject): boolean => key.asymmetricKeyType === 'ec';
/** The hash that goes with a key: of its own signatures and of the digests its issuer signs. */
export const hashOf = (key: KeyObject): 'sha256' | 'sha384' => (isEc(key) ? 'sha384' : 'sha256');
export const generationOf = (key: KeyObject): CardGeneration => (isEc(key) ? '2028-draft' : '2016');

/** PKCS #8 DER in base64. */
export const keyToJson = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'der' }).toString('base64');
export const keyFromJson = (text: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });

export const publicKeyOf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

/** SubjectPublicKeyInfo DER of a private or public key. */
export const spkiOf = (key: KeyObject): Uint8Array => Uint8Array.from(publicKeyOf(key).export({ type: 'spki', format: 'der' }));

/** The public key as objects: exponent and modulus, or an uncompressed point. */
export const keyObjects = (key: KeyObject, tags: KeyTags): Uint8Array => {
  const { n = '', e = '', x = '', y = '' } = publicKeyOf(key).export({ format: 'jwk' });
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64url'));
  if (isEc(key)) return encodeTlv(tags.point, Uint8Array.of(0x04), bytes(x), bytes(y));
  const [exponent, modulus] = [encodeTlv(tags.exponent, bytes(e)), encodeTlv(tags.modulus, bytes(n))];
  return tags.exponent < tags.modulus ? concat(exponent, modulus) : concat(modulus, exponent);
};

/** The key object of the card face. */
export const faceKeyTlv = (tag: number, key: KeyObject): Uint8Array => encodeTlv(tag, keyObjects(key, FACE_KEY_TAGS));

/** An issuer's signature over bytes. */
export const signBytes = (key: KeyObject, ...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(sign(hashOf(key), concat(...parts), { key, dsaEncoding: 'ieee-p1363' }));

/** An issuer's signature over digests: RSA signs one DigestInfo that holds them all, an elliptic key their row. */
export const signDigests = (key: KeyObject, digests: readonly Uint8Array[]): Uint8Array =>
  isEc(key)
    ? signBytes(key, ...digests)
    : Uint8Array.from(privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, jointDigestInfo(...digests)));
