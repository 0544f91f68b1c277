// The radio field of the simulated reader with the cards in it: power, frames with their check bytes, the time they take, answers that collide,
// and disturbance. Knows no host frames and no commands.

import type { CardTechnology, VirtualCardChip } from '../../../card/ports.ts';
import { concat } from '../../../core/bytes.ts';
import type { Clock } from '../../../core/clock.ts';
import { BIT_RATES, type BitRate, bitRateCode } from '../bit-rate.ts';
import type { PollName } from '../commands.ts';
import { withCrcB, withoutCrcB } from '../iso-dep/crc-b.ts';
import type { LinkAnswer } from '../iso-dep/initiator.ts';
import { AIR, frameMs, type Pace, type ThinkTimes } from './timing.ts';
import { TwinTypeBCard } from './type-b-card.ts';

export interface FieldOptions {
  readonly random: (length: number) => Uint8Array;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly think: ThinkTimes;
  readonly protocolInfo: Uint8Array;
  /** Frames at higher rates are lost: a small antenna, a card that promises too much. */
  readonly maxRate: BitRate;
}

/** Type B without ISO/IEC 14443-4. */
const PLAIN_B = Uint8Array.of(0x50, 0x11, 0x22, 0x33, 0x44, 0x00, 0x00, 0x41, 0xe0, 0x00, 0x80, 0x71);

const COLLISION = 'collision';
/** What a collision sounds like: as long as the ATQB that two cards sent. */
const JAMMED = new Uint8Array(12);
/** One answer, several at once, or silence. */
export type Heard = Uint8Array | typeof COLLISION | undefined;

export class TwinField {
  readonly #options: FieldOptions;
  readonly #arrivals = new Set<() => void>();
  readonly #departures = new Set<() => void>();
  #chips: readonly VirtualCardChip[] = [];
  #cards: readonly TwinTypeBCard[] = [];
  #on = false;
  #duringNextApdu: (() => void) | undefined;
  readonly #damage: ('sent' | 'answered')[] = [];

  constructor(options: FieldOptions) {
    this.#options = options;
  }

  get card(): VirtualCardChip | undefined {
    return this.#chips[0];
  }

  insert(chip: VirtualCardChip): void {
    this.remove();
    this.add(chip);
  }

  /** Lays another card beside those that are there. */
  add(chip: VirtualCardChip): void {
    this.#chips = [...this.#chips, chip];
    if (chip.technology === 'iso14443-4b') {
      const onWork = () => {
        const run = this.#duringNextApdu;
        this.#duringNextApdu = undefined;
        run?.();
      };
      this.#cards = [...this.#cards, new TwinTypeBCard(chip, { ...this.#options, onWork })];
    }
    if (this.#on) chip.powerOn();
    for (const arrived of [...this.#arrivals]) arrived();
  }

  remove(): void {
    for (const chip of this.#on ? this.#chips : []) chip.powerOff();
    this.#chips = [];
    this.#cards = [];
    for (const taken of [...this.#departures]) taken();
  }

  switch(on: boolean): void {
    if (on === this.#on) return;
    this.#on = on;
    for (const card of this.#cards) card.reset();
    for (const chip of this.#chips) {
      if (on) chip.powerOn();
      else chip.powerOff();
    }
    for (const gone of [...this.#departures]) gone();
  }

  /** Calls back once a card is put into the field. */
  onArrival(listener: () => void): () => void {
    this.#arrivals.add(listener);
    return () => this.#arrivals.delete(listener);
  }

  /** Something that happens while the card works on its next APDU. */
  duringNextApdu(run: () => void): void {
    this.#duringNextApdu = run;
  }

  /** Flips a bit in coming frames on the air, in this order: of the reader's next one or the card's next one. */
  damageNext(...what: ('sent' | 'answered')[]): void {
    this.#damage.push(...what);
  }

  /** Target data of InListPassiveTarget for everything but ISO-DEP over type B, or undefined when nothing of this technology answers. */
  poll(name: PollName): Uint8Array | undefined {
    const { random } = this.#options;
    const lies = (technology: CardTechnology): boolean => this.#chips.some((chip) => chip.technology === technology);
    switch (name) {
      case 'b':
        return lies('iso14443-3b') ? concat(PLAIN_B, Uint8Array.of(0)) : undefined;
      case 'a':
        // SENS_RES, SEL_RES without ISO/IEC 14443-4, four-byte UID.
        return lies('iso14443-a') ? concat(Uint8Array.of(0x00, 0x04, 0x08, 0x04), random(4)) : undefined;
      default:
        return lies('felica')
          ? concat(Uint8Array.of(0x12, 0x01, 0x01, 0x2e), random(6), Uint8Array.of(0x05, 0x31, 0x43, 0x45, 0x46, 0x82, 0xb7, 0xff))
          : undefined;
    }
  }

  /** One type B frame and its answer, both without check bytes. Takes their time on the air, or `waitMs` of silence. */
  async exchange(bytes: Uint8Array, rate: BitRate, waitMs: number, signal?: AbortSignal): Promise<LinkAnswer> {
    const { pace } = this.#options;
    const sent = withCrcB(bytes);
    await pace.take(frameMs(sent.length, rate) + AIR.blockMs);
    const heard = withoutCrcB(this.#disturbed('sent', sent));
    const answer = heard === undefined || this.#tooFast(rate) ? undefined : await this.#ask(heard, rate, signal);
    signal?.throwIfAborted();
    if (answer === undefined) {
      await pace.take(waitMs);
      return 'silent';
    }
    const answered = withCrcB(answer === COLLISION ? JAMMED : answer);
    await pace.take(AIR.turnMs + frameMs(answered.length, rate) + AIR.blockMs);
    return answer === COLLISION ? 'damaged' : (withoutCrcB(this.#disturbed('answered', answered)) ?? 'damaged');
  }

  /** A frame at 106 kbps whose time somebody else counts: the firmware's own initialisation. */
  async whisper(bytes: Uint8Array, signal: AbortSignal): Promise<Heard> {
    const answer = await this.#ask(bytes, 106, signal);
    signal.throwIfAborted();
    return answer;
  }

  /** The active card goes to sleep until it is woken. */
  halt(): void {
    for (const card of this.#cards) card.halt();
  }

  /** Every card hears the frame; two answers at once are none that can be read. */
  async #ask(frame: Uint8Array, rate: BitRate, signal?: AbortSignal): Promise<Heard> {
    const answers = await Promise.all((this.#on ? this.#cards : []).map((card) => this.#askOne(card, frame, rate, signal)));
    const [first, second] = answers.filter((answer) => answer !== undefined);
    return second === undefined ? first : COLLISION;
  }

  /** A card that dies on the way, is taken, or loses its power never answers. */
  #askOne(card: TwinTypeBCard, frame: Uint8Array, rate: BitRate, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      const over = (answer: Uint8Array | undefined) => {
        this.#departures.delete(taken);
        signal?.removeEventListener('abort', taken);
        resolve(answer);
      };
      const taken = () => over(undefined);
      const died = () => {
        card.halt();
        taken();
      };
      this.#departures.add(taken);
      signal?.addEventListener('abort', taken, { once: true });
      card.receive(frame, rate).then(over, died);
    });
  }

  #tooFast(rate: BitRate): boolean {
    return bitRateCode(rate) > BIT_RATES.indexOf(this.#options.maxRate);
  }

  #disturbed(what: 'sent' | 'answered', frame: Uint8Array): Uint8Array {
    if (this.#damage[0] !== what) return frame;
    this.#damage.shift();
    return frame.map((byte, at) => (at === frame.length - 3 ? byte ^ 0x10 : byte));
  }
}
