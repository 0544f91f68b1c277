// Lists of visits page by page, by period and by part of a name or the reception number. Reads only indexes and the visits it shows:
// two years of a busy hospital answer in milliseconds.

import type { StoredVisit } from '../model.ts';
import { askedName, type Db } from './schema.ts';
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
  /** Of the whole query, not of this page; COUNT_LIMIT stands for that many or more. */
  readonly total: number;
  /** Absent on the last page. */
  readonly next?: { readonly at: number; readonly row: number };
}

/** Counting more would take longer than listing, and nobody reads that far. */
export const COUNT_LIMIT = 10_000;

type Value = string | number;

/** What is asked, as SQL that ends before LIMIT. `rows` starts behind `after`; `found` is everything. */
interface Question {
  readonly rows: string;
  readonly found: string;
  readonly values: readonly Value[];
  readonly after: readonly Value[];
}

const byPeriod = ({ from, to, after }: VisitQuery, number?: string): Question => {
  const found = `FROM visits WHERE at >= ? AND at < ? ${number === undefined ? '' : 'AND number = ?'}`;
  const past = after === undefined ? '' : 'AND (at, row) < (?, ?)';
  return {
    rows: `SELECT row, ${VISIT_COLUMNS} ${found} ${past} ORDER BY at DESC, row DESC LIMIT ?`,
    found,
    values: [from, to, ...(number === undefined ? [] : [number])],
    after: after === undefined ? [] : [after.at, after.row],
  };
};

/** The index of names is read from its end; only the visits of the page are looked up. */
const byName = ({ from, to, after }: VisitQuery, name: string): Question => {
  const found = 'FROM visit_names WHERE visit_names MATCH ? AND rowid >= ? << 11 AND rowid < ? << 11';
  const past = after === undefined ? '' : 'AND rowid < (? << 11) + (? & 2047)';
  const keys = `SELECT rowid AS key ${found} ${past} ORDER BY rowid DESC LIMIT ?`;
  return {
    rows: `SELECT row, ${VISIT_COLUMNS} FROM (${keys}) JOIN visits ON at = key >> 11 AND row & 2047 = key & 2047 ORDER BY key DESC`,
    found,
    // A quoted phrase: whatever was typed is text, never a query language.
    values: [askedName(name), from, to],
    after: after === undefined ? [] : [after.at, after.row],
  };
};

const questionOf = (query: VisitQuery): Question => {
  const text = (query.text ?? '').normalize('NFKC').trim();
  if (text === '') return byPeriod(query);
  return /^\d{1,6}$/.test(text) ? byPeriod(query, text) : byName(query, text);
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
  return (query) => {
    const { rows, found, values, after } = questionOf(query);
    const visits = statement(rows).all(...values, ...after, query.limit + 1) as { at: number; row: number }[];
    const shown = visits.slice(0, query.limit);
    const last = shown.at(-1);
    const counted = statement(`SELECT count(*) AS total FROM (SELECT 1 ${found} LIMIT ${COUNT_LIMIT})`).get(...values) as { total: number };
    return {
      visits: shown.map(fromRow),
      total: Number(counted.total),
      ...(visits.length > query.limit && last !== undefined ? { next: { at: last.at, row: last.row } } : {}),
    };
  };
};
