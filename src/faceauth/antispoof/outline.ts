// Context cue: straight edges that close around the face as a sheet of paper or a screen would, from above the head past the shoulders.
// A door or a window behind a person is interrupted by the shoulders and goes on beyond the corners: neither counts as an outline.

import type { Point } from '../alignment.ts';
import type { Box } from '../sampling.ts';
import type { Luma } from './luma.ts';
import type { Side } from './surroundings.ts';

/** Face height in samples at which lines are looked for: a larger face is looked at more coarsely. */
export const OUTLINE_FACE = 72;

/** Difference of luma over two samples that counts as a full edge. */
const FULL_EDGE = 9;
/** Slopes of a line against its axis: a hand holds a sheet within about 18°. */
const SLOPES = Array.from({ length: 17 }, (_, i) => (i - 8) * 0.04);
/** What two sides without a third are worth. */
const OPEN_TOP = 0.76;
/** Places on each side that are followed. */
const PLACES = 7;
/** Lines kept for each side. */
const KEPT = 6;

/** Sagging of a sheet's upper and lower edge, in face heights one face height beside the middle. */
const SAGS = [-0.24, -0.16, -0.08, 0.08, 0.16, 0.24];

/** At `at` where the other coordinate is the face's centre, moving by `slope` per sample and bending by `sag` per square of samples. */
interface Line {
  readonly at: number;
  readonly slope: number;
  readonly sag: number;
  readonly strength: number;
}

/** Signed edges across one axis, −1..1. */
interface Edges {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

const edgesAcross = ({ width, height, data }: Luma, step: number): Edges => {
  const out = new Float32Array(data.length);
  for (let row = 1; row < height - 1; row++) {
    for (let i = row * width + 1; i < (row + 1) * width - 1; i++) {
      const edge = ((data[i + step] as number) - (data[i - step] as number)) / FULL_EDGE;
      out[i] = Math.max(-1, Math.min(1, edge));
    }
  }
  return { width, height, data: out };
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Three of four quarters carry a side: a hand may cover one. */
const sideOf = (quarters: readonly number[]): number => {
  const [, second = 0] = [...quarters].sort((a, b) => a - b);
  return 0.5 * second + 0.5 * mean(quarters);
};

/** Reads edges along lines: upright lines run along y, level lines along x. */
class Axis {
  readonly #edges: Edges;
  /** Steps in `data` along and across the line. */
  readonly #along: number;
  readonly #across: number;
  readonly #most: readonly [along: number, across: number];
  /** The face's centre along the line. */
  readonly middle: number;

  constructor(edges: Edges, upright: boolean, middle: number) {
    this.#edges = edges;
    this.#along = upright ? edges.width : 1;
    this.#across = upright ? 1 : edges.width;
    this.#most = upright ? [edges.height - 2, edges.width - 2] : [edges.width - 2, edges.height - 2];
    this.middle = middle;
  }

  /** Mean strength of each quarter from `from` to `to`, 0..1. A quarter keeps its sign; the next may have the other (another background). */
  quarters({ at, slope, sag }: Omit<Line, 'strength'>, from: number, to: number, most = 48): [number, number, number, number] {
    const { data } = this.#edges;
    const [mostAlong, mostAcross] = this.#most;
    const steps = Math.max(2, Math.min(most >> 2, Math.ceil((to - from) / 4)));
    const quarter = (first: number): number => {
      let sum = 0;
      let count = 0;
      for (let k = 0; k < steps; k++) {
        const along = first + ((to - from) * (k + 0.5)) / (4 * steps);
        const off = along - this.middle;
        const a = (along + 0.5) | 0;
        const b = (at + slope * off + sag * off * off + 0.5) | 0;
        if (a < 1 || b < 1 || a > mostAlong || b > mostAcross) continue;
        sum += data[a * this.#along + b * this.#across] as number;
        count++;
      }
      return count === 0 ? 0 : Math.abs(sum) / count;
    };
    const length = (to - from) / 4;
    return [quarter(from), quarter(from + length), quarter(from + 2 * length), quarter(from + 3 * length)];
  }

  /** The strongest lines that cross the centre between `low` and `high`, apart from each other. */
  lines([low, high]: readonly [number, number], from: number, to: number, sags: readonly number[]): Line[] {
    const found: Line[] = [];
    for (let at = Math.ceil(low); at <= high; at++) {
      let best: Line = { at, slope: 0, sag: 0, strength: 0 };
      const read = (slope: number, sag: number): void => {
        const strength = mean(this.quarters({ at, slope, sag }, from, to, 32));
        if (strength > best.strength) best = { at, slope, sag, strength };
      };
      for (const slope of SLOPES) read(slope, 0);
      for (const sag of sags) for (let i = 2; i < SLOPES.length - 2; i += 3) read(SLOPES[i] as number, sag);
      found.push(best);
    }
    const kept: Line[] = [];
    for (const line of found.sort((a, b) => b.strength - a.strength)) {
      if (kept.length === KEPT) break;
      if (kept.every(({ at }) => Math.abs(at - line.at) > 2)) kept.push(line);
    }
    return kept;
  }
}

export interface Outline {
  /** 0 = no outline, 1 = a closed sheet. */
  readonly strength: number;
  /** Strengths of left, right, top and bottom side and of the worst continuation beyond a corner. */
  readonly sides: readonly [left: number, right: number, top: number, bottom: number, beyond: number];
  /** Places to follow along the left, right and upper side, in samples. */
  readonly followed: readonly Side[];
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

/** Where an upright and a level line meet. */
const meet = (upright: Line, level: Line, cx: number, cy: number): Corner => {
  let x = upright.at;
  let y = level.at;
  for (let i = 0; i < 3; i++) {
    y = level.at + level.slope * (x - cx) + level.sag * (x - cx) ** 2;
    x = upright.at + upright.slope * (y - cy);
  }
  return { x, y };
};

/** Places evenly along the sides, down to `lowest`. */
const sidesOf = (
  [onLeft, onRight, onTop]: readonly [left: Line, right: Line, top?: Line],
  [left, right, top]: readonly [number, number, number],
  lowest: number,
  cx: number,
  cy: number,
): Side[] => {
  const evenly = (from: number, to: number) => Array.from({ length: PLACES }, (_, i) => from + ((to - from) * (i + 0.5)) / PLACES);
  const upright = (line: Line): Point[] =>
    evenly(onTop === undefined ? 1 : meet(line, onTop, cx, cy).y, lowest).map((y) => ({ x: line.at + line.slope * (y - cy), y }));
  const sides: Side[] = [
    { name: 'left', strength: left, places: upright(onLeft) },
    { name: 'right', strength: right, places: upright(onRight) },
  ];
  if (onTop === undefined) return sides;
  const level = evenly(meet(onLeft, onTop, cx, cy).x, meet(onRight, onTop, cx, cy).x);
  const y = (x: number) => onTop.at + onTop.slope * (x - cx) + onTop.sag * (x - cx) ** 2;
  return [...sides, { name: 'top', strength: top, places: level.map((x) => ({ x, y: y(x) })) }];
};

/** `face` in samples of `luma`. undefined: the face leaves too little room to see what surrounds it. */
export const findOutline = (luma: Luma, face: Box): Outline | undefined => {
  const h = face.height;
  const cx = face.x + face.width / 2;
  const cy = face.y + h / 2;
  const [acrossX, acrossY] = [edgesAcross(luma, 1), edgesAcross(luma, luma.width)];
  const upright = new Axis(acrossX, true, cy);
  const level = new Axis(acrossY, false, cx);
  const [top, bottom] = [Math.max(1, cy - 0.6 * h), Math.min(luma.height - 2, cy + 0.95 * h)];
  const [left, right] = [Math.max(1, cx - 0.6 * h), Math.min(luma.width - 2, cx + 0.6 * h)];
  const sags = SAGS.map((sag) => sag / h);
  const lefts = upright.lines([Math.max(2, cx - 1.6 * h), cx - 0.42 * h], top, bottom, []);
  const rights = upright.lines([cx + 0.42 * h, Math.min(luma.width - 3, cx + 1.6 * h)], top, bottom, []);
  const tops = level.lines([Math.max(2, cy - 1.6 * h), cy - 0.5 * h], left, right, sags);
  const bottoms = level.lines([cy + 0.6 * h, Math.min(luma.height - 3, cy + 2 * h)], left, right, sags);
  const reach = 0.3 * h;
  const lowest = Math.min(luma.height - 2, cy + 0.75 * h);
  const arm = (side: Line, t: Line) => {
    const corner = meet(side, t, cx, cy);
    return {
      line: side,
      corner,
      strength: sideOf(upright.quarters(side, corner.y, lowest)),
      beyond: mean(upright.quarters(side, corner.y - reach, corner.y - 3)),
    };
  };
  if (lefts.length === 0 || rights.length === 0) return undefined;
  let best: Omit<Outline, 'followed'> & { readonly lines?: readonly [left: Line, right: Line, top?: Line] } = {
    strength: 0,
    sides: [0, 0, 0, 0, 0],
  };
  for (const t of tops) {
    const rightArms = rights.map((side) => arm(side, t));
    for (const l of lefts.map((side) => arm(side, t))) {
      for (const r of rightArms) {
        if (Math.abs(l.line.slope - r.line.slope) > 0.2) continue;
        const three = [l.strength, r.strength, sideOf(level.quarters(t, l.corner.x, r.corner.x))] as const;
        const most = 0.5 * mean(three) + 0.5 * Math.min(...three);
        if (most <= best.strength) continue;
        const onLeft = mean(level.quarters(t, l.corner.x - reach, l.corner.x - 3));
        const onRight = mean(level.quarters(t, r.corner.x + 3, r.corner.x + reach));
        const beyond = Math.max(l.beyond, r.beyond, onLeft, onRight);
        const strength = most * (1 - 0.4 * beyond);
        if (strength > best.strength) best = { strength, sides: [...three, 0, beyond], lines: [l.line, r.line, t] };
      }
    }
  }
  // A sheet that reaches above the frame shows two sides only: they must run through all of it, past the head and the shoulders.
  for (const l of lefts) {
    for (const r of rights) {
      if (Math.abs(l.slope - r.slope) > 0.2) continue;
      const two = [sideOf(upright.quarters(l, 1, lowest, 64)), sideOf(upright.quarters(r, 1, lowest, 64))] as const;
      const strength = OPEN_TOP * (0.4 * mean(two) + 0.6 * Math.min(...two));
      if (strength > best.strength) best = { strength, sides: [...two, 0, 0, 0], lines: [l, r] };
    }
  }
  const { lines } = best;
  const closing =
    lines === undefined
      ? 0
      : Math.max(0, ...bottoms.map((b) => sideOf(level.quarters(b, meet(lines[0], b, cx, cy).x, meet(lines[1], b, cx, cy).x))));
  acrossX.data.fill(0);
  acrossY.data.fill(0);
  const [l, r, t, , beyond] = best.sides;
  const followed = lines === undefined ? [] : sidesOf(lines, [l, r, t], lowest, cx, cy);
  return { strength: best.strength * (0.85 + 0.15 * closing), sides: [l, r, t, closing, beyond], followed };
};
