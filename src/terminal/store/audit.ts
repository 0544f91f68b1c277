// Who did and saw what: rows that can only be added, each carrying the hash of the one before, so that a changed, removed or
// inserted row shows. Ids and fixed words only, no personal data.

import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'libsql';

/** Not from the schema, whose steps append to this table. */
type Db = Database.Database;

export interface AuditEntry {
  readonly account: string;
  /** A fixed word: login, login-wrong, logout, visits/list, visit/open, command/<name>, medical/<kind>, transfer, account/<what>. */
  readonly action: string;
  readonly kiosk?: string;
  readonly visitId?: string;
  /** A fixed word, an account's id, or the days of a search (2026-11-20/2026-11-29, and " text" where a name or number was given). */
  readonly detail?: string;
}

export interface AuditRow extends AuditEntry {
  readonly row: number;
  readonly at: number;
  readonly hash: string;
}

interface Columns {
  row: number;
  at: number;
  account: string;
  action: string;
  kiosk: string | null;
  visit_id: string | null;
  detail: string | null;
  hash: string;
}

/** [from, to) in milliseconds since 1970. */
export interface AuditFilter {
  readonly account?: string;
  readonly visitId?: string;
  readonly from?: number;
  readonly to?: number;
}

/** The chain's first link. */
const START = '0'.repeat(64);

const hashOf = (previous: string, { row, at, account, action, kiosk, visit_id, detail }: Omit<Columns, 'hash'>): string =>
  createHash('sha256')
    .update(`${previous}\n${JSON.stringify([row, at, account, action, kiosk, visit_id, detail])}`)
    .digest('hex');

const toRow = ({ row, at, account, action, kiosk, visit_id, detail, hash }: Columns): AuditRow => ({
  row,
  at,
  account,
  action,
  hash,
  ...(kiosk === null ? {} : { kiosk }),
  ...(visit_id === null ? {} : { visitId: visit_id }),
  ...(detail === null ? {} : { detail }),
});

/** A few milliseconds of work: a kiosk's visit must not wait for more. */
const CHECKED_AT_ONCE = 500;

export interface Audit {
  add(entry: AuditEntry): void;
  /** Newest first, older than row `before`. */
  list(before: number | undefined, limit: number, only?: AuditFilter): readonly AuditRow[];
  /** The row number at which the chain breaks, or undefined when it is whole. Millions of rows take seconds, in which others are served. */
  brokenAt(): Promise<number | undefined>;
  /** Number and hash of the newest row: written down elsewhere, it shows rows cut off at the end. */
  head(): { readonly row: number; readonly hash: string };
  /** Who approved a visit by looking, from the terminal. */
  approval(visitId: string): { readonly account: string; readonly at: number } | undefined;
}

/** Adds one row at a moment; used by the program and by the schema step that chains rows of older versions. */
export const appendAudit = (db: Db): ((at: number, entry: AuditEntry) => void) => {
  const last = db.prepare('SELECT row, hash FROM audit ORDER BY row DESC LIMIT 1');
  const insert = db.prepare('INSERT INTO audit (row, at, account, action, kiosk, visit_id, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  return (at, { account, action, kiosk, visitId, detail }) => {
    const previous = last.get() as { row: number; hash: string } | undefined;
    const row = (previous?.row ?? 0) + 1;
    const columns = { row, at, account, action, kiosk: kiosk ?? null, visit_id: visitId ?? null, detail: detail ?? null };
    insert.run(row, at, account, action, columns.kiosk, columns.visit_id, columns.detail, hashOf(previous?.hash ?? START, columns));
  };
};

export const createAudit = (db: Db, now: () => number): Audit => {
  const appendOne = appendAudit(db);
  const append = db.transaction((...args: unknown[]) => appendOne(...(args as [number, AuditEntry])));
  const page = db.prepare(
    `SELECT * FROM audit WHERE row < ? AND at >= ? AND at < ? AND (? = '' OR account = ?) AND (? = '' OR visit_id = ?)
     ORDER BY row DESC LIMIT ?`,
  );
  const following = db.prepare(`SELECT * FROM audit WHERE row > ? ORDER BY row LIMIT ${CHECKED_AT_ONCE}`);
  const newest = db.prepare('SELECT row, hash FROM audit ORDER BY row DESC LIMIT 1');
  const approved = db.prepare(
    "SELECT account, at FROM audit WHERE visit_id = ? AND action = 'command/approve-visual' ORDER BY row DESC LIMIT 1",
  );
  return {
    add: (entry) => {
      append.immediate(now(), entry);
    },
    list: (before = Number.MAX_SAFE_INTEGER, limit, { account = '', visitId = '', from = 0, to = Number.MAX_SAFE_INTEGER } = {}) =>
      (page.all(before, from, to, account, account, visitId, visitId, limit) as Columns[]).map(toRow),
    brokenAt: async () => {
      let previous = START;
      let last = 0;
      for (;;) {
        const some = following.all(last) as Columns[];
        for (const columns of some) {
          if (columns.row !== last + 1 || columns.hash !== hashOf(previous, columns)) return last + 1;
          previous = columns.hash;
          last = columns.row;
        }
        if (some.length < CHECKED_AT_ONCE) return undefined;
        await nextTurn();
      }
    },
    head: () => (newest.get() as { row: number; hash: string } | undefined) ?? { row: 0, hash: START },
    approval: (visitId) => approved.get(visitId) as { account: string; at: number } | undefined,
  };
};
