// Pushes only the newest of something to one HTTP client: paced, and never faster than the client reads.
// A slow client skips what it missed; it never makes the appliance queue or wait.

import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';

export interface LatestSource {
  /** Calls back whenever there may be something newer; returns the unsubscribe function. */
  subscribe(listener: () => void): () => void;
  /** The newest, ready to be written; undefined when it equals what was sent before. */
  produce(): Promise<Uint8Array | string | undefined>;
}

export interface LatestOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Least time between two pushes. */
  readonly minIntervalMs: number;
  /** Written every `everyMs` so that a dead client is noticed. */
  readonly heartbeat?: { readonly text: string; readonly everyMs: number };
}

/** Writes the newest at once and after every change, until the client goes or the returned function is called. */
export const streamLatest = (out: ServerResponse, source: LatestSource, options: LatestOptions): (() => void) => {
  const { clock, log, minIntervalMs, heartbeat } = options;
  let dirty = true;
  let busy = false;
  let closed = false;
  let pace: unknown;
  let beat: unknown;
  let last = Number.NEGATIVE_INFINITY;

  const push = async (): Promise<void> => {
    try {
      const chunk = await source.produce();
      if (chunk !== undefined && !closed) out.write(chunk);
    } catch {
      log.warn('twin.stream-skipped');
    } finally {
      busy = false;
      step();
    }
  };
  const step = (): void => {
    if (closed || busy || !dirty || pace !== undefined || out.writableNeedDrain) return;
    const waitMs = last + minIntervalMs - clock.monotonicMs();
    if (waitMs > 0) {
      pace = clock.setTimeout(() => {
        pace = undefined;
        step();
      }, waitMs);
      return;
    }
    dirty = false;
    busy = true;
    last = clock.monotonicMs();
    void push();
  };
  const keepAlive = (): void => {
    if (closed || heartbeat === undefined) return;
    if (!out.writableNeedDrain) out.write(heartbeat.text);
    beat = clock.setTimeout(keepAlive, heartbeat.everyMs);
  };
  const unsubscribe = source.subscribe(() => {
    dirty = true;
    step();
  });
  const close = (): void => {
    if (closed) return;
    closed = true;
    unsubscribe();
    clock.clearTimeout(pace);
    clock.clearTimeout(beat);
    out.end();
  };
  out.on('drain', step);
  out.on('close', close);
  if (heartbeat !== undefined) beat = clock.setTimeout(keepAlive, heartbeat.everyMs);
  step();
  return close;
};
