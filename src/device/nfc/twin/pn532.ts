// The simulated PN532 on an I²C bus, true at the byte level (UM0701-02, 6.2.4): ready byte, restart of a frame that was read short, IRQ line,
// the time a transaction takes.

import { type Clock, systemClock } from '../../../core/clock.ts';
import { findFrame } from '../frame-parser.ts';
import { PN532_ADDRESS } from '../i2c-transport.ts';
import type { I2cBus } from '../ports.ts';
import { TwinChip, type TwinChipOptions } from './chip.ts';
import { busMs } from './timing.ts';

export interface TwinPn532Options extends TwinChipOptions {
  /** The chip drives this line: low while an answer waits. */
  readonly irq?: { write(level: 0 | 1): void };
  readonly address?: number;
  /** Clock rate of the bus. */
  readonly baud?: number;
  /** A board that needs the bus free so long between two transactions: it does not answer one that begins sooner. */
  readonly needsFreeMs?: number;
}

const errno = (code: string): Error => Object.assign(new Error(`${code}: simulated bus`), { code });

type Waiting = { readonly frame: Uint8Array; readonly taken: () => void };

export class TwinPn532 extends TwinChip implements I2cBus {
  readonly #address: number;
  readonly #irq: { write(level: 0 | 1): void } | undefined;
  readonly #baud: number;
  readonly #needsFreeMs: number;
  readonly #clock: Clock;
  #freeSince = Number.NEGATIVE_INFINITY;
  #outbox: Waiting[] = [];
  #failures: string[] = [];

  constructor(options: TwinPn532Options = {}) {
    super(options);
    this.#address = options.address ?? PN532_ADDRESS;
    this.#irq = options.irq;
    this.#baud = options.baud ?? 400_000;
    this.#needsFreeMs = options.needsFreeMs ?? 0;
    this.#clock = options.clock ?? systemClock;
    this.solder({
      say: (frame, taken) => {
        this.#outbox.push({ frame, taken });
        this.#signal();
      },
      forget: () => {
        for (const { taken } of this.#outbox) taken();
        this.#outbox = [];
        this.#signal();
      },
    });
  }

  /** Lets the next transactions fail, as a disturbed bus does. */
  failNext(transactions: number, code = 'EIO'): void {
    this.#failures = Array.from({ length: transactions }, () => code);
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    await this.#access(address, bytes.length);
    const found = findFrame(this.disturbed('command', bytes));
    if (found.state === 'frame') this.hear(found.frame);
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    await this.#access(address, length);
    const bytes = new Uint8Array(length);
    const [waiting] = this.#outbox;
    if (waiting === undefined) return bytes;
    const { frame, taken } = waiting;
    bytes.set(frame.subarray(0, length - 1), 1);
    bytes[0] = 0x01;
    // The last byte is the postamble: once the checksum is out, the frame is delivered.
    if (length - 1 >= frame.length - 1) {
      this.#outbox.shift();
      // A frame that waits behind the one just read makes a new edge.
      if (this.irqInUse) this.#irq?.write(1);
      this.#signal();
      taken();
    }
    return bytes;
  }

  async close(): Promise<void> {
    this.stop();
  }

  async #access(address: number, length: number): Promise<void> {
    // A rounding error of the clock's is no hurry.
    const hasty = this.#clock.monotonicMs() - this.#freeSince < this.#needsFreeMs - 1e-6;
    await this.wires.take(busMs(length, this.#baud));
    this.#freeSince = this.#clock.monotonicMs();
    if (hasty || !this.plugged || address !== this.#address) throw errno('ENXIO');
    const failure = this.#failures.shift();
    if (failure !== undefined) throw errno(failure);
  }

  #signal(): void {
    if (this.irqInUse) this.#irq?.write(this.#outbox.length > 0 ? 0 : 1);
  }
}
