// The contract: topics, schemas, and the document for integrators, which is held equal to them.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { test } from 'tap';
import { asyncApiDocument, asyncApiPage, CONTRACT_SCHEMAS, messageJsonSchema } from '../../src/uplink/contract/asyncapi.ts';
import { EXAMPLES } from '../../src/uplink/contract/examples.ts';
import {
  channelFilter,
  KIOSK_CHANNELS,
  kioskTopic,
  newerState,
  parseJsonMessage,
  parseMessage,
  parseTopic,
  readMessage,
  terminalStateTopic,
  visitContentSchema,
  visitSchema,
} from '../../src/uplink/contract/index.ts';
import { visitContent } from './helpers.ts';

const PAGE = 'src/uplink/contract/asyncapi.json';
const FORMATS = ['date', 'date-time', 'uuid', 'email', 'uri', 'uri-reference'];
const ajv = () => new Ajv({ strict: false, formats: Object.fromEntries(FORMATS.map((name) => [name, true])) });
const names = Object.keys(CONTRACT_SCHEMAS) as (keyof typeof CONTRACT_SCHEMAS)[];

test('topics are built and parsed as exact inverses', async (t) => {
  const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/).filter((text) => text !== 'terminal');
  fc.assert(
    fc.property(id, id, fc.constantFrom(...KIOSK_CHANNELS), (site, kiosk, channel) => {
      t.same(parseTopic(kioskTopic(site, kiosk, channel)), { site, kiosk, channel });
    }),
    { numRuns: 40 },
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (parseTopic(text) !== undefined) throw new Error(`"${text}" is no topic`);
    }),
  );
  t.same(parseTopic(terminalStateTopic('clinic')), { site: 'clinic', kiosk: 'terminal', channel: 'state' });
  t.same(parseTopic(terminalStateTopic('clinic', 'desk-2')), { site: 'clinic', kiosk: 'terminal', channel: 'state', name: 'desk-2' });
  for (const topic of ['kazashi/1/clinic/kiosk-1/state/x', 'kazashi/1/clinic/terminal/state/X', 'kazashi/1/clinic/terminal/visit'])
    t.equal(parseTopic(topic), undefined, topic);
  t.equal(channelFilter('clinic', 'visit'), 'kazashi/1/clinic/+/visit');
  for (const other of [
    'kazashi/2/a/b/visit',
    'kazashi/1/a/b/visit/c',
    'kazashi/1/a/terminal/visit',
    'kazashi/1/a/b/else',
    'kazashi/1/A/b/visit',
  ])
    t.equal(parseTopic(other), undefined, other);
  for (const wrong of ['', 'terminal', 'Kiosk', 'a/b', '+', '#', 'a'.repeat(33)])
    t.throws(() => kioskTopic('clinic', wrong, 'state'), { code: 'config/invalid', facts: { field: 'kiosk' } });
});

test('every example fits its schema, and the visit has no room for what must never travel', async (t) => {
  for (const name of names) t.same(CONTRACT_SCHEMAS[name].parse(EXAMPLES[name]), EXAMPLES[name], name);
  for (const forbidden of ['pin', 'photo', 'image', 'embedding', 'verificationCode', 'myNumber', 'individualNumber'])
    t.throws(() => parseMessage('visit', visitSchema, { ...EXAMPLES.Visit, [forbidden]: 'x' }), {
      code: 'uplink/malformed',
      facts: { message: 'visit', field: forbidden },
    });
  const { patient: _, ...closed } = visitContent();
  t.ok(visitContentSchema.safeParse(closed).success, 'the card face may have stayed closed');
  for (const algorithm of ['RS256', 'ES384'])
    t.ok(visitContentSchema.safeParse({ ...visitContent(), evidence: { ...visitContent().evidence, algorithm } }).success, algorithm);
});

test('a wrong message is refused by the path of the field, never by its value', async (t) => {
  const refusals: [unknown, string][] = [
    [visitContent({ method: 'hand' as 'face' }), 'method'],
    [{ ...visitContent(), consent: { SRJ: { flag: '7' } } }, 'consent.SRJ.flag'],
    [{ ...visitContent(), patient: { ...visitContent().patient, sex: 2 } }, 'patient.sex'],
    [{ ...visitContent(), evidence: { kind: 'promise' } }, 'evidence.kind'],
    [{ ...visitContent(), evidence: { ...visitContent().evidence, algorithm: 'none' } }, 'evidence.algorithm'],
    [null, '(whole message)'],
  ];
  for (const [value, field] of refusals)
    t.throws(() => parseMessage('visit', visitContentSchema, value), { code: 'uplink/malformed', facts: { field } });
  for (const bytes of [Uint8Array.of(0xff, 0xfe), new TextEncoder().encode('{')])
    t.throws(() => parseJsonMessage('visit', visitSchema, bytes), { code: 'uplink/malformed', facts: { field: '(not JSON)' } });
});

/** The value with a key that is in no contract, once for each object in it. */
const grown = function* (value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { ...value, fromLater: { than: ['this'] } };
  for (const [key, inner] of Object.entries(value))
    for (const one of grown(inner)) yield Array.isArray(value) ? value.with(Number(key), one) : { ...value, [key]: one };
};

test('a key of a newer program is no reason to refuse, at any depth and but for commands; the document says so too, and nobody may send one', async (t) => {
  const later = new Map<string, number>();
  for (const name of names) {
    const validate = ajv().compile(messageJsonSchema(name));
    for (const message of grown(EXAMPLES[name])) {
      later.set(name, (later.get(name) ?? 0) + 1);
      t.equal(validate(message), name !== 'Command', `${name}: ${JSON.stringify(message)}`);
      t.same(readMessage(name, CONTRACT_SCHEMAS[name], new TextEncoder().encode(JSON.stringify(message))), EXAMPLES[name]);
      t.throws(() => parseMessage(name, CONTRACT_SCHEMAS[name], message), { code: 'uplink/malformed', facts: { field: /fromLater$/ } });
    }
  }
  t.match(Object.fromEntries(later), { Visit: 9, Request: 2, Ack: 2, Command: 1, Report: 6, Health: 1, KioskState: 1, TerminalState: 1 });
  for (const [wrong, field] of [
    [{ ...EXAMPLES.Visit, method: 'hand', later: 1 }, 'method'],
    [{ ...EXAMPLES.Visit, v: 2, later: 1 }, 'v'],
    [{ ...EXAMPLES.Visit, patient: { later: 1 } }, 'patient.name'],
    [['later'], '(whole message)'],
  ] as const)
    t.throws(() => readMessage('visit', visitSchema, new TextEncoder().encode(JSON.stringify(wrong))), {
      code: 'uplink/malformed',
      facts: { field },
    });
  const hostile = `{"__proto__": {"v": 1}, "constructor": {}, ${JSON.stringify(EXAMPLES.Ack).slice(1)}`;
  t.same(readMessage('ack', CONTRACT_SCHEMAS.Ack, new TextEncoder().encode(hostile)), EXAMPLES.Ack);
});

test('words that are only told to people may be new: a language, a reason of a look', async (t) => {
  t.equal(parseMessage('visit', visitSchema, { ...EXAMPLES.Visit, language: 'pt-BR' }).language, 'pt-BR');
  t.equal(parseMessage('request', CONTRACT_SCHEMAS.Request, { ...EXAMPLES.Request, reason: 'hat' }).reason, 'hat');
  for (const language of ['', 'JA', 'ja ', 'a'.repeat(30), 'ja-<b>'])
    t.throws(() => parseMessage('visit', visitSchema, { ...EXAMPLES.Visit, language }), {
      code: 'uplink/malformed',
      facts: { field: 'language' },
    });
  for (const reason of ['', 'A hat', 'x'.repeat(33)])
    t.throws(() => parseMessage('request', CONTRACT_SCHEMAS.Request, { ...EXAMPLES.Request, reason }), {
      code: 'uplink/malformed',
      facts: { field: 'reason' },
    });
});

test('a late Will does not mark a newer connection dead', async (t) => {
  const state = (bootId: string, bdSeq: number, status: string) => ({ bootId, bdSeq, status });
  const known = state('a', 3, 'ready');
  t.same(newerState(undefined, state('a', 1, 'offline')), state('a', 1, 'offline'), 'nothing known: the retained word counts');
  t.same(newerState(known, state('a', 2, 'offline')), known);
  t.same(newerState(known, state('a', 3, 'offline')), state('a', 3, 'offline'));
  t.same(newerState(known, state('a', 3, 'busy')), state('a', 3, 'busy'));
  t.same(newerState(known, state('b', 0, 'offline')), known, 'the Will of an earlier run');
  t.same(newerState(known, state('b', 0, 'ready')), state('b', 0, 'ready'), 'a new run');
});

test('asyncapi.json is what the schemas say (TAP_SNAPSHOT=1 writes it anew)', async (t) => {
  const { TAP_SNAPSHOT } = process.env;
  if (TAP_SNAPSHOT === '1') writeFileSync(PAGE, asyncApiPage());
  t.same(JSON.parse(readFileSync(PAGE, 'utf8')), JSON.parse(asyncApiPage()), 'stale: run this test with TAP_SNAPSHOT=1');
});

test('asyncapi.json is valid AsyncAPI 3, all its references lead somewhere, and all its examples are valid', async (t) => {
  const require = createRequire(import.meta.url);
  const check = ajv().compile(require('@asyncapi/specs/schemas/3.0.0-without-$id.json'));
  const document = JSON.parse(readFileSync(PAGE, 'utf8'));
  t.ok(check(document), JSON.stringify(check.errors?.slice(0, 3)));
  t.notOk(check({ ...document, channels: { state: { address: 5 } } }), 'the check can fail');

  const at = (pointer: string): unknown =>
    pointer
      .slice(2)
      .split('/')
      .reduce((node: unknown, key) => (node as Record<string, unknown>)?.[key], document);
  const references: string[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === '$ref') references.push(String(value));
      else walk(value);
    }
  };
  walk(document);
  t.ok(references.length > 20);
  for (const reference of references) if (at(reference) === undefined) t.fail(`${reference} leads nowhere`);

  for (const name of names) {
    const validate = ajv().compile(messageJsonSchema(name));
    const [example] = (at(`#/components/schemas/${name}`) as { examples: unknown[] }).examples;
    t.ok(validate(example), name);
    t.notOk(validate({ ...(example as object), v: 2 }), `${name} of another version`);
  }
  t.same(
    Object.keys((asyncApiDocument() as { channels: object }).channels).sort(),
    [...KIOSK_CHANNELS, 'terminal-state', 'other-terminal-state'].sort(),
  );
});
