// A copy of the terminal's database while it runs, and its return. A copy is checked before anybody relies on it.

import { chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { makeDirectories } from '../../core/directories.ts';
import { KioskFailure } from '../../core/failure.ts';
import { createCopyRecord } from './copies.ts';

/** The sentence of the users' quick guide (G10); its answer stands beside it. */
const SENTENCE = 'システムイメージ作成に失敗しました。';

const refuse = (field: string, message: string, cause?: unknown): KioskFailure =>
  new KioskFailure('input/invalid', { cause, facts: { field }, message });

/** Visits in a file that is a whole database of a terminal. Throws input/invalid. */
const checked = (file: string): number => {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true } as Database.Options);
    const { integrity_check: verdict } = db.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
    if (verdict !== 'ok') throw new Error(verdict);
    return Number((db.prepare('SELECT count(*) AS n FROM visits').get() as { n: number }).n);
  } catch (cause) {
    throw refuse('from', `${file} is not a whole copy of a terminal's database`, cause);
  } finally {
    db?.close();
  }
};

/** A job of every night that is given one name is heard of the second night; somebody who asks twice in a row has their copy. */
const FRESH_MS = 12 * 3_600_000;

/** In a folder each copy has a name of its own, so that a job of every night needs no more than the folder. */
const fileOf = (to: string, at: string): string =>
  existsSync(to) && statSync(to).isDirectory() ? join(to, `terminal-${at.replace(/\D/g, '').slice(0, 14)}.db`) : to;

/**
 * Copies the database of `directory` to `to`, a new file (mode 0600) or a folder, consistent also while the terminal runs, and notes how it went for
 * the page. Answers the file and how many visits it holds. `at`: ISO 8601. Throws storage/unwritable, input/invalid.
 */
export const backUp = (
  directory: string,
  to: string,
  at = new Date().toISOString(),
): { readonly file: string; readonly visits: number } => {
  const source = join(directory, 'terminal.db');
  if (!existsSync(source)) throw refuse('data', `there is no ${source}`);
  const record = createCopyRecord(directory);
  const file = fileOf(to, at);
  if (existsSync(file)) {
    // The name is wrong, nothing is broken: staff need to know only when there is no copy of today.
    const { madeAt } = record.read();
    if (madeAt === undefined || Date.parse(at) - Date.parse(madeAt) >= FRESH_MS) record.failed(at);
    throw refuse(
      'to',
      `${file} exists already, and a copy never overwrites another: name a new file, or a folder, where each copy gets its own name`,
    );
  }
  try {
    const visits = copy(source, file);
    record.made(at);
    return { file, visits };
  } catch (cause) {
    record.failed(at);
    throw cause;
  }
};

const copy = (source: string, file: string): number => {
  makeDirectories(dirname(file));
  const passing = `${file}.part`;
  const db = new Database(source);
  try {
    rmSync(passing, { force: true });
    db.exec('PRAGMA busy_timeout = 10000');
    db.prepare('VACUUM INTO ?').run(passing);
  } catch (cause) {
    try {
      rmSync(passing, { force: true });
    } catch {
      // What stands there is no file of ours: the first failure is the one to tell.
    }
    throw new KioskFailure('storage/unwritable', {
      cause,
      message: `${SENTENCE} ${file}: cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}); reception goes on, older copies were not touched; try another disk`,
    });
  } finally {
    db.close();
  }
  chmodSync(passing, 0o600);
  const visits = checked(passing);
  renameSync(passing, file);
  return visits;
};

/** Puts a copy in the place of the database; what was there is kept beside it. Throws input/invalid while a terminal uses it. */
export const restore = (file: string, directory: string, stamp: string): number => {
  const visits = checked(file);
  makeDirectories(directory);
  const target = join(directory, 'terminal.db');
  if (existsSync(target)) {
    const db = new Database(target);
    try {
      db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 500; BEGIN EXCLUSIVE; COMMIT; PRAGMA wal_checkpoint(TRUNCATE);');
    } catch (cause) {
      throw refuse('data', `${target} is in use: stop the terminal first`, cause);
    } finally {
      db.close();
    }
    renameSync(target, `${target}.before-${stamp}`);
    for (const rest of ['-wal', '-shm']) rmSync(target + rest, { force: true });
  }
  const copy = new Database(file);
  try {
    copy.prepare('VACUUM INTO ?').run(target);
  } finally {
    copy.close();
  }
  chmodSync(target, 0o600);
  return visits;
};
