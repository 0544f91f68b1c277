// The power button: an input that is 1 while pressed. A short press is reported on release, a long one as soon as it is long.

import type { Clock } from '../../core/clock.ts';
import type { GpioInput } from './ports.ts';

/** Held this long, the button asks for a shutdown. */
export const LONG_PRESS_MS = 2000;
/** Contacts bounce; a shorter press is no press. */
export const BOUNCE_MS = 30;

/** Watches `button` until the returned function is called. */
export const watchPowerButton = (button: GpioInput, clock: Clock, onPress: (press: 'short' | 'long') => void): (() => void) => {
  let pressedAt: number | undefined;
  let longTimer: unknown;
  const stop = button.onEdge((level) => {
    if (level === 1) {
      if (pressedAt !== undefined) return;
      pressedAt = clock.monotonicMs();
      longTimer = clock.setTimeout(() => {
        pressedAt = undefined;
        onPress('long');
      }, LONG_PRESS_MS);
      return;
    }
    clock.clearTimeout(longTimer);
    const heldMs = pressedAt === undefined ? 0 : clock.monotonicMs() - pressedAt;
    pressedAt = undefined;
    if (heldMs >= BOUNCE_MS) onPress('short');
  });
  return () => {
    stop();
    clock.clearTimeout(longTimer);
  };
};
