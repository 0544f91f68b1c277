// The panel's brightness in ten steps, where the kernel offers a backlight (/sys/class/backlight/*: brightness, max_brightness).

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STEPS = 10;

export interface Backlight {
  /** 1..10. */
  level(): number;
  /** Throws what the kernel answers to whoever may not write. */
  set(level: number): void;
}

/** Undefined: this panel's light cannot be set. */
export const openBacklight = (sysfs = '/sys'): Backlight | undefined => {
  const directory = join(sysfs, 'class/backlight');
  const number = (path: string): number => Number(readFileSync(path, 'utf8').trim());
  try {
    const [name] = readdirSync(directory);
    if (name === undefined) return undefined;
    const file = join(directory, name, 'brightness');
    const most = number(join(directory, name, 'max_brightness'));
    if (!(most > 0)) return undefined;
    return {
      level: () => Math.max(1, Math.min(STEPS, Math.round((number(file) / most) * STEPS))),
      // Never dark by a technician's hand: the way back must be seen.
      set: (level) => writeFileSync(file, String(Math.max(1, Math.round((level / STEPS) * most)))),
    };
  } catch {
    return undefined;
  }
};
