// The lighter challenge: both eyes shut and open again. Whoever's eyes the network does not surely see open (dark glasses, narrow eyes, a reflection)
// is asked to turn the head instead. A film of the person who happens to blink passes; a turn on command is the stronger question.

import { median } from '../evidence.ts';
import type { Challenge, ChallengeFrame } from './challenge.ts';
import type { TurnChallenge } from './turn-challenge.ts';

/**
 * Of 1,906 pictures of the development set an eye is open by at least .7 in 95 of 100. Forty are below .1, looked at on one sheet: eyes that are shut (all
 * below .01), that look down, that glasses or darkness hide, and a few that are open. Of 41 generated attacks that were asked none was seen to blink.
 */
const EYES = { open: 0.7, shut: 0.1, frames: 2 } as const;

export class BlinkChallenge implements Challenge {
  readonly #turn: TurnChallenge;
  readonly #before: number[] = [];
  #shut = 0;
  #open = 0;

  /** `turn`: what is asked of whoever cannot be seen to blink. */
  constructor(turn: TurnChallenge) {
    this.#turn = turn;
  }

  /** Shut for some frames, then open for some. */
  get #blinked(): boolean {
    return this.#open >= EYES.frames;
  }

  get #canBlink(): boolean {
    return median(this.#before) >= EYES.open;
  }

  get task(): Challenge['task'] {
    if (!this.#canBlink) return this.#turn.task;
    return this.#blinked ? undefined : 'blink';
  }

  get numbers(): Challenge['numbers'] {
    return this.#canBlink ? { blinks: this.#blinked ? 1 : 0 } : this.#turn.numbers;
  }

  observeFront(frame: ChallengeFrame): void {
    if (frame.eyes !== undefined) this.#before.push(frame.eyes);
    this.#turn.observeFront(frame);
  }

  observeTask(frame: ChallengeFrame): void {
    const { eyes } = frame;
    if (!this.#canBlink) this.#turn.observeTask(frame);
    else if (eyes !== undefined) this.#follow(eyes);
  }

  #follow(eyes: number): void {
    if (this.#shut < EYES.frames) {
      if (eyes <= EYES.shut) this.#shut++;
      // Half shut is neither: a lid on its way takes nothing back.
      else if (eyes >= EYES.open) this.#shut = 0;
    } else if (eyes >= EYES.open) this.#open++;
  }
}
