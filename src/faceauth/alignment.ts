// Least-squares similarity from five facial points to the embedder's template. Alignment decides accuracy: five points, not three.

import type { Similarity } from './sampling.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Eye, eye, nose, mouth corner, mouth corner in the 112×112 input; image-left first. */
export const TEMPLATE: readonly Point[] = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

const mean = (points: readonly Point[]): Point => ({
  x: points.reduce((sum, p) => sum + p.x, 0) / points.length,
  y: points.reduce((sum, p) => sum + p.y, 0) / points.length,
});

/**
 * The similarity that maps `from` to `to` with the least squared error (no reflection).
 * Throws RangeError when the points of `from` coincide or the lists differ in length.
 */
export const fitSimilarity = (from: readonly Point[], to: readonly Point[]): Similarity => {
  if (from.length !== to.length || from.length < 2) throw new RangeError('needs two lists of at least two points');
  const cf = mean(from);
  const ct = mean(to);
  let dot = 0;
  let cross = 0;
  let norm = 0;
  from.forEach((p, i) => {
    const q = to[i] as Point;
    const [px, py, qx, qy] = [p.x - cf.x, p.y - cf.y, q.x - ct.x, q.y - ct.y];
    dot += px * qx + py * qy;
    cross += px * qy - py * qx;
    norm += px * px + py * py;
  });
  if (norm === 0) throw new RangeError('the points coincide');
  const a = dot / norm;
  const b = cross / norm;
  return { a, b, tx: ct.x - a * cf.x + b * cf.y, ty: ct.y - b * cf.x - a * cf.y };
};

/** From template pixels to picture pixels, fitted where the template is the target, as the embedder was trained. */
export const templateToPicture = (points: readonly Point[]): Similarity => {
  const { a, b, tx, ty } = fitSimilarity(points, TEMPLATE);
  const norm = a * a + b * b;
  return { a: a / norm, b: -b / norm, tx: -(a * tx + b * ty) / norm, ty: (b * tx - a * ty) / norm };
};
