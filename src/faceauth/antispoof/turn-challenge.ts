// The challenge a facility may ask for: the head turned to one side and then to the other, in an order drawn for every try. A turned head's nose slides
// before its eyes and mouth; a turned sheet or screen only becomes narrower, whatever it shows. Keeps landmarks of one frame, never pixels.

import type { FaceTask } from '../../core/screens.ts';
import type { Point } from '../alignment.ts';
import { turnOf } from '../quality.ts';
import { fivePoints } from '../stages.ts';
import type { Challenge, ChallengeFrame } from './challenge.ts';
import { parallaxOf } from './parallax.ts';

/**
 * What a turn must show, in eye distances: the nose's way along the line of the eyes (about 25 degrees), its slide against their plane, and the slide by
 * the way. Of people photographed twice, a turn further apart than .2, the slide is half the way (n 92, a tenth below .38), of relief heads .42; prints
 * and screens turned by 45 degrees seem to turn by up to .39, for landmarks know faces only, and slide by up to .09, a quarter of the way.
 */
const TURN = { yaw: 0.2, slide: 0.1, ratio: 0.32, frames: 2 } as const;

type Side = Extract<FaceTask, 'turn-left' | 'turn-right'>;

const yawOf = (points: readonly Point[]): number => turnOf(fivePoints(points)).yaw;

/** Which way the head is turned against `front`, 68 points each; undefined: not far enough, or not as a solid head turns. The patient's own left and right. */
export const turnBetween = (front: readonly Point[], now: readonly Point[]): Side | undefined => {
  const yaw = yawOf(now) - yawOf(front);
  if (Math.abs(yaw) < TURN.yaw) return undefined;
  const parallax = parallaxOf(front, now);
  if (parallax === undefined || parallax.slide < Math.max(TURN.slide, TURN.ratio * Math.abs(yaw))) return undefined;
  return yaw > 0 ? 'turn-left' : 'turn-right';
};

export class TurnChallenge implements Challenge {
  readonly #sides: readonly Side[];
  #front: readonly Point[] | undefined;
  #done = 0;
  #frames = 0;

  /** `random` in [0, 1) says which side comes first: a recording cannot know. */
  constructor(random: number) {
    this.#sides = random < 0.5 ? ['turn-left', 'turn-right'] : ['turn-right', 'turn-left'];
  }

  /** What the patient is to do now; undefined: all is done. */
  get task(): Side | undefined {
    return this.#sides[this.#done];
  }

  /** Sides shown so far, 0 to 2. */
  get numbers(): { readonly turns: number } {
    return { turns: this.#done };
  }

  /** The most frontal frame is what turns are measured against. */
  observeFront({ points }: ChallengeFrame): void {
    if (this.#front === undefined || Math.abs(yawOf(points)) < Math.abs(yawOf(this.#front))) this.#front = points;
  }

  observeTask({ points }: ChallengeFrame): void {
    if (this.#front === undefined || this.task === undefined || turnBetween(this.#front, points) !== this.task) return;
    this.#frames++;
    if (this.#frames < TURN.frames) return;
    this.#frames = 0;
    this.#done++;
  }
}
