// Wrong passwords: from the tenth in a row for one id on, the wait before the next try doubles, from one minute to half an hour.
// On the disk, so that a restart forgives nothing; the same for ids that do not exist, so that nobody learns which do.

import type { Db } from './schema.ts';

const FREE_TRIES = 9;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 30 * 60_000;

export interface Lockout {
  /** Milliseconds until this id may be tried; 0 = now. */
  waitMs(id: string): number;
  failed(id: string): void;
  passed(id: string): void;
}

export const createLockout = (db: Db, now: () => number): Lockout => {
  const find = db.prepare('SELECT wrong, until FROM login_failures WHERE id = ?');
  const put = db.prepare(
    'INSERT INTO login_failures (id, wrong, until) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET wrong = excluded.wrong, until = excluded.until',
  );
  const drop = db.prepare('DELETE FROM login_failures WHERE id = ?');
  // Invented ids must not fill the disk: those that wait no longer go first.
  const trim = db.prepare(
    'DELETE FROM login_failures WHERE id IN (SELECT id FROM login_failures ORDER BY until DESC LIMIT -1 OFFSET 1000)',
  );
  const known = (id: string) => find.get(id) as { wrong: number; until: number } | undefined;
  return {
    // Never longer than the longest wait: a clock that was set back must not lock anybody out for a day.
    waitMs: (id) => Math.min(LONGEST_WAIT_MS, Math.max(0, (known(id)?.until ?? 0) - now())),
    failed: (id) => {
      const wrong = (known(id)?.wrong ?? 0) + 1;
      const wait = wrong <= FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (wrong - FREE_TRIES - 1));
      put.run(id, wrong, wait === 0 ? 0 : now() + wait);
      trim.run();
    },
    passed: (id) => {
      drop.run(id);
    },
  };
};
