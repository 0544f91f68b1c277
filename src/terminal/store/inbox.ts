// The durable inbox: one transaction stores a visit, its reception number and its ack; only then may the ack be published.
// A repeat changes nothing. It must never acknowledge what is not on the disk.

import { DAY_MS, japanDate } from '../calendar.ts';
import type { EligibilityAnswer } from '../eligibility/ports.ts';
import type { AckRecord, StoredVisit } from '../model.ts';
import { createGroupCommit } from './group-commit.ts';
import { ADD_NAME, type Db, searchable, WITH_ITS_VISIT } from './schema.ts';
import { createPages, type VisitPage, type VisitQuery } from './visit-pages.ts';
import { ADD_EVIDENCE, ADD_VISIT, evidenceValues, fromRow, rowValues, type SealedVisit, toStored, VISIT_COLUMNS } from './visit-rows.ts';

export interface Decision {
  readonly ack: AckRecord;
  /** false: this message was decided before; the ack is the remembered one. */
  readonly fresh: boolean;
  /** The visit as listed; only when it was stored now. */
  readonly visit?: StoredVisit;
}

/** What identifies a message for its ack. */
export interface MessageHead {
  readonly id: string;
  readonly kiosk: string;
  readonly seq: number;
  /** ISO 8601 */
  readonly expiresAt: string;
}

export interface RejectEntry {
  /** Only a kiosk id that is known here; a stranger's topic is not repeated. */
  readonly kiosk?: string;
  readonly code: string;
  /** A fixed word, never content of the message. */
  readonly reason: string;
  readonly bytes: number;
}

export interface Inbox {
  /**
   * Stores exactly once. Rejected, durably too: a message that had expired (uplink/not-acknowledged), and a visit id or
   * (kiosk, bootId, seq) that another message used before (uplink/malformed).
   */
  accept(visit: SealedVisit): Decision;
  /** Remembers the answer to a message without a visit (a request). */
  answer(message: MessageHead, word: Pick<AckRecord, 'status' | 'code'>): Decision;
  /** The same, durable together with what else is ready: see GroupCommit. In the order of the calls. */
  readonly grouped: {
    accept(visit: SealedVisit): Promise<Decision>;
    answer(message: MessageHead, word: Pick<AckRecord, 'status' | 'code'>): Promise<Decision>;
    /** Resolves after what was given before it. */
    after(): Promise<void>;
  };
  /** Notes an unusable message. Keeps the newest 10,000. */
  logReject(entry: RejectEntry): void;
  /** Visits finished in [from, to), newest first. */
  list(from: number, to: number): readonly StoredVisit[];
  /** A part of such a list: see VisitQuery. */
  page(query: VisitQuery): VisitPage;
  find(visitId: string): StoredVisit | undefined;
  /** What the registry said of the holder when the visit arrived. */
  eligibility(visitId: string): EligibilityAnswer | undefined;
  /** Drops acks nobody can ask for any more and visits older than `keepMs` with everything about them. */
  purge(keepMs: number): { readonly visits: number; readonly acks: number };
}

/** Remembered for twice the time the kiosk may still repeat it, at least two days (clocks of kiosk and terminal differ). */
const keepUntil = (now: number, expiresAt: string): number => now + Math.max(2 * DAY_MS, 2 * (Date.parse(expiresAt) - now));

export const createInbox = (db: Db, now: () => number): Inbox => {
  const findAck = db.prepare('SELECT kiosk, ack FROM acks WHERE message_id = ?');
  const addAck = db.prepare('INSERT INTO acks (message_id, kiosk, ack, keep_until) VALUES (?, ?, ?, ?)');
  const taken = db.prepare('SELECT 1 FROM visits WHERE message_id = ? OR visit_id = ? OR (kiosk = ? AND boot_id = ? AND seq = ?)');
  const nextNumber = db.prepare(
    'INSERT INTO reception_numbers (day, last) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last',
  );
  const addVisit = db.prepare(ADD_VISIT);
  const addEvidence = db.prepare(ADD_EVIDENCE);
  const addName = db.prepare(ADD_NAME);
  const findEligibility = db.prepare(
    'SELECT eligibility FROM evidence WHERE row = (SELECT row FROM visits WHERE visit_id = ?) AND eligibility IS NOT NULL',
  );
  const byPeriod = db.prepare(`SELECT ${VISIT_COLUMNS} FROM visits WHERE at >= ? AND at < ? ORDER BY at DESC, row DESC`);
  const byId = db.prepare(`SELECT ${VISIT_COLUMNS} FROM visits WHERE visit_id = ?`);
  const addReject = db.prepare('INSERT INTO rejects (at, kiosk, code, reason, bytes) VALUES (?, ?, ?, ?, ?)');
  const trimRejects = db.prepare('DELETE FROM rejects WHERE row <= (SELECT max(row) FROM rejects) - 10000');
  const old = '(SELECT row FROM visits WHERE at < ?)';
  const dropAbout = [
    db.prepare(`DELETE FROM evidence WHERE row IN ${old}`),
    db.prepare('DELETE FROM visit_names WHERE rowid < ? << 11'),
    db.prepare('DELETE FROM transfers WHERE visit_id IN (SELECT visit_id FROM visits WHERE at < ?)'),
  ];
  const dropVisits = db.prepare('DELETE FROM visits WHERE at < ?');
  // The ack of a visit still listed stays, however late its repeat.
  const dropAcksOfVisits = db.prepare('DELETE FROM acks WHERE message_id IN (SELECT message_id FROM visits WHERE at < ?)');
  const dropAcks = db.prepare('DELETE FROM acks WHERE keep_until < ?');

  /** The remembered ack, `foreign` when another kiosk used the id (it must not learn that kiosk's answer), or undefined. */
  const remembered = (message: MessageHead): AckRecord | 'foreign' | undefined => {
    const row = findAck.get(message.id) as { kiosk: string; ack: string } | undefined;
    if (row === undefined) return undefined;
    return row.kiosk === message.kiosk ? (JSON.parse(row.ack) as AckRecord) : 'foreign';
  };

  const decide = (message: MessageHead, word: Omit<AckRecord, 'id' | 'seq'>): Decision => answerAs(message, word, remembered(message));
  const answerAs = (message: MessageHead, word: Omit<AckRecord, 'id' | 'seq'>, known: ReturnType<typeof remembered>): Decision => {
    if (known !== undefined && known !== 'foreign') return { ack: known, fresh: false };
    const ack: AckRecord = { id: message.id, seq: message.seq, ...word };
    if (known === 'foreign') return { ack: { id: ack.id, seq: ack.seq, status: 'rejected', code: 'uplink/malformed' }, fresh: true };
    const until = ack.checkIn === undefined ? keepUntil(now(), message.expiresAt) : WITH_ITS_VISIT;
    addAck.run(message.id, message.kiosk, JSON.stringify(ack), until);
    return { ack, fresh: true };
  };

  const accept = (sealed: SealedVisit): Decision => {
    const { message, expired } = sealed;
    const known = remembered(message);
    if (known !== undefined) return answerAs(message, { status: 'rejected', code: 'uplink/malformed' }, known);
    if (expired) return answerAs(message, { status: 'rejected', code: 'uplink/not-acknowledged' }, known);
    if (taken.get(message.id, message.visitId, message.kiosk, message.bootId, message.seq) !== undefined) {
      return answerAs(message, { status: 'rejected', code: 'uplink/malformed' }, known);
    }
    const number = String((nextNumber.get(japanDate(now())) as { last: number }).last);
    const visit = toStored(message, number, now(), sealed.eligibility?.QualificationValidity);
    const { row } = addVisit.get(...rowValues(visit, message.id)) as { row: number };
    addEvidence.run(row, ...evidenceValues(sealed));
    const reading = sealed.eligibility?.ResultList[0]?.NameKana;
    if (visit.patient !== undefined) addName.run(searchable(visit.patient.name, reading), row);
    return { ...answerAs(message, { status: 'accepted', checkIn: { state: visit.result, number } }, undefined), visit };
  };

  const group = createGroupCommit(db);
  return {
    accept: immediate(db, accept),
    answer: immediate(db, decide),
    grouped: {
      accept: (visit) => group.run(() => accept(visit)),
      answer: (message, word) => group.run(() => decide(message, word)),
      after: () => group.run(() => undefined),
    },
    logReject: (entry) => {
      addReject.run(now(), entry.kiosk ?? null, entry.code, entry.reason, entry.bytes);
      trimRejects.run();
    },
    list: (from, to) => byPeriod.all(from, to).map(fromRow),
    find: (visitId) => {
      const row = byId.get(visitId);
      return row === undefined ? undefined : fromRow(row);
    },
    page: createPages(db),
    eligibility: (visitId) => {
      const found = findEligibility.get(visitId) as { eligibility: string } | undefined;
      return found === undefined ? undefined : JSON.parse(found.eligibility);
    },
    purge: immediate(db, (keepMs: number) => {
      const before = now() - keepMs;
      for (const drop of dropAbout) drop.run(before);
      const acks = Number(dropAcksOfVisits.run(before).changes) + Number(dropAcks.run(now()).changes);
      return { visits: Number(dropVisits.run(before).changes), acks };
    }),
  };
};

/** Runs `work` in one transaction that takes the write lock at its start, so that what it read is still true when it writes. */
const immediate = <Args extends readonly unknown[], Result>(db: Db, work: (...args: Args) => Result): ((...args: Args) => Result) => {
  const run = db.transaction((...args: unknown[]) => work(...(args as unknown as Args)));
  return (...args) => run.immediate(...args) as Result;
};
