// A site of real processes for the system checks: Debian's mosquitto with the files of `kazashi site`, the terminal, and kiosks that are a
// link alone. Everything listens on loopback and ends with the test.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { freePort } from '../../free-port.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const { KAZASHI_MOSQUITTO: MOSQUITTO = '/usr/sbin/mosquitto' } = process.env;

/** false, or why a check that needs the broker is skipped. */
export const NO_MOSQUITTO = /mosquitto version/.test(String(spawnSync(MOSQUITTO, ['-h']).stdout))
  ? false
  : `no mosquitto at ${MOSQUITTO} (Debian package mosquitto)`;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks until `look` finds something; a condition that never comes ends with an error that says what was waited for. */
export const until = async <T>(what: string, look: () => T | undefined | false, withinMs = 60_000): Promise<T> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms for ${what}`);
    await pause(5);
  }
};

/** Runs `kazashi site …` as a technician does; answers what it printed. */
export const siteCommand = (...words: string[]): string =>
  execFileSync(process.execPath, [join(ROOT, 'dist/main.js'), 'site', ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

export interface Process {
  readonly child: ChildProcess;
  /** Lines of standard output so far. */
  readonly lines: string[];
  errors(): string;
  /** Resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export const launch = (program: string, words: readonly string[]): Process => {
  const child = spawn(program, [...words], { stdio: ['pipe', 'pipe', 'pipe'], cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' } });
  const lines: string[] = [];
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(line));
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors = `${errors}${text}`.slice(-20_000_000);
  });
  child.stdin?.on('error', () => undefined);
  const gone = once(child, 'close');
  return {
    child,
    lines,
    errors: () => errors,
    end: async (signal) => {
      child.kill('SIGCONT');
      child.kill(signal);
      await gone;
    },
  };
};

export const accepts = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host }, () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'kazashi-site-'));
  readonly site = 'clinic';
  port = 0;
  /** Addresses of the broker that its certificate is good for. */
  hosts: readonly string[] = ['127.0.0.1'];
  broker: Process | undefined;
  readonly #all = new Set<Process>();
  readonly #clients = new Set<MqttClient>();

  /** Makes the site with its first terminal and the kiosks. */
  async make(...kiosks: string[]): Promise<void> {
    this.port = await freePort();
    const hosts = this.hosts.flatMap((host) => ['--broker', host]);
    const place = ['--site', this.site, ...hosts, '--port', `${this.port}`, '--broker-user', userInfo().username];
    siteCommand('init', this.path('site'), ...place);
    for (const kiosk of kiosks) siteCommand('add-kiosk', this.path('site'), kiosk);
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  member(name: string): string {
    const kind = name === 'terminal' || name.startsWith('desk') ? 'terminals' : 'kiosks';
    return this.path('site', kind, name);
  }

  async startBroker(conf = this.path('site', 'broker', 'mosquitto.conf'), port = this.port): Promise<Process> {
    const broker = this.run(MOSQUITTO, ['-c', conf]);
    for (let look = 0; !(await accepts(port)); look += 1) {
      if (broker.child.exitCode !== null || look > 3_000) throw new Error(`mosquitto did not start: ${broker.errors()}`);
      await pause(10);
    }
    if (port === this.port) this.broker = broker;
    return broker;
  }

  /** The program of the reception, as built. */
  async startTerminal(name = 'terminal', ...more: string[]): Promise<Process & { url: string }> {
    const own = this.member(name);
    const words = ['--mqtt', `mqtts://127.0.0.1:${this.port}`, '--site', this.site, '--data', this.path(`data-${name}`), '--port', '0'];
    const tls = ['--ca', join(own, 'ca.pem'), '--cert', join(own, 'cert.pem'), '--tls-key', join(own, 'key.pem')];
    const terminal = this.run(process.execPath, [
      join(ROOT, 'dist/terminal/main.js'),
      ...words,
      '--keys',
      join(own, 'keys'),
      ...tls,
      '--demo',
      ...more,
    ]);
    const line = await until('the terminal', () => (terminal.child.exitCode === null ? terminal.lines[0] : 'ended'));
    if (line === 'ended') throw new Error(`the terminal ended: ${terminal.errors()}`);
    return { ...terminal, url: (JSON.parse(line) as { url: string }).url };
  }

  /** kazashi.toml of a kiosk, with its folder where it lies now; `more` is appended to its [uplink] section. */
  settings(kiosk: string, more = '', port = this.port): string {
    const file = this.path(`${kiosk}.toml`);
    const text = readFileSync(join(this.member(kiosk), 'kazashi.toml'), 'utf8').replaceAll('/etc/kazashi', this.member(kiosk));
    const data = `[kiosk]\ndataDirectory = "${this.path(`data-${kiosk}`)}"\n`;
    writeFileSync(file, `${text.replace('[kiosk]\n', data).replace(`:${this.port}`, `:${port}`)}${more}\n`);
    return file;
  }

  startKiosk(kiosk: string, more = '', ...words: string[]): KioskProcess {
    return this.startKioskAt(this.port, kiosk, more, ...words);
  }

  /** One that finds the broker at another port of this machine. */
  startKioskAt(port: number, kiosk: string, more = '', ...words: string[]): KioskProcess {
    const program = fileURLToPath(new URL('kiosk-process.ts', import.meta.url));
    return new KioskProcess(this.run(process.execPath, ['--import', 'tsx', program, this.settings(kiosk, more, port), ...words]));
  }

  /** Somebody with the certificate of `name`, who may do whatever MQTT lets them. */
  async client(name: string, over: Partial<IClientOptions> & { url?: string } = {}): Promise<MqttClient> {
    const own = this.member(name);
    const { url = `mqtts://127.0.0.1:${this.port}`, ...rest } = over;
    const client = await connectAsync(url, {
      protocolVersion: 5,
      reconnectPeriod: 0,
      connectTimeout: 20_000,
      ca: readFileSync(join(own, 'ca.pem')),
      cert: readFileSync(join(own, 'cert.pem')),
      key: readFileSync(join(own, 'key.pem')),
      ...rest,
    });
    client.on('error', () => undefined);
    this.#clients.add(client);
    return client;
  }

  run(program: string, words: readonly string[]): Process {
    const started = launch(program, words);
    this.#all.add(started);
    return started;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.end(true);
    await Promise.all(
      [...this.#all].map((one) => (one.child.exitCode === null && one.child.signalCode === null ? one.end('SIGKILL') : undefined)),
    );
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Done {
  readonly done: string;
  readonly id: string;
  readonly seq: number;
}
interface Acked {
  readonly acked: string;
  readonly status: string;
  readonly code?: string;
  readonly number?: string;
}
interface State {
  readonly broker: string;
  readonly terminal: string;
  readonly backlog: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}
interface Failed {
  readonly failure: string;
  readonly reason?: string;
  readonly visitId?: string;
}
interface Pairing {
  readonly pairing: string;
  readonly state: string;
}
type Said = Pairing | Done | Acked | State | Failed | { readonly command: string };

/** A kiosk's link in a process of its own (kiosk-process.ts). */
export class KioskProcess {
  readonly process: Process;
  #read = 0;
  readonly done: Done[] = [];
  readonly acked: Acked[] = [];
  readonly states: State[] = [];
  readonly failures: Failed[] = [];
  readonly commands: string[] = [];
  readonly pairing: Pairing[] = [];
  #finished = 0;

  constructor(process: Process) {
    this.process = process;
  }

  /** Takes in what it said since. */
  look(): this {
    const { lines } = this.process;
    for (; this.#read < lines.length; this.#read += 1) {
      const said = JSON.parse(lines[this.#read] ?? '{}') as Said;
      if ('pairing' in said) this.pairing.push(said);
      else if ('done' in said) this.done.push(said);
      else if ('acked' in said) this.acked.push(said);
      else if ('broker' in said) this.states.push(said);
      else if ('failure' in said) this.failures.push(said);
      else this.commands.push(said.command);
    }
    return this;
  }

  /** A patient comes to the end of a visit. */
  finish(visitId: string): void {
    this.#finished += 1;
    this.process.child.stdin?.write(`${visitId}\n`);
  }

  /** Visits given to it of which it has said neither that they are stored nor that they are refused. */
  get waiting(): number {
    return this.#finished - this.done.length - this.failures.filter(({ visitId }) => visitId !== undefined).length;
  }

  async until(state: Partial<{ broker: string; terminal: string; backlog: number }>, withinMs = 60_000): Promise<void> {
    await until(
      `${JSON.stringify(state)}; it said ${this.process.errors().slice(-1500)}`,
      () => Object.entries(state).every(([key, value]) => this.look().states.at(-1)?.[key as 'broker'] === value),
      withinMs,
    );
  }
}
