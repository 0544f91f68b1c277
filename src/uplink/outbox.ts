// Sealed messages of one kind on flash until the terminal has them: one durable document each, so that the cost of one stays flat as the backlog grows.
// File names carry seq and id; the newest name is kept (as .done) after its delivery, so that the sequence never restarts and needs no
// file of its own. Holds ciphertext only, and never drops a message to make room: it refuses new ones.

import { join } from 'node:path';
import { isFailure, KioskFailure } from '../core/failure.ts';
import { newDocument, openDocument, QUARANTINE_SUFFIX, TEMPORARY_SUFFIX, unwritable } from './durable-adapter.ts';
import type { DurableFs } from './durable-fs.ts';

export interface OutboxEntry {
  readonly id: string;
  readonly seq: number;
  /** Channel of the contract that it goes to. */
  readonly channel: 'visit' | 'request';
  /** Wall clock, milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Size of the sealed message. */
  readonly bytes: number;
}

interface StoredMessage extends Omit<OutboxEntry, 'bytes'> {
  readonly sealed: string;
}

export interface OutboxOptions {
  readonly fs: DurableFs;
  readonly folder: string;
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** A stored message could not be read back; its file was put aside. */
  onCorrupt(seq: number): void;
}

const KEPT_QUARANTINE = 16;
const NAME = /^(\d{12})-([0-9a-f-]{36})\.(json|done)/;
const fileName = (seq: number, id: string, end: 'json' | 'done' = 'json'): string => `${String(seq).padStart(12, '0')}-${id}.${end}`;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #entries = new Map<string, OutboxEntry>();
  #bytes = 0;
  #lastSeq = 0;
  /** Names to be removed once a newer one is durable, or when an earlier removal failed. */
  #leftovers = new Set<string>();

  private constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Reads what an earlier run left. Damaged files are put aside and told to onCorrupt. Throws storage/unwritable. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    const outbox = new Outbox(options);
    try {
      await options.fs.makeDirectory(options.folder);
      await outbox.#load([...(await options.fs.list(options.folder))].sort());
    } catch (error) {
      throw isFailure(error) ? error : unwritable('open', error);
    }
    return outbox;
  }

  /** Oldest first. */
  entries(): OutboxEntry[] {
    return [...this.#entries.values()];
  }

  holds(id: string): boolean {
    return this.#entries.has(id);
  }

  get count(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get nextSeq(): number {
    return this.#lastSeq + 1;
  }

  /** Throws uplink/outbox-full when one more message of `bytes` would pass a bound. */
  assertRoom(bytes: number): void {
    const { maxMessages, maxBytes } = this.#options;
    if (this.count < maxMessages && this.#bytes + bytes <= maxBytes) return;
    throw new KioskFailure('uplink/outbox-full', {
      facts: { messages: this.count, bytes: this.#bytes, maxMessages, maxBytes },
      message: 'outbox is full: bring the terminal back before taking new visits',
    });
  }

  /** Durable when it resolves. Throws uplink/outbox-full, storage/unwritable: then nothing of it is sent, and its seq is spent. */
  async append(message: Omit<OutboxEntry, 'bytes'> & { readonly sealed: Uint8Array }): Promise<OutboxEntry> {
    const { sealed, ...rest } = message;
    this.assertRoom(sealed.length);
    const path = this.#path(fileName(message.seq, message.id));
    this.#lastSeq = Math.max(this.#lastSeq, message.seq);
    const stored: StoredMessage = { ...rest, sealed: new TextDecoder().decode(sealed) };
    try {
      await newDocument(this.#options.fs, path, stored).write();
    } catch (error) {
      await this.#options.fs.remove(path).catch(() => undefined);
      throw error;
    }
    const entry: OutboxEntry = { ...rest, bytes: sealed.length };
    this.#entries.set(entry.id, entry);
    this.#bytes += entry.bytes;
    await this.#sweep();
    return entry;
  }

  /** The sealed bytes of a stored message; undefined when it is gone or damaged (then told to onCorrupt). */
  async payload(id: string): Promise<Uint8Array | undefined> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const stored = await this.#read(fileName(entry.seq, id), entry.seq);
    if (stored === undefined) this.#forget(entry);
    return stored === undefined ? undefined : new TextEncoder().encode(stored.sealed);
  }

  /** Forgets a delivered or expired message. Its file may outlive a crash: sent again it is a duplicate, which is harmless. */
  async remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#forget(entry);
    const name = fileName(entry.seq, id);
    if (entry.seq < this.#lastSeq) {
      this.#leftovers.add(name);
      return this.#sweep();
    }
    const done = fileName(entry.seq, id, 'done');
    await this.#options.fs.rename(this.#path(name), this.#path(done)).catch((error: unknown) => {
      throw unwritable('rename', error);
    });
    this.#leftovers.add(done);
  }

  #path(name: string): string {
    return join(this.#options.folder, name);
  }

  #forget(entry: OutboxEntry): void {
    this.#entries.delete(entry.id);
    this.#bytes -= entry.bytes;
  }

  /** Removes leftovers older than the newest message. Failing is harmless: tried again after the next message. */
  async #sweep(): Promise<void> {
    const ready = [...this.#leftovers].filter((name) => Number(NAME.exec(name)?.[1] ?? 0) < this.#lastSeq);
    // Taken out first: acks come while this one's file is being removed, and each would try it again.
    for (const name of ready) this.#leftovers.delete(name);
    for (const name of ready) await this.#options.fs.remove(this.#path(name)).catch(() => this.#leftovers.add(name));
  }

  async #read(name: string, seq: number): Promise<StoredMessage | undefined> {
    try {
      const { data } = await openDocument<StoredMessage | null>(this.#options.fs, this.#path(name), null);
      if (data !== null) return data;
    } catch {
      // One unreadable sector must not keep the kiosk from starting.
    }
    this.#options.onCorrupt(seq);
    return undefined;
  }

  async #load(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const [, seq = '0', , end = ''] = NAME.exec(name) ?? [];
      this.#lastSeq = Math.max(this.#lastSeq, Number(seq));
      if (name.endsWith(TEMPORARY_SUFFIX)) await this.#options.fs.remove(this.#path(name)).catch(() => undefined);
      else if (name.endsWith('.done')) this.#leftovers.add(name);
      else if (end === 'json' && name.endsWith('.json')) await this.#loadMessage(name, Number(seq));
    }
    const quarantined = names.filter((name) => name.endsWith(QUARANTINE_SUFFIX));
    for (const name of quarantined.slice(0, -KEPT_QUARANTINE)) await this.#options.fs.remove(this.#path(name)).catch(() => undefined);
    await this.#sweep();
  }

  async #loadMessage(name: string, seq: number): Promise<void> {
    const stored = await this.#read(name, seq);
    if (stored === undefined) return;
    const { sealed, ...rest } = stored;
    const entry: OutboxEntry = { ...rest, bytes: new TextEncoder().encode(sealed).length };
    this.#entries.set(entry.id, entry);
    this.#bytes += entry.bytes;
  }
}
