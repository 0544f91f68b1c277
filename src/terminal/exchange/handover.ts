// Handing results over to the reception system: at once when nothing in them is doubtful, by staff when a name or address holds 「●」,
// because they may leave such an item out (G8). Every visit is handed over under one name, so never twice.

import { fullJitterMs } from '../../core/backoff.ts';
import type { Clock } from '../../core/clock.ts';
import { isFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { DAY_MS } from '../calendar.ts';
import { CONSENT_LIFETIME_MS, type ConsentItem, consentAt, consentedAt } from '../consent.ts';
import type { EligibilityAnswer } from '../eligibility/ports.ts';
import type { StoredVisit } from '../model.ts';
import type { Inbox } from '../store/inbox.ts';
import type { Db } from '../store/schema.ts';
import { isUnwritable } from '../store/storage-watch.ts';
import { type ConsentField, type ConsentInfo, faceFileName, type ResultField, schemeTime, writeFaceFile } from './face-file.ts';
import { dropFile, prepareFolder, tryFolder } from './folder.ts';
import { holdsUnconvertible } from './shift-jis.ts';

export interface Transfer {
  readonly at: number;
  /** `auto` or the account that handed it over. */
  readonly account: string;
  readonly file: string;
  readonly leftOut: readonly ResultField[];
}

export interface Handover {
  /** Where the files go; undefined: staff download them. */
  readonly folder: string | undefined;
  /** A visit that has just been stored. Never throws: the visit is safe, and staff can hand it over. */
  arrived(visit: StoredVisit, answer: EligibilityAnswer | undefined): void;
  /** By staff. Throws storage/unwritable. */
  give(
    visit: StoredVisit,
    answer: EligibilityAnswer,
    account: string,
    leftOut: readonly ResultField[],
  ): { file: string; bytes: Uint8Array };
  of(visitId: string): Transfer | undefined;
  /** Makes the folder, hands over what arrived in the last day while the program could not, and goes on trying while the folder is away. */
  start(): void;
  /** Tries no more. */
  stop(): void;
}

export interface HandoverParts {
  readonly db: Db;
  readonly inbox: Inbox;
  readonly folder: string | undefined;
  /** 医療機関コード, ten digits. */
  readonly institution: string;
  readonly log: Log;
  readonly clock: Clock;
  /** [0, 1) */
  readonly random: () => number;
  /** Whether results fail to reach the folder; said when it changes. */
  onFailing?(failing: boolean): void;
}

/** A share that comes back is found within minutes, and a dead one is not asked all the time: each try may block for seconds. */
const BACKOFF = { baseMs: 10_000, capMs: 5 * 60_000 };

const FIELDS: Readonly<Partial<Record<ConsentItem, ConsentField>>> = {
  YZK: 'PharmacistsInfo',
  SRJ: 'DiagnosisInfo',
  SHJ: 'OperationInfo',
  TKK: 'SpecificHealthCheckupsInfo',
};

const consentInfo = (visit: StoredVisit, now: number): Partial<Record<ConsentField, ConsentInfo>> => {
  const info: Partial<Record<ConsentField, ConsentInfo>> = {};
  const flags = consentAt(visit, now);
  for (const [item, field] of Object.entries(FIELDS) as [ConsentItem, ConsentField][]) {
    const answer = flags[item];
    if (answer === undefined) continue;
    const at = consentedAt(visit, item);
    info[field] = {
      ConsFlg: answer.flag,
      ...(answer.flag === '1' || answer.flag === '2'
        ? { ConsTime: schemeTime(at), AvailableTime: schemeTime(at + CONSENT_LIFETIME_MS) }
        : {}),
    };
  }
  return info;
};

/** Fields of the first result that hold 「●」, or would in the file: a character that Shift_JIS lacks counts as much. */
export const doubtfulFields = ({ ResultList: [first] }: EligibilityAnswer): string[] =>
  Object.entries(first ?? {}).flatMap(([name, value]) => (typeof value === 'string' && holdsUnconvertible(value) ? [name] : []));

const doubtful = (answer: EligibilityAnswer): boolean => holdsUnconvertible(JSON.stringify(answer.ResultList));

export const createHandover = ({ db, inbox, folder, institution, log, clock, random, onFailing }: HandoverParts): Handover => {
  const now = () => clock.now();
  const put = db.prepare(
    `INSERT INTO transfers (visit_id, at, account, file, left_out) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (visit_id) DO UPDATE SET at = excluded.at, account = excluded.account, file = excluded.file, left_out = excluded.left_out`,
  );
  const find = db.prepare('SELECT at, account, file, left_out FROM transfers WHERE visit_id = ?');
  const waiting = db.prepare(
    'SELECT visit_id AS id FROM visits WHERE at >= ? AND visit_id NOT IN (SELECT visit_id FROM transfers) ORDER BY at',
  );

  const give: Handover['give'] = (visit, answer, account, leftOut) => {
    const { at, kiosk, seq, visitId, prescription } = visit;
    const about = { institution, at, kiosk, seq, visitId, answer, consent: consentInfo(visit, now()) };
    const bytes = writeFaceFile(prescription === undefined ? about : { ...about, prescription }, new Set(leftOut));
    const file = faceFileName(about);
    if (folder !== undefined) dropFile(folder, file, bytes);
    put.run(visitId, now(), account, file, JSON.stringify(leftOut));
    return { file, bytes };
  };
  let failing: { readonly since: number; tries: number; timer: unknown } | undefined;
  let stopped = false;

  const failed = (error: unknown): void => {
    log.error('handover-failed', { code: isFailure(error) ? error.code : 'storage/unwritable' });
    if (failing === undefined) {
      failing = { since: now(), tries: 0, timer: undefined };
      onFailing?.(true);
    }
    clock.clearTimeout(failing.timer);
    // Half of it at least: jitter must not make a busy loop of tries that block.
    const pause = BACKOFF.baseMs / 2 + fullJitterMs(failing.tries, BACKOFF, random());
    failing.tries += 1;
    if (!stopped) failing.timer = clock.setTimeout(again, pause);
  };
  /** Throws only where the next one would fail too: a result that cannot be written as a file keeps no other from its way. */
  const automatic = (visit: StoredVisit, answer: EligibilityAnswer | undefined): void => {
    if (answer === undefined || answer.ResultList.length === 0) return;
    try {
      if (!doubtful(answer)) give(visit, answer, 'auto', []);
    } catch (error) {
      if (isFailure(error, 'storage/unwritable') || isUnwritable(error)) throw error;
      log.error('handover-impossible', { code: isFailure(error) ? error.code : 'visit/internal' });
    }
  };
  /** What was stored and not handed over; the folder first, so that nothing is called well that was not tried. */
  const again = (): void => {
    if (folder === undefined || stopped) return;
    try {
      tryFolder(folder);
      for (const { id } of waiting.all(Math.min(now() - DAY_MS, failing?.since ?? now())) as { id: string }[]) {
        const visit = inbox.find(id);
        if (visit !== undefined) automatic(visit, inbox.eligibility(id));
      }
    } catch (error) {
      failed(error);
      return;
    }
    if (failing === undefined) return;
    failing = undefined;
    log.info('handover-again');
    onFailing?.(false);
  };
  const arrived: Handover['arrived'] = (visit, answer) => {
    // While the folder is away the next try takes everything that waits; a visit must not wait for a dead share.
    if (folder === undefined || failing !== undefined) return;
    try {
      automatic(visit, answer);
    } catch (error) {
      failed(error);
    }
  };
  return {
    folder,
    arrived,
    give,
    of: (visitId) => {
      const row = find.get(visitId) as { at: number; account: string; file: string; left_out: string } | undefined;
      return row === undefined ? undefined : { at: row.at, account: row.account, file: row.file, leftOut: JSON.parse(row.left_out) };
    },
    start: () => {
      if (folder === undefined) return;
      try {
        if (prepareFolder(folder)) log.warn('exchange-folder-made', { folder });
      } catch (error) {
        log.error('exchange-folder-unusable', { folder });
        return failed(error);
      }
      again();
    },
    stop: () => {
      stopped = true;
      clock.clearTimeout(failing?.timer);
    },
  };
};
