// Finds the card on its tray: four straight sides of the right proportion, all of them brighter, or all darker, inside than outside.
// Straight lines by Hough transform on a small picture, then each side is measured again in the large one. Pure.

import type { Picture } from '../ports.ts';
import { CARD_MM, type Point, type Quad } from './geometry.ts';

/** Directions of sides away from level and upright: a card that lies more askew is not looked for. */
const MAX_ASKEW = 28;
const STEPS = 4 * MAX_ASKEW + 2;
const PEAKS = 9;

interface Small {
  readonly width: number;
  readonly height: number;
  readonly factor: number;
  readonly gx: Float32Array;
  readonly gy: Float32Array;
}

/** x·cos + y·sin = rho, in small pixels. */
interface Line {
  readonly cos: number;
  readonly sin: number;
  readonly rho: number;
  readonly votes: number;
}

const shrink = (picture: Picture): { grey: Float32Array; width: number; height: number; factor: number } => {
  const factor = Math.max(1, Math.round(Math.max(picture.width, picture.height) / 320));
  const width = Math.floor(picture.width / factor);
  const height = Math.floor(picture.height / factor);
  const grey = new Float32Array(width * height);
  for (let y = 0; y < height * factor; y++) {
    const row = ((y / factor) | 0) * width;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0, at = y * picture.width + x * factor; k < factor; k++, at++) sum += picture.data[at] as number;
      grey[row + x] = (grey[row + x] as number) + sum / (factor * factor);
    }
  }
  return { grey, width, height, factor };
};

const gradients = (picture: Picture): Small => {
  const { grey, width, height, factor } = shrink(picture);
  const gx = new Float32Array(width * height);
  const gy = new Float32Array(width * height);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const value = (dx: number, dy: number): number => grey[at + dy * width + dx] as number;
      gx[at] = (value(1, -1) + 2 * value(1, 0) + value(1, 1) - value(-1, -1) - 2 * value(-1, 0) - value(-1, 1)) / 8;
      gy[at] = (value(-1, 1) + 2 * value(0, 1) + value(1, 1) - value(-1, -1) - 2 * value(0, -1) - value(1, -1)) / 8;
    }
  }
  grey.fill(0);
  return { width, height, factor, gx, gy };
};

/** The strongest lines whose normal is within MAX_ASKEW of `axis` degrees (0: upright lines, 90: level ones). */
const strongLines = ({ width, height, gx, gy }: Small, axis: 0 | 90, threshold: number): Line[] => {
  const reach = Math.ceil(Math.hypot(width, height));
  const angles = Array.from({ length: STEPS }, (_, i) => ((axis + (i - STEPS / 2) / 2) * Math.PI) / 180);
  const cosines = Float32Array.from(angles, Math.cos);
  const sines = Float32Array.from(angles, Math.sin);
  const bins = 2 * reach + 1;
  const votes = new Float32Array(STEPS * bins);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const [dx, dy] = [gx[at] as number, gy[at] as number];
      const strength = Math.hypot(dx, dy);
      if (strength < threshold) continue;
      let degrees = (Math.atan2(dy, dx) * 180) / Math.PI - axis;
      degrees -= 180 * Math.round(degrees / 180);
      const centre = Math.round(degrees * 2) + STEPS / 2;
      const vote = Math.min(strength, 4 * threshold);
      for (let i = Math.max(0, centre - 8); i <= Math.min(STEPS - 1, centre + 8); i++) {
        const rho = Math.round(x * (cosines[i] as number) + y * (sines[i] as number)) + reach;
        votes[i * bins + rho] = (votes[i * bins + rho] as number) + vote;
      }
    }
  }
  const lines: Line[] = [];
  while (lines.length < PEAKS) {
    let best = 0;
    for (let i = 1; i < votes.length; i++) if ((votes[i] as number) > (votes[best] as number)) best = i;
    const strongest = votes[best] as number;
    if (strongest === 0 || strongest < (lines[0]?.votes ?? 0) * 0.12) break;
    const [angle, rho] = [Math.floor(best / bins), (best % bins) - reach];
    lines.push({ cos: cosines[angle] as number, sin: sines[angle] as number, rho, votes: strongest });
    for (let i = Math.max(0, angle - 10); i <= Math.min(STEPS - 1, angle + 10); i++) {
      for (let k = -4; k <= 4; k++) {
        const bin = rho + reach + k;
        if (bin >= 0 && bin < bins) votes[i * bins + bin] = 0;
      }
    }
  }
  return lines;
};

const cross = (a: Line, b: Line): Point | undefined => {
  const det = a.cos * b.sin - a.sin * b.cos;
  if (Math.abs(det) < 0.2) return undefined;
  return { x: (a.rho * b.sin - b.rho * a.sin) / det, y: (a.cos * b.rho - b.cos * a.rho) / det };
};

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** Mean brightening from outside to inside along a side, over the typical edge strength, clipped: −1 … 1. */
const sideSupport = ({ width, height, gx, gy }: Small, from: Point, to: Point, unit: number): number => {
  const length = distance(from, to);
  // Clockwise corners: inside lies to the right of the way in picture coordinates (y down).
  const [nx, ny] = [-(to.y - from.y) / length, (to.x - from.x) / length];
  let sum = 0;
  const samples = 28;
  for (let i = 0; i < samples; i++) {
    const along = 0.07 + (0.86 * (i + 0.5)) / samples;
    let best = 0;
    for (let shift = -1.5; shift <= 1.5; shift += 0.75) {
      const x = Math.round(from.x + (to.x - from.x) * along + nx * shift);
      const y = Math.round(from.y + (to.y - from.y) * along + ny * shift);
      if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) continue;
      const at = y * width + x;
      const slope = (gx[at] as number) * nx + (gy[at] as number) * ny;
      if (Math.abs(slope) > Math.abs(best)) best = slope;
    }
    sum += Math.max(-1, Math.min(1, best / unit));
  }
  return sum / samples;
};

const PROPORTION = CARD_MM.width / CARD_MM.height;

interface Candidate {
  readonly corners: Quad;
  readonly score: number;
}

const judge = (small: Small, corners: Quad, unit: number): Candidate | undefined => {
  const { width, height } = small;
  if (corners.some(({ x, y }) => x < -3 || y < -3 || x > width + 3 || y > height + 3)) return undefined;
  const sides = corners.map((corner, i) => distance(corner, corners[(i + 1) % 4] as Point)) as [number, number, number, number];
  const [wide, high] = [(sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2];
  if (wide < width * 0.3 || wide / high < PROPORTION * 0.84 || wide / high > PROPORTION * 1.2) return undefined;
  if (Math.max(sides[0] / sides[2], sides[2] / sides[0], sides[1] / sides[3], sides[3] / sides[1]) > 1.35) return undefined;
  const supports = corners.map((corner, i) => sideSupport(small, corner, corners[(i + 1) % 4] as Point, unit));
  const sign = Math.sign(supports.reduce((sum, one) => sum + one, 0));
  const least = Math.min(...supports.map((one) => one * sign));
  if (least < 0.3) return undefined;
  return { corners, score: (supports.reduce((sum, one) => sum + one * sign, 0) / 4 + least) * (0.6 + (0.4 * wide) / width) };
};

/** Measures each side again in the large picture: a straight line through the steepest places. */
const refine = (picture: Picture, corners: Quad, factor: number): Quad => {
  const { width, height, data } = picture;
  const value = (x: number, y: number): number =>
    data[Math.max(0, Math.min(height - 1, Math.round(y))) * width + Math.max(0, Math.min(width - 1, Math.round(x)))] as number;
  const lines = corners.map((from, i) => {
    const to = corners[(i + 1) % 4] as Point;
    const length = distance(from, to);
    const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
    const [nx, ny] = [-dy, dx];
    const reach = 2 * factor + 2;
    const points: { t: number; offset: number }[] = [];
    let sign = 0;
    for (let pass = 0; pass < 2; pass++) {
      points.length = 0;
      for (let k = 0; k < 48; k++) {
        const t = length * (0.08 + (0.84 * k) / 47);
        let best = { strength: 0, offset: 0 };
        for (let offset = -reach; offset <= reach; offset++) {
          const [x, y] = [from.x + dx * t + nx * offset, from.y + dy * t + ny * offset];
          const slope = value(x + nx * 2, y + ny * 2) + value(x + nx, y + ny) - value(x - nx, y - ny) - value(x - nx * 2, y - ny * 2);
          const strength = pass === 0 ? Math.abs(slope) : slope * sign;
          if (strength > best.strength) best = { strength, offset };
        }
        if (pass === 0) {
          const [x, y] = [from.x + dx * t + nx * best.offset, from.y + dy * t + ny * best.offset];
          sign += Math.sign(value(x + nx * 2, y + ny * 2) - value(x - nx * 2, y - ny * 2));
        } else points.push({ t, offset: best.offset });
      }
      sign = Math.sign(sign) || 1;
    }
    let kept = points;
    let [slope, start] = [0, 0];
    for (let round = 0; round < 4 && kept.length >= 8; round++) {
      const meanT = kept.reduce((sum, { t }) => sum + t, 0) / kept.length;
      const meanO = kept.reduce((sum, { offset }) => sum + offset, 0) / kept.length;
      const top = kept.reduce((sum, { t, offset }) => sum + (t - meanT) * (offset - meanO), 0);
      const bottom = kept.reduce((sum, { t }) => sum + (t - meanT) ** 2, 0);
      slope = top / (bottom || 1);
      start = meanO - slope * meanT;
      const residual = kept.map(({ t, offset }) => Math.abs(offset - start - slope * t)).sort((a, b) => a - b);
      const limit = Math.max(1, 2.2 * (residual[residual.length >> 1] as number));
      kept = kept.filter(({ t, offset }) => Math.abs(offset - start - slope * t) <= limit);
    }
    const at = (t: number): Point => ({ x: from.x + dx * t + nx * (start + slope * t), y: from.y + dy * t + ny * (start + slope * t) });
    return [at(0), at(length)] as const;
  });
  const meet = ([a, b]: readonly [Point, Point], [c, d]: readonly [Point, Point]): Point => {
    const det = (b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x);
    const t = ((c.x - a.x) * (d.y - c.y) - (c.y - a.y) * (d.x - c.x)) / det;
    return { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) };
  };
  return corners.map((_, i) => meet(lines[(i + 3) % 4] as readonly [Point, Point], lines[i] as readonly [Point, Point])) as unknown as Quad;
};

/** Corners of the card in a grey picture's pixels, clockwise from the upper left of the picture; undefined when there is no such outline. */
export const findCard = (picture: Picture): Quad | undefined => {
  const small = gradients(picture);
  const strengths = Float32Array.from(small.gx, (dx, i) => Math.hypot(dx, small.gy[i] as number)).sort();
  const threshold = Math.max(2.5, strengths[Math.floor(strengths.length * 0.9)] as number) * 0.7;
  const unit = Math.max(4, (strengths[Math.floor(strengths.length * 0.985)] as number) * 0.6);
  const upright = strongLines(small, 0, threshold);
  const level = strongLines(small, 90, threshold);
  let best: Candidate | undefined;
  for (const left of upright) {
    for (const right of upright) {
      for (const top of level) {
        for (const bottom of level) {
          const a = cross(left, top);
          const b = cross(right, top);
          const c = cross(right, bottom);
          const d = cross(left, bottom);
          if (a === undefined || b === undefined || c === undefined || d === undefined) continue;
          if (b.x - a.x < small.width * 0.2 || c.x - d.x < small.width * 0.2 || d.y - a.y < 20 || c.y - b.y < 20) continue;
          const candidate = judge(small, [a, b, c, d], unit);
          if (candidate !== undefined && candidate.score > (best?.score ?? 0)) best = candidate;
        }
      }
    }
  }
  const { factor } = small;
  small.gx.fill(0);
  small.gy.fill(0);
  if (best === undefined) return undefined;
  const large = best.corners.map(({ x, y }) => ({ x: (x + 0.5) * factor - 0.5, y: (y + 0.5) * factor - 0.5 })) as unknown as Quad;
  return refine(picture, large, factor);
};
