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

export interface WriteLog {
  /** Writes that were flushed. */
  readonly safe: readonly LoggedWrite[];
  /** Writes that no flush has followed. */
  readonly loose: readonly LoggedWrite[];
  readonly flushes: number;
}

const number = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

export const readWriteLog = (file: string): WriteLog => {
  const handle = openSync(file, 'r');
  try {
    const header = Buffer.alloc(SECTOR);
    const next = (at: number) => readSync(handle, header, 0, SECTOR, at) === SECTOR;
    if (!next(0) || header.readBigUInt64LE(0) !== MAGIC) throw new Error(`${file}: no log of writes`);
    const entries = number(header, 16);
    const safe: LoggedWrite[] = [];
    let loose: LoggedWrite[] = [];
    let flushes = 0;
    let at = SECTOR;
    for (let entry = 0; entry < entries && next(at); entry += 1) {
      const [sector, sectors, flags] = [number(header, 0), number(header, 8), header.readBigUInt64LE(16)];
      at += SECTOR;
      if ((flags & FLUSH) !== 0n) {
        safe.push(...loose);
        loose = [];
        flushes += 1;
      }
      // A disk may ignore what it is told it can forget.
      if ((flags & DISCARD) !== 0n || sectors === 0) continue;
      loose.push({ at: sector * SECTOR, bytes: sectors * SECTOR, data: at });
      at += sectors * SECTOR;
    }
    return { safe, loose, flushes };
  } finally {
    closeSync(handle);
  }
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
