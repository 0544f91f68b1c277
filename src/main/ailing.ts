// What the watchdog asks: does the work go on? A failure that is shown and tried again is no ailment.

import { type Clock, sleep } from '../core/clock.ts';
import type { Display } from '../display/display.ts';
import type { Visit } from '../visit/visit.ts';

/** The visit beats once a second. */
const BEAT_LIMIT_MS = 5000;
/** A screen that takes longer to draw is never drawn. */
const DRAW_LIMIT_MS = 5000;

/** The part that no longer does its work; undefined = all is well. */
export const ailingPart = async (
  visit: Pick<Visit, 'beatAtMs'>,
  display: Pick<Display, 'settled'>,
  clock: Clock,
): Promise<'visit' | 'display' | undefined> => {
  if (clock.monotonicMs() - visit.beatAtMs > BEAT_LIMIT_MS) return 'visit';
  const late = new AbortController();
  const drawn = await Promise.race([display.settled().then(() => true), sleep(clock, DRAW_LIMIT_MS, late.signal).then(() => false)]);
  late.abort();
  return drawn ? undefined : 'display';
};
