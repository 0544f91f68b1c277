// The terminal's database: schema steps by user_version, and how the file is opened.
// It holds patients' data in the clear on purpose: this is the reception's own machine, where staff read it all day.
// What protects it is the operating system: directory 0700, file 0600, and disk encryption of the machine itself.

import { chmodSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { makeDirectories } from '../../core/directories.ts';
import { KioskFailure } from '../../core/failure.ts';
import { appendAudit } from './audit.ts';
import { isUnwritable } from './storage-watch.ts';

export type Db = Database.Database;

/** Every character a word of its own: a phrase of them is a search for any part of a name, which Japanese names need. */
const characters = (text: string): string => [...text.normalize('NFKC').replace(/\s/gu, '')].join(' ');

/** さとう as サトウ. */
const inKatakana = (text: string): string => text.replace(/[ぁ-ゖ]/gu, (one) => String.fromCodePoint((one.codePointAt(0) ?? 0) + 0x60));

/** What a visit is found by. The word between name and reading is no character: nothing that is typed runs across it. */
export const searchable = (name: string, reading?: string): string =>
  reading === undefined ? characters(name) : `${characters(name)} reading ${inKatakana(characters(reading))}`;

/** The full-text question for any part of a name, or of its reading in either kana. */
export const askedName = (text: string): string => {
  const asked = characters(text.replaceAll('"', ' '));
  const reading = inKatakana(asked);
  return reading === asked ? `"${asked}"` : `"${asked}" OR "${reading}"`;
};

/** Evidence apart from the listed columns, so that lists read few pages; sessions, lock-out, transfers; the audit becomes a chain. */
const TABLES_2 = `
  CREATE TABLE evidence (row INTEGER PRIMARY KEY, evidence TEXT NOT NULL, sealed BLOB NOT NULL, eligibility TEXT) STRICT;
  INSERT INTO evidence (row, evidence, sealed) SELECT row, evidence, sealed FROM visits;
  ALTER TABLE visits DROP COLUMN evidence;
  ALTER TABLE visits DROP COLUMN sealed;
  ALTER TABLE visits ADD COLUMN validity TEXT;
  CREATE VIRTUAL TABLE visit_names USING fts5(name, content='', contentless_delete=1);
  CREATE TABLE transfers (visit_id TEXT PRIMARY KEY, at INTEGER NOT NULL, account TEXT NOT NULL, file TEXT NOT NULL, left_out TEXT NOT NULL) STRICT;
  CREATE TABLE sessions (hash TEXT PRIMARY KEY, account TEXT NOT NULL, role TEXT NOT NULL, last_used INTEGER NOT NULL) STRICT;
  CREATE TABLE login_failures (id TEXT PRIMARY KEY, wrong INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;
  ALTER TABLE audit RENAME TO audit_plain;
  CREATE TABLE audit (
    row INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    action TEXT NOT NULL,
    kiosk TEXT,
    visit_id TEXT,
    detail TEXT,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_visit ON audit (visit_id) WHERE visit_id IS NOT NULL;
  CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
  CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
`;

const step2 = (db: Db): void => {
  db.exec(TABLES_2);
  const name = db.prepare('INSERT INTO visit_names (rowid, name) VALUES (?, ?)');
  for (const { row, patient } of db.prepare('SELECT row, patient FROM visits WHERE patient IS NOT NULL').all() as {
    row: number;
    patient: string;
  }[]) {
    name.run(row, searchable(JSON.parse(patient).name));
  }
  const append = appendAudit(db);
  for (const old of db.prepare('SELECT at, account, action, kiosk, visit_id AS visitId FROM audit_plain ORDER BY row').all() as {
    at: number;
    account: string;
    action: string;
  }[]) {
    append(old.at, old);
  }
  db.exec('DROP TABLE audit_plain');
};

/**
 * A name is found under the moment of its visit, so that the newest come first without looking at the visits: the moment in milliseconds
 * times 2,048, plus the row's last eleven bits to tell apart what was finished in the same one.
 */
export const ADD_NAME = 'INSERT OR REPLACE INTO visit_names (rowid, name) SELECT (at << 11) + (row & 2047), ? FROM visits WHERE row = ?';

/** No purge comes to an ack before its visit does. */
export const WITH_ITS_VISIT = Number.MAX_SAFE_INTEGER;

/** Lists of two years in milliseconds, and a purge that reads only what it deletes. */
const step3 = (db: Db): void => {
  db.exec(`
    DROP TABLE visit_names;
    CREATE VIRTUAL TABLE visit_names USING fts5(name, content='', contentless_delete=1);
    CREATE INDEX visits_number ON visits (number, at);
    UPDATE acks SET keep_until = ${WITH_ITS_VISIT} WHERE message_id IN (SELECT message_id FROM visits);
  `);
  const some = db.prepare('SELECT row, patient FROM visits WHERE row > ? ORDER BY row LIMIT 1000');
  const add = db.prepare(ADD_NAME);
  for (let last = 0; ; ) {
    const rows = some.all(last) as { row: number; patient: string | null }[];
    for (const { row, patient } of rows) if (patient !== null) add.run(searchable(JSON.parse(patient).name), row);
    const end = rows.at(-1)?.row;
    if (end === undefined) return;
    last = end;
  }
};

/** Step n brings a database from user_version n to n + 1. Steps are never edited once released, only added. */
const STEPS: readonly (string | ((db: Db) => void))[] = [
  `
  CREATE TABLE visits (
    row INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    visit_id TEXT NOT NULL UNIQUE,
    kiosk TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    method TEXT NOT NULL,
    language TEXT NOT NULL,
    result TEXT NOT NULL,
    number TEXT NOT NULL,
    proof TEXT NOT NULL,
    certificate TEXT NOT NULL,
    consent TEXT NOT NULL,
    prescription TEXT,
    patient TEXT,
    evidence TEXT NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (kiosk, boot_id, seq)
  ) STRICT;
  CREATE INDEX visits_at ON visits (at);
  CREATE TABLE acks (
    message_id TEXT PRIMARY KEY,
    kiosk TEXT NOT NULL,
    ack TEXT NOT NULL,
    keep_until INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX acks_keep_until ON acks (keep_until);
  CREATE TABLE reception_numbers (day TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;
  CREATE TABLE rejects (row INTEGER PRIMARY KEY, at INTEGER NOT NULL, kiosk TEXT, code TEXT NOT NULL, reason TEXT NOT NULL, bytes INTEGER NOT NULL) STRICT;
  CREATE TABLE accounts (id TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL) STRICT;
  CREATE TABLE audit (row INTEGER PRIMARY KEY, at INTEGER NOT NULL, account TEXT NOT NULL, action TEXT NOT NULL, kiosk TEXT, visit_id TEXT) STRICT;
  `,
  step2,
  step3,
];

const migrate = (db: Db, steps: typeof STEPS): void => {
  const version = Number((db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version);
  if (version > steps.length) {
    throw new KioskFailure('storage/corrupt', {
      message: `terminal.db has schema ${version}, this program knows ${steps.length}: start the newer program that wrote it`,
      facts: { found: version, known: steps.length },
    });
  }
  for (const [index, step] of steps.entries()) {
    if (index < version) continue;
    db.exec('BEGIN IMMEDIATE');
    try {
      if (typeof step === 'string') db.exec(step);
      else step(db);
      db.exec(`PRAGMA user_version = ${index + 1}; COMMIT;`);
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
};

/**
 * Opens (or makes) `terminal.db` in `directory`.
 * Throws KioskFailure storage/unwritable (no right to write there) or storage/corrupt (not a database, or of a newer program).
 */
export const openDatabase = (directory: string): Db => {
  const file = join(directory, 'terminal.db');
  try {
    makeDirectories(directory);
    // Made before SQLite opens it: SQLite gives the WAL and its index the mode of the main file.
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  } catch (cause) {
    throw new KioskFailure('storage/unwritable', { cause, message: `cannot write ${file}: give --data a directory this user may write` });
  }
  let db: Db | undefined;
  try {
    db = new Database(file);
    // WAL: the page's readers never wait for the inbox. FULL: a commit is on the disk when it returns, because the ack that
    // follows lets the kiosk delete its only copy (NORMAL would lose the last commits of a WAL at a power cut).
    db.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    migrate(db, STEPS);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof KioskFailure) throw cause;
    if (isUnwritable(cause))
      throw new KioskFailure('storage/unwritable', { cause, message: `${file} cannot be written: make room on its disk, or mend it` });
    throw new KioskFailure('storage/corrupt', { cause, message: `${file} cannot be read as a database: move it away and start again` });
  }
};
