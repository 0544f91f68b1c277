// Drives the built program from outside, as any tool would: `node dist/main.js --headless` and its HTTP interfaces, nothing else.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TwinState } from '../../src/twin/ports.ts';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what an outside tool sees is JSON without a type
  readonly body: any;
}

const call = async (base: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
  const bytes = body instanceof Uint8Array;
  const response = await fetch(base + path, {
    method,
    headers: body === undefined ? headers : { 'content-type': bytes ? 'image/png' : 'application/json', ...headers },
    ...(body === undefined ? {} : { body: bytes ? new Uint8Array(body) : typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
};

const WAIT_MS = 60_000;

interface Ready {
  readonly twin: string;
  readonly terminal: string;
  readonly mqtt: string;
  readonly admit?: string;
}

/** A running appliance with its terminal. */
export class Appliance {
  readonly twin: string;
  readonly terminal: string;
  readonly mqtt: string;
  /** The command that lets a new kiosk in, with --unpaired. */
  readonly admit: string | undefined;
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #output: string[];
  #cookie = '';

  private constructor(child: ChildProcess, directory: string, output: string[], ready: Ready) {
    this.#child = child;
    this.#directory = directory;
    this.#output = output;
    this.twin = ready.twin;
    this.terminal = ready.terminal;
    this.mqtt = ready.mqtt;
    this.admit = ready.admit;
  }

  static async start(...args: string[]): Promise<Appliance> {
    if (!existsSync('dist/main.js')) throw new Error('dist/main.js is missing: npm run build');
    const directory = mkdtempSync(join(tmpdir(), 'kazashi-journey-'));
    const free = ['--port', '0', '--terminal-port', '0', '--mqtt-port', '0'];
    const child = spawn(process.execPath, ['dist/main.js', '--headless', ...free, '--data', directory, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    child.stderr?.setEncoding('utf8').on('data', (text: string) => output.push(text));
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const ready = await Promise.race([
      once(lines, 'line').then(([line]) => JSON.parse(String(line)) as Ready),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`exited with ${code}: ${output.join('')}`))),
    ]);
    lines.on('line', (line) => output.push(`${line}\n`));
    return new Appliance(child, directory, output, ready);
  }

  /** Everything the program has printed since its ready line. */
  get output(): string {
    return this.#output.join('');
  }

  get dataDirectory(): string {
    return this.#directory;
  }

  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return call(this.twin, method, path, body, headers);
  }

  async state(): Promise<TwinState> {
    return (await this.api('GET', '/api/state')).body as TwinState;
  }

  /** Polls the state until it satisfies; the last state is in the error. */
  async until(what: string, holds: (state: TwinState) => boolean, waitMs = WAIT_MS): Promise<TwinState> {
    const end = Date.now() + waitMs;
    for (;;) {
      const state = await this.state();
      if (holds(state)) return state;
      if (Date.now() > end)
        throw new Error(`waited for ${what}; now ${JSON.stringify({ ...state, elements: state.elements.map((one) => one.id) })}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What the terminal knows of the kiosk's faults; polls until it satisfies. */
  async faultsSeen(what: string, holds: (faults: readonly string[]) => boolean): Promise<void> {
    if (this.#cookie === '') await this.login();
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const { faults } = (await this.atTerminal('GET', '/api/kiosks')).body.kiosks[0];
      if (holds(faults)) return;
      if (Date.now() > end) throw new Error(`waited for ${what}; the terminal shows ${JSON.stringify(faults)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  screen(...names: string[]): Promise<TwinState> {
    return this.until(names.join(' or '), (state) => names.includes(state.screen));
  }

  async press(element: string): Promise<void> {
    await this.until(`element ${element}`, (state) => state.elements.some((one) => one.id === element && one.enabled));
    const answer = await this.api('POST', '/api/touch', { element });
    if (answer.status >= 300) throw new Error(`touch ${element}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async place(card: string): Promise<void> {
    const answer = await this.api('PUT', '/api/tray', { card });
    if (answer.status >= 300) throw new Error(`tray: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async take(): Promise<void> {
    await this.api('DELETE', '/api/tray');
  }

  async typePin(pin: string): Promise<void> {
    await this.screen('pin');
    for (const digit of pin) await this.press(`key-${digit}`);
    await this.press('key-enter');
  }

  cables(change: Record<string, 'in' | 'out'>): Promise<Answer> {
    return this.api('PUT', '/api/cables', change);
  }

  camera(request: unknown): Promise<Answer> {
    return this.api('PUT', '/api/camera', request);
  }

  /** Says yes to everything that is asked until the result is on its way. */
  async consent(): Promise<void> {
    const asked = (state: TwinState) => state.elements.map((one) => one.label).join('\n');
    for (;;) {
      const before = await this.screen('consent', 'consent-items', 'prescription', 'sending', 'done');
      if (before.screen === 'consent') await this.press('consent-all');
      else if (before.screen === 'consent-items') await this.press('item-yes');
      else if (before.screen === 'prescription') await this.press('prescription-paper');
      else return;
      await this.until('the next question', (state) => state.screen !== before.screen || asked(state) !== asked(before));
    }
  }

  /** A session at the terminal, as reception staff. */
  async login(id = 'reception', password = 'reception', force = false): Promise<Answer> {
    const response = await fetch(`${this.terminal}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, password, force }),
    });
    this.#cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    return { status: response.status, body: await response.json().catch(() => undefined) };
  }

  atTerminal(method: string, path: string, body?: unknown): Promise<Answer> {
    return call(this.terminal, method, path, body, { cookie: this.#cookie });
  }

  // biome-ignore lint/suspicious/noExplicitAny: JSON of the terminal
  async visits(): Promise<any[]> {
    if (this.#cookie === '') await this.login();
    return (await this.atTerminal('GET', '/api/visits')).body.visits;
  }

  /** Stops it as a service manager would; answers its exit status. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    rmSync(this.#directory, { recursive: true, force: true });
    return this.#child.exitCode;
  }
}
