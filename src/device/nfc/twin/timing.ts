// How long a real PN532 with a card takes: bytes on the air, on the bus, and the card's own work. A model from published clause and board
// figures, not measured on hardware. Pure but for the pace.

import { type Clock, sleep } from '../../../core/clock.ts';
import type { BitRate } from '../bit-rate.ts';

/** One elementary time unit at 106 kbps: 128 / 13.56 MHz, in milliseconds. */
const ETU_MS = 128 / 13_560;
const BYTE_ETU = 10;
/** Start and end of frame. */
const FRAME_ETU = 23.5;

/** A frame on the air; `bytes` with its check bytes. */
export const frameMs = (bytes: number, rate: BitRate): number => ((bytes * BYTE_ETU + FRAME_ETU) * ETU_MS * 106) / rate;

export const AIR = {
  /** Between the reader's frame and the card's. */
  turnMs: 0.2,
  /** The chip's own processor, per block in either direction. */
  blockMs: 0.4,
  /** One unanswered poll of one technology. */
  emptyPollMs: 5,
  /** REQB, ATQB, ATTRIB and its answer, or the like of the other technologies. */
  activationMs: 12,
  /** One more look for another card of the same technology, which nobody answers. */
  secondLookMs: 2,
  /** The chip's own work on a command that does not go on the air. */
  commandMs: 0.4,
} as const;

/** One block and its answer on the air; lengths with check bytes. */
export const blockPairMs = (sent: number, answered: number, rate: BitRate): number =>
  frameMs(sent, rate) + frameMs(answered, rate) + AIR.turnMs + 2 * AIR.blockMs;

/** What a card's processor takes for an APDU: for a signature, and for everything else. */
export interface ThinkTimes {
  readonly commandMs: number;
  readonly signMs: number;
}
/** Middle of the published range for ordinary commands; the lower end for signatures (300 to 800 ms are reported). */
export const USUAL_CARD: ThinkTimes = { commandMs: 3, signMs: 300 };
const COMPUTE_SIGNATURE = 0x2a;
const INTERNAL_AUTHENTICATE = 0x88;

export const cardThinkMs = (apdu: Uint8Array, think: ThinkTimes): number =>
  apdu[1] === COMPUTE_SIGNATURE || apdu[1] === INTERNAL_AUTHENTICATE ? think.signMs : think.commandMs;

/** Frame waiting time from the third byte of the protocol info: 256 · 16 / fc · 2^FWI (14443-4, 7.2). */
export const frameWaitingMs = (protocolInfo: Uint8Array): number => ((256 * 16) / 13_560) * 2 ** ((protocolInfo[2] ?? 0) >> 4);

/** An I²C transaction of so many bytes: nine clocks a byte, the address included. */
export const busMs = (bytes: number, baud: number): number => ((bytes + 1) * 9_000) / baud;

/** So many bytes on a serial line, eight bits with start and stop. */
export const serialMs = (bytes: number, baud: number): number => (bytes * 10_000) / baud;

/** Sleeps for modelled durations. On a clock whose timers know whole milliseconds only, shorter ones are saved up. */
export class Pace {
  readonly real: boolean;
  readonly #clock: Clock;
  readonly #stepMs: number;
  #owedMs = 0;

  constructor(clock: Clock, real: boolean, stepMs = 1) {
    this.#clock = clock;
    this.real = real;
    this.#stepMs = stepMs;
  }

  async take(ms: number): Promise<void> {
    if (!this.real) return;
    this.#owedMs += ms;
    if (this.#owedMs <= 0 || this.#owedMs < this.#stepMs) return;
    const began = this.#clock.monotonicMs();
    await sleep(this.#clock, this.#stepMs > 0 ? Math.floor(this.#owedMs) : this.#owedMs);
    this.#owedMs -= this.#clock.monotonicMs() - began;
  }
}
