// card.json, the part of a card's directory that a person reads and edits: its shape, its limits, and the sentences of its refusals. Pure.

import { z } from 'zod';
import { KioskFailure } from '../../core/failure.ts';
import { CARD_GENERATIONS } from '../profile.ts';
import { KEPT_DEFECTS } from './defects.ts';
import { secretsFault } from './document-secrets.ts';
import { VIRTUAL_CARD_KINDS } from './request.ts';

const day = z.string({ error: 'a day as "YYYY-MM-DD"' }).regex(/^\d{4}-\d{2}-\d{2}$/, 'a day as "YYYY-MM-DD"');
const text = z.string({ error: 'text' });
const secret = z.strictObject({
  /** Only what its holder may change; null: nobody knows it, as on a card issued without. */
  value: text.nullable().optional(),
  triesLeft: z.int({ error: 'a whole number' }).min(0, 'at least 0'),
});

const holder = z.strictObject({
  family: text,
  given: text,
  kana: text.optional(),
  latin: text.optional(),
  birth: day,
  sex: z.enum(['0', '1', '2', '9'], { error: '"1" male, "2" female, "9" other, "0" unknown (ISO/IEC 5218)' }),
  address: text,
  expires: day,
  securityCode: z.string({ error: 'four digits' }).regex(/^\d{4}$/, 'four digits'),
  number: z.string({ error: 'twelve digits' }).regex(/^\d{12}$/, 'twelve digits'),
});

const myNumber = z.strictObject({
  format: z.literal('kazashi-card/1', { error: '"kazashi-card/1"' }),
  kind: z.literal('my-number'),
  generation: z.enum(CARD_GENERATIONS, { error: CARD_GENERATIONS.join(' or ') }),
  holder,
  secrets: z.record(z.string(), secret),
  serial: z.string({ error: '16 hexadecimal digits' }).regex(/^[0-9a-f]{16}$/, '16 hexadecimal digits'),
  defect: z.enum(KEPT_DEFECTS, { error: `null, or one of ${KEPT_DEFECTS.join(', ')}` }).nullable(),
});

const other = z.strictObject({
  format: z.literal('kazashi-card/1', { error: '"kazashi-card/1"' }),
  kind: z.enum(VIRTUAL_CARD_KINDS, { error: `one of ${VIRTUAL_CARD_KINDS.join(', ')}` }),
});

export type MyNumberDocument = z.infer<typeof myNumber>;
export type CardDocument = MyNumberDocument | (z.infer<typeof other> & { readonly kind: 'driving-licence' | 'transit' | 'broken' });

/** A refusal that names the file, and the field where there is one. */
export const damagedFile = (file: string, what: string, cause?: unknown): KioskFailure =>
  new KioskFailure('input/invalid', { cause, facts: { field: 'card' }, message: `${file}: ${what}` });

const sentences = (error: z.ZodError): string =>
  error.issues
    .map((issue) => {
      if (issue.code === 'unrecognized_keys') return `${[...issue.path, issue.keys[0] ?? ''].join('.')}: there is no such field`;
      return `${issue.path.join('.') || 'the file'}: must be ${issue.code === 'invalid_type' && ['object', 'record'].includes(issue.expected) ? 'an object { … }' : issue.message}`;
    })
    .join('; ');

/** Checks the text of a card.json. Throws input/invalid naming the file and every wrong field. */
export const parseCardDocument = (json: string, file: string): CardDocument => {
  let root: unknown;
  try {
    // Some editors write a mark of byte order before the text.
    root = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw damagedFile(file, `not JSON (${cause instanceof Error ? cause.message : 'unreadable'})`, cause);
  }
  const kind = (root as { kind?: unknown } | null)?.kind;
  const checked = kind === 'my-number' ? myNumber.safeParse(root) : other.safeParse(root);
  if (!checked.success) throw damagedFile(file, sentences(checked.error));
  const document = checked.data as CardDocument;
  if (document.kind !== 'my-number') return document;
  const fault = secretsFault(document.generation, document.secrets);
  if (fault !== undefined) throw damagedFile(file, fault);
  return document;
};
