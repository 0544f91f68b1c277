import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { silentLog } from '../../src/core/log.ts';
import { createLibsqlRegistry } from '../../src/terminal/eligibility/libsql-registry.ts';
import { createHandover } from '../../src/terminal/exchange/handover.ts';
import { createHub, type TerminalEvent } from '../../src/terminal/hub.ts';
import { createIntake } from '../../src/terminal/intake.ts';
import { createKiosks } from '../../src/terminal/kiosks.ts';
import { createGroupCommit } from '../../src/terminal/store/group-commit.ts';
import { createInbox } from '../../src/terminal/store/inbox.ts';
import { type Db, openDatabase } from '../../src/terminal/store/schema.ts';
import { type AckMessage, kioskTopic, type RequestMessage, type VisitMessage } from '../../src/uplink/contract/index.ts';
import { createOpener } from '../../src/uplink/seal.ts';
import { publicKeySet } from '../../src/uplink/seal-keys.ts';
import { createWordSigner, createWordVerifier } from '../../src/uplink/seal-word.ts';
import { dice } from '../dice.ts';
import {
  BOOT,
  elliptic,
  HOUR,
  handClock,
  KIOSK,
  kioskKeys,
  NOON,
  SITE,
  seal,
  strangerKeys,
  temporary,
  terminalKeys,
  visit,
} from './fixtures/site.ts';

interface Subject {
  teardown(run: () => void): void;
}

/** A terminal's inside without HTTP and broker: what a message does and what is answered. */
const desk = async (t: Subject) => {
  const { clock, pass } = handClock();
  const directory = temporary(t);
  const db = openDatabase(directory);
  t.teardown(() => db.close());
  const inbox = createInbox(db, () => clock.now());
  const registry = createLibsqlRegistry(db);
  const hub = createHub();
  const events: TerminalEvent[] = [];
  hub.on((event) => events.push(event));
  const kiosks = createKiosks([KIOSK], hub, clock);
  kiosks.brokerIs('connected');
  const intake = createIntake({
    site: SITE,
    opener: await createOpener(terminalKeys, [publicKeySet(kioskKeys)]),
    signer: await createWordSigner(terminalKeys),
    inbox,
    kiosks,
    hub,
    registry,
    handover: createHandover({
      db,
      inbox,
      folder: join(directory, 'exchange'),
      institution: '1234567890',
      log: silentLog,
      clock,
      random: () => 0,
    }),
    log: silentLog,
    now: () => clock.now(),
  });
  const words = await createWordVerifier([publicKeySet(terminalKeys)]);
  const send = async (topic: string, payload: Uint8Array): Promise<AckMessage | undefined> => {
    const reply = await intake(topic, payload);
    return reply === undefined ? undefined : words.ack(reply.payload, { site: SITE, kiosk: KIOSK });
  };
  const sendVisit = async (message: VisitMessage) => send(kioskTopic(SITE, KIOSK, 'visit'), await seal(message));
  return { clock, pass, db, inbox, kiosks, events, send, sendVisit, directory };
};

const count = (db: Db, table: string): number => Number((db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n);
const rejects = (db: Db): unknown[] =>
  (db.prepare('SELECT kiosk, code, reason FROM rejects ORDER BY row').all() as Record<string, unknown>[]).map(({ kiosk, code, reason }) => [
    kiosk,
    code,
    reason,
  ]);

test('a visit is stored once however often it is sent, and its repeats hear duplicate with the same number', async (t) => {
  const { db, sendVisit, events } = await desk(t);
  const message = visit();
  const first = await sendVisit(message);
  t.match(first, { id: message.id, seq: message.seq, status: 'accepted', checkIn: { state: 'checked-in', number: '1' } });
  for (let repeat = 0; repeat < 5; repeat += 1) {
    t.match(await sendVisit(message), { id: message.id, status: 'duplicate', checkIn: { state: 'checked-in', number: '1' } });
  }
  t.equal(count(db, 'visits'), 1);
  t.equal(events.filter(({ type }) => type === 'visit').length, 1, 'the page hears of it once');
  t.match(await sendVisit(visit()), { status: 'accepted', checkIn: { number: '2' } });
});

test('reception numbers begin again each day in Japan', async (t) => {
  const { sendVisit, pass, clock } = await desk(t);
  t.match(await sendVisit(visit({}, clock.now())), { checkIn: { number: '1' } });
  pass(11 * HOUR);
  t.match(await sendVisit(visit({}, clock.now())), { checkIn: { number: '2' } }, '23:00 is the same day');
  pass(HOUR + 1);
  t.match(await sendVisit(visit({}, clock.now())), { checkIn: { number: '1' } }, 'after midnight');
});

test('a visit is checked in only with a certificate in force and a card signature that holds', async (t) => {
  const { sendVisit, inbox } = await desk(t);
  const { certificate, evidence } = visit();
  const state = async (over: Partial<VisitMessage>) => (await sendVisit(visit(over)))?.checkIn?.state;
  t.equal(await state({ certificate: { ...certificate, state: 'expires-soon' } }), 'checked-in');
  t.equal(await state({ certificate: { ...certificate, state: 'expired-in-grace' } }), 'see-reception');
  t.equal(await state({ method: 'staff', evidence: { kind: 'none' } }), 'checked-in');
  const forged = visit({ evidence: { ...evidence, challenge: 'AAAAAAAA' } as VisitMessage['evidence'] });
  t.match(await sendVisit(forged), { status: 'accepted', checkIn: { state: 'see-reception' } });
  t.equal(inbox.find(forged.visitId)?.proof, 'failed');
  t.equal(await state({ method: 'face', evidence: { kind: 'none' } }), 'see-reception', 'a face without evidence proves nothing');
  const good = visit();
  await sendVisit(good);
  t.match(inbox.find(good.visitId), { proof: 'card-signature', certificate: { state: 'valid', validTo: '2028-01-01', days: 609 } });
});

test('a signature of a P-384 card is checked as such, and one algorithm never passes for the other', async (t) => {
  const { sendVisit, inbox } = await desk(t);
  const proof = async (over: Partial<VisitMessage>) => {
    const message = visit(over);
    await sendVisit(message);
    return inbox.find(message.visitId)?.proof;
  };
  const rsa = visit();
  const ec = await elliptic();
  t.equal(await proof(ec), 'card-signature');
  t.equal(await proof({ ...ec, certificate: rsa.certificate }), 'failed', 'the signature of another card');
  const renamed = (evidence: VisitMessage['evidence'], algorithm: 'RS256' | 'ES384') =>
    ({ ...evidence, algorithm }) as VisitMessage['evidence'];
  t.equal(await proof({ ...ec, evidence: renamed(ec.evidence, 'RS256') }), 'failed');
  t.equal(await proof({ evidence: renamed(rsa.evidence, 'ES384') }), 'failed');
});

test('a message that is over, or takes the number or the visit of another, is rejected for good', async (t) => {
  const { db, sendVisit } = await desk(t);
  const first = visit();
  await sendVisit(first);
  const late = visit({ expiresAt: new Date(NOON - 1).toISOString() });
  t.match(await sendVisit(late), { status: 'rejected', code: 'uplink/not-acknowledged' });
  t.match(await sendVisit(late), { status: 'rejected', code: 'uplink/not-acknowledged' }, 'the repeat hears the same, never duplicate');
  t.match(await sendVisit(visit({ seq: first.seq })), { status: 'rejected', code: 'uplink/malformed' });
  t.match(await sendVisit(visit({ visitId: first.visitId })), { status: 'rejected', code: 'uplink/malformed' });
  t.match(await sendVisit(visit({ seq: first.seq, bootId: '0b3c1b7e-3f43-4a55-9d3c-5b1f0a8a1c12' })), { status: 'accepted' });
  t.equal(count(db, 'visits'), 2);
});

test('an accepted visit that is repeated after its expiry is still a duplicate', async (t) => {
  const { sendVisit, pass, inbox } = await desk(t);
  const message = visit();
  await sendVisit(message);
  pass(30 * 24 * HOUR);
  inbox.purge(1000 * 24 * HOUR);
  t.match(await sendVisit(message), { status: 'duplicate', checkIn: { number: '1' } });
});

test('what no known signer vouches for is written down without content and never answered', async (t) => {
  const { db, send } = await desk(t);
  const topic = kioskTopic(SITE, KIOSK, 'visit');
  const sealed = await seal(visit());
  const tampered = JSON.parse(Buffer.from(sealed).toString()) as { ciphertext: string };
  tampered.ciphertext = `${tampered.ciphertext.startsWith('A') ? 'B' : 'A'}${tampered.ciphertext.slice(1)}`;
  const cases: [string, Uint8Array][] = [
    [topic, await seal(visit(), strangerKeys)],
    [topic, Buffer.from(JSON.stringify(tampered))],
    [topic, Buffer.from('{"架空": ●')],
    [topic, new Uint8Array(200_000)],
    [kioskTopic(SITE, 'kiosk-9', 'visit'), sealed],
    [kioskTopic('elsewhere', KIOSK, 'visit'), sealed],
    [kioskTopic(SITE, KIOSK, 'request'), sealed],
    [topic, await seal(visit({ kiosk: 'kiosk-2' }))],
    [kioskTopic(SITE, KIOSK, 'state'), Buffer.from('{"status":"架空"}')],
  ];
  for (const [where, payload] of cases) t.equal(await send(where, payload), undefined);
  t.strictSame(rejects(db), [
    [KIOSK, 'uplink/untrusted', 'key-unknown'],
    [KIOSK, 'uplink/untrusted', 'decryption'],
    [KIOSK, 'uplink/malformed', 'malformed'],
    [KIOSK, 'uplink/malformed', 'too-large'],
    [null, 'uplink/untrusted', 'kiosk-unknown'],
    [null, 'uplink/malformed', 'topic'],
    [KIOSK, 'uplink/untrusted', 'purpose'],
    [KIOSK, 'uplink/untrusted', 'kiosk'],
    [KIOSK, 'uplink/malformed', 'v'],
  ]);
  t.equal(count(db, 'visits'), 0);
});

test('a kiosk whose key is not here is told apart from one that serves, until a message of it verifies', async (t) => {
  const { send, kiosks, events, db } = await desk(t);
  const birth = { v: 1, bootId: BOOT, bdSeq: 1, at: new Date(NOON).toISOString(), version: '1', faults: [] };
  const say = (kiosk: string, status: string) => send(kioskTopic(SITE, kiosk, 'state'), Buffer.from(JSON.stringify({ ...birth, status })));
  await say(KIOSK, 'ready');
  t.equal(kiosks.view(KIOSK)?.unregistered, undefined);
  await send(kioskTopic(SITE, KIOSK, 'visit'), await seal(visit(), strangerKeys));
  t.match(kiosks.view(KIOSK), { status: 'ready', unregistered: true }, 'a note, and its state stays its own');
  t.match(events.at(-1), { type: 'kiosk', kiosk: { id: KIOSK, unregistered: true } }, 'the page hears of it');
  t.equal(count(db, 'visits'), 0);
  await send(kioskTopic(SITE, KIOSK, 'visit'), await seal(visit()));
  t.equal(kiosks.view(KIOSK)?.unregistered, undefined);
  t.equal(count(db, 'visits'), 1);

  await say('kiosk-2', 'ready');
  t.match(kiosks.view('kiosk-2'), { status: 'unknown', unregistered: true }, 'one without any key here is not passed over in silence');
  t.equal(kiosks.has('kiosk-2'), false);
  await say('kiosk-2', 'offline');
  t.equal(kiosks.view('kiosk-2'), undefined);
  t.match(events.at(-1), { type: 'kiosk-left', id: 'kiosk-2' });
  for (let n = 10; n < 40; n += 1) await send(kioskTopic(SITE, `kiosk-${n}`, 'visit'), await seal(visit(), strangerKeys));
  t.equal(kiosks.views().length, 9, 'invented names do not fill the page');
  kiosks.know([KIOSK, 'kiosk-10']);
  t.strictSame(
    kiosks.views().map(({ id, unregistered }) => [id, unregistered]),
    [
      [KIOSK, undefined],
      ['kiosk-10', undefined],
    ],
    'new keys are judged afresh',
  );
});

test('a question of a visit is acknowledged, shown, and over when it expires', async (t) => {
  const { send, kiosks, pass } = await desk(t);
  const { type: _, consent: __, certificate: ___, evidence, referenceKind, language, method, patient, prescription, ...head } = visit();
  const request: RequestMessage = { ...head, type: 'request', ask: 'approve-visual', expiresAt: new Date(NOON + 60_000).toISOString() };
  t.match(await send(kioskTopic(SITE, KIOSK, 'request'), await seal(request)), { id: request.id, status: 'accepted' });
  t.match(kiosks.view(KIOSK)?.request, { ask: 'approve-visual', visitId: request.visitId });
  t.match(await send(kioskTopic(SITE, KIOSK, 'request'), await seal(request)), { status: 'duplicate' });
  const more = (over: Partial<RequestMessage>): RequestMessage => ({ ...request, id: visit().id, seq: visit().seq, ...over });
  await send(kioskTopic(SITE, KIOSK, 'request'), await seal(more({ ask: 'withdraw', visitId: visit().visitId })));
  t.ok(kiosks.view(KIOSK)?.request, 'another visit takes nothing back');
  await send(kioskTopic(SITE, KIOSK, 'request'), await seal(more({ ask: 'withdraw' })));
  t.equal(kiosks.view(KIOSK)?.request, undefined, 'taken back at the kiosk');
  t.match(await send(kioskTopic(SITE, KIOSK, 'request'), await seal(more({}))), { status: 'accepted' });
  t.match(kiosks.view(KIOSK)?.request, { visitId: request.visitId });
  await send(kioskTopic(SITE, KIOSK, 'visit'), await seal(visit()));
  t.ok(kiosks.view(KIOSK)?.request, 'a visit that waited for the link answers no question of the one that is under way');
  await send(kioskTopic(SITE, KIOSK, 'visit'), await seal(visit({ visitId: request.visitId })));
  t.equal(kiosks.view(KIOSK)?.request, undefined, 'its own visit does');
  await send(kioskTopic(SITE, KIOSK, 'request'), await seal(more({})));
  t.ok(kiosks.view(KIOSK)?.request);
  pass(60_000);
  t.equal(kiosks.view(KIOSK)?.request, undefined);
});

test('a kiosk of a newer build is served: what its messages have besides is dropped, and kept in the sealed original alone', async (t) => {
  const { db, inbox, kiosks, send } = await desk(t);
  const later = <Message extends object>(message: Message): Message => ({ ...message, fromLater: { hello: 'later' } });
  const message = later(visit());
  const { patient } = message;
  Object.assign(message, {
    patient: patient === undefined ? undefined : later(patient),
    consent: { ...message.consent, XYZ: { flag: '1' } },
  });
  t.match(await send(kioskTopic(SITE, KIOSK, 'visit'), await seal(message)), { id: message.id, status: 'accepted' });
  t.match(await send(kioskTopic(SITE, KIOSK, 'visit'), await seal(message)), { status: 'duplicate' });
  const stored = inbox.find(message.visitId);
  t.same(stored?.patient, patient);
  t.notMatch(
    JSON.stringify([stored, db.prepare('SELECT * FROM visits').all(), db.prepare('SELECT evidence FROM evidence').all()]),
    // With its quotation mark: three letters alone may stand in a signature.
    /later|XYZ\\?"/,
  );
  const { v, id: _, seq, site, kiosk, bootId, issuedAt, expiresAt } = message;
  const question = { v, id: visit().id, seq, site, kiosk, bootId, issuedAt, expiresAt, type: 'request', visitId: visit().visitId } as const;
  const reason = 'in-costume';
  const sealed = await seal(later({ ...question, ask: 'approve-visual', reason } satisfies RequestMessage));
  t.match(await send(kioskTopic(SITE, KIOSK, 'request'), sealed), { status: 'accepted' });
  t.match(kiosks.view(KIOSK)?.request, { reason });
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const state = {
    v: 1,
    status: 'ready',
    bootId: BOOT,
    bdSeq: 1,
    at: new Date(NOON).toISOString(),
    version: '9.0.0',
    faults: ['later/fault'],
  };
  await send(kioskTopic(SITE, KIOSK, 'state'), bytes(later(state)));
  t.match(kiosks.view(KIOSK), { status: 'ready', version: '9.0.0', faults: ['later/fault'] });
  const title = later({ ja: '何か', en: 'Something' });
  const report = { v: 1, at: state.at, level: 'ok', findings: [later({ id: 'later', level: 'ok', title })] };
  await send(kioskTopic(SITE, KIOSK, 'report'), bytes(later(report)));
  t.same(kiosks.view(KIOSK)?.report?.findings, [{ id: 'later', level: 'ok', title: { ja: '何か', en: 'Something' } }]);
  t.same(rejects(db), []);
});

test('a late Will of an old connection does not mark a living kiosk offline', async (t) => {
  const { send, kiosks } = await desk(t);
  const state = (status: string, bdSeq: number) =>
    Buffer.from(JSON.stringify({ v: 1, bootId: BOOT, bdSeq, at: '2026-05-01T03:00:00Z', version: '1', status, faults: [] }));
  await send(kioskTopic(SITE, KIOSK, 'state'), state('ready', 2));
  await send(kioskTopic(SITE, KIOSK, 'state'), state('offline', 1));
  t.equal(kiosks.view(KIOSK)?.status, 'ready');
  kiosks.brokerIs('lost');
  t.equal(kiosks.view(KIOSK)?.status, 'unknown');
});

test('killed between the write and the ack, the terminal still knows the visit and gives it the same number', async (t) => {
  const directory = temporary(t);
  const message = visit({ expiresAt: new Date(Date.now() + HOUR).toISOString() });
  const file = join(directory, 'visit.json');
  writeFileSync(file, JSON.stringify(message));
  const program = fileURLToPath(new URL('fixtures/accept-and-die.ts', import.meta.url));
  const died = spawnSync(process.execPath, [...process.execArgv, program, directory, file]);
  t.equal(died.signal, 'SIGKILL', String(died.stderr));
  const db = openDatabase(directory);
  t.teardown(() => db.close());
  const inbox = createInbox(db, () => Date.now());
  const again = inbox.accept({ message, expired: false, sealed: new Uint8Array(1) });
  t.match(again, { fresh: false, ack: { id: message.id, status: 'accepted', checkIn: { number: '1' } } });
  t.equal(inbox.find(message.visitId)?.patient?.name, message.patient?.name);
  t.equal(count(db, 'visits'), 1);
});

test('killed at any moment of its writing, the database is whole and has every visit that was promised', async (t) => {
  const directory = temporary(t);
  const program = fileURLToPath(new URL('fixtures/accept-until-killed.ts', import.meta.url));
  const random = dice(7);
  const promised: string[] = [];
  for (let kill = 0; kill < 5; kill += 1) {
    const writer = spawn(process.execPath, [...process.execArgv, program, directory, `${1 + kill * 100_000}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const most = promised.length + 20 + Math.floor(random() * 200);
    createInterface({ input: writer.stdout }).on('line', (visitId) => {
      promised.push(visitId);
      if (promised.length >= most) writer.kill('SIGKILL');
    });
    const [, signal] = await once(writer, 'close');
    t.equal(signal, 'SIGKILL');
    const db = openDatabase(directory);
    t.match(db.prepare('PRAGMA integrity_check').get(), { integrity_check: 'ok' });
    const there = db
      .prepare('SELECT visit_id FROM visits')
      .all()
      .map((row) => (row as { visit_id: string }).visit_id);
    t.same(
      promised.filter((visitId) => !there.includes(visitId)),
      [],
      `${promised.length} promised, ${there.length} there`,
    );
    t.equal(new Set(there).size, there.length, 'none twice');
    db.close();
  }
});

test('visits older than the period of search are deleted with all that belongs to them', async (t) => {
  const { sendVisit, inbox, pass, db, directory } = await desk(t);
  await sendVisit(visit());
  pass(3 * 365 * 24 * HOUR);
  t.strictSame(inbox.purge(2 * 366 * 24 * HOUR), { visits: 1, acks: 1 });
  t.equal(count(db, 'visits') + count(db, 'acks'), 0);
  t.equal(statSync(join(directory, 'terminal.db')).mode & 0o777, 0o600);
  t.equal(statSync(join(directory, 'terminal.db-wal')).mode & 0o777, 0o600);
});

test('a database that is none, or of a newer program, is refused with what to do', (t) => {
  const broken = temporary(t);
  writeFileSync(join(broken, 'terminal.db'), 'this is no database, however long this text may be'.repeat(40));
  t.throws(() => openDatabase(broken), { code: 'storage/corrupt', message: /move it away/ });
  const newer = temporary(t);
  const db = openDatabase(newer);
  db.exec('PRAGMA user_version = 99');
  db.close();
  t.throws(() => openDatabase(newer), { code: 'storage/corrupt', message: /schema 99/ });
  t.throws(() => openDatabase(join(broken, 'terminal.db')), { code: 'storage/unwritable', message: /--data/ });
  t.end();
});

test('visits that are ready together share one commit, in the order in which they came', async (t) => {
  const { send, db, inbox } = await desk(t);
  const commits: string[] = [];
  const exec = db.exec.bind(db);
  t.teardown(() => Object.assign(db, { exec }));
  Object.assign(db, {
    exec: (sql: string) => {
      if (sql === 'COMMIT') commits.push(sql);
      return exec(sql);
    },
  });
  const messages = Array.from({ length: 40 }, () => visit());
  const sealed = await Promise.all(messages.map((message) => seal(message)));
  const topic = kioskTopic(SITE, KIOSK, 'visit');
  const [first = new Uint8Array()] = sealed;
  const acks = await Promise.all([...sealed, first].map((payload) => send(topic, payload)));
  t.ok(commits.length < 20, `${commits.length} commits for 41 messages`);
  t.strictSame(
    acks.map((ack) => `${ack?.id} ${ack?.status} ${ack?.checkIn?.number}`),
    [...messages.map(({ id }, index) => `${id} accepted ${index + 1}`), `${messages[0]?.id} duplicate 1`],
  );
  t.equal(count(db, 'visits'), 40);
  t.equal(inbox.find(messages[39]?.visitId ?? '')?.number, '40');
});

test('a work that fails takes nobody of its group with it; a commit that fails answers nobody', async (t) => {
  const db = openDatabase(temporary(t));
  t.teardown(() => db.close());
  const { run } = createGroupCommit(db);
  const insert = db.prepare('INSERT INTO reception_numbers (day, last) VALUES (?, ?)');
  const days = () => (db.prepare('SELECT day FROM reception_numbers ORDER BY day').all() as { day: string }[]).map(({ day }) => day);
  const three = await Promise.allSettled([
    run(() => insert.run('1', 1).changes),
    run(() => {
      insert.run('2', 1);
      throw new RangeError('of its own');
    }),
    run(() => insert.run('3', 1).changes),
  ]);
  t.match(three, [{ value: 1 }, { reason: { name: 'RangeError' } }, { value: 1 }]);
  t.strictSame(days(), ['1', '3']);
  const exec = db.exec.bind(db);
  const full = (sql: string) => {
    if (sql === 'COMMIT') throw new Error('database or disk is full');
    return exec(sql);
  };
  Object.assign(db, { exec: full });
  await t.rejects(Promise.all([run(() => insert.run('4', 1)), run(() => insert.run('5', 1))]), { code: 'storage/unwritable' });
  Object.assign(db, { exec });
  t.strictSame(days(), ['1', '3'], 'nothing of it is there');
  await run(() => insert.run('6', 1));
  t.strictSame(days(), ['1', '3', '6'], 'and the next one is');
});

test('what a kiosk found in the morning is shown with it, and a report that is not one changes nothing', async (t) => {
  const { kiosks, events, send, db } = await desk(t);
  const topic = kioskTopic(SITE, KIOSK, 'report');
  const report = {
    v: 1,
    at: '2026-03-31T21:30:04.000Z',
    level: 'fail',
    findings: [
      {
        id: 'reader',
        level: 'fail',
        title: { ja: 'カードリーダー', en: 'Card reader' },
        advice: { ja: '配線を確かめてください。', en: 'Check its wiring.' },
      },
    ],
  };
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  t.equal(await send(topic, bytes(report)), undefined, 'nothing is answered');
  const { v: _, ...shown } = report;
  t.same(kiosks.view(KIOSK)?.report, shown);
  t.match(events.at(-1), { type: 'kiosk', kiosk: { report: { level: 'fail' } } });
  await send(topic, bytes({ ...report, level: 'splendid' }));
  t.same(rejects(db), [[KIOSK, 'uplink/malformed', 'level']]);
  await send(topic, bytes({ ...report, findings: [], patient: { name: 'somebody' } }));
  t.same(kiosks.view(KIOSK)?.report, { ...shown, findings: [] }, 'what a report has no place for is shown nowhere');
  t.notMatch(JSON.stringify(rejects(db)), /somebody|splendid/);
});
