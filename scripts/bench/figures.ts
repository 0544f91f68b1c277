// What was measured as rows of one table: figure, median, p95, target, ratio to the target.

export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'MB' | '/s';
  readonly median: number;
  /** Undefined for what is read once. */
  readonly p95?: number;
  readonly samples: number;
  readonly target?: number;
  /** median by target; at most 1 is within. For a rate the other way round. */
  readonly ratio?: number;
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

/** Nearest rank. Three decimals are more than the clock knows. */
export const figure = (name: string, values: readonly number[], unit: Figure['unit'] = 'ms', target?: number): Figure => {
  const sorted = [...values].sort((a, b) => a - b);
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  const median = round(at(sorted, 0.5));
  return {
    name,
    unit,
    median,
    ...(values.length > 1 ? { p95: round(at(sorted, 0.95)) } : {}),
    samples: values.length,
    ...(target === undefined ? {} : { target, ratio: round(unit === '/s' ? target / median : median / target) }),
  };
};

const short = (value: number | undefined): string =>
  value === undefined ? '' : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

export const table = (figures: readonly Figure[]): string => {
  const rows = figures.map(({ name, unit, median, p95, target, ratio }) => [
    name,
    `${short(median)} ${unit}`,
    short(p95),
    target === undefined ? '' : `${target} ${unit}`,
    ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
  ]);
  const all = [['figure', 'median', 'p95', 'target', 'ratio'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '))
    .join('\n');
};
