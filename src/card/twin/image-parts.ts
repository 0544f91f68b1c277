// Pieces that the images of every generation are put together from. Pure.

import type { KeyObject } from 'node:crypto';
import { ascii, hex } from '../../core/bytes.ts';
import { TOKEN_INFO } from '../profile.ts';
import type { Access, ApplicationImage, SecretImage } from './chip-image.ts';
import { keyToJson } from './keys.ts';
import type { HolderDetails } from './request.ts';

/** Municipality of every synthetic card: 千代田区. */
export const CITY_CODE = '13101';
/** In Latin letters, as it stands in certificates. */
export const CITY_NAME = 'Chiyoda-ku';
export const PIN_TRIES = 3;
export const PASSWORD_TRIES = 5;
export const CODE_TRIES = 10;

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
export const file = (id: number, content: Uint8Array, read: Access = 'free') => ({ id, read, content: base64(content) });
export const code = (id: number, value: string): SecretImage => ({ id, value, max: CODE_TRIES, left: CODE_TRIES });
export const blocked = (id: number, max: number): SecretImage => ({ id, value: '', max, left: 0 });
export const key = (id: number, use: Access, privateKey: KeyObject) => ({ id, use, pkcs8: keyToJson(privateKey) });
export const none: Pick<ApplicationImage, 'files' | 'records' | 'secrets' | 'keys'> = { files: [], records: [], secrets: [], keys: [] };

/** CK_TOKEN_INFO: texts padded with blanks; the flags say whether the PIN was ever set (see the profile's assumption). */
export const tokenInfoFile = (label: string, withPin: boolean, serial: Uint8Array): Uint8Array => {
  const info = new Uint8Array(TOKEN_INFO.length);
  const write = (text: string, at: number, length: number) => info.set(ascii(text.padEnd(length, ' ')), at);
  write(label, 0, TOKEN_INFO.labelLength);
  write('JPKI', 32, 32);
  write('kazashi twin', 64, 16);
  write(hex(serial), 80, 16);
  // CKF_RNG, CKF_LOGIN_REQUIRED and CKF_TOKEN_INITIALIZED are always set.
  info.set([0x00, 0x00, 0x04, 0x05 | (withPin ? TOKEN_INFO.userPinInitialized : 0)], TOKEN_INFO.flagsOffset);
  return info;
};

/** A card issued without a PIN has one that nobody knows and that is blocked from the start. */
export const pinOf = (id: number, { pin }: HolderDetails): SecretImage =>
  pin === null ? blocked(id, PIN_TRIES) : { id, value: pin, max: PIN_TRIES, left: PIN_TRIES, form: 'pin' };

/** Blocked where there is no certificate for signing. */
export const passwordOf = (id: number, signing: { readonly password: string } | undefined): SecretImage => ({
  ...blocked(id, PASSWORD_TRIES),
  ...(signing === undefined ? {} : { value: signing.password, left: PASSWORD_TRIES, form: 'password' as const }),
});
