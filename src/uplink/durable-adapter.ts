// lowdb documents that survive a loss of power at any moment. A document is one line of header (generation, SHA-256) and one line of JSON.
// Writing: unique temporary → fsync → keep the previous generation → rename → fsync the folder. Reading: verify, fall back, quarantine;
// an empty, cut or damaged file never throws.

import { createHash, randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { type Adapter, Low } from 'lowdb';
import { KioskFailure } from '../core/failure.ts';
import { type DurableFs, errnoName } from './durable-fs.ts';

interface Verified {
  readonly generation: number;
  readonly value: unknown;
}

const digest = (generation: number, body: string): string => createHash('sha256').update(`${generation}\n${body}`).digest('hex');

const encode = (generation: number, value: unknown): Uint8Array => {
  const body = JSON.stringify(value);
  return new TextEncoder().encode(`${JSON.stringify({ generation, sha256: digest(generation, body) })}\n${body}\n`);
};

const decode = (bytes: Uint8Array): Verified | undefined => {
  const [head = '', body = ''] = new TextDecoder().decode(bytes).split('\n');
  try {
    const { generation, sha256 } = JSON.parse(head);
    return digest(generation, body) === sha256 ? { generation, value: JSON.parse(body) } : undefined;
  } catch {
    return undefined;
  }
};

/** A file-system error as storage/unwritable with facts {operation, errno}. */
export const unwritable = (operation: string, cause: unknown): KioskFailure => {
  const errno = errnoName(cause);
  return new KioskFailure('storage/unwritable', {
    cause,
    facts: { operation, errno },
    message: `data folder: ${operation} failed with ${errno}`,
  });
};

/** A stored message that can no longer be read. */
export const corrupt = (seq: number): KioskFailure => new KioskFailure('storage/corrupt', { facts: { seq } });

export const TEMPORARY_SUFFIX = '.tmp';
export const PREVIOUS_SUFFIX = '.prev';
export const QUARANTINE_SUFFIX = '.bad';

export class DurableAdapter<T> implements Adapter<T> {
  readonly #fs: DurableFs;
  readonly #path: string;
  readonly #onQuarantine: (path: string) => void;
  #generation = 0;

  /** `onQuarantine` is told the name a damaged file was moved to. */
  constructor(fs: DurableFs, path: string, onQuarantine: (path: string) => void = () => undefined) {
    this.#fs = fs;
    this.#path = path;
    this.#onQuarantine = onQuarantine;
  }

  /** The newest generation that verifies; null when there is none. Throws storage/unwritable only when nothing can be read at all. */
  async read(): Promise<T | null> {
    // The previous one is older whenever the newest is whole: it was renamed away before the newest took its name.
    const newest = (await this.#verify(this.#path)) ?? (await this.#verify(`${this.#path}${PREVIOUS_SUFFIX}`));
    this.#generation = newest?.generation ?? 0;
    return newest === undefined ? null : (newest.value as T);
  }

  /** Durable when it resolves. Throws storage/unwritable; the previous generation is then still readable. */
  async write(data: T): Promise<void> {
    const temporary = `${this.#path}.${randomUUID()}${TEMPORARY_SUFFIX}`;
    const generation = this.#generation + 1;
    try {
      await this.#writeFile(temporary, encode(generation, data));
      if (this.#generation > 0) await this.#keepPrevious();
      await this.#fs.rename(temporary, this.#path);
      await this.#fs.syncDirectory(dirname(this.#path));
    } catch (error) {
      await this.#fs.remove(temporary).catch(() => undefined);
      throw unwritable('write', error);
    }
    this.#generation = generation;
  }

  async #writeFile(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.#fs.create(path);
    try {
      await file.write(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #keepPrevious(): Promise<void> {
    try {
      await this.#fs.rename(this.#path, `${this.#path}${PREVIOUS_SUFFIX}`);
    } catch (error) {
      if (errnoName(error) !== 'ENOENT') throw error;
    }
  }

  async #verify(path: string): Promise<Verified | undefined> {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await this.#fs.read(path);
    } catch (error) {
      throw unwritable('read', error);
    }
    if (bytes === undefined) return undefined;
    const found = decode(bytes);
    if (found !== undefined) return found;
    const quarantine = `${path}.${randomUUID()}${QUARANTINE_SUFFIX}`;
    try {
      await this.#fs.rename(path, quarantine);
      this.#onQuarantine(quarantine);
    } catch {
      this.#onQuarantine(path);
    }
    return undefined;
  }
}

/** A lowdb document that is new: nothing is read, `write()` makes it durable. */
export const newDocument = <T>(fs: DurableFs, path: string, data: T): Low<T> => new Low<T>(new DurableAdapter<T>(fs, path), data);

/** A lowdb document behind the durable adapter, read. Used by the outbox, and by whoever else needs a small durable file. */
export const openDocument = async <T>(
  fs: DurableFs,
  path: string,
  empty: T,
  onQuarantine: (path: string) => void = () => undefined,
): Promise<Low<T>> => {
  const document = new Low<T>(new DurableAdapter<T>(fs, path, onQuarantine), empty);
  await document.read();
  return document;
};
