// A simulated PN532 on an I²C bus, true at the byte level (UM0701-02): ready byte, acknowledgement, restart of a frame that was
// read short, IRQ line, LowVbat after power-up. It runs on its own: a card works while the host does something else.

import { randomBytes } from 'node:crypto';
import type { VirtualCardChip } from '../../../card/ports.ts';
import { type Clock, systemClock } from '../../../core/clock.ts';
import { ACK_FRAME, CHIP_TO_HOST, dataFrame, ERROR_FRAME, type Frame, HOST_TO_CHIP } from '../frame.ts';
import { FrameParser } from '../frame-parser.ts';
import { PN532_ADDRESS } from '../i2c-transport.ts';
import type { I2cBus } from '../ports.ts';
import { TwinField } from './field.ts';
import { TwinProcessor } from './processor.ts';
import { busMs, Pace } from './timing.ts';

export interface TwinPn532Options {
  readonly clock?: Clock;
  /** The chip drives this line: low while an answer waits. */
  readonly irq?: { write(level: 0 | 1): void };
  readonly address?: number;
  /** PUPI, UID and IDm of the cards: new at every activation. */
  readonly random?: (length: number) => Uint8Array;
  /** real: commands, air and bus take the time they take on a board (default). off: no time at all. */
  readonly timing?: 'real' | 'off';
  /** Clock rate of the bus. */
  readonly baud?: number;
}

const errno = (code: string): Error => Object.assign(new Error(`${code}: simulated bus`), { code });

export class TwinPn532 implements I2cBus {
  readonly #address: number;
  readonly #irq: { write(level: 0 | 1): void } | undefined;
  readonly #baud: number;
  readonly #pace: Pace;
  readonly #air: Pace;
  readonly #field: TwinField;
  #processor: TwinProcessor;
  #plugged = true;
  #outbox: Uint8Array[] = [];
  #lastAnswer: Uint8Array | undefined;
  #running = new AbortController();
  #damage: { readonly what: 'answer' | 'ack' | 'command' } | undefined;
  #failures: string[] = [];

  constructor(options: TwinPn532Options = {}) {
    const clock = options.clock ?? systemClock;
    const real = (options.timing ?? 'real') === 'real';
    this.#address = options.address ?? PN532_ADDRESS;
    this.#irq = options.irq;
    this.#baud = options.baud ?? 400_000;
    this.#pace = new Pace(clock, real);
    this.#air = new Pace(clock, real);
    this.#field = new TwinField(options.random ?? ((length) => Uint8Array.from(randomBytes(length))));
    this.#processor = new TwinProcessor(this.#field, this.#air);
  }

  /** What lies in the field. */
  get card(): VirtualCardChip | undefined {
    return this.#field.card;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  /** Puts a card into the field; one that was there is taken away first. */
  insert(chip: VirtualCardChip): void {
    this.#field.insert(chip);
  }

  remove(): void {
    this.#field.remove();
  }

  /** Pulls the cable: the chip loses its power, the bus answers nobody. The card stays where it lies. */
  unplug(): void {
    this.#plugged = false;
    this.#running.abort();
    this.#field.switch(false);
    this.#outbox = [];
    this.#lastAnswer = undefined;
    this.#signal();
  }

  /** Power again: the chip knows nothing of before. */
  plug(): void {
    if (this.#plugged) return;
    this.#plugged = true;
    this.#processor = new TwinProcessor(this.#field, this.#air);
  }

  /** Flips bits in the next answer or acknowledgement sent, or command heard. A repetition after NACK is whole. */
  damageNext(what: 'answer' | 'ack' | 'command'): void {
    this.#damage = { what };
  }

  /** Lets the next transactions fail, as a disturbed bus does. */
  failNext(transactions: number, code = 'EIO'): void {
    this.#failures = Array.from({ length: transactions }, () => code);
  }

  /** Takes the card away while it works on its next APDU. */
  dropDuringNextApdu(): void {
    this.#processor.duringNextApdu(() => this.remove());
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    await this.#access(address, bytes.length);
    const heard = this.#damaged('command', bytes);
    const parser = new FrameParser();
    for (const frame of [...parser.push(heard), ...parser.end()]) this.#hear(frame);
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    await this.#access(address, length);
    const bytes = new Uint8Array(length);
    const [frame] = this.#outbox;
    if (frame === undefined) return bytes;
    bytes.set(frame.subarray(0, length - 1), 1);
    bytes[0] = 0x01;
    // The last byte is the postamble: once the checksum is out, the frame is delivered.
    if (length - 1 >= frame.length - 1) {
      this.#outbox.shift();
      // A frame that waits behind the one just read makes a new edge.
      if (this.#processor.irqInUse) this.#irq?.write(1);
      this.#signal();
    }
    return bytes;
  }

  async close(): Promise<void> {
    this.#running.abort();
  }

  async #access(address: number, length: number): Promise<void> {
    await this.#pace.take(busMs(length, this.#baud));
    if (!this.#plugged || address !== this.#address) throw errno('ENXIO');
    const failure = this.#failures.shift();
    if (failure !== undefined) throw errno(failure);
  }

  #hear(frame: Frame): void {
    if (frame.kind === 'ack') {
      this.#running.abort();
      this.#outbox = [];
      this.#signal();
    } else if (frame.kind === 'nack') {
      if (this.#lastAnswer !== undefined) this.#say(this.#lastAnswer);
    } else if (frame.kind === 'data' && frame.tfi === HOST_TO_CHIP) {
      this.#obey(frame.body);
    }
  }

  /** A new command ends the one that still runs. */
  #obey(body: Uint8Array): void {
    this.#running.abort();
    const running = new AbortController();
    this.#running = running;
    this.#outbox = [];
    this.#lastAnswer = undefined;
    this.#say(this.#damaged('ack', ACK_FRAME));
    void this.#processor.run(body, running.signal).then((answer) => {
      if (running.signal.aborted) return;
      this.#lastAnswer = answer === undefined ? ERROR_FRAME : dataFrame(CHIP_TO_HOST, answer);
      this.#say(this.#damaged('answer', this.#lastAnswer));
    });
  }

  #say(frame: Uint8Array): void {
    this.#outbox.push(frame);
    this.#signal();
  }

  #signal(): void {
    if (this.#processor.irqInUse) this.#irq?.write(this.#outbox.length > 0 ? 0 : 1);
  }

  #damaged(what: 'answer' | 'ack' | 'command', frame: Uint8Array): Uint8Array {
    if (this.#damage?.what !== what) return frame;
    this.#damage = undefined;
    return frame.map((byte, at) => (at === frame.length - 3 ? byte ^ 0x24 : byte));
  }
}
