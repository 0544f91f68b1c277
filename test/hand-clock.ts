// A clock that only a test moves.

import type { Clock } from '../src/core/clock.ts';

/** A clock moved by hand; `stall` lets time pass without running what is due. */
export const handClock = () => {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    monotonicMs: () => now,
    setTimeout: (run, delayMs) => {
      const timer = { at: now + delayMs, run };
      timers.push(timer);
      return timer;
    },
    clearTimeout: (handle) => {
      timers = timers.filter((timer) => timer !== handle);
    },
  };
  const stall = (ms: number): void => {
    now += ms;
  };
  const pass = (ms: number): void => {
    const end = now + ms;
    for (;;) {
      const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      timers = timers.filter((timer) => timer !== next);
      now = Math.max(now, next.at);
      next.run();
    }
    now = Math.max(now, end);
  };
  return { clock, pass, stall, timers: () => timers.length };
};
