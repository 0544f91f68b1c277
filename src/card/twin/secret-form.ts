// What the secrets of a card may look like, asked when a card is made and when a holder changes one. Pure; holds no secret.

import { isDigits } from '../secrets.ts';
import type { SecretForm } from './chip-image.ts';

const PIN_LENGTH = 4;

/** PIN: four ASCII digits. Password: 6 to 16 of A-Z and 0-9. */
export const mayBecome = (form: SecretForm, value: Uint8Array): boolean =>
  form === 'pin' ? isDigits(value, PIN_LENGTH) : /^[A-Z0-9]{6,16}$/.test(Buffer.from(value).toString('latin1'));
