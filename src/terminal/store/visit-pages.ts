// Lists of visits page by page, by period and by part of a name or the reception number. Reads only the narrow table and its indexes:
// two years of a busy hospital answer in milliseconds.

import type { StoredVisit } from '../model.ts';
import { type Db, searchable } from './schema.ts';
import { fromRow, VISIT_COLUMNS } from './visit-rows.ts';

export interface VisitQuery {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  /** Where the page before ended. */
  readonly after?: { readonly at: number; readonly row: number };
  /** Part of a name, or a reception number. */
  readonly text?: string;
}

export interface VisitPage {
  readonly visits: readonly StoredVisit[];
  /** Of the whole query, not of this page. */
  readonly total: number;
  /** Absent on the last page. */
  readonly next?: { readonly at: number; readonly row: number };
}

/** What narrows a list beside its period, as SQL with its values. */
const narrowed = (text: string | undefined): { readonly sql: string; readonly values: readonly string[] } => {
  if (text === undefined || text.trim() === '') return { sql: '', values: [] };
  const plain = text.normalize('NFKC').trim();
  if (/^\d{1,6}$/.test(plain)) return { sql: 'AND number = ?', values: [plain] };
  // A quoted phrase: whatever was typed is text, never a query language.
  const phrase = `"${searchable(plain).replaceAll('"', ' ')}"`;
  return { sql: 'AND row IN (SELECT rowid FROM visit_names WHERE visit_names MATCH ?)', values: [phrase] };
};

/** How many values a statement takes is known only when it runs. */
interface Statement {
  all(...values: readonly unknown[]): unknown[];
  get(...values: readonly unknown[]): unknown;
}

export const createPages = (db: Db): ((query: VisitQuery) => VisitPage) => {
  const prepared = new Map<string, Statement>();
  const statement = (sql: string): Statement => {
    const found = prepared.get(sql) ?? (db.prepare(sql) as Statement);
    prepared.set(sql, found);
    return found;
  };
  return ({ from, to, limit, after, text }) => {
    const { sql, values } = narrowed(text);
    const past = after === undefined ? '' : 'AND (at, row) < (?, ?)';
    const rows = statement(
      `SELECT row, ${VISIT_COLUMNS} FROM visits WHERE at >= ? AND at < ? ${sql} ${past} ORDER BY at DESC, row DESC LIMIT ?`,
    ).all(from, to, ...values, ...(after === undefined ? [] : [after.at, after.row]), limit + 1) as { at: number; row: number }[];
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const { total } = statement(`SELECT count(*) AS total FROM visits WHERE at >= ? AND at < ? ${sql}`).get(from, to, ...values) as {
      total: number;
    };
    return {
      visits: shown.map(fromRow),
      total: Number(total),
      ...(rows.length > limit && last !== undefined ? { next: { at: last.at, row: last.row } } : {}),
    };
  };
};
