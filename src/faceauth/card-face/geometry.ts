// Planes seen in perspective: homographies between four points and four points. Pure.

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Corners of a card, clockwise from its upper left one. */
export type Quad = readonly [Point, Point, Point, Point];

/** Row by row; the last is 1. */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

/** ISO/IEC 7810 ID-1. */
export const CARD_MM = { width: 85.6, height: 53.98, cornerRadius: 3.18 } as const;

/** The map that takes each corner of `from` to that of `to`; undefined when three corners lie on a line. */
export const homography = (from: Quad, to: Quad): Homography | undefined => {
  const rows: number[][] = [];
  for (let i = 0; i < 4; i++) {
    const { x, y } = from[i] as Point;
    const { x: u, y: v } = to[i] as Point;
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
  }
  for (let column = 0; column < 8; column++) {
    let best = column;
    for (let row = column + 1; row < 8; row++) {
      if (Math.abs(rows[row]?.[column] as number) > Math.abs(rows[best]?.[column] as number)) best = row;
    }
    const pivot = rows[best] as number[];
    if (Math.abs(pivot[column] as number) < 1e-9) return undefined;
    [rows[column], rows[best]] = [pivot, rows[column] as number[]];
    for (let row = 0; row < 8; row++) {
      if (row === column) continue;
      const other = rows[row] as number[];
      const factor = (other[column] as number) / (pivot[column] as number);
      for (let k = column; k < 9; k++) other[k] = (other[k] as number) - factor * (pivot[k] as number);
    }
  }
  const solved = rows.map((row, i) => (row[8] as number) / (row[i] as number));
  return [...solved, 1] as unknown as Homography;
};

export const project = (h: Homography, x: number, y: number): Point => {
  const w = h[6] * x + h[7] * y + h[8];
  return { x: (h[0] * x + h[1] * y + h[2]) / w, y: (h[3] * x + h[4] * y + h[5]) / w };
};

/** Corners of a rectangle at the origin. */
export const rectangle = (width: number, height: number): Quad => [
  { x: 0, y: 0 },
  { x: width, y: 0 },
  { x: width, y: height },
  { x: 0, y: height },
];
