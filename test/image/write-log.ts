// What a disk was asked to write, as QEMU's blklogwrites keeps it (the format of Linux' dm-log-writes), and what a power cut leaves of it: all up to
// the last flush that was answered, and of the rest some, some of that torn in the middle.

import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const SECTOR = 512;
const MAGIC = 0x6a736677736872n;
const FLUSH = 1n;
const DISCARD = 4n;

export interface LoggedWrite {
  /** Where on the disk, and how many bytes. */
  readonly at: number;
  readonly bytes: number;
  /** Where in the log. */
  readonly data: number;
}

/** What the disk was asked, in order: a write of that many bytes, or (none) a flush. */
export type LogEntry = LoggedWrite & { readonly flush: boolean };

export interface WriteLog {
  /** Writes that were flushed. */
  readonly safe: readonly LoggedWrite[];
  /** Writes that no flush has followed. */
  readonly loose: readonly LoggedWrite[];
  readonly flushes: number;
}

const number = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

export const readEntries = (file: string): readonly LogEntry[] => {
  const handle = openSync(file, 'r');
  try {
    const header = Buffer.alloc(SECTOR);
    const next = (at: number) => readSync(handle, header, 0, SECTOR, at) === SECTOR;
    if (!next(0) || header.readBigUInt64LE(0) !== MAGIC) throw new Error(`${file}: no log of writes`);
    const count = number(header, 16);
    const entries: LogEntry[] = [];
    let at = SECTOR;
    for (let entry = 0; entry < count && next(at); entry += 1) {
      const [sector, sectors, flags] = [number(header, 0), number(header, 8), header.readBigUInt64LE(16)];
      at += SECTOR;
      // A disk may ignore what it is told it can forget.
      const bytes = (flags & DISCARD) !== 0n ? 0 : sectors * SECTOR;
      entries.push({ at: sector * SECTOR, bytes, data: at, flush: (flags & FLUSH) !== 0n });
      at += bytes;
    }
    return entries;
  } finally {
    closeSync(handle);
  }
};

/** How many entries the log of a running machine has by now. */
export const countEntries = (file: string): number => {
  const handle = openSync(file, 'r');
  try {
    const header = Buffer.alloc(SECTOR);
    return readSync(handle, header, 0, SECTOR, 0) === SECTOR ? number(header, 16) : 0;
  } finally {
    closeSync(handle);
  }
};

export const readWriteLog = (file: string): WriteLog => {
  const safe: LoggedWrite[] = [];
  let loose: LoggedWrite[] = [];
  let flushes = 0;
  for (const { flush, ...write } of readEntries(file)) {
    if (flush) {
      safe.push(...loose);
      loose = [];
      flushes += 1;
    }
    if (write.bytes > 0) loose.push(write);
  }
  return { safe, loose, flushes };
};

/** Does to the disk, which is as it was before, what the log and a power cut at its end leave. `random`: from 0 to 1. */
export const cutOff = (file: string, disk: string, random: () => number): { kept: number; lost: number; torn: number; flushes: number } => {
  const { safe, loose, flushes } = readWriteLog(file);
  const [from, to] = [openSync(file, 'r'), openSync(disk, 'r+')];
  const write = ({ at, data }: LoggedWrite, start: number, bytes: number) => {
    const content = Buffer.alloc(bytes);
    readSync(from, content, 0, bytes, data + start);
    writeSync(to, content, 0, bytes, at + start);
  };
  let [kept, lost, torn] = [0, 0, 0];
  try {
    for (const one of safe) write(one, 0, one.bytes);
    for (const one of loose) {
      const fate = random();
      if (fate < 0.4) kept += 1;
      else if (fate < 0.8) lost += 1;
      else torn += 1;
      if (fate < 0.4) write(one, 0, one.bytes);
      else if (fate >= 0.8) for (let start = 0; start < one.bytes; start += SECTOR) if (random() < 0.5) write(one, start, SECTOR);
    }
    return { kept, lost, torn, flushes };
  } finally {
    closeSync(from);
    closeSync(to);
  }
};

/** Cuts at one point of the log after another, each seen from the disk as it was before the log began. */
export class Replay {
  readonly #entries: readonly LogEntry[];
  readonly #log: number;
  readonly #disk: number;
  #done = 0;
  #before: { readonly at: number; readonly content: Buffer }[] = [];

  constructor(log: string, disk: string) {
    this.#entries = readEntries(log);
    [this.#log, this.#disk] = [openSync(log, 'r'), openSync(disk, 'r+')];
  }

  /** The disk as a cut before entry `point` leaves it. Points come in order; `undo` is between them. */
  cutAt(point: number, random: () => number): void {
    const flushed = this.#entries.slice(0, point).findLastIndex(({ flush }) => flush);
    // The flush itself keeps what was written before it.
    for (; this.#done < flushed; this.#done += 1) this.#write(this.#entries[this.#done] as LogEntry);
    for (const entry of this.#entries.slice(this.#done, point)) {
      const fate = random();
      if (fate < 0.4) this.#keep(entry, 0, entry.bytes);
      else if (fate >= 0.8) for (let from = 0; from < entry.bytes; from += SECTOR) if (random() < 0.5) this.#keep(entry, from, SECTOR);
    }
  }

  undo(): void {
    for (const { at, content } of this.#before.reverse()) writeSync(this.#disk, content, 0, content.length, at);
    this.#before = [];
  }

  close(): void {
    closeSync(this.#log);
    closeSync(this.#disk);
  }

  #keep(entry: LogEntry, from: number, bytes: number): void {
    const content = Buffer.alloc(bytes);
    readSync(this.#disk, content, 0, bytes, entry.at + from);
    this.#before.push({ at: entry.at + from, content });
    this.#write(entry, from, bytes);
  }

  #write(entry: LogEntry, from = 0, bytes = entry.bytes): void {
    const content = Buffer.alloc(bytes);
    readSync(this.#log, content, 0, bytes, entry.data + from);
    writeSync(this.#disk, content, 0, bytes, entry.at + from);
  }
}
