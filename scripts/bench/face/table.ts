// Engines side by side: medians, and by how much each takes longer than kazashi. Pure.

import type { EngineAccuracy } from './accuracy.ts';
import type { EngineTimes } from './engine.ts';

export type Measured =
  | { readonly title: string; readonly skipped: string }
  | {
      readonly title: string;
      readonly backend: string;
      readonly ms: EngineTimes;
      /** Once loaded and warm, and the most while it was timed. */
      readonly rssMb: number;
      readonly peakMb: number;
      readonly accuracy?: EngineAccuracy;
    };

export const medianOf = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

/** What the second way takes more than the first, frame by frame. */
const extra = (more: readonly number[], less: readonly number[]): number[] => more.map((value, i) => Math.max(0, value - (less[i] ?? 0)));

type Row = readonly [name: string, of: (engine: Extract<Measured, { backend: string }>) => number | undefined, unit: 'ms' | 'MB' | '%'];

const ROWS: readonly Row[] = [
  ['locate', ({ ms }) => medianOf(ms.locate), 'ms'],
  ['embed (points included)', ({ ms }) => medianOf(extra(ms.recognise, ms.locate)), 'ms'],
  ['anti-spoof', ({ ms, title }) => (title.startsWith('face-api') ? undefined : medianOf(extra(ms.judge, ms.recognise))), 'ms'],
  ['frame → decision', ({ ms }) => medianOf(ms.decide), 'ms'],
  ['same, processor time', ({ ms }) => medianOf(ms.cpu), 'ms'],
  ['RSS once loaded', ({ rssMb }) => rssMb, 'MB'],
  ['RSS at most', ({ peakMb }) => peakMb, 'MB'],
  ['TAR at FAR 1e-3', ({ accuracy }) => accuracy?.tar.find(({ far }) => far === 1e-3)?.tar, '%'],
  ['TAR at FAR 1e-4', ({ accuracy }) => accuracy?.tar.find(({ far }) => far === 1e-4)?.tar, '%'],
];

const shown = (value: number | undefined, unit: Row[2], own: number | undefined): string => {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (unit === '%') return `${(100 * value).toFixed(1)} %`;
  const times = own === undefined || own === 0 || own === value ? '' : ` (${(value / own).toFixed(1)} ×)`;
  return `${value.toFixed(value < 10 ? 2 : 1)} ${unit}${times}`;
};

export const faceTable = (engines: readonly Measured[]): string => {
  const run = engines.filter((engine) => 'backend' in engine);
  const own = run.find(({ title }) => title === 'kazashi');
  const rows = [
    ['median', ...run.map(({ title }) => title)],
    ...ROWS.map(([name, of, unit]) => [name, ...run.map((engine) => shown(of(engine), unit, own === undefined ? undefined : of(own)))]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '));
  const notes = engines.map((engine) => {
    if ('skipped' in engine) return `${engine.title}: skipped (${engine.skipped})`;
    const { title, backend, accuracy } = engine;
    const pairs =
      accuracy === undefined
        ? ''
        : `; compared by ${accuracy.by}, ${accuracy.genuine} genuine and ${accuracy.impostors.toLocaleString('en')} impostor pairs, no usable face on ${accuracy.failures.cards} cards and in ${accuracy.failures.frames} frames`;
    return `${title}: ${backend}${pairs}`;
  });
  return [...lines, '', ...notes].join('\n');
};
