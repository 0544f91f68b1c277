// From a chip label and a line offset to the number sysfs uses. Kernels since 6.6 number lines from 512 instead of 0,
// so a fixed number in a configuration would drive the wrong pin: the label never moves.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KioskFailure } from '../../core/failure.ts';

export interface GpioLine {
  /** The chip's label, such as "pinctrl-bcm2711". */
  readonly chip: string;
  /** Offset on that chip. */
  readonly line: number;
}

export const GPIO_ROOT = '/sys/class/gpio';

const readText = async (path: string): Promise<string> => (await readFile(path, 'utf8')).trim();

/** Base plus offset of a line. Throws KioskFailure config/invalid when no chip has the label or the chip has no such line. */
export const gpioNumber = async ({ chip, line }: GpioLine, root: string = GPIO_ROOT): Promise<number> => {
  const names = await readdir(root).catch((cause: unknown) => {
    throw new KioskFailure('config/invalid', {
      cause,
      facts: { field: 'gpio' },
      message: `${root} is missing: this kernel offers no sysfs GPIO`,
    });
  });
  const labels: string[] = [];
  for (const name of names.filter((entry) => /^gpiochip\d+$/.test(entry)).sort()) {
    const label = await readText(join(root, name, 'label'));
    labels.push(label);
    if (label !== chip) continue;
    const count = Number(await readText(join(root, name, 'ngpio')));
    if (line < 0 || line >= count) {
      throw new KioskFailure('config/invalid', {
        facts: { field: 'line', line, lines: count },
        message: `GPIO chip "${chip}" has lines 0 to ${count - 1}, not ${line}`,
      });
    }
    return Number(await readText(join(root, name, 'base'))) + line;
  }
  throw new KioskFailure('config/invalid', {
    facts: { field: 'chip' },
    message: `no GPIO chip is labelled "${chip}"; this machine has: ${labels.join(', ') || 'none'}`,
  });
};
