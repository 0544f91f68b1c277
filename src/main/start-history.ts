// How long earlier starts took, for an honest countdown: the median of the last few, kept in one small file.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const KEPT = 9;
/** Told at the very first start, before anything was measured: generous, so that the countdown does not run out. */
export const FIRST_START_MS = 8_000;

const read = (file: string): number[] => {
  try {
    const stored: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(stored) ? stored.filter((ms): ms is number => Number.isFinite(ms) && ms > 0 && ms < 3_600_000).slice(-KEPT) : [];
  } catch {
    // No file yet, or a damaged one: an estimate is not worth a failure.
    return [];
  }
};

export const createStartHistory = (directory: string): { expectedMs(): number; record(durationMs: number): void } => {
  const file = join(directory, 'start-durations.json');
  const durations = read(file);
  return {
    expectedMs() {
      const sorted = [...durations].sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)] ?? FIRST_START_MS;
    },
    record(durationMs) {
      durations.push(Math.round(durationMs));
      durations.splice(0, durations.length - KEPT);
      try {
        const handle = openSync(`${file}.new`, 'w', 0o600);
        writeSync(handle, JSON.stringify(durations));
        fsyncSync(handle);
        closeSync(handle);
        renameSync(`${file}.new`, file);
      } catch {
        // The self-test of the outbox reports a disk that cannot be written; the next estimate is merely older.
      }
    },
  };
};
