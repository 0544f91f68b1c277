// How fast a figure grows with the visits: a straight line by least squares, and how sure its slope is.

import { type Held, MEASURES } from './what-is-held.ts';

export interface Slope {
  readonly name: string;
  readonly unit: string;
  /** Per 1,000 visits. */
  readonly slope: number;
  /** Half of the 95 % interval around the slope; the rows are taken as independent, which makes it somewhat too narrow. */
  readonly margin: number;
  readonly rows: number;
}

/** Two-sided 95 % of Student's t for 1 to 30 degrees of freedom; above that the normal distribution's is near enough. */
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086,
  2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Slope and half its 95 % interval. Fewer than three points tell no confidence: the margin is infinite. */
export const fitLine = (points: readonly (readonly [x: number, y: number])[]): { readonly slope: number; readonly margin: number } => {
  const n = points.length;
  const mean = (pick: (point: readonly [number, number]) => number) => points.reduce((sum, point) => sum + pick(point), 0) / n;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (n < 2 || spread === 0) return { slope: Number.NaN, margin: Number.POSITIVE_INFINITY };
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  if (n < 3) return { slope, margin: Number.POSITIVE_INFINITY };
  const left = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, margin: (T95[n - 3] ?? 1.96) * Math.sqrt(left / (n - 2) / spread) };
};

/** Of every measure, from the visit on at which caches and heap have found their size. */
export const grown = (rows: readonly Held[], settle: number): readonly Slope[] => {
  const counted = rows.filter(({ visits }) => visits >= settle);
  return MEASURES.map(({ name, unit, of }) => {
    const { slope, margin } = fitLine(counted.map((row) => [row.visits / 1000, of(row)] as const));
    return { name, unit, slope, margin, rows: counted.length };
  });
};

export const slopeTable = (slopes: readonly Slope[], settle: number): string => {
  const width = Math.max(...slopes.map(({ name }) => name.length));
  const lines = slopes.map(({ name, unit, slope, margin, rows }) => {
    const verdict = !Number.isFinite(margin)
      ? 'too few rows'
      : Math.abs(slope) <= margin
        ? 'no growth to be seen'
        : slope > 0
          ? 'GROWS'
          : 'shrinks';
    return `${name.padEnd(width)}  ${slope.toFixed(2).padStart(9)} ± ${margin.toFixed(2).padEnd(8)} ${unit.padEnd(3)} per 1,000 visits, ${rows} rows: ${verdict}`;
  });
  return [`slope from visit ${settle} on, with 95 % confidence:`, ...lines].join('\n');
};
