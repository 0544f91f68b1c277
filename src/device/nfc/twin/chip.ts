// A simulated PN532 without its pins: frames in, frames out, one command at a time (UM0701-02). It runs on its own: a card works while the
// host does something else. How frames reach it, and when the host has taken one, is the business of the front it is soldered to.

import { randomBytes } from 'node:crypto';
import type { VirtualCardChip } from '../../../card/ports.ts';
import { type Clock, systemClock } from '../../../core/clock.ts';
import type { BitRate } from '../bit-rate.ts';
import { ACK_FRAME, CHIP_TO_HOST, dataFrame, ERROR_FRAME, type Frame, HOST_TO_CHIP } from '../frame.ts';
import { TwinField } from './field.ts';
import { TwinProcessor } from './processor.ts';
import { Pace, type ThinkTimes, USUAL_CARD } from './timing.ts';

export interface TwinChipOptions {
  readonly clock?: Clock;
  /** PUPI, UID and IDm of the cards: new at every activation. */
  readonly random?: (length: number) => Uint8Array;
  /** real: commands, air and bus take the time they take on a board (default). off: no time at all. */
  readonly timing?: 'real' | 'off';
  /** Shortest sleep of the clock: 1 ms for the system's, 0 for a virtual one. */
  readonly stepMs?: number;
  readonly think?: ThinkTimes;
  /** Protocol info of type B cards. Default: 212 and 424 kbps both ways, frames of 256 bytes, FWI 10, CID. */
  readonly protocolInfo?: Uint8Array;
  /** Frames above this rate are lost on the air. */
  readonly maxRate?: BitRate;
}

export type Damage = 'answer' | 'ack' | 'command';

/** What the wires to the host do. */
export interface TwinFront {
  /** A frame is ready; its acknowledgement (`ack`) must call `taken` once the host has it. */
  say(frame: Uint8Array, taken: () => void): void;
  /** Everything not yet taken is forgotten. */
  forget(): void;
}

export class TwinChip {
  readonly field: TwinField;
  /** Time on the wires to the host; the radio has its own, because a host may ask while a card works. */
  readonly wires: Pace;
  readonly timed: boolean;
  #front: TwinFront = { say: () => undefined, forget: () => undefined };
  readonly #newProcessor: () => TwinProcessor;
  #processor: TwinProcessor;
  #plugged = true;
  #lastAnswer: Uint8Array | undefined;
  #running = new AbortController();
  #damage: Damage | undefined;

  constructor(options: TwinChipOptions = {}) {
    const clock = options.clock ?? systemClock;
    this.timed = (options.timing ?? 'real') === 'real';
    const pace = () => new Pace(clock, this.timed, options.stepMs);
    const air = pace();
    this.wires = pace();
    this.field = new TwinField({
      random: options.random ?? ((length) => Uint8Array.from(randomBytes(length))),
      clock,
      pace: air,
      think: options.think ?? USUAL_CARD,
      protocolInfo: options.protocolInfo ?? Uint8Array.of(0xb3, 0x81, 0xa1),
      maxRate: options.maxRate ?? 847,
    });
    this.#newProcessor = () => new TwinProcessor(this.field, air);
    this.#processor = this.#newProcessor();
  }

  solder(front: TwinFront): void {
    this.#front = front;
  }

  get irqInUse(): boolean {
    return this.#processor.irqInUse;
  }

  /** What lies in the field, or lay there first. */
  get card(): VirtualCardChip | undefined {
    return this.field.card;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  /** Puts a card into the field; one that was there is taken away first. */
  insert(chip: VirtualCardChip): void {
    this.field.insert(chip);
  }

  /** Lays another card beside it. */
  add(chip: VirtualCardChip): void {
    this.field.add(chip);
  }

  /** Takes away all that lies there. */
  remove(): void {
    this.field.remove();
  }

  /** Pulls the cable: the chip loses its power. The card stays where it lies. */
  unplug(): void {
    this.#plugged = false;
    this.stop();
    this.field.switch(false);
    this.#lastAnswer = undefined;
    this.#front.forget();
  }

  /** Power again: the chip knows nothing of before. */
  plug(): void {
    if (this.#plugged) return;
    this.#plugged = true;
    this.#processor = this.#newProcessor();
  }

  /** Flips bits in the next answer or acknowledgement sent, or command heard. A repetition after NACK is whole. */
  damageNext(what: Damage): void {
    this.#damage = what;
  }

  /** Flips a bit in coming blocks on the air: of the reader's next one (sent), or of the card's (answered), in this order. */
  damageAir(...what: ('sent' | 'answered')[]): void {
    this.field.damageNext(...what);
  }

  /** Takes the card away while it works on its next APDU. */
  dropDuringNextApdu(): void {
    this.field.duringNextApdu(() => this.remove());
  }

  hear(frame: Frame): void {
    if (frame.kind === 'ack') {
      this.stop();
      this.#front.forget();
    } else if (frame.kind === 'nack') {
      if (this.#lastAnswer !== undefined) this.#front.say(this.#lastAnswer, () => undefined);
    } else if (frame.kind === 'data' && frame.tfi === HOST_TO_CHIP) {
      void this.#obey(frame.body);
    }
  }

  stop(): void {
    this.#running.abort(new Error('stopped'));
  }

  /** Bytes as the wires deliver them. */
  disturbed(what: Damage, frame: Uint8Array): Uint8Array {
    if (this.#damage !== what) return frame;
    this.#damage = undefined;
    return frame.map((byte, at) => (at === frame.length - 3 ? byte ^ 0x24 : byte));
  }

  /** A new command ends the one that still runs. */
  async #obey(body: Uint8Array): Promise<void> {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.#front.forget();
    this.#lastAnswer = undefined;
    const taken = new Promise<void>((resolve) => this.#front.say(this.disturbed('ack', ACK_FRAME), resolve));
    // Whether a real chip begins before its acknowledgement was fetched is not known. Either way the worse is assumed: with time it begins
    // late, as the published timing model counts it; without time it begins at once, so that a command may run whose acknowledgement got lost.
    if (this.timed) await taken;
    if (running.signal.aborted) return;
    try {
      const answer = await this.#processor.run(body, running.signal);
      if (running.signal.aborted) return;
      this.#lastAnswer = answer === undefined ? ERROR_FRAME : dataFrame(CHIP_TO_HOST, answer);
      this.#front.say(this.disturbed('answer', this.#lastAnswer), () => undefined);
    } catch (error) {
      if (!running.signal.aborted) throw error;
    }
  }
}
