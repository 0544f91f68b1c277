// A facility asks for a false accept rate; which cosine that is, is the model pack's to say. Pure.

/** One measured row of a pack: share of impostors accepted at `threshold`, over all people and within the worst measured group. */
export interface CalibrationRow {
  readonly far: number;
  readonly inGroupFar: number;
  readonly threshold: number;
}

/**
 * The threshold for `far` over all people: between two rows along the logarithm of the rate, beyond the table along its last two rows, at most 0.9.
 * Throws RangeError when the table has fewer than two rows or `far` is not between 0 and 1.
 */
export const thresholdForFar = (table: readonly CalibrationRow[], far: number): number => {
  const rows = [...table].sort((a, b) => b.far - a.far);
  if (rows.length < 2 || !(far > 0 && far < 1)) throw new RangeError('needs two rows and a rate between 0 and 1');
  const next = rows.findIndex((row) => row.far <= far);
  const upper = Math.max(1, next === -1 ? rows.length - 1 : next);
  const [a, b] = [rows[upper - 1] as CalibrationRow, rows[upper] as CalibrationRow];
  const part = (Math.log(far) - Math.log(a.far)) / (Math.log(b.far) - Math.log(a.far));
  return Math.min(0.9, a.threshold + part * (b.threshold - a.threshold));
};
