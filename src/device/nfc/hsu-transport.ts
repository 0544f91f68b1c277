// PN532 frames over a serial line (high speed UART, UM0701-02, 6.2.3): a stream without ready bytes. Finds frames in it, knows no commands.

import { setImmediate } from 'node:timers/promises';
import { wipe } from '../../core/bytes.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { ACK_FRAME } from './frame.ts';
import { FrameParser } from './frame-parser.ts';
import type { SerialPort } from './ports.ts';
import { waitFor } from './signals.ts';
import { BusError, type Pn532Transport, type Received, type ReceiveOptions } from './transport.ts';

export interface HsuTransportOptions {
  readonly port: SerialPort;
  readonly clock: Clock;
  /** Silence after which bytes that are no whole frame count as damaged. */
  readonly idleMs?: number;
  /** Time the oscillator needs after a wake-up. */
  readonly wakeMs?: number;
}

/** The long preamble that wakes a sleeping chip: it samples 55 and needs the zeros while its clock starts. */
const WAKE_UP = Uint8Array.from({ length: 16 }, (_, at) => (at < 2 ? 0x55 : 0x00));

/** Idle times after which a line that never falls silent is not waited for any longer. */
const LONGEST_BURST = 10;

export class Pn532HsuTransport implements Pn532Transport {
  readonly #port: SerialPort;
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #wakeMs: number;
  readonly #parser = new FrameParser();
  readonly #waiters = new Set<() => void>();
  #frames: Received[] = [];
  /** Bytes came that were no frame yet. */
  #noise = false;
  /** How often the line spoke. */
  #heard = 0;

  constructor({ port, clock, idleMs = 20, wakeMs = 3 }: HsuTransportOptions) {
    this.#port = port;
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#wakeMs = wakeMs;
    port.onData((bytes) => {
      this.#heard++;
      // A damaged acknowledgement in front of its answer is still a sign that the chip heard the command.
      const frames = this.#parser.hear(bytes);
      this.#frames.push(...frames);
      // Zeros are a postamble that came late, or the preamble of what follows.
      this.#noise = frames.length === 0 && (this.#noise || bytes.some((byte) => byte !== 0));
      wipe(bytes);
      for (const wake of [...this.#waiters]) wake();
    });
  }

  async wake(): Promise<void> {
    // A line that fails tells so at the first command.
    await this.#write(WAKE_UP).catch(() => undefined);
    await sleep(this.#clock, this.#wakeMs);
    // Aborts what a busy chip still does; what it said before is dropped.
    await this.#write(ACK_FRAME).catch(() => undefined);
    await sleep(this.#clock, this.#wakeMs);
    this.#parser.end();
    this.#parser.takeSkipped();
    this.#frames = [];
    this.#noise = false;
  }

  renew(): Promise<void> {
    return this.#port.close();
  }

  /** What was said before is no answer to this: a late one, or what looked like a frame in the payload of one that is now asked for again. */
  send(frame: Uint8Array): Promise<void> {
    this.#frames = [];
    return this.#write(frame);
  }

  async receive({ timeoutMs, signal }: ReceiveOptions): Promise<Received> {
    const deadline = this.#clock.monotonicMs() + timeoutMs;
    for (;;) {
      const frame = this.#frames.shift();
      if (frame?.kind === 'damaged') {
        // The rest of a damaged frame belongs to it, whatever it looks like: nobody speaks before it has passed.
        const until = Math.max(deadline, this.#clock.monotonicMs()) + LONGEST_BURST * this.#idleMs;
        while (this.#clock.monotonicMs() < until && (await this.#spoke(this.#idleMs, signal)));
        return this.#broken();
      }
      if (frame !== undefined) return frame;
      const left = deadline - this.#clock.monotonicMs();
      if (left <= 0 && !this.#noise) return { kind: 'timeout' };
      if (!(await this.#spoke(this.#noise ? this.#idleMs : left, signal)) && this.#noise) return this.#broken();
    }
  }

  /** The line is quiet: what is held is no beginning. A whole frame may be hidden behind a damaged length; it comes next, unless it is asked for again. */
  #broken(): Received {
    this.#noise = false;
    this.#frames.push(...this.#parser.end());
    this.#parser.takeSkipped();
    return { kind: 'damaged' };
  }

  async #spoke(waitMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    const subscribe = (wake: () => void) => {
      this.#waiters.add(wake);
      return () => this.#waiters.delete(wake);
    };
    const heard = this.#heard;
    if (await waitFor(this.#clock, waitMs, subscribe, signal)) return true;
    // A process that was held up finds its timers over before it reads what came in time.
    await setImmediate();
    return this.#heard !== heard;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#port.write(bytes);
    } catch (error) {
      throw new BusError(error);
    }
  }
}
