// Whether what many frames show is a living face or a picture of one: cues, each of which may abstain, fused to one number (cues.ts).
// Separate from the match. Keeps one small grey picture to compare motion with, and wipes it.

import type { Point } from '../alignment.ts';
import { median } from '../evidence.ts';
import type { Picture } from '../ports.ts';
import type { Box } from '../sampling.ts';
import { ALL_SCALES, type LivenessScale, type LivenessWord } from '../stages.ts';
import { fuse, ramp, type SpoofCues } from './cues.ts';
import { type Luma, shrinkLuma } from './luma.ts';
import { findOutline, OUTLINE_FACE } from './outline.ts';
import { type Parallax, parallaxOf } from './parallax.ts';
import { peakOf } from './pattern.ts';
import { followSurroundings, motionOf, type Side, type SideMotion } from './surroundings.ts';

/** One frame's face, in picture pixels, and what the network says of it at one scale or more. */
export interface ObservedFace {
  readonly box: Box;
  readonly points: readonly Point[];
  readonly words: readonly LivenessWord[];
}

/** Width in samples at which motion is compared. */
const MOTION_WIDTH = 640;
/** Samples a face must have moved before motion is compared. */
const MOTION_STEP = 2.5;
/** Lines, spectrum and each scale of the network are looked at in every third frame: they hardly change, and the preview must not wait. */
const TURNS = 3;
/** Frames that count: the last ones, so that a change of light is forgotten. */
const WINDOW = 9;
/** Squares that must be followed before their motion says anything. */
const ENOUGH_SQUARES = 5;
const ENOUGH_PLACES = 5;
/** Strength from which an outline's sides are followed. */
const FOLLOWED_OUTLINE = 0.4;
/**
 * An upright line as strong as this all along its way is straight; as many of its places came along as those of a sheet do. People's own contours
 * come along and are not straight, and what is straight behind them stays: of 140 uprights behind people who sway none was both.
 */
const UPRIGHT = { strength: [0.7, 0.82], along: [0.5, 0.8] } as const;
/** Foreshortening that a landmark's noise does not reach, and the slide of a nose that a plane does not reach. */
const TURN = { foreshortening: 0.06, slide: 0.045, enough: 3 } as const;

interface Anchor {
  readonly luma: Luma;
  readonly box: Box;
  readonly points: readonly Point[];
  /** An outline's sides, in samples. */
  readonly sides: readonly Side[];
}

const scaled = (box: Box, factor: number): Box => ({
  x: box.x / factor,
  y: box.y / factor,
  width: box.width / factor,
  height: box.height / factor,
});

/** Share of the places that came along and mean strength of their lines; undefined: too few places were followed. */
const sharesOf = (sides: readonly SideMotion[]): { along: number; strength: number } | undefined => {
  const sum = { along: 0, strength: 0, followed: 0 };
  for (const { along, stayed, strength } of sides) {
    sum.along += along;
    sum.strength += strength * (along + stayed);
    sum.followed += along + stayed;
  }
  return sum.followed < ENOUGH_PLACES ? undefined : { along: sum.along / sum.followed, strength: sum.strength / sum.followed };
};

const uprightOf = (sides: readonly SideMotion[]): number | undefined => {
  const shares = (['left', 'right'] as const).map((side) => sharesOf(sides.filter(({ name }) => name === side))).filter((is) => is !== undefined); // biome-ignore format: one row
  return shares.length === 0 ? undefined : Math.max(...shares.map(({ along, strength }) => ramp(along, UPRIGHT.along) * ramp(strength, UPRIGHT.strength))); // biome-ignore format: one row
};

/** From here on a few frames are enough; below, or while the face moves, motion is waited for. */
const CLEARLY_LIVE = 0.6;
/**
 * Frames after which nothing more is waited for; while the face moves too slowly to be compared with its surroundings, a little longer, and as long while
 * there is an outline that weighs and of which nobody knows whether it stays.
 */
const PATIENT_FRAMES = { still: 12, moving: 30, outlined: 30 } as const;
/** Strength from which an outline may be a sheet's, and places on its sides after which it is known whether it stays. */
const DOUBTFUL = { outline: 0.58, places: 60 } as const;

export class SpoofEvidence {
  readonly #words: readonly number[][] = ALL_SCALES.map(() => []);
  readonly #outline: number[] = [];
  readonly #pattern: number[] = [];
  readonly #turns: Parallax[] = [];
  readonly #sides: SideMotion[] = [];
  #observed = 0;
  #still = false;
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
    const sides = this.#take(picture, face, turn === 0, turn === 1);
    this.#observeMotion(picture, face, turn === 0 ? sides : undefined);
  }

  /** Everything that one picture alone can tell. */
  observeStill(picture: Picture, face: ObservedFace): void {
    this.#still = true;
    this.#take(picture, face, true, true);
  }

  #take(picture: Picture, face: ObservedFace, outline: boolean, pattern: boolean): readonly Side[] {
    for (const { scale, live } of face.words) this.#words[scale]?.push(live);
    const sides = outline ? this.#observeOutline(picture, face) : [];
    const peak = pattern ? peakOf(picture, face.box) : undefined;
    if (peak !== undefined) this.#pattern.push(peak);
    this.#observed++;
    for (const list of [...this.#words, this.#outline, this.#pattern]) if (list.length > WINDOW) list.shift();
    return sides;
  }

  /** Its sides, in picture pixels. */
  #observeOutline(picture: Picture, { box }: ObservedFace): readonly Side[] {
    const luma = shrinkLuma(picture, Math.max(1, Math.round(box.height / OUTLINE_FACE)));
    const outline = findOutline(luma, scaled(box, luma.factor));
    if (outline !== undefined) this.#outline.push(outline.strength);
    luma.data.fill(0);
    if (outline === undefined || outline.strength < FOLLOWED_OUTLINE) return [];
    const places = (side: Side) => side.places.map(({ x, y }) => ({ x: (x + 0.5) * luma.factor, y: (y + 0.5) * luma.factor }));
    return outline.followed.map((side) => ({ ...side, places: places(side) }));
  }

  /** `sides` are known in every third frame: only such a frame is one to compare with. */
  #observeMotion(picture: Picture, face: ObservedFace, sides: readonly Side[] | undefined): void {
    const factor = Math.max(1, Math.round(picture.width / MOTION_WIDTH));
    const points = face.points.map(({ x, y }) => ({ x: x / factor, y: y / factor }));
    const before = this.#anchor;
    if (before !== undefined) {
      const moved = motionOf(before.points, points);
      this.#farthest = Math.max(this.#farthest, moved);
      if (moved < MOTION_STEP) return;
    } else if (sides === undefined) return;
    const luma = shrinkLuma(picture, factor);
    const places = (side: Side) => side.places.map(({ x, y }) => ({ x: x / factor, y: y / factor }));
    const now = { luma, box: scaled(face.box, factor), points, sides: (sides ?? []).map((side) => ({ ...side, places: places(side) })) };
    const comparable = before?.luma.width === luma.width && before.luma.height === luma.height;
    if (before !== undefined && comparable) this.#compare(before, now);
    const passed = sides === undefined ? now : before;
    if (sides !== undefined) this.#anchor = now;
    passed?.luma.data.fill(0);
  }

  #compare(before: Anchor, now: Anchor): void {
    const { along, stayed, rimAlong, rimStayed, sides } = followSurroundings(before, now);
    // The whole picture moved: the camera did, and nothing can be said.
    if (rimAlong < 2 || rimAlong <= rimStayed) {
      this.#along += along;
      this.#followed += along + stayed;
      this.#sides.push(...sides);
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
      sides: sharesOf(this.#sides)?.along,
      upright: uprightOf(this.#sides),
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
    return this.#observed === 0 ? 0 : fuse(this.cues, this.#still);
  }

  /** The face moves, and not yet far enough for its surroundings to be compared. */
  get moving(): boolean {
    return this.#followed === 0 && this.#farthest >= MOTION_STEP / 3;
  }

  /** No more frames are worth waiting for after `telling` of them: what they say may be acted on. */
  settled(telling: number): boolean {
    const { moving } = this;
    const followed = this.#sides.reduce((sum, { along, stayed }) => sum + along + stayed, 0);
    if ((this.cues.outline ?? 0) >= DOUBTFUL.outline && followed < DOUBTFUL.places) return telling >= PATIENT_FRAMES.outlined;
    return telling >= (moving ? PATIENT_FRAMES.moving : PATIENT_FRAMES.still) || (this.liveness >= CLEARLY_LIVE && !moving);
  }

  wipe(): void {
    for (const list of [...this.#words, this.#outline, this.#pattern, this.#turns, this.#sides]) list.length = 0;
    this.#anchor?.luma.data.fill(0);
    this.#anchor = undefined;
  }
}
