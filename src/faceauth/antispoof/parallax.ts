// Motion cue: landmarks of a flat picture move as a plane does, whatever the hand does; a nose stands out and slides against the eyes and mouth
// when a head turns. Pure geometry of two sets of 68 points.

import type { Point } from '../alignment.ts';

/** Brows, eyes and mouth: close to one plane. */
const FLAT = [...Array.from({ length: 10 }, (_, i) => 17 + i), ...Array.from({ length: 32 }, (_, i) => 36 + i)];
/** Bridge and tip of the nose. */
const RAISED = [28, 29, 30, 33];

/** x' = a·x + b·y + c, y' = d·x + e·y + f. */
export type Affine = readonly [number, number, number, number, number, number];

/** Least squares over the points of `indexes`; undefined when they lie on a line. */
export const fitAffine = (from: readonly Point[], to: readonly Point[], indexes: readonly number[]): Affine | undefined => {
  const n = indexes.length;
  const mean = (points: readonly Point[], axis: 'x' | 'y') => indexes.reduce((sum, i) => sum + (points[i] as Point)[axis], 0) / n;
  const [mx, my, nx, ny] = [mean(from, 'x'), mean(from, 'y'), mean(to, 'x'), mean(to, 'y')];
  let [xx, xy, yy, xu, yu, xv, yv] = [0, 0, 0, 0, 0, 0, 0];
  for (const i of indexes) {
    const [p, q] = [from[i] as Point, to[i] as Point];
    const [x, y, u, v] = [p.x - mx, p.y - my, q.x - nx, q.y - ny];
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xu += x * u;
    yu += y * u;
    xv += x * v;
    yv += y * v;
  }
  const det = xx * yy - xy * xy;
  if (det < 1e-6 * xx * yy || det === 0) return undefined;
  const [a, b] = [(xu * yy - yu * xy) / det, (yu * xx - xu * xy) / det];
  const [d, e] = [(xv * yy - yv * xy) / det, (yv * xx - xv * xy) / det];
  return [a, b, nx - a * mx - b * my, d, e, ny - d * mx - e * my];
};

export interface Parallax {
  /** How much one direction was foreshortened against the other: 0 = the pose is the same but for tilt and distance. */
  readonly foreshortening: number;
  /** How far the nose slid against the plane of eyes and mouth, by the distance of the eyes. */
  readonly slide: number;
}

/** `from` and `to` are the 68 points of one face in two frames. */
export const parallaxOf = (from: readonly Point[], to: readonly Point[]): Parallax | undefined => {
  const affine = fitAffine(from, to, FLAT);
  if (affine === undefined) return undefined;
  const [a, b, c, d, e, f] = affine;
  // Singular values of the linear part.
  const sum = Math.hypot(a + e, d - b);
  const difference = Math.hypot(a - e, d + b);
  const [most, least] = [(sum + difference) / 2, (sum - difference) / 2];
  let [sx, sy] = [0, 0];
  for (const i of RAISED) {
    const [p, q] = [from[i] as Point, to[i] as Point];
    sx += q.x - (a * p.x + b * p.y + c);
    sy += q.y - (d * p.x + e * p.y + f);
  }
  const eyes = Math.hypot((to[45] as Point).x - (to[36] as Point).x, (to[45] as Point).y - (to[36] as Point).y);
  if (eyes === 0 || most === 0) return undefined;
  return { foreshortening: 1 - least / most, slide: Math.hypot(sx, sy) / RAISED.length / eyes };
};
