// The secrets of card.json: their names, and what may stand there. A value that the chip would not take is refused instead of being read as another
// one: whoever edits a card must get the card that was written down. Pure; messages never hold a value.

import { ascii } from '../../core/bytes.ts';
import type { CardGeneration } from '../profile.ts';
import type { SecretForm } from './chip-image.ts';
import { CODE_TRIES, PASSWORD_TRIES, PIN_TRIES } from './image-parts.ts';
import { mayBecome } from './secret-form.ts';

/** A secret of the card by a name a person understands: which application, which file. */
export const SECRET_NAMES: Readonly<Record<CardGeneration, Readonly<Record<string, readonly [application: number, file: number]>>>> = {
  '2016': {
    'auth-pin': [0, 0x18],
    'sign-password': [0, 0x1b],
    'face-birth-key': [1, 0x11],
    'face-code-b': [1, 0x12],
    'face-code-a': [1, 0x13],
    'text-pin': [2, 0x11],
    'text-blocked': [2, 0x12],
    'text-code-a': [2, 0x14],
    'text-code-b': [2, 0x15],
    'resident-pin': [3, 0x1c],
    'common-pin': [4, 0x1c],
  },
  '2028-draft': { 'auth-pin': [0, 0x18], 'sign-password': [0, 0x1b], 'face-code-b': [1, 0x12] },
};

interface WrittenSecret {
  readonly value?: string | null | undefined;
  readonly triesLeft: number;
}

const formOf = (name: string): SecretForm | undefined =>
  name.endsWith('-pin') ? 'pin' : name === 'sign-password' ? 'password' : undefined;

const mostTries = (name: string): number =>
  formOf(name) === 'password' ? PASSWORD_TRIES : formOf(name) === 'pin' || name === 'text-blocked' ? PIN_TRIES : CODE_TRIES;

const FORMS: Readonly<Record<SecretForm, string>> = { pin: 'four digits', password: '6 to 16 of the letters A-Z and the digits' };

const faultOf = (name: string, { value, triesLeft }: WrittenSecret): string | undefined => {
  if (triesLeft > mostTries(name)) return `secrets.${name}.triesLeft: must be at most ${mostTries(name)}`;
  const form = formOf(name);
  const nobodys = value === undefined || value === null || value === '';
  if (form === undefined) return value === undefined ? undefined : `secrets.${name}.value: follows from the holder; leave it out`;
  if (nobodys) return triesLeft === 0 ? undefined : `secrets.${name}: without a value nobody knows it, and triesLeft must be 0`;
  const fits = /^[\x20-\x7e]*$/.test(value) && mayBecome(form, ascii(value));
  return fits ? undefined : `secrets.${name}.value: must be ${FORMS[form]}, or null`;
};

/** What is wrong with them, a sentence for the first fault; undefined: nothing. */
export const secretsFault = (generation: CardGeneration, secrets: Readonly<Record<string, WrittenSecret>>): string | undefined => {
  const names = Object.keys(SECRET_NAMES[generation]);
  const unknown = Object.keys(secrets).find((name) => !names.includes(name));
  if (unknown !== undefined) return `secrets.${unknown}: there is no such secret; known: ${names.join(', ')}`;
  for (const name of names) {
    const secret = secrets[name];
    if (secret === undefined) return `secrets.${name}: is missing; one that nobody knows is { "value": null, "triesLeft": 0 }`;
    const fault = faultOf(name, secret);
    if (fault !== undefined) return fault;
  }
  return undefined;
};
