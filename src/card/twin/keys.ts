// RSA keys of virtual cards: made, as JSON, as numbers. Never holds a key of its own.

import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { encodeTlv } from '../ber.ts';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}
export type NewKeyPair = () => Promise<KeyPair>;

const generate = promisify(generateKeyPair);
/** RSA-2048, made outside the main thread. */
export const newRsaKeyPair: NewKeyPair = () => generate('rsa', { modulusLength: 2048 });

/** PKCS #8 DER in base64. */
export const keyToJson = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'der' }).toString('base64');
export const keyFromJson = (text: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });

export const publicKeyOf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key);

/** SubjectPublicKeyInfo DER of a private or public key. */
export const spkiOf = (key: KeyObject): Uint8Array => Uint8Array.from(publicKeyOf(key).export({ type: 'spki', format: 'der' }));

/** Big-endian modulus and exponent. */
export const rsaNumbers = (key: KeyObject): { modulus: Uint8Array; exponent: Uint8Array } => {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64url'));
  return { modulus: bytes(n), exponent: bytes(e) };
};

/** The key object of the card face: 90 exponent, 91 modulus. */
export const faceKeyTlv = (tag: number, key: KeyObject): Uint8Array => {
  const { modulus, exponent } = rsaNumbers(key);
  return encodeTlv(tag, encodeTlv(0x90, exponent), encodeTlv(0x91, modulus));
};
