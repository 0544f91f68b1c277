// A disk's first partition table as a kernel reads it that is not told to look for the second (Linux, block/partitions/efi.c): whole, or none.

import { closeSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const SECTOR = 512;
const ENTRY_BYTES = 128;

export interface Table {
  /** First and last sector of each partition. */
  readonly partitions: readonly (readonly [first: number, last: number])[];
  /** The sector of the entries. */
  readonly entriesAt: number;
  /** The sector where it says the second table is. */
  readonly otherAt: number;
}

/** Throws when a kernel would find no partitions. */
export const tableOf = (disk: string): Table => {
  const handle = openSync(disk, 'r');
  const sectors = (at: number, count: number): Buffer => {
    const bytes = Buffer.alloc(count * SECTOR);
    readSync(handle, bytes, 0, bytes.length, at * SECTOR);
    return bytes;
  };
  try {
    const header = sectors(1, 1).subarray(0, 92);
    const number = (at: number) => Number(header.readBigUInt64LE(at));
    const [sum, entriesSum] = [header.readUInt32LE(16), header.readUInt32LE(88)];
    header.writeUInt32LE(0, 16);
    if (header.toString('latin1', 0, 8) !== 'EFI PART' || crc32(header) !== sum || number(24) !== 1) throw new Error('a damaged header');
    const entries = sectors(number(72), 32);
    if (crc32(entries) !== entriesSum) throw new Error('damaged entries');
    const partitions: [number, number][] = [];
    for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
      const [first, last] = [entries.readBigUInt64LE(at + 32), entries.readBigUInt64LE(at + 40)];
      if (last > 0n) partitions.push([Number(first), Number(last)]);
    }
    return { partitions, entriesAt: number(72), otherAt: number(32) };
  } finally {
    closeSync(handle);
  }
};
