// The contract as an AsyncAPI 3 document, made from the topics, schemas and examples of this folder: src/uplink/contract/asyncapi.json.
// For integrators; the running kiosk does not need it.

import { z } from 'zod';
import { EXAMPLES } from './examples.ts';
import { ackSchema, commandSchema, healthSchema, kioskStateSchema, reportSchema, requestSchema, terminalStateSchema } from './messages.ts';
import { CONTRACT_VERSION, type KioskChannel, TERMINAL } from './topics.ts';
import { visitSchema } from './visit.ts';

export const CONTRACT_SCHEMAS = {
  KioskState: kioskStateSchema,
  TerminalState: terminalStateSchema,
  Visit: visitSchema,
  Request: requestSchema,
  Ack: ackSchema,
  Command: commandSchema,
  Health: healthSchema,
  Report: reportSchema,
} as const;
type MessageName = keyof typeof CONTRACT_SCHEMAS;

/** What stands on the wire: plain JSON, a signed text, or a sealed object whose content is the schema. */
type Wire = 'plain' | 'signed' | 'sealed';

interface Channel {
  readonly channel: KioskChannel | 'terminal-state' | 'other-terminal-state';
  readonly message: MessageName;
  readonly wire: Wire;
  /** Who publishes. */
  readonly from: 'kiosk' | 'terminal';
  readonly qos: 0 | 1;
  readonly retained: boolean;
  readonly summary: string;
}

const CHANNELS: readonly Channel[] = [
  { channel: 'state', message: 'KioskState', wire: 'plain', from: 'kiosk', qos: 1, retained: true, summary: 'State of a kiosk; birth on every connect, and its Will' },
  { channel: 'visit', message: 'Visit', wire: 'sealed', from: 'kiosk', qos: 1, retained: false, summary: 'One finished visit, repeated until it is acknowledged or expires' },
  { channel: 'ack', message: 'Ack', wire: 'signed', from: 'terminal', qos: 1, retained: false, summary: "The terminal's word on a visit or request, after it is durable there" },
  { channel: 'request', message: 'Request', wire: 'sealed', from: 'kiosk', qos: 1, retained: false, summary: 'A question during a visit, answered by an ack' },
  { channel: 'command', message: 'Command', wire: 'signed', from: 'terminal', qos: 1, retained: false, summary: 'Something a kiosk is to do within 30 s' },
  { channel: 'health', message: 'Health', wire: 'plain', from: 'kiosk', qos: 0, retained: false, summary: 'Numbers of the running program' },
  { channel: 'report', message: 'Report', wire: 'plain', from: 'kiosk', qos: 1, retained: true, summary: "What the kiosk's own examination found, every morning" },
  { channel: 'terminal-state', message: 'TerminalState', wire: 'plain', from: 'terminal', qos: 1, retained: true, summary: 'State of the reception terminal, and its Will' },
  { channel: 'other-terminal-state', message: 'TerminalState', wire: 'plain', from: 'terminal', qos: 1, retained: true, summary: 'State of a terminal after the first, where a site has several' },
]; // biome-ignore format: a table

const WIRE_SCHEMAS = {
  Signed: {
    type: 'string',
    contentMediaType: 'application/jose',
    pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$',
    description:
      'Compact JWS (RFC 7515): ES256 by a terminal key named by kid; typ is kazashi-ack+jws or kazashi-command+jws. x-content is the schema of its payload.',
  },
  Sealed: {
    type: 'object',
    required: ['protected', 'recipients', 'iv', 'ciphertext', 'tag'],
    properties: {
      protected: { type: 'string', description: 'enc A256GCM; cty kazashi-visit+jws or kazashi-request+jws' },
      recipients: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['encrypted_key', 'header'],
          properties: {
            encrypted_key: { type: 'string' },
            header: { type: 'object', required: ['kid'], properties: { alg: { const: 'ECDH-ES+A256KW' }, kid: { type: 'string' } } },
          },
        },
      },
      iv: { type: 'string' },
      ciphertext: { type: 'string' },
      tag: { type: 'string' },
    },
    description:
      "General JWE (RFC 7516) to every terminal key. Inside: a compact JWS, ES256 by the kiosk's key, typ as cty. x-content is the schema of its payload.",
  },
} as const;

const CONTENT_TYPES: Readonly<Record<Wire, string>> = {
  plain: 'application/json',
  signed: 'application/jose',
  sealed: 'application/jose+json',
};

/** Messages that a receiver refuses when they hold a key it does not know. */
const CLOSED: ReadonlySet<MessageName> = new Set(['Command']);

/**
 * JSON Schema (draft 7) of a message, as AsyncAPI's default schema format wants it: what a receiver takes. A sender makes use of the listed
 * keys alone.
 */
export const messageJsonSchema = (name: MessageName): Record<string, unknown> => {
  const { $schema: _, ...schema } = z.toJSONSchema(CONTRACT_SCHEMAS[name], {
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false && !CLOSED.has(name)) jsonSchema.additionalProperties = true;
    },
  });
  return { title: name, ...schema, examples: [EXAMPLES[name]] };
};

const reference = (path: string) => ({ $ref: `#/${path}` });

const messageOf = ({ message, wire, summary }: Channel): Record<string, unknown> => {
  const content = reference(`components/schemas/${message}`);
  const base = { name: message, contentType: CONTENT_TYPES[wire], summary };
  if (wire === 'plain') return { ...base, payload: content, examples: [{ payload: EXAMPLES[message] }] };
  return { ...base, payload: reference(`components/schemas/${wire === 'signed' ? 'Signed' : 'Sealed'}`), 'x-content': content };
};

const parameters = {
  site: { description: 'Id of the site: lower-case letters, digits and hyphens, at most 32' },
  kiosk: { description: 'Id of the kiosk within the site; never "terminal"' },
  terminal: { description: 'Name of a terminal after the first, as an id' },
};

const ROOT = `kazashi/${CONTRACT_VERSION}/{site}`;
/** Topics that are the terminal's own. */
const TERMINAL_ADDRESSES: Readonly<Record<string, string>> = {
  'terminal-state': `${ROOT}/${TERMINAL}/state`,
  'other-terminal-state': `${ROOT}/${TERMINAL}/state/{terminal}`,
};

const channelOf = ({ channel, message, summary }: Channel): Record<string, unknown> => {
  const address = TERMINAL_ADDRESSES[channel] ?? `${ROOT}/{kiosk}/${channel}`;
  const named = Object.entries(parameters).filter(([name]) => address.includes(`{${name}}`));
  return {
    address,
    description: summary,
    parameters: Object.fromEntries(named),
    messages: { [message]: reference(`components/messages/${message}`) },
  };
};

/** Operations as the kiosk does them. */
const operationOf = ({ channel, message, from, qos, retained }: Channel): Record<string, unknown> => ({
  action: from === 'kiosk' ? 'send' : 'receive',
  channel: reference(`channels/${channel}`),
  messages: [reference(`channels/${channel}/messages/${message}`)],
  bindings: { mqtt: { qos, retain: retained, bindingVersion: '0.2.0' } },
});

export const asyncApiDocument = (): Record<string, unknown> => ({
  asyncapi: '3.0.0',
  info: {
    title: 'kazashi: kiosk and reception terminal',
    version: `${CONTRACT_VERSION}.0.0`,
    license: { name: 'Apache-2.0' },
    description:
      'MQTT 5 or 3.1.1. A kiosk repeats a visit until an ack with the same id, signed by the terminal, arrives; the terminal makes the visit durable ' +
      'before it signs, and answers a repetition with the same word and status duplicate. A PUBACK means nothing. No topic, property or plain message ' +
      'carries personal data; no message carries an image, an embedding, a PIN, 照合番号 or the My Number. ' +
      'Send the listed keys alone. On receipt ignore keys that are not listed, at any depth: a newer program may have added them, and then what is ' +
      'listed keeps its meaning without them. Only a command with such a key must be refused.',
  },
  defaultContentType: 'application/json',
  channels: Object.fromEntries(CHANNELS.map((entry) => [entry.channel, channelOf(entry)])),
  operations: Object.fromEntries(
    CHANNELS.map((entry) => [`${entry.from === 'kiosk' ? 'send' : 'receive'}-${entry.channel}`, operationOf(entry)]),
  ),
  components: {
    messages: Object.fromEntries(CHANNELS.map((entry) => [entry.message, messageOf(entry)])),
    schemas: {
      ...Object.fromEntries((Object.keys(CONTRACT_SCHEMAS) as MessageName[]).map((name) => [name, messageJsonSchema(name)])),
      ...WIRE_SCHEMAS,
    },
  },
});

/** Text of asyncapi.json. */
export const asyncApiPage = (): string => `${JSON.stringify(asyncApiDocument(), null, 2)}\n`;
