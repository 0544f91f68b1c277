// Context cue: straight edges that close around the face as a sheet of paper or a screen would, from above the head past the shoulders.
// A door or a window behind a person is interrupted by the shoulders and goes on beyond the corners: neither counts as an outline.

import type { Box } from '../sampling.ts';
import type { Luma } from './luma.ts';

/** Face height in samples at which lines are looked for: a larger face is looked at more coarsely. */
export const OUTLINE_FACE = 72;

/** Difference of luma over two samples that counts as a full edge. */
const FULL_EDGE = 9;
/** Slopes of a line against its axis: a hand holds a sheet within about 18°. */
const SLOPES = Array.from({ length: 17 }, (_, i) => (i - 8) * 0.04);
/** Lines kept for each side. */
const KEPT = 6;

/** A line along an axis: at `at` where the other coordinate is the face's centre, moving by `slope` per sample. */
interface Line {
  readonly at: number;
  readonly slope: number;
  readonly strength: number;
}

interface Field {
  readonly width: number;
  readonly height: number;
  /** Signed edges across x and across y, −1..1. */
  readonly x: Float32Array;
  readonly y: Float32Array;
}

const edgesOf = ({ width, height, data }: Luma): Field => {
  const x = new Float32Array(data.length);
  const y = new Float32Array(data.length);
  const soft = (difference: number): number => Math.max(-1, Math.min(1, difference / FULL_EDGE));
  for (let row = 1; row < height - 1; row++) {
    for (let i = row * width + 1; i < (row + 1) * width - 1; i++) {
      x[i] = soft((data[i + 1] as number) - (data[i - 1] as number));
      y[i] = soft((data[i + width] as number) - (data[i - width] as number));
    }
  }
  return { width, height, x, y };
};

/** Reads edges along a line: upright lines run along y, level lines along x. */
class Axis {
  readonly #field: Field;
  readonly #upright: boolean;
  /** The face's centre along the line. */
  readonly #middle: number;

  constructor(field: Field, upright: boolean, middle: number) {
    this.#field = field;
    this.#upright = upright;
    this.#middle = middle;
  }

  /** Mean strength of each quarter from `from` to `to`, 0..1. A quarter keeps its sign; the next may have the other (another background). */
  quarters({ at, slope }: { at: number; slope: number }, from: number, to: number): [number, number, number, number] {
    const { width, height, x, y } = this.#field;
    const sums: [number, number, number, number] = [0, 0, 0, 0];
    const counts = [0, 0, 0, 0];
    const steps = Math.max(8, Math.min(64, Math.round(to - from)));
    for (let k = 0; k < steps; k++) {
      const along = from + ((to - from) * (k + 0.5)) / steps;
      const across = at + slope * (along - this.#middle);
      const px = Math.round(this.#upright ? across : along);
      const py = Math.round(this.#upright ? along : across);
      if (px < 1 || py < 1 || px >= width - 1 || py >= height - 1) continue;
      const quarter = Math.floor((4 * k) / steps);
      sums[quarter] = (sums[quarter] as number) + ((this.#upright ? x : y)[py * width + px] as number);
      counts[quarter] = (counts[quarter] as number) + 1;
    }
    return sums.map((sum, i) => ((counts[i] as number) === 0 ? 0 : Math.abs(sum) / (counts[i] as number))) as [
      number,
      number,
      number,
      number,
    ];
  }

  /** The strongest lines that cross the centre between `low` and `high`, apart from each other. */
  lines(low: number, high: number, from: number, to: number): Line[] {
    const found: Line[] = [];
    for (let at = Math.ceil(low); at <= high; at++) {
      let best: Line = { at, slope: 0, strength: 0 };
      for (const slope of SLOPES) {
        const strength = mean(this.quarters({ at, slope }, from, to));
        if (strength > best.strength) best = { at, slope, strength };
      }
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

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Three of four quarters carry a side: a hand may cover one. */
const sideStrength = (quarters: readonly number[]): number => {
  const sorted = [...quarters].sort((a, b) => a - b);
  return 0.5 * (sorted[1] as number) + 0.5 * mean(quarters);
};

export interface Outline {
  /** 0 = no outline, 1 = a closed sheet. */
  readonly strength: number;
  /** Strengths of left, right, top and bottom side and of the worst continuation beyond a corner. */
  readonly sides: readonly [left: number, right: number, top: number, bottom: number, beyond: number];
}

/** `face` in samples of `luma`. */
export const findOutline = (luma: Luma, face: Box): Outline => {
  const field = edgesOf(luma);
  const h = face.height;
  const cx = face.x + face.width / 2;
  const cy = face.y + h / 2;
  const upright = new Axis(field, true, cy);
  const level = new Axis(field, false, cx);
  const [top, bottom] = [Math.max(1, cy - 0.6 * h), Math.min(luma.height - 2, cy + 0.95 * h)];
  const [left, right] = [Math.max(1, cx - 0.6 * h), Math.min(luma.width - 2, cx + 0.6 * h)];
  const lefts = upright.lines(Math.max(2, cx - 1.6 * h), cx - 0.42 * h, top, bottom);
  const rights = upright.lines(cx + 0.42 * h, Math.min(luma.width - 3, cx + 1.6 * h), top, bottom);
  const tops = level.lines(Math.max(2, cy - 1.6 * h), cy - 0.5 * h, left, right);
  const bottoms = level.lines(cy + 0.6 * h, Math.min(luma.height - 3, cy + 2 * h), left, right);
  let best: Outline = { strength: 0, sides: [0, 0, 0, 0, 0] };
  const cross = (u: Line, l: Line): { x: number; y: number } => {
    const y = (l.at + l.slope * (u.at - cx) - l.slope * u.slope * cy) / (1 - l.slope * u.slope);
    return { x: u.at + u.slope * (y - cy), y };
  };
  for (const l of lefts) {
    for (const r of rights) {
      if (Math.abs(l.slope - r.slope) > 0.2) continue;
      for (const t of tops) {
        const [tl, tr] = [cross(l, t), cross(r, t)];
        const width = tr.x - tl.x;
        const topSide = sideStrength(level.quarters(t, tl.x, tr.x));
        const reach = 0.3 * h;
        const beyond = Math.max(
          mean(level.quarters(t, tl.x - reach, tl.x - 3)),
          mean(level.quarters(t, tr.x + 3, tr.x + reach)),
          mean(upright.quarters(l, tl.y - reach, tl.y - 3)),
          mean(upright.quarters(r, tr.y - reach, tr.y - 3)),
        );
        for (const b of [undefined, ...bottoms]) {
          const ends = b === undefined ? undefined : [cross(l, b), cross(r, b)];
          const tall = ends === undefined ? undefined : (ends[0] as { y: number }).y - tl.y;
          if (tall !== undefined && (width / tall < 0.4 || width / tall > 2.2)) continue;
          const lowL = ends?.[0]?.y ?? bottom;
          const lowR = ends?.[1]?.y ?? bottom;
          const leftSide = sideStrength(upright.quarters(l, tl.y, Math.min(lowL, luma.height - 2)));
          const rightSide = sideStrength(upright.quarters(r, tr.y, Math.min(lowR, luma.height - 2)));
          const bottomSide =
            b === undefined
              ? 0
              : sideStrength(level.quarters(b, (ends as { x: number }[])[0]?.x ?? left, (ends as { x: number }[])[1]?.x ?? right));
          const three = (leftSide + rightSide + topSide) / 3;
          const worst = Math.min(leftSide, rightSide, topSide);
          const strength = (0.5 * three + 0.5 * worst) * (0.85 + 0.15 * bottomSide) * (1 - 0.4 * beyond);
          if (strength > best.strength) best = { strength, sides: [leftSide, rightSide, topSide, bottomSide, beyond] };
        }
      }
    }
  }
  field.x.fill(0);
  field.y.fill(0);
  return best;
};
