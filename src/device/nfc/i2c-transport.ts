// PN532 frames over I²C (UM0701-02, 6.2.4): every read begins with a ready byte, the frame follows in the same transaction,
// and a read that stopped short begins the frame again. Decides how much to read and when; knows no commands.

import { wipe } from '../../core/bytes.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import type { GpioInput } from '../gpio/ports.ts';
import { BusGap } from './bus-gap.ts';
import { ACK_FRAME, type Frame } from './frame.ts';
import { findFrame } from './frame-parser.ts';
import type { I2cBus } from './ports.ts';
import { waitFor } from './signals.ts';
import { BusError, type Pn532Transport, type Received, type ReceiveOptions } from './transport.ts';

export const PN532_ADDRESS = 0x24;

export interface I2cTransportOptions {
  readonly bus: I2cBus;
  readonly clock: Clock;
  /** IRQ line (P70), low while an answer waits. Without it the ready byte is polled. */
  readonly irq?: GpioInput;
  readonly address?: number;
  /** Bus-free time before every transaction; auto: the shortest that this board keeps up with. 5 ms is known to be reliable on older boards. */
  readonly gapMs?: number | 'auto';
  /** Pause between two looks at the ready byte. */
  readonly pollMs?: number;
  /**
   * With an IRQ line: how often the ready byte is looked at all the same, so that a broken wire costs speed, not service. Eight times as long while
   * the line works: a look in the middle of an answer's making keeps the bus busy, and its pause the answer waiting.
   */
  readonly irqFallbackMs?: number;
  /** Time the oscillator needs after a wake-up. */
  readonly wakeMs?: number;
}

/** Up to this length a frame is read together with its ready byte: cheaper than asking first (one gap saved). */
const READ_AT_ONCE = 32;
/** Single failed reads are the bus's noise; this many in a row are an unplugged reader. */
const TOLERATED_ERRORS = 3;
const TRUST = 8;
const isReady = (read: Uint8Array): boolean => ((read[0] ?? 0) & 1) === 1;

export class Pn532I2cTransport implements Pn532Transport {
  readonly gap: BusGap;
  readonly #bus: I2cBus;
  readonly #clock: Clock;
  readonly #irq: GpioInput | undefined;
  readonly #address: number;
  readonly #pollMs: number;
  readonly #wakeMs: number;
  /** The line announced the last answer. */
  #irqWorks = false;
  #freeAt = 0;

  constructor(options: I2cTransportOptions) {
    this.#bus = options.bus;
    this.#clock = options.clock;
    this.#irq = options.irq;
    this.#address = options.address ?? PN532_ADDRESS;
    this.gap = new BusGap(options.gapMs ?? 5);
    this.#wakeMs = options.wakeMs ?? 3;
    this.#pollMs = options.irq === undefined ? (options.pollMs ?? 2) : (options.irqFallbackMs ?? 25);
  }

  get #lookMs(): number {
    return this.#irqWorks ? this.#pollMs * TRUST : this.#pollMs;
  }

  async wake(): Promise<void> {
    // The first access only wakes a sleeping chip and may not be acknowledged; the ACK in it aborts a command left over.
    await this.send(ACK_FRAME).catch(() => undefined);
    await sleep(this.#clock, this.#wakeMs);
  }

  /** A bus behind a USB adapter that was plugged in again is another one under the same name. */
  renew(): Promise<void> {
    return this.#bus.close();
  }

  send(frame: Uint8Array): Promise<void> {
    return this.#transaction(() => this.#bus.write(this.#address, frame));
  }

  async receive({ timeoutMs, likelyLength, signal }: ReceiveOptions): Promise<Received> {
    const deadline = this.#clock.monotonicMs() + timeoutMs;
    let missed = false;
    for (let errors = 0; ; ) {
      const left = Math.max(0, deadline - this.#clock.monotonicMs());
      const byLine = this.#irq !== undefined && (await this.#irqLow(this.#irq, Math.min(left, this.#lookMs), signal));
      let announced = byLine;
      try {
        announced ||= likelyLength > READ_AT_ONCE && isReady(await this.#read(0));
        if (announced || likelyLength <= READ_AT_ONCE) {
          const bytes = await this.#read(likelyLength);
          if (isReady(bytes)) {
            this.#irqWorks = byLine;
            const received = await this.#frameIn(bytes.subarray(1));
            return errors === 0 || received.kind === 'damaged' ? received : { ...received, retried: true };
          }
          // The bit was lost and the answer went by: it is asked for again, at once where the chip had announced it.
          if (findFrame(bytes.subarray(1)).state !== 'damaged') missed = true;
          wipe(bytes);
          if (missed && announced) return { kind: 'damaged' };
        }
      } catch (error) {
        errors += 1;
        if (errors >= TOLERATED_ERRORS) throw error;
        if (announced) return { kind: 'damaged' };
      }
      signal?.throwIfAborted();
      if (left === 0) return { kind: missed ? 'damaged' : errors > 0 ? 'lost' : 'timeout' };
      if (this.#irq === undefined) await sleep(this.#clock, Math.min(this.#pollMs, left), signal);
    }
  }

  /** The frame in a first read; a longer one is read once more from its beginning, now in its exact length. */
  async #frameIn(first: Uint8Array): Promise<Frame | { readonly kind: 'damaged' }> {
    let found = findFrame(first);
    wipe(first);
    for (let rereads = 0; found.state === 'short' && rereads < 2; rereads += 1) {
      const again = await this.#read(found.end + 1);
      if (!isReady(again)) break;
      found = findFrame(again.subarray(1));
      wipe(again);
    }
    return found.state === 'frame' ? found.frame : { kind: 'damaged' };
  }

  /** Waits for the IRQ line to fall; false when it did not within the time. */
  async #irqLow(irq: GpioInput, waitMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (irq.read() === 0) return true;
    const falls = (wake: () => void) => irq.onEdge((level) => level === 0 && wake());
    return (await waitFor(this.#clock, waitMs, falls, signal)) || irq.read() === 0;
  }

  #read(frameLength: number): Promise<Uint8Array> {
    return this.#transaction(() => this.#bus.read(this.#address, frameLength + 1));
  }

  async #transaction<T>(run: () => Promise<T>): Promise<T> {
    // Timers of the system cut off fractions of a millisecond: a gap is looked at again, or it would be too short.
    for (let wait = this.#freeAt - this.#clock.monotonicMs(); wait > 0; wait = this.#freeAt - this.#clock.monotonicMs()) {
      await sleep(this.#clock, wait);
    }
    try {
      return await run();
    } catch (error) {
      throw new BusError(error);
    } finally {
      this.#freeAt = this.#clock.monotonicMs() + this.gap.ms;
    }
  }
}
