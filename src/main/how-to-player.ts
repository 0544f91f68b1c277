// Moves the pictures of the guide: while it is shown, it is shown again and again with the time that has passed.
// Decides nothing; when the guide begins and ends is the visit's word.

import type { Clock } from '../core/clock.ts';
import type { ScreenModel } from '../core/screens.ts';

/** Twelve pictures a second; a slower machine leaves some out. */
const EVERY_MS = 83;

export class HowToPlayer {
  readonly #clock: Clock;
  readonly #again: () => void;
  #since: number | undefined;
  #timer: unknown;

  /** `again` shows the present screen anew. */
  constructor(clock: Clock, again: () => void) {
    this.#clock = clock;
    this.#again = again;
  }

  /** The model as it is to be shown now. */
  frame(model: ScreenModel): ScreenModel {
    this.#clock.clearTimeout(this.#timer);
    if (model.screen !== 'how-to') {
      this.#since = undefined;
      return model;
    }
    const now = this.#clock.monotonicMs();
    this.#since ??= now;
    this.#timer = this.#clock.setTimeout(this.#again, EVERY_MS);
    return { ...model, elapsedMs: now - this.#since };
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }
}
