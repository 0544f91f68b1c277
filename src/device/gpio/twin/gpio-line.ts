// A GPIO line in memory: one end writes, the other reads and hears edges. Starts high, as a pulled-up line does.

import type { GpioInput, GpioOutput } from '../ports.ts';

export class TwinGpioLine implements GpioInput, GpioOutput {
  readonly #listeners = new Set<(level: 0 | 1) => void>();
  #level: 0 | 1;

  constructor(level: 0 | 1 = 1) {
    this.#level = level;
  }

  read(): 0 | 1 {
    return this.#level;
  }

  /** Listeners hear a change only, at once. */
  write(level: 0 | 1): void {
    if (level === this.#level) return;
    this.#level = level;
    for (const listener of [...this.#listeners]) listener(level);
  }

  onEdge(listener: (level: 0 | 1) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
