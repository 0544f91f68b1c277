// Who promised to say something again and again, and who has fallen silent. A process that was itself held up does not blame the others: what
// they said may still be unread.

import type { Clock } from './clock.ts';

/** Signs that may be missed before somebody counts as gone. */
const MISSED = 3;
/** A timer later than this was held up by this process. */
const OWN_STALL_MS = 1_000;

interface Watched {
  heardAt: number;
  everyMs: number;
  timer: unknown;
}

export class LifeSigns {
  readonly #clock: Clock;
  readonly #onSilent: (who: string) => void;
  readonly #watched = new Map<string, Watched>();

  /** `onSilent` is called once for each silence. */
  constructor(clock: Clock, onSilent: (who: string) => void) {
    this.#clock = clock;
    this.#onSilent = onSilent;
  }

  /** A sign of life; `everyMs` = the promise that came with it, undefined = none, or the one before. */
  heard(who: string, everyMs?: number): void {
    const known = this.#watched.get(who);
    const promise = everyMs ?? known?.everyMs;
    if (promise === undefined) return;
    if (known !== undefined) {
      known.heardAt = this.#clock.monotonicMs();
      known.everyMs = promise;
      return;
    }
    const fresh: Watched = { heardAt: this.#clock.monotonicMs(), everyMs: promise, timer: undefined };
    this.#watched.set(who, fresh);
    this.#wait(who, fresh, fresh.heardAt + MISSED * promise);
  }

  /** Nothing is expected any more. */
  forget(who: string): void {
    this.#clock.clearTimeout(this.#watched.get(who)?.timer);
    this.#watched.delete(who);
  }

  forgetAll(): void {
    for (const who of [...this.#watched.keys()]) this.forget(who);
  }

  #wait(who: string, watched: Watched, due: number): void {
    watched.timer = this.#clock.setTimeout(() => this.#look(who, watched, due), Math.max(0, due - this.#clock.monotonicMs()));
  }

  #look(who: string, watched: Watched, due: number): void {
    const now = this.#clock.monotonicMs();
    const silentAt = watched.heardAt + MISSED * watched.everyMs;
    if (now < silentAt) this.#wait(who, watched, silentAt);
    else if (now - due > OWN_STALL_MS) this.#wait(who, watched, now + watched.everyMs);
    else {
      this.#watched.delete(who);
      this.#onSilent(who);
    }
  }
}
