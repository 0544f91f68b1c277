import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { test } from 'tap';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { KioskFailure } from '../../src/core/failure.ts';
import { silentLog } from '../../src/core/log.ts';
import { createHub } from '../../src/terminal/hub.ts';
import { TROUBLES } from '../../src/terminal/model.ts';
import { openDatabase } from '../../src/terminal/store/schema.ts';
import { createStorageWatch } from '../../src/terminal/store/storage-watch.ts';
import { DEMO_ACCOUNTS, sortKeys, startTerminal } from '../../src/terminal/terminal.ts';
import { createTroubles } from '../../src/terminal/troubles.ts';
import { kioskTopic, terminalStateTopic } from '../../src/uplink/contract/index.ts';
import { publicKeySet } from '../../src/uplink/seal-keys.ts';
import { office } from './fixtures/office.ts';
import { Broker, handClock, KIOSK, kioskKeys, SITE, seal, temporary, terminalKeys, until, visit } from './fixtures/site.ts';

const ROOT = process.getuid?.() === 0 ? false : 'only root may mount a small disk';

/** A disk of its own, of 4 MB. */
const smallDisk = (t: { teardown(run: () => void): void }): string => {
  const directory = temporary(t);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'kazashi-test', directory]);
  t.teardown(() => execFileSync('umount', ['-l', directory]));
  return directory;
};

/** Until nothing goes in any more. */
const fill = (file: string): void => {
  const descriptor = openSync(file, 'w');
  try {
    for (;;) writeSync(descriptor, new Uint8Array(4096));
  } catch {
    closeSync(descriptor);
  }
};

test('a terminal whose disk is full is not ready, says so to those logged in, and is ready again when there is room', {
  skip: ROOT,
}, async (t) => {
  const broker = new Broker();
  await broker.start();
  t.teardown(() => broker.stop());
  const disk = smallDisk(t);
  const terminal = await startTerminal({
    host: '127.0.0.1',
    port: 0,
    mqttUrl: `mqtt://127.0.0.1:${broker.port}`,
    site: SITE,
    dataDirectory: disk,
    ...sortKeys([terminalKeys, publicKeySet(kioskKeys)]),
    demo: true,
    version: '0',
    clock: systemClock,
    random: () => 0.01,
    log: silentLog,
  });
  t.teardown(() => terminal.stop());
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { protocolVersion: 4, reconnectPeriod: 0 });
  t.teardown(() => client.endAsync(true));
  const states: string[] = [];
  let acks = 0;
  client.on('message', (topic, payload) => {
    if (topic === terminalStateTopic(SITE)) states.push(JSON.parse(payload.toString()).status);
    else acks += 1;
  });
  await client.subscribeAsync([terminalStateTopic(SITE), kioskTopic(SITE, KIOSK, 'ack')], { qos: 1 });
  const state = (wanted: string) => until(() => (states.at(-1) === wanted ? true : undefined));
  await state('ready');
  const [{ id, password } = { id: '', password: '' }] = DEMO_ACCOUNTS;
  const login = () =>
    fetch(`${terminal.url}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, password, force: true }),
    });
  const cookie = (await login()).headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const page = (await fetch(`${terminal.url}/api/events`, { headers: { cookie } })).body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  const hear = async (text: string): Promise<void> => {
    while (!heard.includes(text)) heard += (await page?.read())?.value ?? '';
  };
  const health = async () => (await fetch(`${terminal.url}/api/health`)).json();

  const filler = join(disk, 'filler');
  fill(filler);
  const sealed = Buffer.from(await seal(visit({}, Date.now())));
  // A file's own last block can take a visit or two still.
  for (let seq = 1; states.at(-1) !== 'init'; seq += 1) {
    const more = Buffer.from(await seal(visit({ seq: 1000 + seq }, Date.now())));
    await client.publishAsync(kioskTopic(SITE, KIOSK, 'visit'), more, { qos: 1 });
  }
  await hear('"troubles":["storage"]');
  t.match(await health(), { ready: false, broker: 'connected', troubles: ['storage'] });
  const before = acks;
  await client.publishAsync(kioskTopic(SITE, KIOSK, 'visit'), sealed, { qos: 1 });

  rmSync(filler);
  await state('ready');
  await hear('"troubles":[]');
  t.match(await health(), { ready: true, troubles: [] });
  await client.publishAsync(kioskTopic(SITE, KIOSK, 'visit'), sealed, { qos: 1 });
  await until(() => (acks > before ? true : undefined));
  t.equal((await login()).status, 200);
});

test('a database that cannot be written stops the terminal, not one message that is wrong; a probe brings it back', (t) => {
  const directory = temporary(t);
  const db = openDatabase(directory);
  t.teardown(() => db.close());
  const timers: (() => void)[] = [];
  const { clock: hand } = handClock();
  const clock: Clock = { ...hand, setTimeout: (run) => timers.push(run) };
  const said: boolean[] = [];
  const watch = createStorageWatch({ db, directory, clock, log: silentLog, onChange: (writable) => said.push(writable) });
  watch.start();
  watch.met(new TypeError('a mistake of this program'));
  watch.met(new KioskFailure('storage/unwritable', { message: 'the folder of the reception system' }));
  t.equal(watch.writable, true);
  db.exec('PRAGMA query_only = 1');
  try {
    db.exec('CREATE TABLE more (a)');
  } catch (error) {
    watch.met(error);
  }
  t.equal(watch.writable, false);
  timers.at(-1)?.();
  t.equal(watch.writable, false, 'the probe fails too');
  db.exec('PRAGMA query_only = 0');
  timers.at(-1)?.();
  t.equal(watch.writable, true);
  db.exec('PRAGMA query_only = 1');
  timers.at(-1)?.();
  t.strictSame(said, [false, true, false], 'found without anybody’s write');
  watch.met(new KioskFailure('storage/unwritable', { facts: { step: 'commit' }, cause: new Error('x') }));
  t.strictSame(said, [false, true, false], 'said once');
  t.end();
});

test('what cannot be recorded is refused by its reason, at the login and in a search', async (t) => {
  const { app, cookie, login, db, storage } = await office(t);
  const cookies = await cookie();
  db.exec('PRAGMA query_only = 1');
  for (const answer of [await login('reception', 'front-desk', true), await app.inject({ url: '/api/visits', cookies })]) {
    t.equal(answer.statusCode, 503);
    t.match(answer.json(), { code: 'storage/unwritable', message: /保存できない.*連絡先/ });
  }
  t.equal(storage.writable, false);
  t.match((await app.inject('/api/health')).json(), { ready: false, troubles: ['storage'] });
  db.exec('PRAGMA query_only = 0');
});

test('every trouble of the terminal has its words on the page', async (t) => {
  const page = await import(new URL('../../src/terminal/web/troubles.js', import.meta.url).href);
  t.strictSame(Object.keys(page.TROUBLES).sort(), [...TROUBLES].sort());
  for (const [what, todo] of Object.values(page.TROUBLES) as [string, string][]) t.match([what, todo], [/ん|ます$/, /連絡先.*。$/]);
  const troubles = createTroubles(createHub());
  troubles.set('exchange', true);
  troubles.set('storage', true);
  t.strictSame(troubles.list, ['storage', 'exchange']);
});
