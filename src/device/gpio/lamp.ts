// The lamp of the card tray: three lines, one colour at a time.

import type { GpioOutput } from './ports.ts';

export const LAMP_COLOURS = ['off', 'blue', 'green', 'red'] as const;
export type LampColour = (typeof LAMP_COLOURS)[number];

export interface LampLines {
  readonly red: GpioOutput;
  readonly green: GpioOutput;
  readonly blue: GpioOutput;
}

export class Lamp {
  readonly #lines: LampLines;
  #colour: LampColour = 'off';

  constructor(lines: LampLines) {
    this.#lines = lines;
  }

  get colour(): LampColour {
    return this.#colour;
  }

  show(colour: LampColour): void {
    this.#colour = colour;
    for (const name of ['red', 'green', 'blue'] as const) this.#lines[name].write(name === colour ? 1 : 0);
  }
}
