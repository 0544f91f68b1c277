// A file system in memory that knows what fsync means, can fail at any call, and can lose its power between any two of them.

import { dirname } from 'node:path';
import type { DurableFs } from '../../src/uplink/durable-fs.ts';

interface Inode {
  now: Uint8Array;
  /** What flash holds. Undefined: never synced. */
  synced: Uint8Array | undefined;
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });

export interface Fault {
  /** Number of the call, from 0, that it hits. */
  readonly at: number;
  /** An errno for that call alone, an errno for all from then on, or the end of all power. */
  readonly kind: 'once' | 'from-then-on' | 'power';
  readonly errno: string;
}

/**
 * What flash has made of what was never fsynced. Directory changes reach it in their order (a journal), so some number of the first ones is
 * there; the content of each file may be there, not at all, or in part.
 */
export interface Remains {
  /** How many of `count` unsynced directory changes are there. */
  names(count: number): number;
  /** What is read of a file of which `now` was written and `synced` is safe. */
  content(now: Uint8Array, synced: Uint8Array): Uint8Array;
}

/** All names there, or none; no unsynced content. */
const remainsOf = (kept: boolean): Remains => ({ names: (count) => (kept ? count : 0), content: (_now, synced) => synced });

/** Never reached by a call: the promise stays open, as the process is gone. */
const GONE = new Promise<never>(() => undefined);

export class FaultyFs implements DurableFs {
  calls = 0;
  fault: Fault | undefined;
  /** Told when the power goes. */
  onPowerLost: () => void = () => undefined;
  #files = new Map<string, Inode>();
  /** Directory entries as flash holds them. */
  #durable = new Map<string, Inode>();
  /** Directory changes since, in their order. */
  #changes: ((entries: Map<string, Inode>) => void)[] = [];

  /** What a new process finds after the power came back. True, false: names that were never fsynced made it to flash all the same, or not. */
  reboot(remains: Remains | boolean): FaultyFs {
    const { names, content: remaining } = typeof remains === 'boolean' ? remainsOf(remains) : remains;
    const next = new FaultyFs();
    const entries = new Map(this.#durable);
    for (const change of this.#changes.slice(0, names(this.#changes.length))) change(entries);
    for (const [path, inode] of entries) {
      const synced = inode.synced ?? new Uint8Array(0);
      const content = inode.now === inode.synced ? synced : remaining(inode.now, synced);
      const copy: Inode = { now: content, synced: content };
      next.#files.set(path, copy);
      next.#durable.set(path, copy);
    }
    return next;
  }

  paths(): string[] {
    return [...this.#files.keys()];
  }

  damage(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
    const inode = this.#files.get(path);
    if (inode === undefined) throw failure('ENOENT');
    inode.now = change(inode.now);
  }

  makeDirectory(): Promise<void> {
    return this.#call(() => undefined);
  }

  create(path: string): ReturnType<DurableFs['create']> {
    return this.#call(() => {
      if (this.#files.has(path)) throw failure('EEXIST');
      const inode: Inode = { now: new Uint8Array(0), synced: undefined };
      this.#change((entries) => entries.set(path, inode));
      return {
        write: (bytes: Uint8Array) =>
          this.#call(() => {
            inode.now = bytes;
          }),
        sync: () =>
          this.#call(() => {
            inode.synced = inode.now;
          }),
        close: () => this.#call(() => undefined),
      };
    });
  }

  /** One sector in its old place, past every cache: there before it resolves, whole or not at all. */
  overwrite(path: string, bytes: Uint8Array): Promise<void> {
    return this.#call(() => {
      const inode = this.#files.get(path);
      if (inode?.now.length !== bytes.length) throw failure('EINVAL');
      inode.now = bytes;
      inode.synced = bytes;
    });
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return this.#call(() => this.#files.get(path)?.now);
  }

  list(path: string): Promise<string[]> {
    return this.#call(() => [...this.#files.keys()].filter((file) => dirname(file) === path).map((file) => file.slice(path.length + 1)));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call(() => {
      const inode = this.#files.get(from);
      if (inode === undefined) throw failure('ENOENT');
      this.#change((entries) => {
        entries.delete(from);
        entries.set(to, inode);
      });
    });
  }

  remove(path: string): Promise<void> {
    return this.#call(() => {
      if (this.#files.has(path)) this.#change((entries) => entries.delete(path));
    });
  }

  syncDirectory(path: string): Promise<void> {
    return this.#call(() => {
      for (const file of this.#durable.keys()) if (dirname(file) === path) this.#durable.delete(file);
      for (const [file, inode] of this.#files) if (dirname(file) === path) this.#durable.set(file, inode);
      // Every folder in these tests is one folder.
      this.#changes = [];
    });
  }

  #change(change: (entries: Map<string, Inode>) => unknown): void {
    change(this.#files);
    this.#changes.push(change);
  }

  async #call<T>(run: () => T): Promise<T> {
    const number = this.calls;
    this.calls += 1;
    const { fault } = this;
    if (fault !== undefined && number >= fault.at) {
      if (fault.kind === 'power') {
        this.onPowerLost();
        return GONE;
      }
      if (fault.kind === 'from-then-on' || number === fault.at) throw failure(fault.errno);
    }
    return run();
  }
}
