// How long a real PN532 takes: bytes on the air at 106 kbps and on the I²C bus. A model from published clause and board figures,
// not measured on hardware. Pure but for the one sleep.

import { type Clock, sleep } from '../../../core/clock.ts';

/** One elementary time unit at 106 kbps: 128 / 13.56 MHz, in milliseconds. */
const ETU_MS = 128 / 13_560;
const BYTE_ETU = 10;
/** Start and end of frame. */
const FRAME_ETU = 23.5;
/** Turn-round on the air and handling by the chip's own processor, per block. */
const BLOCK_MS = 0.2 + 0.4;
/** PCB, CID and two CRC bytes; the firmware agrees on frames of 64 bytes. */
const BLOCK_OVERHEAD = 4;
export const BLOCK_DATA = 64 - BLOCK_OVERHEAD;

const blockMs = (bytes: number): number => ((bytes + BLOCK_OVERHEAD) * BYTE_ETU + FRAME_ETU) * ETU_MS + BLOCK_MS;

/** Blocks a message of so many bytes is cut into. */
export const blockCount = (bytes: number): number => Math.max(1, Math.ceil(bytes / BLOCK_DATA));

/** One direction of an APDU in blocks of 64 bytes, with the R(ACK) between them (2 bytes of PCB and CID are in the overhead). */
export const airMs = (bytes: number): number => {
  const blocks = blockCount(bytes);
  const full = (blocks - 1) * (blockMs(BLOCK_DATA) + blockMs(0));
  return full + blockMs(bytes - (blocks - 1) * BLOCK_DATA);
};

export const AIR = {
  /** One unanswered poll of one technology. */
  emptyPollMs: 5,
  /** REQB, ATQB, ATTRIB and its answer, or the like of the other technologies. */
  activationMs: 12,
  /** What a card's processor takes for an ordinary command. */
  cardMs: 3,
  /** The chip's own work on a command. */
  commandMs: 1,
} as const;

/** Timeout of InCommunicateThru for its index (UM0701-02, 7.3.1, item 02). */
export const throughTimeoutMs = (index: number): number => (index === 0 ? 0 : 0.1 * 2 ** (index - 1));

/** An I²C transaction of so many bytes: nine clocks a byte, the address included. */
export const busMs = (bytes: number, baud: number): number => ((bytes + 1) * 9_000) / baud;

/** Sleeps for modelled durations; short ones are saved up, because timers know whole milliseconds only. */
export class Pace {
  readonly #clock: Clock;
  readonly #real: boolean;
  #owedMs = 0;

  constructor(clock: Clock, real: boolean) {
    this.#clock = clock;
    this.#real = real;
  }

  async take(ms: number): Promise<void> {
    if (!this.#real) return;
    this.#owedMs += ms;
    if (this.#owedMs < 1) return;
    const began = this.#clock.monotonicMs();
    await sleep(this.#clock, Math.floor(this.#owedMs));
    this.#owedMs -= this.#clock.monotonicMs() - began;
  }
}
