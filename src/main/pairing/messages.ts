// The three messages of a pairing. Nothing in them is secret: public keys, certificates, and proofs that both sides know the code.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ID_PATTERN, parseMessage } from '../../uplink/contract/index.ts';
import type { Sealed } from './code.ts';

export const MAX_BYTES = 131_072;

const id = z.string().regex(ID_PATTERN);
const version = z.literal(1);
const digest = z.string().length(43);

const sealedSchema = z.strictObject({ word: z.string().max(MAX_BYTES), mac: z.string().length(43) });
const requestSchema = z.strictObject({
  v: version,
  site: id,
  kiosk: id,
  nonce: z.string().length(22),
  request: z.string().max(4_096).describe('PKCS #10, PEM'),
  keys: z.unknown().describe('Public key set of the kiosk'),
});
const answerSchema = z.strictObject({
  v: version,
  request: digest,
  certificate: z.string().max(8_192),
  ca: z.string().max(8_192),
  terminalKeys: z.array(z.unknown()).min(1).max(16),
});
const storedSchema = z.strictObject({ v: version, request: digest });

/** Names a request in the messages that follow it. */
export const digestOf = (word: string): string => createHash('sha256').update(word).digest('base64url');

const read = <Schema extends z.ZodType>(what: string, schema: Schema, text: string): z.output<Schema> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  return parseMessage(what, schema, value);
};

/** Each throws uplink/malformed naming the field. */
export const parseSealed = (text: string): Sealed => read('pairing', sealedSchema, text);
export const parseRequest = (word: string) => read('pairing request', requestSchema, word);
export const parseAnswer = (word: string) => read('pairing answer', answerSchema, word);
export const parseStored = (word: string) => read('pairing receipt', storedSchema, word);
