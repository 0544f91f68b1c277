// Whether the card found before is still in the field. Asks as softly as the technology allows: a working session survives it.

import type { CardLink } from './card-link.ts';
import { inRelease, POLLS, type PollName } from './commands.ts';
import type { Pn532Driver } from './driver.ts';
import { readTarget, type Target } from './target.ts';

/** Looks once for one technology, at the rate every card begins with: whether the chip's polls set it back by themselves is not documented. */
export const pollFor = async (driver: Pn532Driver, poll: PollName, signal?: AbortSignal): Promise<Target | undefined> => {
  await driver.setBitRate(106, signal);
  return readTarget(poll, await driver.execute(POLLS[poll], signal));
};

/** True while the card stays. A silent one is asked twice: one lost block is no removal. */
export const isPresent = async (
  driver: Pn532Driver,
  target: Target,
  link: CardLink | undefined,
  signal?: AbortSignal,
): Promise<boolean> => {
  if (target.several === true) return (await areSeveral(driver, target, signal)) || areSeveral(driver, target, signal);
  const answers = async () => (link === undefined ? (await pollFor(driver, target.poll, signal)) !== undefined : link.answers(signal));
  if ((await answers()) || (await answers())) return true;
  // A listed card without ISO-DEP may be waiting in a state that no poll reaches: start the field anew once.
  return link === undefined && (await refound(driver, target, signal));
};

/** Whether there are still several. Where one or none is left, it is left as a field that was just switched on leaves it: ready to be found. */
const areSeveral = async (driver: Pn532Driver, target: Target, signal?: AbortSignal): Promise<boolean> => {
  await driver.resetField(signal);
  const several = (await pollFor(driver, target.poll, signal))?.several === true;
  if (!several) await driver.resetField(signal);
  return several;
};

/** Starts the field anew and looks for a card of the same kind: true when something lies there, though its session is lost. */
export const refound = async (driver: Pn532Driver, target: Target, signal?: AbortSignal): Promise<boolean> => {
  await driver.resetField(signal);
  return (await pollFor(driver, target.poll, signal)) !== undefined;
};

/** True when no technology finds anything after a fresh start of the field. */
export const fieldIsEmpty = async (driver: Pn532Driver, signal?: AbortSignal): Promise<boolean> => {
  await driver.resetField(signal);
  for (const poll of ['b', 'a', 'f212', 'f424'] as const) {
    if ((await pollFor(driver, poll, signal)) !== undefined) {
      await driver.execute(inRelease(), signal);
      return false;
    }
  }
  return true;
};
