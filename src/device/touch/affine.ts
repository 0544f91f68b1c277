// The affine map from what a touch panel reports to where the finger was, from a few touches whose places are known. Pure.
// Swapped, mirrored, stretched and shifted axes are all of this kind.

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** x' = a·x + b·y + c, y' = d·x + e·y + f; shares 0..1 of the device's range to shares of the panel as it is seen. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export interface Touched {
  readonly raw: Point;
  /** Where the cross was, as shares of the panel. */
  readonly wanted: Point;
}

export const applyAffine = ([a, b, c, d, e, f]: Affine, { x, y }: Point): Point => ({ x: a * x + b * y + c, y: d * x + e * y + f });

/** Least squares over three touches or more. `off` = the farthest touch from its cross under this map. Undefined: the touches lie on a line. */
export const solveAffine = (touches: readonly Touched[]): { readonly affine: Affine; readonly off: number } | undefined => {
  const count = touches.length;
  const mean = (of: (touch: Touched) => number) => touches.reduce((sum, touch) => sum + of(touch), 0) / count;
  // About the means: two unknowns for each axis instead of three.
  const [mx, my] = [mean(({ raw }) => raw.x), mean(({ raw }) => raw.y)];
  const moment = (of: (touch: Touched) => number) => mean(of);
  const xx = moment(({ raw }) => (raw.x - mx) ** 2);
  const yy = moment(({ raw }) => (raw.y - my) ** 2);
  const xy = moment(({ raw }) => (raw.x - mx) * (raw.y - my));
  const determinant = xx * yy - xy * xy;
  if (count < 3 || !(determinant > 1e-6)) return undefined;
  const axis = (of: (point: Point) => number): [number, number, number] => {
    const middle = mean(({ wanted }) => of(wanted));
    const wx = moment(({ raw, wanted }) => (raw.x - mx) * (of(wanted) - middle));
    const wy = moment(({ raw, wanted }) => (raw.y - my) * (of(wanted) - middle));
    const p = (wx * yy - wy * xy) / determinant;
    const q = (wy * xx - wx * xy) / determinant;
    return [p, q, middle - p * mx - q * my];
  };
  const affine: Affine = [...axis(({ x }) => x), ...axis(({ y }) => y)];
  const off = Math.max(
    ...touches.map(({ raw, wanted }) => {
      const { x, y } = applyAffine(affine, raw);
      return Math.hypot(x - wanted.x, y - wanted.y);
    }),
  );
  return { affine, off };
};
