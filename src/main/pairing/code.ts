// The code on a new kiosk's screen, and what it proves: whoever knows it sits before that screen. Fifty bits, alive for ten minutes, stretched
// by scrypt: what an eavesdropper could test offline in that time is a negligible part of them (docs/adr/0007-pairing-by-a-code.md).

import { createHmac, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { KioskFailure } from '../../core/failure.ts';
import type { RandomBytes } from '../../core/ids.ts';

/** Without I, L, O and U: nothing is mistaken for another, and no word comes out (Crockford's base 32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;
export const CODE_LIFETIME_MS = 600_000;

/** 32 MB and about a tenth of a second for every guess. */
const STRETCH: ScryptOptions = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/** What a message is for: one made for one purpose is worthless for another. */
type Purpose = 'request' | 'answer' | 'stored';

export interface Sealed {
  /** JSON text, byte for byte as it was signed. */
  readonly word: string;
  /** base64url */
  readonly mac: string;
}

/** As it is shown and typed: K7QM4-XRD9T. */
export const newCode = (random: RandomBytes): string => {
  const symbols = [...random(LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length] ?? '').join('');
  return `${symbols.slice(0, LENGTH / 2)}-${symbols.slice(LENGTH / 2)}`;
};

/** What was typed, as the ten symbols. Throws input/invalid. */
export const typedCode = (text: string): string => {
  const symbols = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (symbols.length === LENGTH && [...symbols].every((symbol) => ALPHABET.includes(symbol))) return symbols;
  throw new KioskFailure('input/invalid', {
    facts: { field: 'code' },
    message: `code: ten letters and digits as on the kiosk's screen, such as K7QM4-XRD9T; found ${symbols.length}`,
  });
};

const stretch = promisify<string, string, number, ScryptOptions, Buffer>(scrypt);

/** `nonce`: the kiosk's, new with every code. */
export const keyOf = (code: string, place: { readonly site: string; readonly kiosk: string; readonly nonce: string }): Promise<Buffer> =>
  stretch(typedCode(code), ['kazashi pairing 1', place.site, place.kiosk, place.nonce].join('\n'), 32, STRETCH);

const macOf = (key: Uint8Array, purpose: Purpose, word: string): Buffer =>
  createHmac('sha256', key).update(`kazashi pairing 1 ${purpose}\n${word}`).digest();

export const sealWord = (key: Uint8Array, purpose: Purpose, content: object): Sealed => {
  const word = JSON.stringify(content);
  return { word, mac: macOf(key, purpose, word).toString('base64url') };
};

export const fits = (key: Uint8Array, purpose: Purpose, { word, mac }: Sealed): boolean => {
  const [found, wanted] = [Buffer.from(mac, 'base64url'), macOf(key, purpose, word)];
  return found.length === wanted.length && timingSafeEqual(found, wanted);
};
