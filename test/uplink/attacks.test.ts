// One attack a test, each by its name: the kiosk's uplink and the reception's whole terminal, with the attacker holding the broker between them.
// This broker allows everybody everything, so only seal, signature and schema are in the way. What mosquitto's rules, TLS and certificates
// stop before that is tried in test/system/site.check.ts. docs/threat-model.md lists both.

import { createHmac } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { CompactSign, GeneralEncrypt, importJWK } from 'jose';
import Database from 'libsql';
import { connectAsync } from 'mqtt';
import { type Test, test } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import type { KioskFailure } from '../../src/core/failure.ts';
import { uuidV7 } from '../../src/core/ids.ts';
import { createLog } from '../../src/core/log.ts';
import { startTerminal } from '../../src/terminal/terminal.ts';
import { kioskTopic, type VisitMessage } from '../../src/uplink/contract/index.ts';
import { createOpener, createSealer } from '../../src/uplink/seal.ts';
import {
  generateKioskKeys,
  generateTerminalKeys,
  importKeys,
  type KeySet,
  newestPrivateKey,
  publicKeySet,
} from '../../src/uplink/seal-keys.ts';
import { createWordSigner } from '../../src/uplink/seal-word.ts';
import { KIOSK, makeKeys, SITE, TestBroker, TestTerminal, temporaryFolder, testUplink, until, visitContent } from './helpers.ts';

const VISITS = kioskTopic(SITE, KIOSK, 'visit');
const ACKS = kioskTopic(SITE, KIOSK, 'ack');
const COMMANDS = kioskTopic(SITE, KIOSK, 'command');
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const base64 = (value: unknown) => bytes(value).toString('base64url');

const scene = async (t: Test) => {
  const keys = await makeKeys();
  const other = await generateKioskKeys('kiosk-2');
  const broker = new TestBroker();
  await broker.start();
  const { path, remove } = temporaryFolder();
  const attacker = await connectAsync(broker.url, { protocolVersion: 4, reconnectPeriod: 0, clientId: 'attacker' });
  const ends: (() => Promise<unknown>)[] = [];
  t.teardown(async () => {
    attacker.end(true);
    for (const end of ends.reverse()) await end();
    await broker.kill();
    remove();
  });
  const rows = (sql: string): Record<string, unknown>[] => {
    const db = new Database(`${path}/desk/terminal.db`, { readonly: true });
    try {
      return db.prepare(sql).all() as Record<string, unknown>[];
    } finally {
      db.close();
    }
  };
  const said: string[] = [];
  return {
    keys,
    other,
    broker,
    attacker,
    /** What the terminal wrote into its journal. */
    said,
    visits: () => rows('SELECT visit_id FROM visits').length,
    refusals: () => rows('SELECT reason FROM rejects ORDER BY row').map(({ reason }) => reason),
    put: (topic: string, payload: Uint8Array, retain = false) => attacker.publishAsync(topic, Buffer.from(payload), { qos: 1, retain }),
    /** The reception's program, whole. */
    terminal: async () => {
      const terminal = await startTerminal({
        host: '127.0.0.1',
        port: 0,
        mqttUrl: broker.url,
        site: SITE,
        dataDirectory: `${path}/desk`,
        terminalKeys: keys.terminal,
        kioskKeys: [publicKeySet(keys.kiosk), publicKeySet(other)],
        demo: false,
        version: '0',
        clock: systemClock,
        random: Math.random,
        log: createLog('debug', { write: (line) => said.push(line) }),
      });
      ends.push(() => terminal.stop());
    },
    kiosk: async () => {
      const uplink = testUplink(keys, broker.url, `${path}/kiosk`);
      const failures: KioskFailure[] = [];
      const commands: string[] = [];
      uplink.onFailure((failure) => failures.push(failure));
      uplink.onCommand(({ name }) => commands.push(name));
      ends.push(() => uplink.stop());
      await uplink.start();
      await until(() => uplink.state.broker === 'connected');
      return { uplink, failures, commands, reasons: () => failures.map(({ facts }) => facts['reason'] ?? facts['field']) };
    },
  };
};
type Scene = Awaited<ReturnType<typeof scene>>;

const visit = (over: Partial<VisitMessage> = {}): VisitMessage => ({
  v: 1,
  type: 'visit',
  id: uuidV7(Date.now()),
  site: SITE,
  kiosk: KIOSK,
  seq: 900,
  bootId: uuidV7(Date.now()),
  issuedAt: new Date().toISOString(),
  expiresAt: new Date(Date.now() + 60_000).toISOString(),
  ...visitContent(),
  ...over,
});

/** Each payload is refused by the terminal for its reason, nothing of it is listed, and an honest visit is taken after all of them. */
const refusedByTerminal = async (t: Test, at: Scene, attacks: readonly (readonly [string, Uint8Array, string?])[]): Promise<void> => {
  await at.terminal();
  const { uplink } = await at.kiosk();
  await until(() => uplink.state.terminal === 'ready');
  for (const [index, [reason, payload, topic = VISITS]] of attacks.entries()) {
    await at.put(topic, payload);
    await until(() => at.refusals().length > index);
    t.equal(at.refusals().at(-1), reason);
  }
  t.equal(at.visits(), 0);
  t.match(await (await uplink.submit(visitContent())).acked, { status: 'accepted' }, 'an honest visit is taken all the same');
  t.equal(at.visits(), 1);
  t.notMatch(at.said.join(''), /架空/, 'and nobody is named in the journal');
};

/** A kiosk that holds one visit, because only a stranger has said that somebody is there. */
const holding = async (at: Scene) => {
  const kiosk = await at.kiosk();
  const stranger = await TestTerminal.create({ kiosk: at.keys.kiosk, terminal: await generateTerminalKeys() });
  const { id, seq, acked } = await kiosk.uplink.submit(visitContent());
  const ack = { v: 1, id, site: SITE, kiosk: KIOSK, seq, status: 'accepted', at: new Date().toISOString() } as const;
  return { ...kiosk, stranger, ack, acked };
};

/** Each payload is refused by the kiosk for its reason; its visit is still there, and goes to the true terminal. */
const refusedByKiosk = async (
  t: Test,
  at: Scene,
  kiosk: Awaited<ReturnType<typeof holding>>,
  attacks: readonly (readonly [string, string, Uint8Array])[],
): Promise<void> => {
  for (const [index, [reason, topic, payload]] of attacks.entries()) {
    await at.put(topic, payload);
    await until(() => kiosk.failures.length > index);
    t.equal(kiosk.reasons().at(-1), reason);
  }
  t.same([kiosk.commands, kiosk.uplink.state.backlog], [[], 1], 'nothing was obeyed, and nothing let go of');
  await at.terminal();
  t.match(await kiosk.acked, { status: 'accepted' }, 'the true terminal has it');
};

test('attack: forged ack', async (t) => {
  const at = await scene(t);
  const kiosk = await holding(at);
  const trueKid = at.keys.terminal.keys.find(({ use }) => use === 'sig')?.kid ?? '';
  const stranger = await generateTerminalKeys();
  const named = { ...stranger, keys: stranger.keys.map((key) => (key.use === 'sig' ? { ...key, kid: trueKid } : key)) };
  const honest = await createWordSigner(at.keys.terminal);
  const order = { v: 1, id: kiosk.ack.id, site: SITE, kiosk: KIOSK, name: 'identify', issuedAt: kiosk.ack.at } as const;
  const command = await honest.command({ ...order, expiresAt: new Date(Date.now() + 20_000).toISOString() });
  // Of another message: signed by the true terminal, and still no word on this one. Refused without a word, so first.
  await at.put(ACKS, await honest.ack({ ...kiosk.ack, seq: 77 }));
  await at.put(ACKS, await honest.ack({ ...kiosk.ack, id: uuidV7(Date.now()) }));
  await refusedByKiosk(t, at, kiosk, [
    ['signature', ACKS, bytes(kiosk.ack)],
    ['key-unknown', ACKS, await (await createWordSigner(stranger)).ack(kiosk.ack)],
    ['signature', ACKS, await (await createWordSigner(named)).ack(kiosk.ack)],
    ['kiosk', ACKS, await honest.ack({ ...kiosk.ack, kiosk: 'kiosk-2' })],
    ['purpose', ACKS, command],
  ]);
});

test('attack: replayed visit', async (t) => {
  const at = await scene(t);
  const sealed: Buffer[] = [];
  at.attacker.on('message', (_, payload) => sealed.push(payload));
  await at.attacker.subscribeAsync(VISITS, { qos: 1 });
  await at.terminal();
  const { uplink, failures } = await at.kiosk();
  await (await uplink.submit(visitContent())).acked;
  await until(() => sealed.length > 0);
  const captured = sealed[0] ?? Buffer.alloc(0);
  for (let again = 0; again < 5; again += 1) await at.put(VISITS, captured);
  for (const topic of [kioskTopic(SITE, 'kiosk-2', 'visit'), kioskTopic(SITE, KIOSK, 'request')]) await at.put(topic, captured);
  await until(() => at.refusals().length === 2);
  t.same(at.refusals(), ['kiosk', 'purpose'], 'on another kiosk’s topic, as another kind of message');
  await (await uplink.submit(visitContent())).acked;
  t.equal(at.visits(), 2, 'seven replays between two visits');
  t.same(failures, [], 'and the kiosk hears no more than the answer it had');
});

test("attack: other kiosk's topic", async (t) => {
  const at = await scene(t);
  const seal = async (keys: KeySet, message: VisitMessage) => (await createSealer(keys, [publicKeySet(at.keys.terminal)])).seal(message);
  await refusedByTerminal(t, at, [
    ['kiosk', await seal(at.other, visit())],
    ['kiosk', await seal(at.other, visit({ kiosk: 'kiosk-2' }))],
    ['kiosk', await seal(at.other, visit({ kiosk: KIOSK })), kioskTopic(SITE, 'kiosk-2', 'visit')],
    ['kiosk-unknown', await seal(at.other, visit({ kiosk: 'kiosk-3' })), kioskTopic(SITE, 'kiosk-3', 'visit')],
    ['kiosk', await seal(at.keys.kiosk, visit({ site: 'elsewhere' }))],
  ]);
});

test('attack: swapped kid', async (t) => {
  const at = await scene(t);
  const sealer = async (keys: KeySet, to: KeySet) => (await createSealer(keys, [publicKeySet(to)])).seal(visit());
  const renamed = (keys: KeySet, kid = '') => ({ ...keys, keys: keys.keys.map((key) => ({ ...key, kid })) });
  const enc = at.keys.terminal.keys.find(({ use }) => use === 'enc');
  const strangers = await generateTerminalKeys();
  await refusedByTerminal(t, at, [
    ['signature', await sealer(renamed(at.other, at.keys.kiosk.keys[0]?.kid), at.keys.terminal)],
    ['kiosk', await sealer(renamed(at.other, at.other.keys[0]?.kid), at.keys.terminal)],
    ['key-unknown', await sealer(renamed(at.keys.kiosk, 'a-kid-of-nobody'), at.keys.terminal)],
    ['not-for-this-terminal', await sealer(at.keys.kiosk, strangers)],
    ['decryption', await sealer(at.keys.kiosk, { ...strangers, keys: strangers.keys.map((key) => ({ ...key, kid: enc?.kid ?? '' })) })],
  ]);
});

test('attack: algorithm confusion', async (t) => {
  const at = await scene(t);
  const { d: _, ...to } = at.keys.terminal.keys.find(({ use }) => use === 'enc') ?? {};
  const wrap = async (jws: string, alg = 'ECDH-ES+A256KW', enc = 'A256GCM') => {
    const envelope = new GeneralEncrypt(bytes(jws)).setProtectedHeader({ enc, cty: 'kazashi-visit+jws' });
    envelope.addRecipient(await importJWK(to, alg)).setUnprotectedHeader({ alg, kid: String((to as { kid?: string }).kid) });
    return bytes(await envelope.encrypt());
  };
  const [signing] = publicKeySet(at.keys.kiosk).keys;
  const word = (alg: string, secret?: string) => {
    const text = `${base64({ alg, kid: signing?.kid, typ: 'kazashi-visit+jws' })}.${base64(visit())}`;
    return `${text}.${secret === undefined ? '' : createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const honest = await (await createSealer(at.keys.kiosk, [publicKeySet(at.keys.terminal)])).seal(visit());
  await refusedByTerminal(t, at, [
    ['signature', await wrap(word('none'))],
    ['signature', await wrap(word('HS256', JSON.stringify(signing)))],
    ['signature', await wrap(word('ES256', JSON.stringify(signing)))],
    ['decryption', await wrap(word('none'), 'ECDH-ES+A128KW')],
    ['decryption', await wrap(word('none'), 'ECDH-ES+A256KW', 'A128CBC-HS256')],
    ['decryption', bytes(String(Buffer.from(honest)).replace('ECDH-ES+A256KW', 'dir'))],
  ]);
});

test('attack: algorithm confusion, in a word of the terminal', async (t) => {
  const at = await scene(t);
  const kiosk = await holding(at);
  const sig = publicKeySet(at.keys.terminal).keys.find(({ use }) => use === 'sig');
  const word = (alg: string, secret?: string) => {
    const text = `${base64({ alg, kid: sig?.kid, typ: 'kazashi-ack+jws' })}.${base64(kiosk.ack)}`;
    return bytes(`${text}.${secret === undefined ? '' : createHmac('sha256', secret).update(text).digest('base64url')}`);
  };
  await refusedByKiosk(t, at, kiosk, [
    ['signature', ACKS, word('none')],
    ['signature', ACKS, word('HS256', JSON.stringify(sig))],
    ['signature', ACKS, word('ES256', JSON.stringify(sig))],
  ]);
});

test('attack: expired command', async (t) => {
  const at = await scene(t);
  const { uplink, commands, reasons } = await at.kiosk();
  const signer = await createWordSigner(at.keys.terminal);
  const order = (fromMs: number, toMs: number) =>
    signer.command({
      v: 1,
      id: uuidV7(Date.now()),
      site: SITE,
      kiosk: KIOSK,
      name: 'shutdown',
      issuedAt: new Date(Date.now() + fromMs).toISOString(),
      expiresAt: new Date(Date.now() + toMs).toISOString(),
    });
  const fresh = await order(0, 25_000);
  for (const payload of [await order(-31_000, -1_000), await order(0, 3_600_000), await order(3_600_000, 3_630_000), fresh, fresh, fresh])
    await at.put(COMMANDS, payload);
  await until(() => commands.length > 0 && reasons().length === 3);
  await at.put(ACKS, bytes('the last'));
  await until(() => reasons().length === 4);
  t.same(reasons().slice(0, 3), ['expired', 'lifetime', 'lifetime'], 'over, for too long, from the future');
  t.same(commands, ['shutdown'], 'and a fresh one that is repeated is obeyed once');
  t.equal(uplink.state.broker, 'connected');
});

test('attack: rogue terminal', async (t) => {
  const at = await scene(t);
  const kiosk = await holding(at);
  const heard: Buffer[] = [];
  at.attacker.on('message', (_, payload) => heard.push(payload));
  await at.attacker.subscribeAsync('#', { qos: 1 });
  // It says that it is there, so the kiosk sends: to whom it is sealed decides who can read it.
  await at.put('kazashi/1/clinic/terminal/state', bytes({ ...kiosk.stranger.state('ready'), bdSeq: 0 }), true);
  const sealed = await new Promise<Buffer>((resolve) => {
    const look = (payload: Buffer) => String(payload).includes('ciphertext') && resolve(payload);
    for (const payload of heard) look(payload);
    at.attacker.on('message', (_, payload) => look(payload));
  });
  const { patient } = visitContent();
  t.notMatch(heard.map(String).join(''), new RegExp(`${patient?.name}|${patient?.birthdate}`));
  const own = await createOpener(await generateTerminalKeys(), [publicKeySet(at.keys.kiosk)]);
  await t.rejects(own.open(VISITS, sealed, Date.now()), { code: 'uplink/untrusted', facts: { reason: 'not-for-this-terminal' } });
  const rogue = kiosk.stranger.signer;
  const times = { issuedAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 20_000).toISOString() };
  const order = { v: 1, id: uuidV7(Date.now()), site: SITE, kiosk: KIOSK, name: 'out-of-service', ...times } as const;
  await refusedByKiosk(t, at, kiosk, [
    ['key-unknown', ACKS, await rogue.ack({ ...kiosk.ack, checkIn: { state: 'checked-in', number: '1' } })],
    ['key-unknown', COMMANDS, await rogue.command(order)],
  ]);
});

test('attack: downgraded broker', async (t) => {
  // No TLS where TLS is asked for: not one byte of MQTT goes out, whatever is answered.
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const plain = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard.push(data);
      socket.write(Buffer.from([0x20, 3, 0, 0, 0])); // CONNACK, accepted
    });
  });
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const { path, remove } = temporaryFolder();
  const address = plain.address() as { port: number };
  const uplink = testUplink(await makeKeys(), `mqtts://127.0.0.1:${address.port}`, path);
  t.teardown(async () => {
    await uplink.stop();
    for (const socket of sockets) socket.destroy();
    plain.close();
    remove();
  });
  await uplink.start();
  await uplink.submit(visitContent());
  await until(() => heard.length > 3);
  t.same(new Set(heard.map((data) => data[0])), new Set([0x16]), 'handshakes of TLS (RFC 8446, 5.1), and nothing else');
  t.match(uplink.state, { broker: 'lost', backlog: 1 });

  // MQTT 3.1.1 where 5 is wanted, so nothing expires at the broker: what it kept too long has no effect.
  const at = await scene(t);
  await at.terminal();
  const over = { issuedAt: new Date(Date.now() - 90_000).toISOString(), expiresAt: new Date(Date.now() - 30_000).toISOString() };
  await at.put(VISITS, await (await createSealer(at.keys.kiosk, [publicKeySet(at.keys.terminal)])).seal(visit(over)));
  await until(() => at.refusals().length === 1);
  t.equal(at.visits(), 0);
  const { uplink: honest } = await at.kiosk();
  t.match(await (await honest.submit(visitContent())).acked, { status: 'accepted' });
});

test('attack: 10 MB payload', async (t) => {
  const at = await scene(t);
  const huge = Buffer.alloc(10 * 1024 * 1024, 0x5b);
  const kiosk = await holding(at);
  await at.put(ACKS, huge);
  await at.put(COMMANDS, huge);
  await until(() => kiosk.failures.length === 2);
  t.same(kiosk.reasons(), ['too-large', 'too-large']);
  await at.terminal();
  t.match(await kiosk.acked, { status: 'accepted' });
  for (const channel of ['visit', 'request', 'state', 'report'] as const) await at.put(kioskTopic(SITE, KIOSK, channel), huge);
  await until(() => at.refusals().length === 4);
  t.same(new Set(at.refusals()), new Set(['too-large']));
  t.match(await (await kiosk.uplink.submit(visitContent())).acked, { status: 'accepted' });
  t.equal(at.visits(), 2);
});

test('attack: malformed JSON', async (t) => {
  const at = await scene(t);
  const broken = ['', ' ', '{', '{"recipients": [', '['.repeat(60_000), '{"a":'.repeat(20_000), 'NaN', '{"v":1,}', `{"v":1}\u0000`];
  await refusedByTerminal(t, at, [
    ...broken.map((text) => ['malformed', bytes(text)] as const),
    ...broken.filter((text) => text !== '').map((text) => ['malformed', bytes(text), kioskTopic(SITE, KIOSK, 'state')] as const),
  ]);
});

test('attack: malformed JWE', async (t) => {
  const at = await scene(t);
  const sealed = await (await createSealer(at.keys.kiosk, [publicKeySet(at.keys.terminal)])).seal(visit());
  const good = JSON.parse(String(Buffer.from(sealed))) as { recipients: { header: object }[]; [part: string]: unknown };
  const without = (part: string) => bytes({ ...good, [part]: undefined });
  await refusedByTerminal(t, at, [
    ...['protected', 'recipients', 'iv', 'ciphertext', 'tag'].map((part) => [part, without(part)] as const),
    ['malformed', bytes(null)],
    ['malformed', bytes([good])],
    ['recipients', bytes({ ...good, recipients: [] })],
    ['recipients', bytes({ ...good, recipients: Array.from({ length: 17 }, () => good.recipients[0]) })],
    ['decryption', bytes({ ...good, ciphertext: `${good['ciphertext']}AAAA` })],
    ['decryption', bytes({ ...good, tag: 'AAAAAAAAAAAAAAAAAAAAAA' })],
    ['decryption', bytes({ ...good, iv: '' })],
    ['decryption', bytes({ ...good, protected: '!!!' })],
    ['decryption', bytes({ ...good, protected: base64({ enc: 'A256GCM', zip: 'DEF', crit: ['zip'] }) })],
    ['decryption', bytes({ ...good, recipients: good.recipients.map((one) => ({ ...one, encrypted_key: '' })) })],
  ]);
});

test('attack: malformed UTF-8', async (t) => {
  const at = await scene(t);
  // An insider: signed and sealed as it should be, with half a character where the patient's name is.
  const text = bytes(visit());
  const cut = Buffer.concat([text.subarray(0, text.indexOf('架空') + 1), text.subarray(text.indexOf('架空') + 2)]);
  const own = await newestPrivateKey(at.keys.kiosk, 'sig');
  const header = { alg: 'ES256', kid: own.kid, typ: 'kazashi-visit+jws' };
  const envelope = new GeneralEncrypt(bytes(await new CompactSign(cut).setProtectedHeader(header).sign(own.key)));
  envelope.setProtectedHeader({ enc: 'A256GCM' });
  for (const { key, kid } of await importKeys(publicKeySet(at.keys.terminal), 'enc', 'public'))
    envelope.addRecipient(key).setUnprotectedHeader({ alg: 'ECDH-ES+A256KW', kid });
  await refusedByTerminal(t, at, [
    ['malformed', Buffer.from([0xff, 0xc3, 0x28, 0x00])],
    ['malformed', Buffer.from([0xed, 0xa0, 0x80])],
    ['malformed', Buffer.concat([bytes('{"protected":"'), Buffer.from([0xc0, 0xaf]), bytes('"}')])],
    ['malformed', bytes(await envelope.encrypt())],
    ['malformed', Buffer.from([0xff, 0xc3]), kioskTopic(SITE, KIOSK, 'report')],
  ]);
});
