// A PC/SC service of its own: pcscd with vsmartcard's reader in a network and mount namespace, so that it listens to nobody outside and disturbs no
// other pcscd. Cards are made and served by the program's own command; other programs are run beside it.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

// Of util-linux, which every Debian has.
const UNSHARE = '/usr/bin/unshare';
const NSENTER = '/usr/bin/nsenter';
const DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
const PORT = 0x8c7b;
export const PROGRAM = 'bin/kazashi.js';
const NEEDED: readonly (readonly [string, string])[] = [
  ['/usr/bin/opensc-tool', 'opensc'],
  ['/usr/sbin/pcscd', 'pcscd'],
  [DRIVER, 'vsmartcard-vpcd'],
  ['/usr/sbin/ip', 'iproute2'],
  ['/usr/bin/openssl', 'openssl'],
  ['/usr/bin/opj_decompress', 'libopenjp2-tools'],
];

/** Why no virtual reader can be had here, or false. */
export const missing = (): string | false => {
  const packages = NEEDED.filter(([file]) => !existsSync(file)).map(([, name]) => name);
  if (packages.length > 0) return `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (spawnSync(UNSHARE, ['--net', '--mount', 'true']).status === 0) return false;
  return 'unshare --net --mount is not permitted: run as root, in a container with --cap-add SYS_ADMIN';
};

const ADDON = 'node_modules/smartcard/build/Release/smartcard_napi.node';
/** Why npm `smartcard` cannot be loaded here, or false. */
export const missingAddon = (): string | false =>
  existsSync(ADDON) ? false : 'apt-get install -y libpcsclite-dev g++ make python3, then npm rebuild smartcard';

export interface Outcome {
  readonly status: number | null;
  /** Standard output; both streams in `all`. */
  readonly out: string;
  readonly all: string;
}

// vpcd sends length and payload apart, so that each command waits 40 ms for a delayed acknowledgement: here they are sent at once.
const SETUP = `ip link set lo up && ip route replace table local local 127.0.0.1 dev lo scope host src 127.0.0.1 quickack 1 &&
  mkdir -p /run/pcscd && mount -t tmpfs tmpfs /run/pcscd && echo ready && exec pcscd --foreground --config "$1" >&2`;

export class VirtualReader {
  readonly directory = mkdtempSync(join(tmpdir(), 'virtual-reader-'));
  #service: ChildProcess | undefined;
  readonly #cards = new Set<ChildProcess>();

  /** Runs a program beside the service (which the first card starts) and waits for its end; options may come first. */
  run(...words: readonly [string | { readonly input: string }, ...string[]]): Outcome {
    const [first, ...rest] = words;
    const [program = '', ...args] = typeof first === 'string' ? [first, ...rest] : rest;
    const input = typeof first === 'string' ? {} : { input: first.input };
    const { status, stdout, stderr } = spawnSync(NSENTER, this.#inside(program, ...args), { encoding: 'utf8', ...input });
    return { status, out: stdout, all: stdout + stderr };
  }

  /** Serves the card of `name` (made when it is missing, with `options` of `card make`) until the returned function is called. */
  async insert(name: string, options: readonly string[] = [], slot = 0): Promise<() => Promise<void>> {
    this.#service ??= await this.#start();
    const address = `127.0.0.1:${PORT + slot}`;
    const directory = join(this.directory, name);
    if (!existsSync(directory)) {
      const made = spawnSync(process.execPath, [PROGRAM, 'card', 'make', directory, ...options], { encoding: 'utf8' });
      if (made.status !== 0) throw new Error(made.stderr);
    }
    const serve = this.#inside(process.execPath, PROGRAM, 'card', 'serve', directory, '--vpcd', address);
    const card = spawn(NSENTER, serve, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#cards.add(card);
    const gone = once(card, 'exit');
    await Promise.race([
      once(card.stdout, 'data'),
      gone.then(([code]) => Promise.reject(new Error(`the card's server ended with ${code}`))),
    ]);
    // The reader looks for its card twice a second.
    const noticed = async (there: boolean): Promise<void> => {
      const isThere = () => this.run('opensc-tool', '--reader', String(slot), '--atr').status === 0;
      for (let look = 0; look < 40 && isThere() !== there; look += 1) await wait(250);
    };
    await noticed(true);
    return async () => {
      card.kill('SIGTERM');
      await gone;
      await noticed(false);
      this.#cards.delete(card);
    };
  }

  async close(): Promise<void> {
    for (const child of [...this.#cards, this.#service]) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #start(): Promise<ChildProcess> {
    const config = join(this.directory, 'reader.conf');
    const channel = `0x${PORT.toString(16)}`;
    writeFileSync(config, `FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:${channel}\nLIBPATH ${DRIVER}\nCHANNELID ${channel}\n`);
    const service = spawn(UNSHARE, ['--net', '--mount', 'sh', '-c', SETUP, 'sh', config], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [ready] = await Promise.race([once(service.stdout, 'data'), once(service, 'exit')]);
    if (String(ready) !== 'ready\n') throw new Error('no network and mount namespace could be made');
    return service;
  }

  #inside(program: string, ...args: readonly string[]): string[] {
    return ['--target', String(this.#service?.pid), '--net', '--mount', `--wd=${process.cwd()}`, '--', program, ...args];
  }
}
