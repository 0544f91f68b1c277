// A network of its own for a kiosk: a namespace whose only way out is a wire that can be made bad, packet by packet. The kernel's netem makes it
// so where there is one, and wire.py where there is none.

import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Process, until } from './lab.ts';

export interface WireFaults {
  /** Share of the packets that is lost, each way. */
  readonly loss?: number;
  /** Each way. */
  readonly delayMs?: number;
  /** Nothing gets through this way: near is the broker's side, far the kiosk's. */
  readonly hole?: 'to-near' | 'to-far';
}

const ip = (...words: string[]): void => void execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
const answers = (program: string, ...words: string[]): boolean => spawnSync(program, words).status === 0;

/** false, or why a check that needs a network of its own is skipped. */
export const noWire = (): string | false => {
  if (!answers('ip', '-V')) return 'no ip (Debian package iproute2)';
  if (!answers('python3', '-V')) return 'no python3 (Debian package python3)';
  const name = `kz-probe-${process.pid}`;
  if (!answers('ip', 'netns', 'add', name)) return 'no network namespace can be made: needs root, as in a privileged container';
  ip('netns', 'del', name);
  return false;
};

export class Wire {
  /** Name of the kiosk's namespace. */
  readonly namespace = `kz-${process.pid}`;
  readonly near: string;
  readonly #far: string;
  readonly #ends = { near: `kzn${process.pid}`, far: `kzf${process.pid}` } as const;
  #forwarder: Process | undefined;

  constructor() {
    // A corner of the range for benchmarks (RFC 2544), where nothing real lives.
    const net = `198.18.${process.pid % 256}`;
    this.near = `${net}.1`;
    this.#far = `${net}.2`;
  }

  /** Words before a command that shall run at the kiosk's end. */
  get inside(): readonly string[] {
    return ['netns', 'exec', this.namespace];
  }

  /** `run` starts the forwarder where one is needed. Answers what makes the wire bad. */
  async lay(run: (program: string, words: readonly string[]) => Process): Promise<'netem' | 'wire.py'> {
    const { near, far } = this.#ends;
    ip('netns', 'add', this.namespace);
    ip(...this.inside, 'ip', 'link', 'set', 'lo', 'up');
    if (answers('ip', ...this.inside, 'tc', 'qdisc', 'replace', 'dev', 'lo', 'root', 'netem', 'loss', '0%')) {
      ip(...this.inside, 'tc', 'qdisc', 'del', 'dev', 'lo', 'root');
      ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', this.namespace);
      ip('address', 'add', `${this.near}/30`, 'dev', near);
      ip('link', 'set', near, 'up');
      ip(...this.inside, 'ip', 'address', 'add', `${this.#far}/30`, 'dev', far);
      ip(...this.inside, 'ip', 'link', 'set', far, 'up');
      return 'netem';
    }
    const program = fileURLToPath(new URL('wire.py', import.meta.url));
    const forwarder = run('python3', [program, near, `${this.near}/30`, far, `${this.#far}/30`, this.namespace, '7']);
    this.#forwarder = forwarder;
    await until('the wire', () => forwarder.lines.length > 0 || (forwarder.child.exitCode !== null && forwarder.errors()));
    if (forwarder.lines.length === 0) throw new Error(forwarder.errors());
    return 'wire.py';
  }

  /** The faults from now on, in the place of those before. Answers packets carried and lost so far, where the wire can count. */
  async faults({ loss = 0, delayMs = 0, hole }: WireFaults): Promise<string> {
    const forwarder = this.#forwarder;
    if (forwarder !== undefined) {
      const told = forwarder.lines.length;
      forwarder.child.stdin?.write(`${JSON.stringify({ loss, delayMs, hole })}\n`);
      return until('the faults', () => forwarder.lines[told]);
    }
    const netem = (lost: number) => ['root', 'netem', 'loss', `${lost * 100}%`, 'delay', `${delayMs}ms`];
    const { near, far } = this.#ends;
    execFileSync('tc', ['qdisc', 'replace', 'dev', near, ...netem(hole === 'to-far' ? 1 : loss)]);
    ip(...this.inside, 'tc', 'qdisc', 'replace', 'dev', far, ...netem(hole === 'to-near' ? 1 : loss));
    return 'netem does not count';
  }

  /** Ends what runs in it first. */
  async remove(): Promise<void> {
    await this.#forwarder?.end('SIGKILL');
    // With the namespace its end of a veth pair goes, and with that the other.
    ip('netns', 'del', this.namespace);
  }
}
