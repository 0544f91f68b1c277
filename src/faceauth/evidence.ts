// What many frames say together: hints without flicker, the score of the best evidence. Pure but for its own memory, which it wipes.

import type { FaceGuidance, FaceHint } from '../core/screens.ts';
import type { Embedding } from './ports.ts';
import type { FaceMeasures } from './quality.ts';
import { cosine, normalise } from './stages.ts';

const sameGuidance = (a: FaceGuidance, b: FaceGuidance): boolean =>
  a.hint === b.hint && a.direction === b.direction && a.task === b.task && a.slow === b.slow;

/** New guidance (or its end) is told once two frames in a row agree. */
export class HintFilter {
  #shown: FaceGuidance = {};
  #candidate: FaceGuidance = {};

  /** What to tell now, and whether it changed with this frame. */
  next(guidance: FaceGuidance): { shown: FaceGuidance; changed: boolean } {
    const changed = sameGuidance(guidance, this.#candidate) && !sameGuidance(guidance, this.#shown);
    this.#candidate = guidance;
    if (changed) this.#shown = guidance;
    return { shown: this.#shown, changed };
  }
}

/** Sharpness from which more of it says nothing. */
const FULLY_SHARP = 0.08;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
};

/** How much a frame counts in the mean: a turned or blurred face says less. 0.2 to 1. `yaw` in eye distances, see FaceMeasures. */
export const frameWeight = ({ yaw, sharpness }: Pick<FaceMeasures, 'yaw' | 'sharpness'>): number => {
  const frontal = 1 - 1.2 * Math.abs(yaw);
  const sharp = Math.min(1, sharpness / FULLY_SHARP);
  return Math.max(0.2, frontal * sharp);
};

/** The better of the mean embedding's cosine and the second best frame's: one lucky frame alone never decides. */
export const fuseScores = (mean: number, second: number): number => Math.max(mean, second);

export class Evidence {
  readonly #enrolled: Embedding;
  readonly #sum: Float32Array;
  readonly #hints = new Map<FaceHint, number>();
  readonly #covered = new Map<FaceHint, number>();
  #good = 0;
  #held = 0;
  #best = -1;
  #second = -1;

  constructor(enrolled: Embedding) {
    this.#enrolled = enrolled;
    this.#sum = new Float32Array(enrolled.length);
  }

  /** Takes and wipes the embedding of a good frame, which counts by `weight`. `covered`: what seems to hide a part of the face. */
  addGood(embedding: Embedding, { weight = 1, covered }: { readonly weight?: number; readonly covered?: FaceHint } = {}): void {
    if (covered !== undefined) this.#covered.set(covered, (this.#covered.get(covered) ?? 0) + 1);
    this.#rank(embedding);
    embedding.forEach((value, i) => {
      this.#sum[i] = (this.#sum[i] as number) + weight * value;
    });
    embedding.fill(0);
    this.#good++;
  }

  /** Takes and wipes the embedding of a frame that could be better, where there is one: it can convince, and never weighs on the mean of good ones. */
  addHint(hint: FaceHint, embedding?: Embedding): void {
    this.#hints.set(hint, (this.#hints.get(hint) ?? 0) + 1);
    if (embedding === undefined) return;
    this.#rank(embedding);
    embedding.fill(0);
    this.#held++;
  }

  #rank(embedding: Embedding): void {
    const score = cosine(this.#enrolled, embedding);
    this.#second = Math.max(this.#second, Math.min(score, this.#best));
    this.#best = Math.max(this.#best, score);
  }

  get goodFrames(): number {
    return this.#good;
  }

  /** Frames with a hint whose face was compared all the same. */
  get heldFrames(): number {
    return this.#held;
  }

  get frames(): number {
    return this.#good + [...this.#hints.values()].reduce((sum, count) => sum + count, 0);
  }

  /** What all frames say together, see fuseScores; −1 before the first good or the second held one. */
  get score(): number {
    if (this.#good === 0) return this.#second;
    const mean = normalise(Float32Array.from(this.#sum));
    const score = fuseScores(cosine(this.#enrolled, mean), this.#second);
    mean.fill(0);
    return score;
  }

  /** The hint of most frames, if any frame had one. */
  get dominantHint(): { hint: FaceHint; frames: number } | undefined {
    const [first] = [...this.#hints].sort((a, b) => b[1] - a[1]);
    return first === undefined ? undefined : { hint: first[0], frames: first[1] };
  }

  /** What seems to cover the face in most good frames. */
  get covered(): FaceHint | undefined {
    return [...this.#covered].find(([, frames]) => frames * 2 > this.#good)?.[0];
  }

  wipe(): void {
    this.#sum.fill(0);
  }
}
