// One writer per data folder. The lock names its process, and a lock whose process is gone (or ran before the last boot) is taken over.
// It must never be left behind by a clean stop.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { KioskFailure } from '../core/failure.ts';
import { unwritable } from './durable-adapter.ts';
import { type DurableFs, errnoName } from './durable-fs.ts';

export interface ProcessMark {
  readonly pid: number;
  /** Boot of the machine and start of the process: a pid alone may be somebody else's by now. */
  readonly started: string;
}

export interface ProcessTable {
  readonly self: ProcessMark;
  /** Whether that very process still runs. */
  alive(mark: ProcessMark): boolean;
}

const proc = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

/** Boot id and start time in clock ticks (proc(5): field 22 of stat, after the name in parentheses); empty where there is no /proc. */
const startMark = (pid: number): string => {
  const stat = proc(`/proc/${pid}/stat`);
  return `${proc('/proc/sys/kernel/random/boot_id')} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
};

export const nodeProcessTable: ProcessTable = {
  self: { pid: process.pid, started: startMark(process.pid) },
  alive: ({ pid, started }) => {
    try {
      process.kill(pid, 0);
    } catch (error) {
      if (errnoName(error) === 'ESRCH') return false;
    }
    return startMark(pid) === started;
  },
};

const parseMark = (bytes: Uint8Array | undefined): ProcessMark | undefined => {
  try {
    const { pid, started } = JSON.parse(new TextDecoder().decode(bytes));
    return Number.isInteger(pid) && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
};

/** Between making the file and writing the mark lies less than this, or a crash. */
const HALF_WRITTEN_MS = 50;

/**
 * Takes `<folder>/lock`. Resolves to its release. Throws storage/unwritable with facts {operation: 'lock', …} while another process holds it, and
 * where the folder cannot be written: also when what stands in the way is a lock left behind by a power cut.
 */
export const takeLock = (fs: DurableFs, folder: string, processes: ProcessTable): Promise<() => Promise<void>> =>
  claim(fs, folder, processes).catch((error: unknown) => {
    throw error instanceof KioskFailure ? error : unwritable('lock', error);
  });

const claim = async (fs: DurableFs, folder: string, processes: ProcessTable): Promise<() => Promise<void>> => {
  const path = join(folder, 'lock');
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const file = await fs.create(path);
      try {
        await file.write(new TextEncoder().encode(JSON.stringify(processes.self)));
      } finally {
        await file.close();
      }
      const holder = parseMark(await fs.read(path));
      if (holder?.pid === processes.self.pid && holder.started === processes.self.started) return () => fs.remove(path);
    } catch (error) {
      if (errnoName(error) !== 'EEXIST') throw error;
    }
    const holder = parseMark(await fs.read(path));
    if (holder !== undefined && processes.alive(holder)) {
      throw new KioskFailure('storage/unwritable', {
        facts: { operation: 'lock', errno: 'LOCKED', pid: holder.pid },
        message: `data folder ${folder} is in use by process ${holder.pid}: stop it, or give this one its own folder`,
      });
    }
    // Empty: its process may be about to write into it.
    if (holder === undefined && attempt === 0) await setTimeout(HALF_WRITTEN_MS);
    else await fs.remove(path);
  }
  throw new KioskFailure('storage/unwritable', { facts: { operation: 'lock', errno: 'EEXIST' }, message: 'the lock keeps coming back' });
};
