// The delivery rule against a real broker over TCP: nothing lost, nothing twice, nobody believed without a signature.

import { join } from 'node:path';
import { CompactSign } from 'jose';
import { test } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { isFailure, type KioskFailure } from '../../src/core/failure.ts';
import { uuidV7 } from '../../src/core/ids.ts';
import { createLog } from '../../src/core/log.ts';
import { measureUplink, percentiles } from '../../src/uplink/bench.ts';
import { kioskTopic, terminalStateTopic } from '../../src/uplink/contract/index.ts';
import { nodeDurableFs } from '../../src/uplink/durable-fs.ts';
import { Outbox } from '../../src/uplink/outbox.ts';
import { createOpener, createSealer } from '../../src/uplink/seal.ts';
import { generateKioskKeys, generateTerminalKeys, newestPrivateKey, publicKeySet, rotateKeySet } from '../../src/uplink/seal-keys.ts';
import { createWordSigner } from '../../src/uplink/seal-word.ts';
import type { KazashiUplink, UplinkOptions } from '../../src/uplink/uplink.ts';
import { type Keys, KIOSK, makeKeys, SITE, TestBroker, TestTerminal, temporaryFolder, testUplink, until, visitContent } from './helpers.ts';

interface Site {
  readonly keys: Keys;
  readonly broker: TestBroker;
  readonly terminal: TestTerminal;
  readonly folder: string;
  uplink(over?: Partial<UplinkOptions>): KazashiUplink;
}

const withSite = async (teardown: (end: () => Promise<void>) => void): Promise<Site> => {
  const keys = await makeKeys();
  const broker = new TestBroker();
  await broker.start();
  const terminal = await TestTerminal.create(keys);
  const { path, remove } = temporaryFolder();
  const made: KazashiUplink[] = [];
  teardown(async () => {
    for (const uplink of made) await uplink.stop();
    await terminal.close();
    await broker.kill();
    remove();
  });
  return {
    keys,
    broker,
    terminal,
    folder: path,
    uplink: (over) => {
      const uplink = testUplink(keys, broker.url, path, over);
      made.push(uplink);
      return uplink;
    },
  };
};

test('a visit is sealed, stored, published, acknowledged and then deleted', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  site.terminal.answer = () => ({ checkIn: { state: 'checked-in', number: '12' } });
  const uplink = site.uplink();
  await uplink.start();
  const content = visitContent();
  const { id, seq, acked } = await uplink.submit(content);
  t.equal(seq, 1);
  t.same(await acked, { status: 'accepted', checkIn: { state: 'checked-in', number: '12' } });
  t.match(site.terminal.received, [{ id, seq: 1, kiosk: KIOSK, ...content }]);
  await until(() => uplink.state.backlog === 0);
  t.same(uplink.state, { broker: 'connected', terminal: 'ready', backlog: 0 });
  const second = await uplink.submit(visitContent());
  t.equal(second.seq, 2);
  await second.acked;
  t.match(uplink.health(), { submitted: 2, acknowledged: 2, backlog: 0 });
});

test('a lost ack is answered by sending again; the repetition has no second effect', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  let asked = 0;
  site.terminal.answer = () => {
    asked += 1;
    return asked < 3 ? 'silence' : {};
  };
  const uplink = site.uplink({ ackTimeoutMs: 150 });
  await uplink.start();
  const { id, acked } = await uplink.submit(visitContent());
  t.same(await acked, { status: 'duplicate' });
  t.equal(site.terminal.received.length, 1);
  t.ok((site.terminal.deliveries.get(id) ?? 0) >= 3);
  t.ok(uplink.health().retries >= 2);
});

test('a doubled ack is harmless', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  site.terminal.copies = 3;
  const uplink = site.uplink();
  const failures: KioskFailure[] = [];
  uplink.onFailure((failure) => failures.push(failure));
  await uplink.start();
  for (let visit = 0; visit < 5; visit += 1) await (await uplink.submit(visitContent())).acked;
  t.same(failures, []);
  t.equal(uplink.health().acknowledged, 5);
});

test('an ack that is forged, or speaks of another sequence number, deletes nothing', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  const honest = site.terminal.signer;
  const forger = await createWordSigner(await generateTerminalKeys());
  site.terminal.signer = forger;
  const uplink = site.uplink({ ackTimeoutMs: 5_000 });
  const failures: KioskFailure[] = [];
  uplink.onFailure((failure) => failures.push(failure));
  await uplink.start();
  const { acked } = await uplink.submit(visitContent());
  await until(() => failures.length > 0);
  t.match(failures, [{ code: 'uplink/untrusted', facts: { reason: 'key-unknown' } }]);
  t.equal(uplink.state.backlog, 1);
  site.terminal.signer = honest;
  const [message] = site.terminal.received;
  if (message === undefined) throw new Error('nothing came');
  await site.terminal.publish(kioskTopic(SITE, KIOSK, 'ack'), new TextEncoder().encode('{"status":"accepted"}'));
  await until(() => failures.length > 1);
  t.match(failures[1], { code: 'uplink/untrusted', facts: { reason: 'signature' } });
  await site.terminal.ack(message, { seq: 99 });
  const replayedCommand = await site.terminal.command({});
  await site.terminal.publish(kioskTopic(SITE, KIOSK, 'ack'), replayedCommand);
  await until(() => failures.length > 2);
  t.match(failures[2], { code: 'uplink/untrusted', facts: { reason: 'purpose' } }, 'a command is no ack');
  t.equal(uplink.state.backlog, 1);
  await site.terminal.ack(message, { status: 'rejected', code: 'uplink/malformed' });
  t.same(await acked, { status: 'rejected', code: 'uplink/malformed' });
});

test('visits made while the terminal is away are kept, and sent in order the moment it is there', async (t) => {
  const site = await withSite(t.teardown);
  const uplink = site.uplink({ ackTimeoutMs: 60_000 });
  const states: string[] = [];
  uplink.onState(({ broker, terminal, backlog }) => states.push(`${broker} ${terminal} ${backlog}`));
  await uplink.start();
  await until(() => uplink.state.broker === 'connected');
  t.equal(uplink.state.terminal, 'lost');
  const visits = await Promise.all(Array.from({ length: 40 }, () => uplink.submit(visitContent())));
  t.equal(uplink.state.backlog, 40);
  await site.terminal.connect(site.broker.url);
  await Promise.all(visits.map(({ acked }) => acked));
  t.same(
    site.terminal.received.map(({ seq }) => seq),
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
  t.ok([...site.terminal.deliveries.values()].every((times) => times === 1));
  site.terminal.drop();
  await until(() => uplink.state.terminal === 'lost');
  t.equal(uplink.state.broker, 'connected');
  const late = await uplink.submit(visitContent());
  await site.terminal.connect(site.broker.url);
  await late.acked;
  t.ok(states.includes('connected lost 40'));
  t.match(states.at(-1), 'connected ready 0');
});

test('a terminal that is there but not ready gets nothing yet', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  await site.terminal.say('init');
  const uplink = site.uplink();
  await uplink.start();
  const { acked } = await uplink.submit(visitContent());
  await until(() => uplink.state.broker === 'connected');
  t.same(uplink.state, { broker: 'connected', terminal: 'lost', backlog: 1 });
  t.equal(site.terminal.received.length, 0);
  await site.terminal.say('ready');
  t.match(await acked, { status: 'accepted' });
});

test('killing the broker and starting it anew loses nothing; the birth is published again with a new number', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  const uplink = site.uplink();
  uplink.announce('ready', []);
  await uplink.start();
  await (await uplink.submit(visitContent())).acked;
  await until(() => site.terminal.states.some(({ status }) => status === 'ready'));
  await site.broker.kill();
  await until(() => uplink.state.broker === 'lost');
  t.equal(uplink.state.terminal, 'lost', 'what the terminal said is not believed without a connection');
  const during = await uplink.submit(visitContent());
  site.terminal.states.length = 0;
  await site.broker.start();
  await site.terminal.connect(site.broker.url);
  t.match(await during.acked, { status: 'accepted' });
  await until(() => site.terminal.states.some(({ status }) => status === 'ready'));
  t.ok(site.terminal.states.every(({ bdSeq }) => bdSeq > 0));
  t.equal(site.terminal.deliveries.size, 2);
  t.equal(uplink.health().reconnects >= 1, true);
});

test('a new process on the same folder sends what the old one could not, and goes on counting', async (t) => {
  const site = await withSite(t.teardown);
  const first = site.uplink();
  await first.start();
  const visits = [await first.submit(visitContent()), await first.submit(visitContent())];
  const refused = t.rejects(Promise.all(visits.map(({ acked }) => acked)), {
    code: 'uplink/not-acknowledged',
    facts: { reason: 'stopped' },
  });
  await first.stop();
  await refused;
  await site.terminal.connect(site.broker.url);
  const second = site.uplink();
  await second.start();
  await until(() => second.state.terminal === 'ready' && second.state.backlog === 0);
  t.same(
    site.terminal.received.map(({ id }) => id),
    visits.map(({ id }) => id),
  );
  const next = await second.submit(visitContent());
  t.equal(next.seq, 3);
  await next.acked;
  await second.stop();
  const third = site.uplink();
  await third.start();
  t.equal(third.state.backlog, 0, 'nothing that was acknowledged is sent again');
  t.equal((await third.submit(visitContent())).seq, 4);
});

test('a visit that nobody acknowledges in its lifetime is given up and told', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  site.terminal.answer = () => 'silence';
  const uplink = site.uplink({ expiryMs: 400, ackTimeoutMs: 50 });
  const failures: KioskFailure[] = [];
  uplink.onFailure((failure) => failures.push(failure));
  await uplink.start();
  const { acked, seq } = await uplink.submit(visitContent());
  await t.rejects(acked, { code: 'uplink/not-acknowledged', facts: { seq } });
  t.match(failures, [{ code: 'uplink/not-acknowledged' }]);
  t.equal(uplink.state.backlog, 0);
  t.equal(uplink.health().expired, 1);
});

test('the cable pulled is noticed at once; plugged in again, the kiosk is back without waiting', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  let plugged = true;
  const listeners = new Set<() => void>();
  const cable = {
    plugged: () => plugged,
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const move = (to: boolean) => {
    plugged = to;
    for (const listener of listeners) listener();
  };
  const uplink = site.uplink({ cable, backoff: { baseMs: 3_600_000, capMs: 3_600_000 } });
  await uplink.start();
  await until(() => uplink.state.terminal === 'ready');
  move(false);
  await until(() => uplink.state.broker === 'lost');
  const { acked } = await uplink.submit(visitContent());
  t.equal(uplink.state.backlog, 1);
  move(true);
  t.match(await acked, { status: 'accepted' }, 'with a backoff of an hour, only the plug can have done it');
  await uplink.stop();
  t.equal(listeners.size, 0);
});

test('a broker that takes a message and says nothing is left at once', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  const uplink = site.uplink({ ackTimeoutMs: 150 });
  await uplink.start();
  await until(() => uplink.state.terminal === 'ready');
  site.broker.freeze(true);
  const { acked } = await uplink.submit(visitContent());
  // It stays lost: whoever dials a frozen machine is let in by its kernel, and hears nothing.
  await until(() => uplink.state.broker === 'lost');
  site.broker.freeze(false);
  await site.terminal.connect(site.broker.url);
  t.match((await acked).status, /accepted|duplicate/);
});

test('a command of the terminal takes effect once, and only while it is fresh and meant for this kiosk', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  const uplink = site.uplink();
  const commands: { name: string; visitId?: string }[] = [];
  const failures: KioskFailure[] = [];
  uplink.onCommand((command) => commands.push(command));
  uplink.onFailure((failure) => failures.push(failure));
  await uplink.start();
  await until(() => uplink.state.terminal === 'ready');
  const topic = kioskTopic(SITE, KIOSK, 'command');
  const { visitId } = visitContent();
  const approve = await site.terminal.command({ name: 'approve-visual', visitId });
  await site.terminal.publish(topic, approve);
  await site.terminal.publish(topic, approve);
  const past = Date.now() - 40_000;
  const stale = { issuedAt: new Date(past).toISOString(), expiresAt: new Date(past + 30_000).toISOString() };
  await site.terminal.publish(topic, await site.terminal.command(stale));
  await site.terminal.publish(topic, await site.terminal.command({ expiresAt: new Date(Date.now() + 60_000).toISOString() }));
  await site.terminal.publish(topic, await site.terminal.command({ kiosk: 'kiosk-2' }));
  await site.terminal.publish(topic, await site.terminal.command({ name: 'cancel' }));
  await site.terminal.publish(topic, await site.terminal.command({ name: 'shutdown' }));
  await until(() => commands.length === 2 && failures.length === 4);
  t.same(commands, [{ name: 'approve-visual', visitId }, { name: 'shutdown' }]);
  t.match(failures.map(({ code, facts }) => `${code} ${Object.values(facts).at(-1)}`).sort(), [
    'uplink/malformed visitId',
    'uplink/untrusted expired',
    'uplink/untrusted kiosk',
    'uplink/untrusted lifetime',
  ]);
});

test('a terminal of a newer build is believed; of its commands only those that are understood whole are obeyed', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  const key = await newestPrivateKey(site.keys.terminal, 'sig');
  const signed = async (typ: string, message: object) =>
    Buffer.from(
      await new CompactSign(Buffer.from(JSON.stringify(message))).setProtectedHeader({ alg: 'ES256', kid: key.kid, typ }).sign(key.key),
    );
  const uplink = site.uplink();
  const heard: string[] = [];
  const failures: KioskFailure[] = [];
  uplink.onCommand(({ name }) => heard.push(name));
  uplink.onFailure((failure) => failures.push(failure));
  await uplink.start();
  await until(() => uplink.state.terminal === 'ready');
  await site.terminal.publish(terminalStateTopic(SITE), Buffer.from(JSON.stringify({ ...site.terminal.state('init'), later: 1 })), true);
  await until(() => uplink.state.terminal === 'lost');
  await site.terminal.publish(terminalStateTopic(SITE), Buffer.from(JSON.stringify({ ...site.terminal.state('ready'), later: 1 })), true);
  await until(() => uplink.state.terminal === 'ready');
  site.terminal.answer = () => 'silence';
  const { id, seq, acked } = await uplink.submit(visitContent());
  await until(() => site.terminal.received.length === 1);
  const place = { v: 1, site: SITE, kiosk: KIOSK };
  const ack = {
    ...place,
    id,
    seq,
    status: 'accepted',
    at: new Date().toISOString(),
    checkIn: { state: 'checked-in', number: '7', desk: 2 },
  };
  await site.terminal.publish(kioskTopic(SITE, KIOSK, 'ack'), await signed('kazashi-ack+jws', { ...ack, later: { a: 1 } }));
  t.same(await acked, { status: 'accepted', checkIn: { state: 'checked-in', number: '7' } });
  const command = (over: object) => ({
    ...place,
    id: uuidV7(Date.now()),
    name: 'out-of-service',
    issuedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 20_000).toISOString(),
    ...over,
  });
  for (const over of [{ notBefore: '2030-01-01T00:00:00Z' }, {}, { name: 'polish' }])
    await site.terminal.publish(kioskTopic(SITE, KIOSK, 'command'), await signed('kazashi-command+jws', command(over)));
  await until(() => heard.length === 1 && failures.length === 2);
  t.match(failures, [
    { code: 'uplink/malformed', facts: { message: 'command', field: 'notBefore' } },
    { code: 'uplink/malformed', facts: { message: 'command', field: 'name' } },
  ]);
  const { signer } = site.terminal;
  await t.rejects(
    signer.ack({ ...ack, later: 1 } as never),
    { code: 'uplink/malformed' },
    'and this build never signs a key of its own making',
  );
  await t.rejects(signer.command(command({ later: 1 }) as never), { code: 'uplink/malformed', facts: { field: 'later' } });
});

test('keys are rotated under a running kiosk: the new word is believed, and what is sealed next is signed anew', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  const terminalKeys = rotateKeySet(site.keys.terminal, await generateTerminalKeys());
  const kioskKey = rotateKeySet(site.keys.kiosk, await generateKioskKeys(KIOSK));
  let renew: (keys: Pick<UplinkOptions, 'kioskKey' | 'terminalKeys'>) => Promise<void> = async () => undefined;
  let watched = false;
  const uplink = site.uplink({
    ackTimeoutMs: 150,
    watchKeys: (given) => {
      [renew, watched] = [given, true];
      return () => {
        watched = false;
      };
    },
  });
  const failures: KioskFailure[] = [];
  uplink.onFailure((failure) => failures.push(failure));
  await uplink.start();
  await until(() => uplink.state.terminal === 'ready');
  site.terminal.signer = await createWordSigner(terminalKeys);
  const { acked } = await uplink.submit(visitContent());
  await until(() => failures.some(({ facts }) => Object.values(facts).includes('key-unknown')));
  await t.rejects(renew({ kioskKey, terminalKeys: [] }), { code: 'config/invalid' }, 'keys that are none change nothing');
  await renew({ kioskKey, terminalKeys: [publicKeySet(terminalKeys)] });
  t.match((await acked).status, /accepted|duplicate/);
  const both = await createOpener(site.keys.terminal, [publicKeySet(kioskKey)]);
  let kid = '';
  site.terminal.look = async (topic, payload) => {
    kid = (await both.open(topic, payload, Date.now())).kid;
  };
  await uplink.submit(visitContent());
  await until(() => kid !== '');
  t.equal(kid, kioskKey.keys[0]?.kid);
  await uplink.stop();
  t.notOk(watched);
});

test('a request is sealed like a visit and answered by an ack', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  const uplink = site.uplink();
  await uplink.start();
  const { acked } = await uplink.request({ visitId: visitContent().visitId, ask: 'approve-visual' });
  t.match(await acked, { status: 'accepted' });
  t.match(site.terminal.received, [{ type: 'request', ask: 'approve-visual' }]);
});

test('visits and requests are numbered apart, also after a restart; what an earlier run asked is not asked again', async (t) => {
  const site = await withSite(t.teardown);
  const ask = () => ({ visitId: visitContent().visitId, ask: 'approve-visual' }) as const;
  const numbers = () => site.terminal.received.map(({ type, seq }) => `${type} ${seq}`);
  const first = site.uplink();
  await first.start();
  const seqs = [
    await first.submit(visitContent()),
    await first.request(ask()),
    await first.request(ask()),
    await first.submit(visitContent()),
  ];
  t.same(
    seqs.map(({ seq }) => seq),
    [1, 1, 2, 2],
    'the visits have no gap where a look was asked for',
  );
  t.equal(first.state.backlog, 4);
  t.ok(first.health().backlogBytes > 4 * 1_000, 'both count as waiting');
  await first.stop();
  t.equal(first.state.backlog, 4);

  await site.terminal.connect(site.broker.url);
  const second = site.uplink();
  await second.start();
  await until(() => site.terminal.received.length === 2 && second.state.backlog === 0);
  t.same(numbers(), ['visit 1', 'visit 2'], 'both visits, and neither question');
  const [visit, request] = [await second.submit(visitContent()), await second.request(ask())];
  t.same([visit.seq, request.seq], [3, 3], 'each goes on counting');
  await Promise.all([visit.acked, request.acked]);
  t.same(numbers().slice(2), ['visit 3', 'request 3'], 'sent in the order in which they were made');
});

test('requests of an earlier version, kept among the visits, are delivered from there', async (t) => {
  const site = await withSite(t.teardown);
  const folder = join(site.folder, 'outbox');
  const old = await Outbox.open({ fs: nodeDurableFs, folder, maxMessages: 9, maxBytes: 99_999, onCorrupt: () => undefined });
  const [issuedAt, expiresAt] = [Date.now(), Date.now() + 60_000];
  const times = { issuedAt: new Date(issuedAt).toISOString(), expiresAt: new Date(expiresAt).toISOString() };
  const head = { v: 1, id: uuidV7(issuedAt), site: SITE, kiosk: KIOSK, seq: 7, bootId: uuidV7(issuedAt), ...times } as const;
  const sealer = await createSealer(site.keys.kiosk, [publicKeySet(site.keys.terminal)]);
  const sealed = await sealer.seal({ ...head, type: 'request', visitId: uuidV7(issuedAt), ask: 'approve-visual' });
  await old.append({ id: head.id, seq: 7, channel: 'request', issuedAt, expiresAt, sealed });
  await site.terminal.connect(site.broker.url);
  const uplink = site.uplink();
  await uplink.start();
  const { seq, acked } = await uplink.submit(visitContent());
  t.equal(seq, 8, 'the visits go on after the highest number that was ever used among them');
  await acked;
  await until(() => uplink.state.backlog === 0);
  t.same(
    site.terminal.received.map(({ type, seq }) => `${type} ${seq}`),
    ['request 7', 'visit 8'],
  );
});

test('state, faults, health and the last goodbye reach the terminal; a late Will is contradicted', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  const uplink = site.uplink({ healthIntervalMs: 30 });
  await uplink.start();
  uplink.announce('out-of-service', ['reader/unavailable']);
  const { states } = site.terminal;
  await until(() => states.some(({ status }) => status === 'out-of-service'));
  t.match(states.at(-1), { status: 'out-of-service', faults: ['reader/unavailable'], bdSeq: Number });
  await until(() => site.terminal.health.length > 0);
  t.match(site.terminal.health[0], { v: 1, backlog: 0, rssBytes: Number });
  const before = states.length;
  const current = states.at(-1);
  const lateWill = { ...current, status: 'offline', faults: [] };
  await site.terminal.publish(kioskTopic(SITE, KIOSK, 'state'), new TextEncoder().encode(JSON.stringify(lateWill)), true);
  await until(() => states.length >= before + 2);
  t.match(states.at(-1), { status: 'out-of-service' });
  await uplink.stop();
  await until(() => states.at(-1)?.status === 'offline');
  t.equal(uplink.state.broker, 'lost');
});

test('what cannot be accepted is refused before anything is stored, naming the field and never its value', async (t) => {
  const site = await withSite(t.teardown);
  const uplink = site.uplink({ outboxLimits: { messages: 2, bytes: 1_000_000 } });
  await t.rejects(uplink.submit(visitContent()), { code: 'storage/unwritable' }, 'not started');
  await uplink.start();
  const refusal = async (content: unknown): Promise<KioskFailure> => {
    try {
      await uplink.submit(content);
    } catch (error) {
      if (isFailure(error)) return error;
    }
    throw new Error('was accepted');
  };
  const wrong = await refusal({ ...visitContent(), patient: { name: '架空', address: '', birthdate: 'secret-1951', sex: '2' } });
  t.match(wrong, { code: 'uplink/malformed', facts: { field: 'patient.birthdate' } });
  t.notMatch(`${wrong.message}${JSON.stringify(wrong.facts)}`, /secret-1951/);
  t.match(await refusal({ ...visitContent(), pin: '1234' }), { facts: { field: 'pin' } }, 'no place for a PIN');
  t.match(await refusal({ ...visitContent(), photo: 'AAAA' }), { facts: { field: 'photo' } }, 'no place for an image');
  t.match(await refusal('visit'), { facts: { field: '(whole message)' } });
  t.equal(uplink.state.backlog, 0);
  await uplink.submit(visitContent());
  await uplink.submit(visitContent());
  t.match(await refusal(visitContent()), { code: 'uplink/outbox-full', facts: { messages: 2 } });
  await t.rejects(site.uplink().start(), { code: 'storage/unwritable', facts: { errno: 'LOCKED' } }, 'one writer per folder');
});

test('a clock that was never set blocks issuing', async (t) => {
  const site = await withSite(t.teardown);
  const clock = { ...systemClock, now: () => Date.UTC(1970, 0, 1, 0, 5) };
  const uplink = site.uplink({ clock });
  await uplink.start();
  await t.rejects(uplink.submit(visitContent()), { code: 'clock/unset' });
});

test('the bench measures the way of a visit to its ack', async (t) => {
  const site = await withSite(t.teardown);
  const uplink = site.uplink({ ackTimeoutMs: 5_000 });
  await uplink.start();
  await t.rejects(measureUplink(uplink, visitContent, { visits: 1 }), { code: 'uplink/terminal-lost' });
  await site.terminal.connect(site.broker.url);
  await until(() => uplink.state.terminal === 'ready');
  const figures = await measureUplink(uplink, visitContent, { visits: 25, warmUp: 5 });
  t.equal(uplink.health().acknowledged, 30);
  t.ok(figures.sealToAck.p50 >= figures.sealAndAppend.p50);
  t.comment(JSON.stringify(figures));
  t.same(percentiles([3, 1, 2]), { p50: 2, p95: 3, p99: 3, max: 3 });
  t.throws(() => percentiles([]), RangeError);
});

test('a whole delivery at debug level logs nothing of the patient, the card or the keys', async (t) => {
  const site = await withSite(t.teardown);
  await site.terminal.connect(site.broker.url);
  const lines: string[] = [];
  const uplink = site.uplink({ log: createLog('debug', { write: (line) => lines.push(line) }) });
  await uplink.start();
  const content = visitContent();
  await (await uplink.submit(content)).acked;
  await t.rejects(uplink.submit({ ...content, patient: { ...content.patient, birthdate: '1951/04/01' } }));
  await uplink.stop();
  const text = lines.join('');
  t.match(text, /message-acknowledged/);
  const { patient, certificate, visitId } = content;
  for (const secret of [patient?.name, patient?.address, '1951', certificate.derBase64.slice(0, 40), visitId, site.keys.kiosk.keys[0]?.d])
    t.notOk(text.includes(String(secret)));
});

test('a report made while the broker is away is there when a terminal comes, once, and the newest', async (t) => {
  const site = await withSite(t.teardown);
  const uplink = site.uplink({});
  const found = (at: string) => ({
    at,
    level: 'warn' as const,
    findings: [{ id: 'clock', level: 'warn' as const, title: { ja: '時計', en: 'Clock' } }],
  });
  uplink.report(found('2026-03-31T21:30:00.000Z'));
  uplink.report(found('2026-04-01T21:30:00.000Z'));
  await uplink.start();
  t.teardown(() => uplink.stop());
  await site.terminal.connect(site.broker.url);
  const { reports } = site.terminal;
  await until(() => reports.length > 0);
  t.same(reports, [{ v: 1, ...found('2026-04-01T21:30:00.000Z') }]);
  uplink.report(found('2026-04-02T21:30:00.000Z'));
  await until(() => reports.length > 1);
  t.equal(reports.at(-1)?.at, '2026-04-02T21:30:00.000Z');
});
