// A virtual card's directory, held by one program while its card is in a reader: each program counts the tries of its own copy, and the
// last one to write would give back what the others took.

import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { hasCard, type OpenedCard, openCard } from '../card/twin/card-directory.ts';
import { isFailure, KioskFailure } from '../core/failure.ts';
import { nodeDurableFs } from '../uplink/durable-fs.ts';
import { nodeProcessTable, takeLock } from '../uplink/lock.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const lockOf = async (directory: string): Promise<() => Promise<void>> => {
  try {
    return await takeLock(nodeDurableFs, directory, nodeProcessTable);
  } catch (cause) {
    if (!isFailure(cause, 'storage/unwritable')) throw cause;
    const { errno, pid } = cause.facts;
    const message =
      errno === 'LOCKED'
        ? `${directory}: the card is in use by process ${pid}: end that one first, for two at once would lose count of its tries`
        : `${join(directory, 'lock')}: cannot be written (${errno}), nor could the card's tries be; put the card where it can`;
    throw new KioskFailure('storage/unwritable', { cause, facts: cause.facts, message });
  }
};

const hold = async (directory: string): Promise<() => Promise<void>> => {
  const unlock = await lockOf(directory);
  const leave = (): void => {
    try {
      unlinkSync(join(directory, 'lock'));
    } catch {
      // The directory went first; a lock that stays is of a dead process, and holds nobody up.
    }
  };
  const before = new Map(SIGNALS.map((signal) => [signal as NodeJS.Signals, process.listenerCount(signal)]));
  const onSignal = (signal: NodeJS.Signals): void => {
    // Who listens since ends the program in order, and releases on the way.
    if (process.listenerCount(signal) > (before.get(signal) ?? 0) + 1) return;
    leave();
    forget();
    process.kill(process.pid, signal);
  };
  const forget = (): void => {
    process.off('exit', leave);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.on('exit', leave);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return async () => {
    forget();
    await unlock();
  };
};

export interface HeldCard extends OpenedCard {
  /** Lets other programs have the card. */
  release(): Promise<void>;
}

/** Opens a card to put it into a reader. Throws input/invalid as openCard does; storage/unwritable naming directory and process while another has it. */
export const holdCard = async (directory: string, now: number): Promise<HeldCard> => {
  // Nothing is written where no card is: openCard says so.
  const release = hasCard(directory) ? await hold(directory) : () => Promise.resolve();
  try {
    return { ...(await openCard(directory, now)), release };
  } catch (cause) {
    await release();
    throw cause;
  }
};
