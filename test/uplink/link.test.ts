// The connection itself: versions, refusals, TLS files, jitter; and Debian's broker where it is installed.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { Aedes } from 'aedes';
import fc from 'fast-check';
import type { CryptoKey } from 'jose';
import { type Test, test } from 'tap';
import { fullJitterMs } from '../../src/core/backoff.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { KioskFailure } from '../../src/core/failure.ts';
import { silentLog } from '../../src/core/log.ts';
import { classifyConnack } from '../../src/uplink/connack.ts';
import { Link, type LinkOptions } from '../../src/uplink/link.ts';
import { openStream } from '../../src/uplink/link-stream.ts';
import { freePort } from '../free-port.ts';
import { KIOSK, makeKeys, SITE, TestBroker, TestTerminal, temporaryFolder, testUplink, until, visitContent } from './helpers.ts';

const { KAZASHI_MOSQUITTO: MOSQUITTO = '/usr/sbin/mosquitto' } = process.env;
const NO_MOSQUITTO = /mosquitto version/.test(String(spawnSync(MOSQUITTO, ['-h']).stdout))
  ? false
  : `no mosquitto at ${MOSQUITTO} (Debian package mosquitto)`;

interface Seen {
  readonly link: Link;
  readonly ups: number[];
  readonly failures: KioskFailure[];
  readonly messages: string[];
}

const openLink = (brokerUrl: string, over: Partial<LinkOptions> = {}): Seen => {
  const seen = { ups: [] as number[], failures: [] as KioskFailure[], messages: [] as string[] };
  const link = new Link({
    brokerUrl,
    clientId: 'kiosk-1',
    topics: ['a/b'],
    will: () => ({ topic: 'a/will', payload: Uint8Array.of(1) }),
    clock: systemClock,
    log: silentLog,
    random: Math.random,
    backoff: { baseMs: 10, capMs: 40 },
    refusedBackoff: { baseMs: 10, capMs: 40 },
    connectTimeoutMs: 5_000,
    keepaliveSeconds: 15,
    onUp: (bdSeq) => seen.ups.push(bdSeq),
    onDown: () => undefined,
    onMessage: (_topic, payload) => seen.messages.push(new TextDecoder().decode(payload)),
    onFailure: (failure) => seen.failures.push(failure),
    ...over,
  });
  link.start();
  return { link, ...seen };
};

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

test('full jitter stays between nothing and the doubled base, below the cap', async (t) => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const delay = fullJitterMs(attempt, { baseMs: 1_000, capMs: 60_000 }, random);
      return delay >= 0 && delay <= Math.min(60_000, 1_000 * 2 ** attempt) && Number.isInteger(delay);
    }),
  );
  t.equal(fullJitterMs(3, { baseMs: 1_000, capMs: 60_000 }, 0.5), 4_000);
});

test('reason codes of both versions fall into the same four classes', async (t) => {
  const classes: [number | undefined, string][] = [
    [132, 'version'],
    [1, 'version'],
    [134, 'refused'],
    [135, 'refused'],
    [138, 'refused'],
    [4, 'refused'],
    [5, 'refused'],
    [136, 'busy'],
    [137, 'busy'],
    [3, 'busy'],
    [128, 'failed'],
    [undefined, 'failed'],
  ];
  for (const [code, end] of classes) t.equal(classifyConnack(code), end, String(code));
});

test('a broker without MQTT 5 is spoken to in 3.1.1 at once', async (t) => {
  const broker = new TestBroker();
  await broker.start();
  const { link, ups } = openLink(broker.url, { backoff: { baseMs: 3_600_000, capMs: 3_600_000 }, random: () => 0.9 });
  await until(() => ups.length > 0);
  t.equal(link.protocolVersion, 4);
  t.same(await link.publish('a/b', Uint8Array.of(65), { qos: 1, expirySeconds: 5 }), { outcome: 'sent' });
  await link.stop();
  t.same(await link.publish('a/b', Uint8Array.of(65), { qos: 1 }), { outcome: 'lost' });
  await broker.kill();
});

test('a broker that hangs up on the first version without a word is tried with the other', async (t) => {
  const aedes = await Aedes.createBroker();
  let calls = 0;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    calls += 1;
    sockets.push(socket);
    if (calls === 1) socket.once('data', () => socket.destroy());
    else aedes.handle(socket);
  });
  const port = await listen(server);
  const { link, ups } = openLink(`mqtt://127.0.0.1:${port}`);
  await until(() => ups.length > 0);
  t.equal(link.protocolVersion, 4);
  t.equal(calls, 2);
  await link.stop();
  for (const socket of sockets) socket.destroy();
  server.close();
  aedes.close();
});

test('refused credentials raise an alarm and are tried again slowly; so is a refused subscription', async (t) => {
  const aedes = await Aedes.createBroker();
  let allowed = false;
  let mayRead = false;
  aedes.authenticate = (_client, _user, _password, done) => done(allowed ? null : Object.assign(new Error(), { returnCode: 5 }), allowed);
  aedes.authorizeSubscribe = (_client, subscription, done) => done(null, mayRead ? subscription : null);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    aedes.handle(socket);
  });
  const port = await listen(server);
  const { link, ups, failures } = openLink(`mqtt://127.0.0.1:${port}`);
  await until(() => failures.length > 1);
  t.match(failures[0], { code: 'uplink/broker-lost', facts: { reason: 'refused' } });
  allowed = true;
  await until(() => failures.some(({ code }) => code === 'uplink/untrusted' || code === 'uplink/broker-lost') && sockets.length > 4);
  t.same(ups, []);
  mayRead = true;
  await until(() => ups.length > 0);
  t.ok(link.up);
  await link.stop();
  for (const socket of sockets) socket.destroy();
  server.close();
  aedes.close();
});

test('a broker that hangs is asked and left, although nobody at the kiosk says anything', async (t) => {
  const broker = new TestBroker();
  await broker.start();
  // Time runs twenty times as fast for the link.
  const clock = {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() * 20,
    setTimeout: (run: () => void, ms: number) => systemClock.setTimeout(run, ms / 20),
  };
  let downs = 0;
  const { link, ups } = openLink(broker.url, { clock, onDown: () => (downs += 1) });
  await until(() => ups.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  t.equal(downs, 0, 'one that answers is kept');
  broker.freeze(true);
  await until(() => downs === 1);
  broker.freeze(false);
  await until(() => ups.length === 2);
  await link.stop();
  await broker.kill();
});

test('an address or a certificate file that cannot be used is named', async (t) => {
  for (const url of ['http://broker', 'broker', 'ws://broker:80'])
    t.throws(() => openStream(url), { code: 'config/invalid', facts: { field: 'uplink.broker' } });
  t.throws(() => openStream('mqtts://127.0.0.1:1', { caFile: '/nowhere/ca.pem' }), {
    code: 'config/invalid',
    facts: { field: 'uplink.caFile' },
    message: /ca\.pem/,
  });
  const { link, failures } = openLink('mqtts://[::1]:1', { tls: { keyFile: '/nowhere/key.pem' } });
  await until(() => failures.length > 1);
  t.match(failures[0], { code: 'config/invalid', facts: { field: 'uplink.keyFile' } });
  await link.stop();
});

const pem = async (name: string, issuer?: { certificate: x509.X509Certificate; key: CryptoKey }) => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: issuer?.certificate.subject ?? `CN=${name}`,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: issuer?.key ?? keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(issuer === undefined, undefined, true),
      new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate,
    key: keys.privateKey,
    certPem: certificate.toString('pem'),
    keyPem: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
  };
};

test('over TLS both sides show certificates, and a renewed one is used at the next connection', async (t) => {
  const { path, remove } = temporaryFolder();
  t.teardown(remove);
  const ca = await pem('test CA');
  const server = await pem('127.0.0.1', ca);
  const files = { caFile: join(path, 'ca.pem'), certificateFile: join(path, 'cert.pem'), keyFile: join(path, 'key.pem') };
  const issue = async (name: string) => {
    const { certPem, keyPem } = await pem(name, ca);
    writeFileSync(files.caFile, ca.certPem);
    writeFileSync(files.certificateFile, certPem);
    writeFileSync(files.keyFile, keyPem);
  };
  const aedes = await Aedes.createBroker();
  const names: string[] = [];
  const sockets: Socket[] = [];
  const tls = createTlsServer(
    { ca: ca.certPem, cert: server.certPem, key: server.keyPem, requestCert: true, rejectUnauthorized: true },
    (socket) => {
      sockets.push(socket);
      names.push(String(socket.getPeerCertificate().subject.CN));
      aedes.handle(socket);
    },
  );
  const port = await listen(tls);
  await issue('first');
  const { link, ups } = openLink(`mqtts://127.0.0.1:${port}`, { tls: files });
  await until(() => ups.length > 0);
  await issue('renewed');
  const before = ups.length;
  link.kick('test');
  await until(() => ups.length > before);
  t.equal(names[0], 'first');
  t.equal(names.at(-1), 'renewed');
  await link.stop();
  for (const socket of sockets) socket.destroy();
  tls.close();
  aedes.close();
});

class Mosquitto {
  #acl = '';
  #process: ChildProcess | undefined;
  readonly #config: string;
  readonly port: number;

  constructor(folder: string, port: number) {
    this.port = port;
    this.#config = join(folder, 'mosquitto.conf');
    const acl = join(folder, 'acl');
    this.#acl = acl;
    this.allow('readwrite kazashi/#', 'readwrite a/#');
    const lines = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      `acl_file ${acl}`,
      'persistence false',
      `user ${userInfo().username}`,
    ];
    writeFileSync(this.#config, `${lines.join('\n')}\n`);
  }

  /** Everybody's rules, in force from the next start. */
  allow(...rules: string[]): void {
    writeFileSync(this.#acl, rules.map((rule) => `topic ${rule}\n`).join(''), { mode: 0o600 });
  }

  async start(): Promise<void> {
    this.#process = spawn(MOSQUITTO, ['-c', this.#config], { stdio: 'ignore' });
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`mosquitto ended with status ${this.#process.exitCode}`);
      const open = await new Promise<boolean>((resolve) => {
        const socket = openStream(`mqtt://127.0.0.1:${this.port}`);
        socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
        socket.on('connect', () => socket.destroy());
      });
      if (open) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}

test('Debian’s mosquitto: MQTT 5, nobody listening, no right to publish', { skip: NO_MOSQUITTO }, async (t) => {
  const { path, remove } = temporaryFolder();
  const broker = new Mosquitto(path, await freePort());
  await broker.start();
  t.teardown(async () => {
    await broker.kill();
    remove();
  });
  const { link, ups, messages } = openLink(`mqtt://127.0.0.1:${broker.port}`);
  await until(() => ups.length > 0);
  t.equal(link.protocolVersion, 5);
  t.same(await link.publish('a/b', new TextEncoder().encode('hello'), { qos: 1, expirySeconds: 30 }), { outcome: 'sent' });
  await until(() => messages.includes('hello'));
  t.same(await link.publish('kazashi/nobody', Uint8Array.of(1), { qos: 1 }), { outcome: 'no-subscriber' });
  t.same(await link.publish('forbidden', Uint8Array.of(1), { qos: 1 }), { outcome: 'refused', reasonCode: 135 });
  await link.stop();
});

/** Debian's broker with these rules (none: its own), a terminal and a kiosk's uplink that is not started yet. */
const withMosquitto = async (t: Test, ...rules: readonly string[]) => {
  const { path, remove } = temporaryFolder();
  const broker = new Mosquitto(path, await freePort());
  if (rules.length > 0) broker.allow(...rules);
  await broker.start();
  const keys = await makeKeys();
  const terminal = await TestTerminal.create(keys);
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const uplink = testUplink(keys, url, join(path, 'data'));
  t.teardown(async () => {
    await uplink.stop();
    await terminal.close();
    await broker.kill();
    remove();
  });
  return { broker, terminal, url, uplink };
};

test('Debian’s mosquitto killed and started again: every visit arrives once', { skip: NO_MOSQUITTO }, async (t) => {
  const { broker, terminal, url, uplink } = await withMosquitto(t);
  await terminal.connect(url);
  uplink.announce('ready', []);
  await uplink.start();
  const acks: Promise<unknown>[] = [];
  const submit = async (count: number) => {
    for (let visit = 0; visit < count; visit += 1) acks.push((await uplink.submit(visitContent())).acked);
  };
  await submit(10);
  await broker.kill();
  await submit(10);
  await broker.start();
  await terminal.connect(url);
  await submit(10);
  await Promise.all(acks);
  t.equal(terminal.received.length, 30);
  t.same(new Set(terminal.received.map(({ seq }) => seq)).size, 30);
  await until(() => terminal.states.at(-1)?.status === 'ready');
});

test('Debian’s mosquitto with rules of before: what it forbids is told with what to run, and over when the rules are new', {
  skip: NO_MOSQUITTO,
}, async (t) => {
  const root = `kazashi/1/${SITE}`;
  const before = ['state', 'visit', 'request', 'health', 'ack', 'command'].map((channel) => `readwrite ${root}/${KIOSK}/${channel}`);
  const { broker, terminal, url, uplink } = await withMosquitto(t, 'read kazashi/#', `readwrite ${root}/terminal/state`, ...before);
  const failures: KioskFailure[] = [];
  uplink.onFailure((failure) => failures.push(failure));
  const examination = { at: '2026-03-31T21:30:04.000Z', level: 'ok' as const, findings: [] };
  await terminal.connect(url);
  await uplink.start();
  uplink.announce('ready', ['reader/protocol']);
  await until(() => uplink.state.terminal === 'ready');
  t.match(uplink.forbidden, []);
  uplink.report(examination);
  uplink.report(examination);
  await until(() => terminal.states.at(-1)?.faults.includes('uplink/rules-outdated') ?? false);
  t.same(terminal.states.at(-1)?.faults, ['reader/protocol', 'uplink/rules-outdated'], 'reception is told, beside what the screen says');
  t.same(uplink.forbidden, ['report'], 'and so is who asks the kiosk itself');
  t.match(failures, [
    { code: 'uplink/rules-outdated', facts: { channel: 'report', reasonCode: 135, run: 'kazashi site rotate DIR broker' } },
  ]);
  t.equal(failures.length, 1, 'once');
  t.match(await (await uplink.submit(visitContent())).acked, { status: 'accepted' }, 'visits go on');
  await broker.kill();
  broker.allow('readwrite kazashi/#');
  await broker.start();
  await terminal.connect(url);
  await until(() => terminal.reports.length > 0);
  t.match(terminal.reports, [examination], 'said again to the broker that came back, without waiting for the next morning');
  await until(() => terminal.states.at(-1)?.faults.length === 1);
  t.same(uplink.forbidden, []);
});
