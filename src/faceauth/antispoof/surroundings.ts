// Motion cue: what stands around a face that moves. Behind a person the room stays; on paper and on screens it comes along.
// Abstains without enough motion, without structure to follow, and when the whole picture moves (the camera was pushed).

import type { Point } from '../alignment.ts';
import type { Box } from '../sampling.ts';
import type { Luma } from './luma.ts';
import { type Affine, fitAffine } from './parallax.ts';

/** Side of the followed squares and how far a square may be off its predicted place, in samples. */
const PATCH = 15;
const SLACK = 1;
/** Motion of a square, in samples, from which "came along" and "stayed" can be told apart. */
const ENOUGH_MOTION = 2.2;
/** Standard deviation of luma from which a square can be followed. */
const ENOUGH_STRUCTURE = 4;
/** One explanation must leave this many times less squared error than the other. */
const CLEARLY = 2;

/** Places around the face, from its centre in face heights: beside the head and above it, clear of hair and shoulders. */
const NEAR: readonly (readonly [number, number])[] = [-0.55, -0.35, -0.15, 0.05, 0.25]
  .flatMap((y) => [0.72, 0.86, 1, 1.14].flatMap((x) => [[-x, y] as const, [x, y] as const]))
  .concat([-0.5, -0.25, 0, 0.25, 0.5].flatMap((x) => [[x, -0.95] as const, [x, -1.1] as const]));
/** The frame's rim, by its size. */
const FAR: readonly (readonly [number, number])[] = [0.08, 0.25, 0.42, 0.6].flatMap((y) => [[0.04, y] as const, [0.96, y] as const]);

/** Places on one side of an outline, in samples, and how strong its line is there, 0..1. */
export interface Side {
  readonly name: 'left' | 'right' | 'top';
  readonly strength: number;
  readonly places: readonly Point[];
}

/** A frame to compare: the face and its 68 points in samples of `luma`, and the sides of an outline where one is known. */
interface Scene {
  readonly luma: Luma;
  readonly box: Box;
  readonly points: readonly Point[];
  readonly sides?: readonly Side[];
}

/** Places of a side that came along with the face and that stayed. */
export interface SideMotion extends Omit<Side, 'places'> {
  readonly along: number;
  readonly stayed: number;
}

export interface Surroundings {
  /** Squares that came along with the face and squares that stayed, near the face; squares on the rim likewise. */
  readonly along: number;
  readonly stayed: number;
  readonly rimAlong: number;
  readonly rimStayed: number;
  readonly sides: readonly SideMotion[];
}

const apply = ([a, b, c, d, e, f]: Affine, { x, y }: Point): Point => ({ x: a * x + b * y + c, y: d * x + e * y + f });

/** Mean squared difference of the square about (ax, ay) in `a` and about (bx, by) in `b`, less their means; undefined outside. */
const difference = (a: Luma, b: Luma, ax: number, ay: number, bx: number, by: number): number | undefined => {
  const r = PATCH >> 1;
  if (ax < r || ay < r || ax >= a.width - r || ay >= a.height - r || bx < r || by < r || bx >= b.width - r || by >= b.height - r)
    return undefined;
  let sum = 0;
  let squares = 0;
  for (let y = -r; y <= r; y++) {
    for (let x = -r; x <= r; x++) {
      const d = (a.data[(ay + y) * a.width + ax + x] as number) - (b.data[(by + y) * b.width + bx + x] as number);
      sum += d;
      squares += d * d;
    }
  }
  const n = PATCH * PATCH;
  return Math.max(0, squares / n - (sum / n) ** 2);
};

const deviation = (a: Luma, ax: number, ay: number): number => {
  const r = PATCH >> 1;
  let sum = 0;
  let squares = 0;
  for (let y = -r; y <= r; y++) {
    for (let x = -r; x <= r; x++) {
      const v = a.data[(ay + y) * a.width + ax + x] as number;
      sum += v;
      squares += v * v;
    }
  }
  const n = PATCH * PATCH;
  return Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
};

const follow = (a: Luma, b: Luma, at: Point, move: Affine): 'along' | 'stayed' | undefined => {
  const [ax, ay] = [Math.round(at.x), Math.round(at.y)];
  const stay = difference(a, b, ax, ay, ax, ay);
  if (stay === undefined || deviation(a, ax, ay) < ENOUGH_STRUCTURE) return undefined;
  const to = apply(move, { x: ax, y: ay });
  if (Math.hypot(to.x - ax, to.y - ay) < ENOUGH_MOTION) return undefined;
  let came = Number.POSITIVE_INFINITY;
  for (let dy = -SLACK; dy <= SLACK; dy++) {
    for (let dx = -SLACK; dx <= SLACK; dx++)
      came = Math.min(came, difference(a, b, ax, ay, Math.round(to.x) + dx, Math.round(to.y) + dy) ?? came);
  }
  // The better of nine places wins a little by chance alone; sensor noise keeps either from zero.
  if (came * CLEARLY + 1 < stay) return 'along';
  if (stay * CLEARLY + 1 < came) return 'stayed';
  return undefined;
};

/** Follows squares, and the sides that are known of `before`, from one frame to the next. */
export const followSurroundings = (before: Scene, now: Scene): Surroundings => {
  const [a, b] = [before.luma, now.luma];
  // A sheet that a hand turns is foreshortened one way: a similarity would look for its edges where they are not.
  const move = fitAffine(
    before.points,
    now.points,
    before.points.map((_, i) => i),
  );
  if (move === undefined) return { along: 0, stayed: 0, rimAlong: 0, rimStayed: 0, sides: [] };
  const { x: left, y: top, width, height } = before.box;
  const [cx, cy] = [left + width / 2, top + height / 2];
  const tally = (places: readonly Point[]): { along: number; stayed: number } => {
    const count = { along: 0, stayed: 0 };
    for (const at of places) {
      const result = follow(a, b, at, move);
      if (result !== undefined) count[result]++;
    }
    return count;
  };
  const rim = FAR.map(([x, y]) => ({ x: x * a.width, y: y * a.height })).filter(({ x }) => Math.abs(x - cx) >= 1.2 * height);
  const { along: rimAlong, stayed: rimStayed } = tally(rim);
  const near = tally(NEAR.map(([x, y]) => ({ x: cx + x * height, y: cy + y * height })));
  const sides = (before.sides ?? []).map(({ name, strength, places }) => ({ name, strength, ...tally(places) }));
  return { ...near, rimAlong, rimStayed, sides };
};

/** Mean motion of the landmarks, in samples. */
export const motionOf = (from: readonly Point[], to: readonly Point[]): number =>
  from.reduce((sum, p, i) => sum + Math.hypot((to[i] as Point).x - p.x, (to[i] as Point).y - p.y), 0) / Math.max(1, from.length);
