import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectAsync, type MqttClient } from 'mqtt';
import { test } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { readCommandLine } from '../../src/terminal/options.ts';
import { DEMO_ACCOUNTS, sortKeys, startTerminal } from '../../src/terminal/terminal.ts';
import { type AckMessage, channelFilter, kioskTopic, terminalStateTopic } from '../../src/uplink/contract/index.ts';
import { publicKeySet, storeKeySet } from '../../src/uplink/seal-keys.ts';
import { createWordVerifier } from '../../src/uplink/seal-word.ts';
import { Broker, KIOSK, kioskKeys, SITE, seal, temporary, terminalKeys, until, visit } from './fixtures/site.ts';

interface Subject {
  teardown(run: () => unknown): void;
}

/** Someone on the broker who hears everything of the site. */
const listen = async (t: Subject, broker: Broker) => {
  const client: MqttClient = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { protocolVersion: 4, reconnectPeriod: 0 });
  t.teardown(() => client.endAsync(true));
  const acks: Promise<AckMessage>[] = [];
  const commands: Uint8Array[] = [];
  const states: { status: string; bootId: string; bdSeq: number }[] = [];
  const words = await createWordVerifier([publicKeySet(terminalKeys)]);
  client.on('message', (topic, payload) => {
    if (topic === terminalStateTopic(SITE)) states.push(JSON.parse(payload.toString()));
    else if (topic.endsWith('/ack')) acks.push(words.ack(payload, { site: SITE, kiosk: KIOSK }));
    else commands.push(payload);
  });
  await client.subscribeAsync([terminalStateTopic(SITE), channelFilter(SITE, 'ack'), channelFilter(SITE, 'command')], { qos: 1 });
  return { client, acks, commands, states, words };
};

const startBroker = async (t: Subject): Promise<Broker> => {
  const broker = new Broker();
  await broker.start();
  t.teardown(() => broker.stop());
  return broker;
};

/** The program as a child, its key files made anew. */
const launch = async (t: Subject, port: number, mqttPort: number, ...more: string[]) => {
  const directory = temporary(t);
  const own = join(directory, 'keys', 'terminal.json');
  const kiosk = join(directory, 'keys', 'kiosk.json');
  await storeKeySet(own, terminalKeys);
  await storeKeySet(kiosk, publicKeySet(kioskKeys));
  const program = fileURLToPath(new URL('../../src/terminal/main.ts', import.meta.url));
  const args = ['--port', `${port}`, '--mqtt', `mqtt://127.0.0.1:${mqttPort}`, '--site', SITE, '--data', join(directory, 'data')];
  const child: ChildProcess = spawn(process.execPath, [...process.execArgv, program, ...args, '--keys', own, '--keys', kiosk, ...more], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let out = '';
  let errors = '';
  child.stdout?.on('data', (text) => {
    out += text;
  });
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  return { child, exit, out: () => out, errors: () => errors, data: join(directory, 'data') };
};

test('a visit crosses the broker and back; after the broker was away, nothing is counted twice', async (t) => {
  const broker = await startBroker(t);
  const terminal = await startTerminal({
    host: '127.0.0.1',
    port: 0,
    mqttUrl: `mqtt://127.0.0.1:${broker.port}`,
    site: SITE,
    dataDirectory: temporary(t),
    ...sortKeys([terminalKeys, publicKeySet(kioskKeys)]),
    demo: true,
    version: '0',
    clock: systemClock,
    random: () => 0.01,
    log: silentLog,
  });
  t.teardown(() => terminal.stop());
  const health = async () => (await fetch(`${terminal.url}/api/health`)).json() as Promise<{ ready: boolean }>;
  const before = await listen(t, broker);
  await until(() => before.states.find(({ status }) => status === 'ready'));
  // Others hear "ready" before the broker has confirmed it to the terminal itself.
  while (!(await health()).ready);
  t.match(await health(), { ready: true, broker: 'connected', kiosks: [{ id: KIOSK, status: 'offline' }] });

  const login = await fetch(`${terminal.url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: DEMO_ACCOUNTS[0]?.id, password: DEMO_ACCOUNTS[0]?.password }),
  });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const stream = (await fetch(`${terminal.url}/api/events`, { headers: { cookie } })).body
    ?.pipeThrough(new TextDecoderStream())
    .getReader();
  let heard = '';
  const hear = async (text: string): Promise<void> => {
    while (!heard.includes(text)) heard += (await stream?.read())?.value ?? '';
  };
  await hear('event: hello');

  const message = visit({}, Date.now());
  const sealed = Buffer.from(await seal(message));
  await before.client.publishAsync(kioskTopic(SITE, KIOSK, 'visit'), sealed, { qos: 1 });
  t.match(await await until(() => before.acks[0]), { id: message.id, status: 'accepted', checkIn: { state: 'checked-in', number: '1' } });
  await hear('event: visit');
  await hear(message.visitId);
  t.ok(heard.includes('"method":"pin"'), 'the page hears of it at once');

  const command = await fetch(`${terminal.url}/api/kiosks/${KIOSK}/command`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ command: 'out-of-service' }),
  });
  t.equal(command.status, 202);
  const signed = await before.words.command(await until(() => before.commands[0]), { site: SITE, kiosk: KIOSK }, Date.now());
  t.match(signed, { name: 'out-of-service', kiosk: KIOSK });
  t.equal(Date.parse(signed.expiresAt) - Date.parse(signed.issuedAt), 30_000);

  await broker.stop();
  await hear('"broker":"lost"');
  t.match(await health(), { ready: false, broker: 'lost', kiosks: [{ status: 'unknown' }] });
  const refused = await fetch(`${terminal.url}/api/kiosks/${KIOSK}/command`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ command: 'identify' }),
  });
  t.match([refused.status, await refused.json()], [503, { code: 'uplink/broker-lost' }]);
  await broker.start();
  await hear('"broker":"connected"');
  const after = await listen(t, broker);
  const birth = await until(() => after.states.find(({ status }) => status === 'ready'));
  t.equal(birth.bootId, before.states.at(-1)?.bootId);
  t.ok(birth.bdSeq > (before.states.at(-1)?.bdSeq ?? 0), 'a new connection has a new number');
  await after.client.publishAsync(kioskTopic(SITE, KIOSK, 'visit'), sealed, { qos: 1 });
  t.match(await await until(() => after.acks[0]), { id: message.id, status: 'duplicate', checkIn: { number: '1' } });
});

test('the program says ready, leaves offline behind when it is killed, and stops in order on SIGTERM', async (t) => {
  const broker = await startBroker(t);
  const { states, client } = await listen(t, broker);
  const status = (wanted: string) => until(() => (states.at(-1)?.status === wanted ? true : undefined));
  const first = await launch(t, 0, broker.port, '--demo');
  const second = await launch(t, 0, 1, '--exit-with-parent', '--log', 'silent');
  await until(() => (first.out().includes('\n') ? true : undefined));
  const ready = JSON.parse(first.out()) as { ready: boolean; url: string };
  t.match(ready, { ready: true, url: /^http:\/\/127\.0\.0\.1:\d+$/ });
  await status('ready');
  t.equal(statSync(first.data).mode & 0o777, 0o700);
  first.child.kill('SIGKILL');
  await status('offline');
  t.pass('the Will spoke');

  await until(() => (second.out().includes('\n') ? true : undefined));
  second.child.stdin?.end();
  t.strictSame(await second.exit, [0, null], 'it ends with its parent, broker or not');

  const third = await launch(t, 0, broker.port);
  await status('ready');
  const lateWill = { ...states.at(-1), status: 'offline', bdSeq: 0 };
  await client.publishAsync(terminalStateTopic(SITE), JSON.stringify(lateWill), { qos: 1, retain: true });
  await until(() => (third.errors().includes('late-will') ? true : undefined));
  await status('ready');
  t.pass('a Will of an earlier connection is contradicted at once, not by the next sign of life');
  third.child.kill('SIGTERM');
  t.strictSame(await third.exit, [0, null]);
  await status('offline');
  t.notMatch(third.errors(), /"password"|reception"/, 'no account in the log');
});

test('a port in use is refused with the port and what to do', async (t) => {
  const busy = createServer().listen(0, '127.0.0.1');
  t.teardown(() => busy.close());
  await once(busy, 'listening');
  const { port } = busy.address() as { port: number };
  const options = {
    host: '127.0.0.1',
    port,
    mqttUrl: 'mqtt://127.0.0.1:1',
    site: SITE,
    dataDirectory: temporary(t),
    ...sortKeys([terminalKeys, publicKeySet(kioskKeys)]),
    demo: false,
    version: '0',
    clock: systemClock,
    random: Math.random,
    log: silentLog,
  };
  const message = `port ${port} is in use: stop the program that uses it, or choose another one with --port`;
  await t.rejects(startTerminal(options), { code: 'port/in-use', message });
});

test('a wrong command line is refused with the flag, what was found and what is allowed', (t) => {
  const good = ['--mqtt', 'mqtt://127.0.0.1:1883', '--site', 'clinic', '--data', 'd', '--keys', 'a', '--keys', 'b'];
  t.match(readCommandLine(good), { kind: 'run', port: 8090, host: '127.0.0.1', keys: ['a', 'b'], demo: false, exitWithParent: false });
  t.match(readCommandLine(['--help']), { kind: 'help' });
  t.match(readCommandLine(['--add-account', 'desk', '--role', 'reception', '--data', 'd']), { kind: 'add-account', id: 'desk' });
  for (const [args, message] of [
    [['--port', '99999'], /--port: "99999" is not a number from 0 to 65535/],
    [['--port', '-1'], /--port|-1/],
    [['--site', 'Clinic One'], /--site: "Clinic One"/],
    [['--mqtt', 'http://x'], /--mqtt: "http:\/\/x" is not mqtt:/],
    [['--log', 'loud'], /--log: "loud" is not one of/],
    [['--colour'], /--colour/],
  ] as const) {
    t.throws(() => readCommandLine([...good, ...args]), { code: 'config/invalid', message }, args.join(' '));
  }
  t.throws(() => readCommandLine([]), { message: /--mqtt: is missing/ });
  t.throws(() => readCommandLine(good.slice(0, 6)), { message: /--keys: is missing/ });
  t.throws(() => sortKeys([publicKeySet(kioskKeys)]), { message: /owner "terminal"/ });
  t.throws(() => sortKeys([terminalKeys]), { message: /no file of a kiosk/ });
  t.end();
});
