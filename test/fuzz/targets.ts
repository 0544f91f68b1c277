// Everything that is fuzzed, and how one run is judged: it must hold, and must not allocate more than 1 MB for each kB of input.

import './sizes.ts';
import { getHeapStatistics } from 'node:v8';
import fc from 'fast-check';
import { openCardFuzzTargets } from '../card/generators.ts';
import { type FuzzTarget, nfcFuzzTargets } from '../device-nfc/generators.ts';

export const openTargets = async (): Promise<readonly FuzzTarget[]> => [...nfcFuzzTargets, ...(await openCardFuzzTargets())];

const MB = 1024 * 1024;

const sizeOf = (input: unknown): number => {
  if (input instanceof Uint8Array) return input.length;
  return Array.isArray(input) ? input.reduce((sum: number, part) => sum + sizeOf(part), 0) : 16;
};

const allocated = (): number => {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
};

/** How often an input must allocate too much to be a finding: a compiler or a collector at work does so once, an input every time. */
const MEASURES = 4;

/** Throws what was found. A collection in the middle makes the difference negative: that measure counts as small. */
const judge = async (target: FuzzTarget, input: unknown): Promise<void> => {
  const allowed = MB * Math.max(1, sizeOf(input) / 1024);
  let grown = 0;
  for (let measure = 0; measure < MEASURES; measure += 1) {
    const before = allocated();
    if (!(await target.holds(input))) throw new Error('does not hold');
    grown = allocated() - before;
    if (grown <= allowed) return;
  }
  throw new Error(`allocated ${grown} bytes for ${sizeOf(input)}`);
};

export interface Finding {
  readonly seed: number;
  readonly path: string;
  readonly error: string;
}

/** Undefined: nothing found. */
export const fuzz = async (
  target: FuzzTarget,
  options: { readonly runs: number; readonly seed: number; readonly path?: string },
): Promise<Finding | undefined> => {
  const { runs, seed, path } = options;
  const property = fc.asyncProperty(target.input, (input) => judge(target, input));
  const details = await fc.check(property, { numRuns: runs, seed, ...(path === undefined ? {} : { path }) });
  if (!details.failed) return undefined;
  const { errorInstance, counterexamplePath } = details;
  return { seed, path: counterexamplePath ?? '', error: errorInstance instanceof Error ? errorInstance.message : String(errorInstance) };
};
