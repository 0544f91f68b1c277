// Fields that several messages share, and the one way in which a wrong message is refused.
// A refusal names the path of the field and never repeats its value.
// The schemas are strict: that is what a sender is held to. A receiver reads what a newer program sends (readMessage; docs/adr/0009).

import { z } from 'zod';
import { KioskFailure } from '../../core/failure.ts';
import { CONTRACT_VERSION, ID_PATTERN } from './topics.ts';

/** Longest payload of any message. What is longer is not looked into. */
export const MAX_PAYLOAD_BYTES = 131_072;

export const version = z.literal(CONTRACT_VERSION).describe('Contract version');
export const boxId = z.string().regex(ID_PATTERN);
export const messageId = z.uuidv7().describe('UUIDv7, made once per message and kept through every repetition');
/** An instant in UTC, ISO 8601 with Z. */
export const instant = z.iso.datetime();
export const sequence = z
  .int()
  .min(1)
  .describe(
    'Durable counters of the kiosk, one of its visits and one of its requests: each grows by one with every message, and never restarts',
  );
export const bootId = z.uuid().describe('One run of the program');
export const failureCode = z
  .string()
  .regex(/^[a-z]+\/[a-z-]+$/)
  .max(64);

/** In every sealed message, so that the signature covers it. */
export const envelopeFields = {
  v: version,
  id: messageId,
  site: boxId,
  kiosk: boxId,
  seq: sequence,
  bootId,
  issuedAt: instant,
  expiresAt: instant.describe('After this the message must have no effect'),
};

/**
 * The value as `schema` knows it. Throws KioskFailure uplink/malformed with facts {message, field}: `field` is the dotted path of the
 * first thing wrong (the value itself is never repeated).
 */
export const parseMessage = <Schema extends z.ZodType>(message: string, schema: Schema, value: unknown): z.output<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...(issue?.path ?? []), ...unknownKey].map(String).join('.').slice(0, 80) || '(whole message)';
  throw new KioskFailure('uplink/malformed', {
    facts: { message, field, problem: issue?.code ?? 'invalid' },
    message: `${message}: field ${field} does not fit the contract (${issue?.code ?? 'invalid'})`,
  });
};

const jsonOf = (message: string, bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new KioskFailure('uplink/malformed', { facts: { message, field: '(not JSON)' }, message: `${message}: not UTF-8 JSON` });
  }
};

/** UTF-8 JSON bytes as `schema` knows them, and nothing beside. Throws KioskFailure uplink/malformed. */
export const parseJsonMessage = <Schema extends z.ZodType>(message: string, schema: Schema, bytes: Uint8Array): z.output<Schema> =>
  parseMessage(message, schema, jsonOf(message, bytes));

type Node = Record<PropertyKey, unknown>;

/** As parseJsonMessage, but without the keys that `schema` does not list, at any depth: a newer sender may have them. Throws uplink/malformed. */
export const readMessage = <Schema extends z.ZodType>(message: string, schema: Schema, bytes: Uint8Array): z.output<Schema> => {
  const value = jsonOf(message, bytes);
  for (const issue of schema.safeParse(value).error?.issues ?? []) {
    if (issue.code !== 'unrecognized_keys') continue;
    const holder = issue.path.reduce((node, key) => node[key] as Node, value as Node);
    for (const key of issue.keys) delete holder[key];
  }
  return parseMessage(message, schema, value);
};
