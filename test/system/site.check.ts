// A site as `kazashi site` makes it, with Debian's mosquitto, the real terminal and kiosks that are processes: who is let in, who may do what,
// and what an attacker with a place in the network, a kiosk's certificate or the broker itself comes away with.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import type { MqttClient } from 'mqtt';
import { type Test, test } from 'tap';
import { uuidV7 } from '../../src/core/ids.ts';
import { KIOSK_CHANNELS, kioskTopic, terminalStateTopic } from '../../src/uplink/contract/index.ts';
import { createSealer } from '../../src/uplink/seal.ts';
import { generateTerminalKeys, loadKeySet, publicKeySet } from '../../src/uplink/seal-keys.ts';
import { createWordSigner } from '../../src/uplink/seal-word.ts';
import { visitContent } from '../uplink/visit-content.ts';
import { Lab, NO_MOSQUITTO, siteCommand, until } from './uplink/lab.ts';

const SITE = 'clinic';
const ready = { broker: 'connected', terminal: 'ready' } as const;

const withLab = async (t: Test, ...kiosks: string[]): Promise<Lab> => {
  const lab = new Lab();
  t.teardown(() => lab.stop());
  await lab.make(...kiosks);
  return lab;
};

const rows = (lab: Lab, sql: string, terminal = 'terminal'): Record<string, unknown>[] => {
  const db = new Database(lab.path(`data-${terminal}`, 'terminal.db'), { readonly: true });
  try {
    return db.prepare(sql).all() as Record<string, unknown>[];
  } finally {
    db.close();
  }
};

/** What the broker answers to a publish: 0, 16 nobody listens, 135 not authorised, 'closed'. */
const put = async (client: MqttClient, topic: string, payload: string | Buffer): Promise<number | string> => {
  let code: number | string = 'nothing';
  const seen = (packet: { cmd: string; reasonCode?: number }) => {
    if (packet.cmd === 'puback') code = packet.reasonCode ?? 0;
  };
  client.on('packetreceive', seen);
  const closed = new Promise<string>((resolve) => client.once('close', () => resolve('closed')));
  const sent = client.publishAsync(topic, payload, { qos: 1 }).then(
    () => code,
    () => code,
  );
  const answer = await Promise.race([sent, closed]);
  client.off('packetreceive', seen);
  return answer as number | string;
};

/** With a certificate at hand, mqtt.js turns mqtt:// into mqtts://. */
const NO_TLS = { ca: undefined, cert: undefined, key: undefined } as unknown as Parameters<Lab['client']>[1];

const refusedToConnect = async (lab: Lab, name: string, over: Parameters<Lab['client']>[1] & { maxVersion?: string }): Promise<string> => {
  try {
    const client = await lab.client(name, over);
    // Let in is who is answered, not who is not yet thrown out.
    return typeof (await put(client, kioskTopic(SITE, name, 'health'), 'x')) === 'number' ? 'connected' : 'closed';
  } catch (error) {
    return String((error as { code?: unknown }).code ?? (error as Error).message);
  }
};

test('a site made by the command carries visits over mTLS to the terminal and its word back', { skip: NO_MOSQUITTO }, async (t) => {
  const lab = await withLab(t, 'kiosk-1', 'kiosk-2');
  await lab.startBroker();
  await lab.startTerminal();
  const [one, two] = [lab.startKiosk('kiosk-1'), lab.startKiosk('kiosk-2')];
  await Promise.all([one.until(ready), two.until(ready)]);
  const visits = Array.from({ length: 20 }, () => uuidV7(Date.now()));
  for (const [index, visit] of visits.entries()) (index % 2 === 0 ? one : two).finish(visit);
  await until('all acks', () => one.look().acked.length + two.look().acked.length === 20);
  t.ok([...one.acked, ...two.acked].every(({ status }) => status === 'accepted'));
  t.same(
    new Set(rows(lab, 'SELECT visit_id FROM visits').map(({ visit_id }) => visit_id)),
    new Set(visits),
    'the terminal has every visit that a kiosk was told of',
  );
  t.match(siteCommand('list', lab.path('site')), /terminal {2}terminal .*82[34] days/);
  const config = readFileSync(lab.path('site', 'broker', 'mosquitto.conf'), 'utf8');
  t.notMatch(config, /password_file|allow_anonymous true/);
});

test('only a living certificate of this site gets in, and nobody can take the name of another', { skip: NO_MOSQUITTO }, async (t) => {
  const lab = await withLab(t, 'kiosk-1', 'kiosk-2', 'stolen');
  const stranger = new Lab();
  t.teardown(() => stranger.stop());
  await stranger.make('kiosk-1');
  const stolen = { cert: readFileSync(join(lab.member('stolen'), 'cert.pem')), key: readFileSync(join(lab.member('stolen'), 'key.pem')) };
  siteCommand('remove-kiosk', lab.path('site'), 'stolen');
  await lab.startBroker();
  const foreign = {
    cert: readFileSync(join(stranger.member('kiosk-1'), 'cert.pem')),
    key: readFileSync(join(stranger.member('kiosk-1'), 'key.pem')),
  };
  const none = { cert: Buffer.alloc(0), key: Buffer.alloc(0) };
  t.not(await refusedToConnect(lab, 'kiosk-1', none), 'connected', 'no certificate');
  t.not(await refusedToConnect(lab, 'kiosk-1', foreign), 'connected', 'a certificate of another site');
  t.not(await refusedToConnect(lab, 'kiosk-1', stolen), 'connected', 'a revoked certificate');
  t.not(await refusedToConnect(lab, 'kiosk-1', { url: `mqtt://127.0.0.1:${lab.port}`, ...NO_TLS }), 'connected', 'no TLS');
  t.not(await refusedToConnect(lab, 'kiosk-1', { maxVersion: 'TLSv1.2' }), 'connected', 'an older TLS');
  t.equal(await refusedToConnect(lab, 'kiosk-1', {}), 'connected', 'the control: its own certificate');
  const victim = await lab.client('kiosk-1', { clientId: 'kazashi-clinic-kiosk-1' });
  for (const clientId of ['kazashi-clinic-kiosk-1', 'kiosk-1']) {
    const thief = await lab.client('kiosk-2', { clientId });
    t.type(await put(thief, kioskTopic(SITE, 'kiosk-2', 'health'), 'x'), 'number', 'it is let in under its own name');
  }
  t.type(await put(victim, kioskTopic(SITE, 'kiosk-1', 'health'), 'x'), 'number', 'another kiosk cannot throw it out by its client id');
});

test('a kiosk reaches its own topics and hears its own words alone', { skip: NO_MOSQUITTO }, async (t) => {
  const lab = await withLab(t, 'kiosk-1', 'kiosk-2');
  await lab.startBroker();
  const [terminal, one, two] = await Promise.all([lab.client('terminal'), lab.client('kiosk-1'), lab.client('kiosk-2')]);
  const heard: string[] = [];
  two.on('message', (topic) => heard.push(topic));
  for (const filter of [
    '#',
    'kazashi/#',
    '$SYS/#',
    kioskTopic(SITE, 'kiosk-1', 'visit'),
    kioskTopic(SITE, 'kiosk-1', 'ack'),
    '+/+/+/+/ack',
  ])
    await two.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
  for (const channel of ['state', 'visit', 'request', 'health', 'report'] as const)
    t.ok([0, 16].includes(Number(await put(one, kioskTopic(SITE, 'kiosk-1', channel), 'x'))), `kiosk-1 may write its own ${channel}`);
  for (const channel of KIOSK_CHANNELS)
    t.equal(await put(two, kioskTopic(SITE, 'kiosk-1', channel), 'x'), 135, `kiosk-2 may not write kiosk-1's ${channel}`);
  for (const channel of ['ack', 'command'] as const)
    t.equal(await put(two, kioskTopic(SITE, 'kiosk-2', channel), 'x'), 135, `nor its own ${channel}`);
  t.equal(await put(two, terminalStateTopic(SITE), 'x'), 135, 'nor speak for the terminal');
  t.equal(await put(terminal, kioskTopic(SITE, 'kiosk-1', 'visit'), 'x'), 135, 'the terminal may not make visits');
  await put(terminal, kioskTopic(SITE, 'kiosk-1', 'ack'), 'x');
  await put(terminal, kioskTopic(SITE, 'kiosk-2', 'ack'), 'x');
  await until('its own ack', () => heard.includes(kioskTopic(SITE, 'kiosk-2', 'ack')));
  t.same(new Set(heard), new Set([kioskTopic(SITE, 'kiosk-2', 'ack')]), 'delivered of all that was published');
});

test('whoever holds the broker, or a terminal’s place at it, can neither forge a word nor replay a visit', {
  skip: NO_MOSQUITTO,
}, async (t) => {
  const lab = await withLab(t, 'kiosk-1', 'kiosk-2');
  siteCommand('add-terminal', lab.path('site'), 'desk-2');
  await lab.startBroker();
  const rogue = await lab.client('desk-2');
  const kiosk = lab.startKiosk('kiosk-1', 'ackTimeoutSeconds = 60');
  await kiosk.until({ broker: 'connected' });
  const sealed: Buffer[] = [];
  rogue.on('message', (_topic, payload) => sealed.push(payload));
  await rogue.subscribeAsync(kioskTopic(SITE, 'kiosk-1', 'visit'), { qos: 1 });
  const state = { v: 1, bootId: uuidV7(Date.now()), bdSeq: 0, at: new Date().toISOString(), version: '0', status: 'ready' };
  await rogue.publishAsync(terminalStateTopic(SITE, 'desk-2'), JSON.stringify(state), { qos: 1, retain: true });
  await kiosk.until(ready);
  const visit = uuidV7(Date.now());
  kiosk.finish(visit);
  const [captured] = await until('the sealed visit', () => sealed.length > 0 && sealed);
  const { id, seq } = await until('done', () => kiosk.look().done[0]);
  t.notMatch(String(captured), new RegExp(`${visit}|架空`), 'what the broker carries names nobody');

  const ack = { v: 1, id, site: SITE, kiosk: 'kiosk-1', seq, status: 'accepted', at: new Date().toISOString() } as const;
  const times = { issuedAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 30_000).toISOString() };
  const order = { v: 1, id: uuidV7(Date.now()), site: SITE, kiosk: 'kiosk-1', name: 'shutdown', ...times } as const;
  const impostor = await createWordSigner(await generateTerminalKeys());
  const trusted = await createWordSigner(await loadKeySet(join(lab.member('terminal'), 'keys', 'terminal.json')));
  const now = Date.now();
  const old = { issuedAt: new Date(now - 40_000).toISOString(), expiresAt: new Date(now - 10_000).toISOString() };
  const [ackTopic, commandTopic] = [kioskTopic(SITE, 'kiosk-1', 'ack'), kioskTopic(SITE, 'kiosk-1', 'command')];
  const forged: [string, string, Uint8Array | string][] = [
    ['key-unknown', ackTopic, await impostor.ack(ack)],
    ['key-unknown', commandTopic, await impostor.command(order)],
    ['expired', commandTopic, await trusted.command({ ...order, ...old })],
    ['kiosk', commandTopic, await trusted.command({ ...order, kiosk: 'kiosk-2' })],
    ['kiosk', ackTopic, await trusted.ack({ ...ack, kiosk: 'kiosk-2' })],
    ['purpose', ackTopic, await trusted.command(order)],
    ['signature', ackTopic, JSON.stringify(ack)],
    ['signature', ackTopic, Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])],
    ['signature', commandTopic, Buffer.alloc(100_000, 0x2e)],
  ];
  for (const [reason, topic, payload] of forged) {
    const before = kiosk.look().failures.length;
    await rogue.publishAsync(topic, Buffer.from(payload as Uint8Array), { qos: 1 });
    await until(`refusal ${reason}`, () => kiosk.look().failures.length > before);
    t.match(kiosk.failures.at(-1), { failure: 'uplink/untrusted', reason }, `refused: ${reason}`);
  }
  t.same([kiosk.acked, kiosk.commands, kiosk.states.at(-1)?.backlog], [[], [], 1], 'nothing was believed, the visit is still kept');

  await lab.startTerminal();
  await until('the true ack', () => kiosk.look().acked.length === 1);
  const replayer = await lab.client('kiosk-1', { clientId: 'replay' });
  for (let again = 0; again < 3; again += 1) await put(replayer, kioskTopic(SITE, 'kiosk-1', 'visit'), captured as Buffer);
  const other = await lab.client('kiosk-2');
  await put(other, kioskTopic(SITE, 'kiosk-2', 'visit'), captured as Buffer);
  await until('the refusal', () => rows(lab, "SELECT 1 FROM rejects WHERE reason = 'kiosk'").length > 0);
  t.equal(rows(lab, 'SELECT 1 FROM visits').length, 1, 'replayed four times, there once');
});

test('nothing that a kiosk with a certificate can send stops the terminal or enters its list', { skip: NO_MOSQUITTO }, async (t) => {
  const lab = await withLab(t, 'kiosk-1', 'kiosk-2');
  const broker = await lab.startBroker();
  const terminal = await lab.startTerminal();
  const topic = kioskTopic(SITE, 'kiosk-1', 'visit');
  const attacker = await lab.client('kiosk-1', { clientId: 'attacker' });
  const [own, others, desk] = await Promise.all([
    loadKeySet(join(lab.member('kiosk-1'), 'kiosk.private.json')),
    loadKeySet(join(lab.member('kiosk-2'), 'kiosk.private.json')),
    loadKeySet(join(lab.member('terminal'), 'keys', 'terminal.json')),
  ]);
  const times = { issuedAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 60_000).toISOString() };
  const head = {
    v: 1,
    id: uuidV7(Date.now()),
    site: SITE,
    kiosk: 'kiosk-1',
    seq: 1,
    bootId: uuidV7(Date.now()),
    ...times,
    type: 'visit',
  } as const;
  const seal = async (keys: typeof own) =>
    Buffer.from(await (await createSealer(keys, [publicKeySet(desk)])).seal({ ...head, ...visitContent() }));
  const good = JSON.parse(String(await seal(own))) as {
    recipients: { header: { kid: string }; encrypted_key: string }[];
    ciphertext: string;
  };
  const swappedKid = { ...others, keys: others.keys.map((key) => ({ ...key, kid: own.keys[0]?.kid ?? '' })) };
  const text = (value: unknown) => Buffer.from(JSON.stringify(value));
  const attacks: [string, Buffer][] = [
    ['signature', await seal(swappedKid)],
    ['kiosk', await seal(others)],
    [
      'not-for-this-terminal',
      text({ ...good, recipients: good.recipients.map((one) => ({ ...one, header: { ...one.header, kid: 'somebody-else' } })) }),
    ],
    ['decryption', text({ ...good, ciphertext: `A${good.ciphertext.slice(1)}`.replace(/^AA/, 'BA') })],
    ['malformed', Buffer.from('{"recipients": [')],
    ['malformed', Buffer.from([0xff, 0xc3, 0x28, 0x00])],
    ['malformed', Buffer.alloc(0)],
    ['malformed', Buffer.from('['.repeat(60_000))],
    ['protected', text({})],
    ['recipients', text({ ...good, recipients: Array.from({ length: 17 }, () => good.recipients[0]) })],
  ];
  const reasons = () => rows(lab, 'SELECT reason FROM rejects ORDER BY row').map(({ reason }) => reason);
  for (const [index, [reason, payload]] of attacks.entries()) {
    await put(attacker, topic, payload);
    await until(`the ${reason} of attack ${index}`, () => reasons().length > index);
    t.equal(reasons().at(-1), reason);
  }
  const before = createHash('sha256')
    .update(JSON.stringify(rows(lab, 'SELECT * FROM visits')))
    .digest('hex');
  const huge = await lab.client('kiosk-1', { clientId: 'huge' });
  t.not(await put(huge, topic, Buffer.alloc(10 * 1024 * 1024, 0x61)), 0, '10 MB never reach the terminal');
  t.equal(reasons().length, attacks.length);
  t.equal(
    createHash('sha256')
      .update(JSON.stringify(rows(lab, 'SELECT * FROM visits')))
      .digest('hex'),
    before,
  );
  t.equal(broker.child.exitCode, null);
  const kiosk = lab.startKiosk('kiosk-2');
  await kiosk.until(ready);
  kiosk.finish(uuidV7(Date.now()));
  await until('an honest visit', () => kiosk.look().acked.length === 1);
  t.equal(terminal.child.exitCode, null, 'the terminal lives and serves');
  t.notMatch(terminal.errors(), /架空/, 'and wrote nobody’s name into its log');
});

test('a kiosk does not talk to a broker that is not the site’s, nor without TLS', { skip: NO_MOSQUITTO }, async (t) => {
  const lab = await withLab(t, 'kiosk-1');
  const stranger = new Lab();
  t.teardown(() => stranger.stop());
  await stranger.make('kiosk-1');
  const plain = lab.path('plain.conf');
  writeFileSync(plain, `listener ${lab.port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type all\n`);
  const open = await lab.startBroker(plain);
  const kiosk = lab.startKiosk('kiosk-1', 'ackTimeoutSeconds = 2', '50', '200');
  await until('two attempts', () => (kiosk.process.errors().match(/link-error|link-retry/g) ?? []).length > 2);
  t.equal(kiosk.look().states.at(-1)?.broker, 'lost', 'plain TCP at the broker’s address');
  kiosk.finish(uuidV7(Date.now()));
  await until('it is kept', () => kiosk.look().done.length === 1);
  await open.end('SIGKILL');
  t.notMatch(open.errors(), /Received|CONNECT/, 'not one packet of MQTT went to it');
  const conf = lab.path('foreign.conf');
  writeFileSync(
    conf,
    readFileSync(stranger.path('site', 'broker', 'mosquitto.conf'), 'utf8').replace(`listener ${stranger.port}`, `listener ${lab.port}`),
  );
  const foreign = await lab.startBroker(conf);
  const before = kiosk.process.errors().length;
  await until(
    'more attempts',
    () =>
      (
        kiosk.process
          .errors()
          .slice(before)
          .match(/link-error/g) ?? []
      ).length > 2,
  );
  t.equal(kiosk.look().states.at(-1)?.broker, 'lost', 'a broker of another authority');
  await foreign.end('SIGKILL');
  await lab.startBroker();
  await lab.startTerminal();
  await until('the visit, at last', () => kiosk.look().acked.length === 1);
  t.match(kiosk.acked, [{ status: 'accepted' }]);
});

test('keys are rotated with overlap: what was sealed before opens after, and neither side needs a restart', {
  skip: NO_MOSQUITTO,
}, async (t) => {
  const lab = await withLab(t, 'kiosk-1');
  await lab.startBroker();
  const terminal = await lab.startTerminal();
  const kiosk = lab.startKiosk('kiosk-1');
  await kiosk.until(ready);
  const visit = async (of = kiosk) => {
    const before = of.look().acked.length;
    of.finish(uuidV7(Date.now()));
    await until('an ack', () => of.look().acked.length > before);
    return of.acked.at(-1)?.status;
  };
  t.equal(await visit(), 'accepted');
  const reads = () => (terminal.errors().match(/keys-read/g) ?? []).length;
  siteCommand('rotate', lab.path('site'), 'kiosk-1');
  await until('the terminal to read the keys', () => reads() > 0);
  t.equal(await visit(), 'accepted', 'signed with whichever of the two');
  const kioskReads = () => (kiosk.process.errors().match(/keys-read/g) ?? []).length;
  await until('the kiosk to read its keys', () => kioskReads() > 0);
  t.equal(await visit(), 'accepted', 'signed with the new one, by the same process');
  // Either may have read half a rotation and the whole one after it: only what comes now counts.
  const before = [reads(), kioskReads()] as const;
  siteCommand('rotate', lab.path('site'), 'terminal');
  await until('both to read the keys', () => reads() > before[0] && kioskReads() > before[1]);
  // A word that the kiosk could not believe yet is repeated.
  t.match(await visit(), /accepted|duplicate/);
  await kiosk.until({ ...ready, backlog: 0 });
  t.equal(rows(lab, 'SELECT 1 FROM visits').length, 4);
});
