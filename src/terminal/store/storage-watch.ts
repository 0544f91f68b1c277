// Whether this terminal can keep what arrives. A write that failed says no; a small write of the watch's own, tried again and again, says yes:
// nobody has to restart a terminal whose disk has room again.

import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'libsql';
import type { Clock } from '../../core/clock.ts';
import { isFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';

export interface StorageWatch {
  readonly writable: boolean;
  /** An error that somebody met, of whatever kind: one of storage counts. */
  met(error: unknown): void;
  /** Looks at once, and then again and again. */
  start(): void;
  stop(): void;
}

export interface StorageWatchParts {
  readonly db: Database.Database;
  /** Directory of the database. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  onChange(writable: boolean): void;
}

/** While all is well a full disk is found before a patient's visit finds it; a fault's end is found soon. */
const LOOK_MS = { well: 60_000, failed: 3_000 };
/** The largest message with what its row takes: where this fits, the next visit fits. */
const PROBE_BYTES = 256 * 1024;

const SQLITE = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN)/;
const SYSTEM = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EPERM', 'EFBIG']);

/** An error of SQLite or the system that says: this cannot be written. */
export const isUnwritable = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return SQLITE.test(code) || SYSTEM.has(code);
};

export const createStorageWatch = ({ db, directory, clock, log, onChange }: StorageWatchParts): StorageWatch => {
  let writable = true;
  let stopped = false;
  let timer: unknown;

  const is = (now: boolean, code: string): void => {
    if (writable === now) return;
    writable = now;
    if (now) log.info('storage-writable');
    else log.error('storage-unwritable', { code });
    onChange(now);
  };
  /** Room first, which the log of the database may have to itself; then a commit that changes nothing. */
  const probe = (): void => {
    const file = join(directory, '.room');
    try {
      const descriptor = openSync(file, 'w', 0o600);
      try {
        writeSync(descriptor, new Uint8Array(PROBE_BYTES));
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    } finally {
      rmSync(file, { force: true });
    }
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    db.exec(`PRAGMA user_version = ${version}`);
  };
  const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? 'unknown');
  const look = (): void => {
    try {
      probe();
      is(true, '');
    } catch (error) {
      is(false, codeOf(error));
    }
    plan();
  };
  const plan = (): void => {
    clock.clearTimeout(timer);
    if (!stopped) timer = clock.setTimeout(look, writable ? LOOK_MS.well : LOOK_MS.failed);
  };
  return {
    get writable() {
      return writable;
    },
    met: (error) => {
      // The group commit's failure; the exchange folder is another place, and says so by another step.
      const ofCommit = isFailure(error, 'storage/unwritable') && error.facts['step'] === 'commit';
      if (!writable || !(ofCommit || isUnwritable(error))) return;
      is(false, codeOf(ofCommit ? error.cause : error));
      plan();
    },
    start: look,
    stop: () => {
      stopped = true;
      clock.clearTimeout(timer);
    },
  };
};
