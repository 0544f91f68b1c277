// The bus-free time before each I²C transaction. The data sheet asks for 1.3 ms; boards are known that need 5. So the program begins with 5, and at
// every start of the chip tries what this board keeps up with: the shortest pause whose echoes are all right. A fault on the wires in service makes
// it longer at once, and the pause that failed is not tried again. Decides only; knows no bus and no command.

/** Milliseconds; the last is the safe one. */
const PAUSES = [1.3, 2, 3, 5] as const;
const SAFE = PAUSES.length - 1;
const SAFE_MS = 5;

export class BusGap {
  readonly #fixedMs: number | undefined;
  #at: number = SAFE;
  #shortest = 0;
  #faults = 0;
  #trying = false;

  /** A number is kept whatever happens. */
  constructor(setting: number | 'auto') {
    this.#fixedMs = setting === 'auto' ? undefined : setting;
  }

  get ms(): number {
    return this.#fixedMs ?? PAUSES[this.#at] ?? SAFE_MS;
  }

  /** A transaction failed, or a frame was damaged or lost. True when the pause became longer. */
  faulted(): boolean {
    this.#faults += 1;
    if (this.#fixedMs !== undefined || this.#trying || this.#at === SAFE) return false;
    // A cable that is pulled fails many times, but disproves one pause only.
    if (this.#faults === 1) this.#shortest += 1;
    this.#at += 1;
    return true;
  }

  /**
   * Finds the shortest pause that passes `echoes` without a fault; they reject, or answer false, when something was wrong. `afterFault` then brings
   * the chip back, with the safe pause.
   */
  async settle(echoes: () => Promise<boolean>, afterFault: () => Promise<void>): Promise<void> {
    if (this.#fixedMs !== undefined) return;
    this.#trying = true;
    try {
      while (this.#shortest < SAFE) {
        this.#at = this.#shortest;
        this.#faults = 0;
        const right = await echoes().catch(() => false);
        if (right && this.#faults === 0) return;
        this.#shortest += 1;
        this.#at = SAFE;
        await afterFault();
      }
    } finally {
      this.#trying = false;
      this.#faults = 0;
    }
  }
}
