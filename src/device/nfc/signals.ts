// Waiting and aborting without leaving anything behind: the reader polls for months, so every listener is taken off again.

import type { Clock } from '../../core/clock.ts';

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
