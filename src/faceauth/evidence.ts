// What many frames say together: hints without flicker, the score of the best evidence. Pure but for its own memory, which it wipes.

import type { FaceHint } from '../core/screens.ts';
import type { Embedding } from './ports.ts';
import { cosine, normalise } from './stages.ts';

/** A new hint (or its end) is told once two frames in a row agree. */
export class HintFilter {
  #shown: FaceHint | undefined;
  #candidate: FaceHint | undefined;

  /** The hint to show now, and whether it changed with this frame. */
  next(hint: FaceHint | undefined): { hint: FaceHint | undefined; changed: boolean } {
    const changed = hint === this.#candidate && hint !== this.#shown;
    this.#candidate = hint;
    if (changed) this.#shown = hint;
    return { hint: this.#shown, changed };
  }
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
};

export class Evidence {
  readonly #enrolled: Embedding;
  readonly #sum: Float32Array;
  readonly #hints = new Map<FaceHint, number>();
  #good = 0;
  #best = -1;
  #second = -1;

  constructor(enrolled: Embedding) {
    this.#enrolled = enrolled;
    this.#sum = new Float32Array(enrolled.length);
  }

  /** Takes and wipes the embedding of a good frame. */
  addGood(embedding: Embedding): void {
    const score = cosine(this.#enrolled, embedding);
    this.#second = Math.max(this.#second, Math.min(score, this.#best));
    this.#best = Math.max(this.#best, score);
    embedding.forEach((value, i) => {
      this.#sum[i] = (this.#sum[i] as number) + value;
    });
    embedding.fill(0);
    this.#good++;
  }

  addHint(hint: FaceHint): void {
    this.#hints.set(hint, (this.#hints.get(hint) ?? 0) + 1);
  }

  get goodFrames(): number {
    return this.#good;
  }

  get frames(): number {
    return this.#good + [...this.#hints.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Cosine of the mean embedding or of the second best frame, whichever is higher: one lucky frame alone never decides. −1 before the first. */
  get score(): number {
    if (this.#good === 0) return -1;
    const mean = normalise(Float32Array.from(this.#sum));
    const score = Math.max(cosine(this.#enrolled, mean), this.#second);
    mean.fill(0);
    return score;
  }

  /** The hint of most frames, if any frame had one. */
  get dominantHint(): { hint: FaceHint; frames: number } | undefined {
    const [first] = [...this.#hints].sort((a, b) => b[1] - a[1]);
    return first === undefined ? undefined : { hint: first[0], frames: first[1] };
  }

  wipe(): void {
    this.#sum.fill(0);
  }
}
