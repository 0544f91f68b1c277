// Everything that is fuzzed, and how one run is judged: it must hold, and must not allocate more than 1 MB for each kB of input.

import './sizes.ts';
import fc from 'fast-check';
import { openCardFuzzTargets } from '../card/generators.ts';
import { type FuzzTarget, nfcFuzzTargets } from '../device-nfc/generators.ts';
import { overdrawn } from './allocation.ts';

export const openTargets = async (): Promise<readonly FuzzTarget[]> => [...nfcFuzzTargets, ...(await openCardFuzzTargets())];

const MB = 1024 * 1024;

const sizeOf = (input: unknown): number => {
  if (input instanceof Uint8Array) return input.length;
  return Array.isArray(input) ? input.reduce((sum: number, part) => sum + sizeOf(part), 0) : 16;
};

/** Throws what was found. */
const judge = async (target: FuzzTarget, input: unknown): Promise<void> => {
  const size = sizeOf(input);
  const taken = await overdrawn(MB * Math.max(1, size / 1024), async () => {
    if (!(await target.holds(input))) throw new Error('does not hold');
  });
  if (taken !== undefined) throw new Error(`allocated ${taken} for an input of ${size}`);
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
