// Several reasons to stop as one signal, for as long as a job lasts. A box runs for months: AbortSignal.any keeps every joined signal that still
// has a listener, and whatever the listener holds, until the process ends (Node 20).

import type { Clock } from './clock.ts';

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

/** Runs `job` with a signal that aborts with `signal`, or after `limitMs` with `late`; throws what it was aborted with. */
export const withDeadline = async <T>(
  { clock, limitMs, late, signal }: { clock: Clock; limitMs: number; late: Error; signal: AbortSignal },
  job: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const limit = new AbortController();
  const handle = clock.setTimeout(() => limit.abort(late), limitMs);
  try {
    return await withSignal([signal, limit.signal], job);
  } finally {
    clock.clearTimeout(handle);
  }
};
