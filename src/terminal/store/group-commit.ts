// Group commit: what is ready at the same moment goes into one transaction, so that a backlog does not pay for an fsync a visit.
// Nobody is answered before the commit that holds their work.

import { KioskFailure } from '../../core/failure.ts';
import type { Db } from './schema.ts';

export interface GroupCommit {
  /**
   * Runs `work` (synchronous, on this database alone: where another of its group fails it is undone and run again) after everything that
   * was given before it. Resolves with its result when that is durable.
   * Rejects with what `work` threw, and then nothing of it was written; with storage/unwritable when the group could not be committed.
   */
  run<Result>(work: () => Result): Promise<Result>;
}

interface Waiting {
  work(): void;
  done(): void;
  failed(cause: unknown): void;
}

/** Groups larger than this would keep the page's requests waiting. */
const LARGEST = 64;

export const createGroupCommit = (db: Db): GroupCommit => {
  let queue: Waiting[] = [];
  let scheduled = false;

  /** Work of which none may have failed: almost every group. False when one did; then nothing of it may be committed. */
  const performAll = (group: readonly Waiting[]): boolean => {
    try {
      for (const one of group) one.work();
      return true;
    } catch {
      return false;
    }
  };

  /** Those whose work was done in the transaction now open; the others have failed already. A savepoint each: too dear for every group. */
  const performEach = (group: readonly Waiting[]): readonly Waiting[] =>
    group.filter((one) => {
      db.exec('SAVEPOINT one');
      try {
        one.work();
        db.exec('RELEASE one');
        return true;
      } catch (cause) {
        // Throws where SQLite has given up the whole transaction: then the group fails.
        db.exec('ROLLBACK TO one; RELEASE one');
        one.failed(cause);
        return false;
      }
    });

  const commit = (group: readonly Waiting[]): void => {
    let performed: readonly Waiting[];
    try {
      db.exec('BEGIN IMMEDIATE');
      if (performAll(group)) performed = group;
      else {
        db.exec('ROLLBACK; BEGIN IMMEDIATE');
        performed = performEach(group);
      }
      db.exec('COMMIT');
    } catch (cause) {
      try {
        db.exec('ROLLBACK');
      } catch {
        // There was none left to roll back.
      }
      const failure = new KioskFailure('storage/unwritable', { cause, facts: { step: 'commit' } });
      for (const one of group) one.failed(failure);
      return;
    }
    for (const one of performed) one.done();
  };

  const flush = (): void => {
    scheduled = false;
    const group = queue.slice(0, LARGEST);
    queue = queue.slice(LARGEST);
    commit(group);
    if (queue.length > 0) schedule();
  };
  // Not at once: what the same turn of the event loop brings shares the fsync.
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  };

  return {
    run: <Result>(work: () => Result) =>
      new Promise<Result>((resolve, reject) => {
        let result: { readonly value: Result } | undefined;
        queue.push({
          work: () => {
            result = { value: work() };
          },
          done: () => result !== undefined && resolve(result.value),
          failed: reject,
        });
        schedule();
      }),
  };
};
