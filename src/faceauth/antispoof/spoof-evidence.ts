// Whether what many frames show is a living face or a picture of one: four cues, each of which may abstain, fused to one number.
// Separate from the match. Keeps one small grey picture to compare motion with, and wipes it.

import type { Point } from '../alignment.ts';
import { median } from '../evidence.ts';
import type { Picture } from '../ports.ts';
import type { Box } from '../sampling.ts';
import { ALL_SCALES, type LivenessScale, type LivenessWord } from '../stages.ts';
import { type Luma, shrinkLuma } from './luma.ts';
import { findOutline, OUTLINE_FACE } from './outline.ts';
import { type Parallax, parallaxOf } from './parallax.ts';
import { peakOf } from './pattern.ts';
import { followSurroundings, motionOf } from './surroundings.ts';

/** One frame's face, in picture pixels, and what the network says of it at one scale or more. */
export interface ObservedFace {
  readonly box: Box;
  readonly points: readonly Point[];
  readonly words: readonly LivenessWord[];
}

/** Numbers for the log; undefined = the cue abstains. */
export interface SpoofCues {
  /** Mean over the scales of the median of the network's words, 0..1. */
  readonly model: number;
  /** Median strength of a rectangle around the face, 0..1. */
  readonly outline: number | undefined;
  /** Median logarithm of the highest spectral peak. */
  readonly pattern: number | undefined;
  /** Share of the surroundings that came along with a moving face, 0..1. */
  readonly along: number | undefined;
  /** Share of turns in which the nose slid as one that stands out, 0..1. */
  readonly solid: number | undefined;
}

/** Width in samples at which motion is compared. */
const MOTION_WIDTH = 320;
/** Samples a face must have moved before motion is compared. */
const MOTION_STEP = 2.5;
/** Lines, spectrum and each scale of the network are looked at in every third frame: they hardly change, and the preview must not wait. */
const TURNS = 3;
/** Frames that count: the last ones, so that a change of light is forgotten. */
const WINDOW = 9;
/** Squares that must be followed before their motion says anything. */
const ENOUGH_SQUARES = 5;
/** Foreshortening that a landmark's noise does not reach, and the slide of a nose that a plane does not reach. */
const TURN = { foreshortening: 0.06, slide: 0.045, enough: 3 } as const;

/**
 * Log odds of an attack, from 300 stills of people, 48 generated attacks of eight species and 18 published stills of real attacks.
 * Deliberately blunt: an outline or a spectrum that most living people's pictures also show adds nothing, and no still cue alone can outweigh a
 * network that is sure. What comes along with a moving face is the strongest cue, for a person leaves the room where it is. Cues that abstain
 * add nothing.
 */
const WEIGHTS = {
  bias: 0,
  model: -0.5,
  /** Two people in a hundred have a word below .06, from which the network refuses by itself. */
  modelBounds: [0.0005, 0.999],
  outline: 9,
  outlineFrom: 0.58,
  outlineMost: 2.2,
  /**
   * Only what comes along with the face is its paper or its screen. A window, a door or a picture frame stays where it is: most of what it said is
   * taken back. While nothing has moved it says as little: an eighth of living people's stills have an outline, and no more of real attacks'.
   */
  outlineStaying: 0.4,
  stays: 0.1,
  pattern: 2,
  patternFrom: 4.3,
  patternMost: 2.5,
  along: 10.8,
  alongFrom: 0.08,
  flat: 1,
} as const;

/** Probability that the face is alive, 0..1, when attacks and people are equally likely. Monotone in model, outline, pattern and solid. */
export const fuse = ({ model, outline, pattern, along, solid }: SpoofCues): number => {
  const bounded = Math.min(WEIGHTS.modelBounds[1], Math.max(WEIGHTS.modelBounds[0], model));
  const frame = Math.min(WEIGHTS.outlineMost, WEIGHTS.outline * Math.max(0, (outline ?? 0) - WEIGHTS.outlineFrom));
  const odds =
    WEIGHTS.bias +
    WEIGHTS.model * Math.log(bounded / (1 - bounded)) +
    frame * (along === undefined || along < WEIGHTS.stays ? WEIGHTS.outlineStaying : 1) +
    Math.min(WEIGHTS.patternMost, WEIGHTS.pattern * Math.max(0, (pattern ?? 0) - WEIGHTS.patternFrom)) +
    WEIGHTS.along * Math.max(0, (along ?? 0) - WEIGHTS.alongFrom) +
    (solid === undefined ? 0 : WEIGHTS.flat * (1 - 2 * solid));
  return 1 / (1 + Math.exp(odds));
};

interface Anchor {
  readonly luma: Luma;
  readonly box: Box;
  readonly points: readonly Point[];
}

const scaled = (box: Box, factor: number): Box => ({
  x: box.x / factor,
  y: box.y / factor,
  width: box.width / factor,
  height: box.height / factor,
});

export class SpoofEvidence {
  readonly #words: readonly number[][] = ALL_SCALES.map(() => []);
  readonly #outline: number[] = [];
  readonly #pattern: number[] = [];
  readonly #turns: Parallax[] = [];
  #observed = 0;
  #along = 0;
  #followed = 0;
  #farthest = 0;
  #anchor: Anchor | undefined;

  /** The scale whose turn it is with the next frame. */
  get nextScales(): readonly LivenessScale[] {
    return [ALL_SCALES[this.#observed % TURNS] as LivenessScale];
  }

  /** Takes numbers out of one of many frames; the picture is not kept. */
  observe(picture: Picture, face: ObservedFace): void {
    const turn = this.#observed % TURNS;
    this.#take(picture, face, turn === 0, turn === 1);
    this.#observeMotion(picture, face);
  }

  /** Everything that one picture alone can tell. */
  observeStill(picture: Picture, face: ObservedFace): void {
    this.#take(picture, face, true, true);
  }

  #take(picture: Picture, face: ObservedFace, outline: boolean, pattern: boolean): void {
    for (const { scale, live } of face.words) this.#words[scale]?.push(live);
    if (outline) this.#observeOutline(picture, face);
    const peak = pattern ? peakOf(picture, face.box) : undefined;
    if (peak !== undefined) this.#pattern.push(peak);
    this.#observed++;
    for (const list of [...this.#words, this.#outline, this.#pattern]) if (list.length > WINDOW) list.shift();
  }

  #observeOutline(picture: Picture, { box }: ObservedFace): void {
    const luma = shrinkLuma(picture, Math.max(1, Math.round(box.height / OUTLINE_FACE)));
    const outline = findOutline(luma, scaled(box, luma.factor));
    if (outline !== undefined) this.#outline.push(outline.strength);
    luma.data.fill(0);
  }

  #observeMotion(picture: Picture, face: ObservedFace): void {
    const factor = Math.max(1, Math.round(picture.width / MOTION_WIDTH));
    const points = face.points.map(({ x, y }) => ({ x: x / factor, y: y / factor }));
    const before = this.#anchor;
    if (before !== undefined) {
      const moved = motionOf(before.points, points);
      this.#farthest = Math.max(this.#farthest, moved);
      if (moved < MOTION_STEP) return;
    }
    const luma = shrinkLuma(picture, factor);
    this.#anchor = { luma, box: scaled(face.box, factor), points };
    if (before === undefined) return;
    if (before.luma.width === luma.width && before.luma.height === luma.height) this.#compare(before, this.#anchor);
    before.luma.data.fill(0);
  }

  #compare(before: Anchor, now: Anchor): void {
    const { along, stayed, rimAlong, rimStayed } = followSurroundings(before.luma, now.luma, before.box, before.points, now.points);
    // The whole picture moved: the camera did, and nothing can be said.
    if (rimAlong < 2 || rimAlong <= rimStayed) {
      this.#along += along;
      this.#followed += along + stayed;
    }
    const turn = parallaxOf(before.points, now.points);
    if (turn !== undefined && turn.foreshortening >= TURN.foreshortening) this.#turns.push(turn);
  }

  get cues(): SpoofCues {
    const heard = this.#words.filter(({ length }) => length > 0);
    const solid = this.#turns.filter(({ slide }) => slide >= TURN.slide).length;
    return {
      model: heard.reduce((sum, words) => sum + median(words), 0) / Math.max(1, heard.length),
      outline: this.#outline.length === 0 ? undefined : median(this.#outline),
      pattern: this.#pattern.length === 0 ? undefined : median(this.#pattern),
      along: this.#followed < ENOUGH_SQUARES ? undefined : this.#along / this.#followed,
      solid: this.#turns.length < TURN.enough ? undefined : solid / this.#turns.length,
    };
  }

  /** The cues that speak, for the log. */
  get numbers(): Readonly<Record<string, number>> {
    const spoken = Object.entries(this.cues).filter((entry): entry is [string, number] => entry[1] !== undefined);
    return Object.fromEntries(spoken.map(([cue, value]) => [cue, Math.round(value * 1000) / 1000]));
  }

  /** 0..1; 0 before the first frame. */
  get liveness(): number {
    return this.#observed === 0 ? 0 : fuse(this.cues);
  }

  /** The face moves, and not yet far enough for its surroundings to be compared. */
  get moving(): boolean {
    return this.#followed === 0 && this.#farthest >= MOTION_STEP / 3;
  }

  wipe(): void {
    for (const list of [...this.#words, this.#outline, this.#pattern, this.#turns]) list.length = 0;
    this.#anchor?.luma.data.fill(0);
    this.#anchor = undefined;
  }
}
