// A clock that jumps: time passes only when nothing else is left to do, and then at once to the next timer. For measuring what a model of
// hardware takes without waiting for it. Work that leaves the process's own queue (threads, files, sockets) does not count as time.

import type { Clock } from './clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Real time granted to work outside the queue (a signature in a thread) while no timer is left. */
const IDLE_MS = 5000;

export class VirtualClock implements Clock {
  readonly #startMs: number;
  readonly #timers = new Set<Timer>();
  #nowMs = 0;
  #orders = 0;

  /** `startMs`: the wall clock at the beginning, epoch milliseconds. */
  constructor(startMs = Date.UTC(2026, 0, 5, 0, 0, 0)) {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimeout(run: () => void, delayMs: number): unknown {
    this.#orders += 1;
    const timer: Timer = { at: this.#nowMs + Math.max(0, delayMs), order: this.#orders, run };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as Timer);
  }

  /** Lets time pass until the promise settles. Throws what it throws, or RangeError when nothing is left that could settle it. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    for (let idleSince = performance.now(); ; ) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return promise;
      const next = this.#next();
      if (next !== undefined) {
        idleSince = performance.now();
        this.#timers.delete(next);
        this.#nowMs = Math.max(this.#nowMs, next.at);
        next.run();
      } else if (performance.now() - idleSince > IDLE_MS) throw new RangeError('nothing is left to wait for');
    }
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  }
}
