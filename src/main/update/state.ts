// What an update is at, as it is kept on the data partition, and what a start makes of it. Pure: nothing is read or written here.

import type { Slot } from './ports.ts';

export interface Outcome {
  readonly version: string;
  /** confirmed: it runs. returned: it was tried and did not do. interrupted: it was never whole. */
  readonly result: 'confirmed' | 'returned' | 'interrupted';
  /** ISO 8601. */
  readonly at: string;
  /** Why it returned: `did-not-start`, or the ids of the self-test that failed since. Why it was not written to its end: `power`, or in words. */
  readonly reason?: string;
}

export type UpdateState = { readonly last?: Outcome } & (
  | { readonly phase: 'idle' }
  | { readonly phase: 'writing'; readonly to: Slot; readonly version: string }
  | {
      readonly phase: 'trying';
      readonly to: Slot;
      readonly from: Slot;
      readonly version: string;
      /** How often the boot loader was told to try it. */
      readonly tries: number;
      /** How often it came as far as this program. */
      readonly starts: number;
      /** Ids of the self-test that failed before the update: they are not its fault. */
      readonly failedBefore: readonly string[];
      /** It is given up. */
      readonly reason?: string;
    }
);

/** A cut of power in the first start is not the update's fault: it gets more than one. */
export const MOST_TRIES = 3;

/** nothing; test: the self-test decides; try: arm and restart; return: forbid the slot, it is over; leave: the slot that is given up runs, restart into the other. */
export type Step = 'nothing' | 'test' | 'try' | 'return' | 'leave';

export const stepAtStart = (state: UpdateState, running: Slot): Step => {
  if (state.phase === 'idle') return 'nothing';
  if (state.phase === 'writing') return 'return';
  const { to, tries, starts, reason } = state;
  if (running === to) return reason !== undefined || starts >= MOST_TRIES ? 'leave' : 'test';
  return reason !== undefined || tries >= MOST_TRIES ? 'return' : 'try';
};

/** What is said of a kiosk that does not answer. */
export const SILENT = 'kiosk';

/** Ids that fail now and did not before the update. A kiosk that does not answer is always one: nothing is known then of all that it would say. */
export const newlyFailed = (failing: readonly string[], failedBefore: readonly string[]): readonly string[] =>
  failing.filter((id) => id === SILENT || !failedBefore.includes(id));
