// Waiting and aborting without leaving anything behind: the reader polls for months, so every listener is taken off again.

import type { Clock } from '../../core/clock.ts';

/**
 * Runs `job` with a signal that aborts as soon as one of `sources` does, with that one's reason.
 * Unlike AbortSignal.any it lets go of long-lived sources when the job is over.
 */
export const withSignal = async <T>(
  sources: readonly (AbortSignal | undefined)[],
  job: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const joined = new AbortController();
  const releases = sources.map((source) => {
    const stop = () => joined.abort(source?.reason);
    if (source?.aborted === true) stop();
    source?.addEventListener('abort', stop, { once: true });
    return () => source?.removeEventListener('abort', stop);
  });
  try {
    return await job(joined.signal);
  } finally {
    for (const release of releases) release();
  }
};

/** Subscribes to one event; returns the unsubscribe function. */
export type Subscribe = (wake: () => void) => () => void;

/** Waits for the event, `waitMs` at most: true when it came. Rejects with the signal's reason. */
export const waitFor = (clock: Clock, waitMs: number, subscribe: Subscribe, signal?: AbortSignal): Promise<boolean> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const over = (settle: () => void) => () => {
      clock.clearTimeout(timer);
      unsubscribe();
      signal?.removeEventListener('abort', stop);
      settle();
    };
    const stop = over(() => reject(signal?.reason));
    const timer = clock.setTimeout(
      over(() => resolve(false)),
      waitMs,
    );
    const unsubscribe = subscribe(over(() => resolve(true)));
    signal?.addEventListener('abort', stop, { once: true });
  });
