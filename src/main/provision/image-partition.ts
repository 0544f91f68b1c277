// Where the FAT partition lies in a disk image or on a memory card: GUID partition table (UEFI 2.10, 5.3) or the older one (MBR).

import { closeSync, openSync, readSync } from 'node:fs';
import { KioskFailure } from '../../core/failure.ts';

const SECTOR = 512;
/** Little-endian bytes of the two types that may hold the settings: EFI system partition and basic data. */
const EFI_SYSTEM = '28732ac11ff8d211ba4b00a0c93ec93b';
const BASIC_DATA = 'a2a0d0ebe5b9334487c068b6b72699c7';
const FAT_TYPES: readonly number[] = [0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e, 0xef];

const readAt = (handle: number, offset: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  readSync(handle, bytes, 0, length, offset);
  return bytes;
};

/** A FAT volume says so in its boot sector (Microsoft FAT specification, 3.1): jump, then signature at 510. */
const isFat = (handle: number, offset: number): boolean => {
  const boot = readAt(handle, offset, SECTOR);
  return (boot[0] === 0xeb || boot[0] === 0xe9) && boot.readUInt16LE(510) === 0xaa55 && /FAT/.test(boot.toString('latin1', 54, 90));
};

const gptStarts = (handle: number): readonly number[] => {
  const header = readAt(handle, SECTOR, SECTOR);
  if (header.toString('latin1', 0, 8) !== 'EFI PART') return [];
  const [entries, count, size] = [Number(header.readBigUInt64LE(72)), header.readUInt32LE(80), header.readUInt32LE(84)];
  if (count > 1024 || size < 128 || size > 4096) return [];
  return Array.from({ length: count }, (_, i) => readAt(handle, entries * SECTOR + i * size, 128))
    .filter((entry) => [EFI_SYSTEM, BASIC_DATA].includes(entry.toString('hex', 0, 16)))
    .map((entry) => Number(entry.readBigUInt64LE(32)) * SECTOR);
};

const mbrStarts = (handle: number): readonly number[] => {
  const table = readAt(handle, 0, SECTOR);
  if (table.readUInt16LE(510) !== 0xaa55) return [];
  return [446, 462, 478, 494].filter((at) => FAT_TYPES.includes(table[at + 4] ?? 0)).map((at) => table.readUInt32LE(at + 8) * SECTOR);
};

/** Offset in bytes of the first FAT partition. Throws input/invalid naming the file and what to do. */
export const settingsPartition = (image: string): number => {
  let handle: number;
  try {
    handle = openSync(image, 'r');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new KioskFailure('input/invalid', { message: `--image ${image}: cannot be read (${reason})`, facts: { field: 'image' } });
  }
  try {
    if (readAt(handle, 0, 4).toString('hex') === '28b52ffd')
      throw new KioskFailure('input/invalid', {
        message: `--image ${image}: is packed; unpack it first: zstd -d ${image}`,
        facts: { field: 'image' },
      });
    const gpt = gptStarts(handle);
    const found = (gpt.length > 0 ? gpt : mbrStarts(handle)).find((offset) => isFat(handle, offset));
    if (found !== undefined) return found;
  } finally {
    closeSync(handle);
  }
  throw new KioskFailure('input/invalid', {
    message: `--image ${image}: holds no FAT partition; give a kazashi image (.img) or the whole card's device, such as /dev/sdb, not one of its partitions`,
    facts: { field: 'image' },
  });
};
