// Finds PN532 frames in bytes that may be damaged (UM0701-02, 6.2.1). In a stream it goes on one byte after damage, so a corrupt length never
// swallows the good frames behind it, and marks the place: what looks like a frame behind it may be the payload of the damaged one. A
// transaction carries one frame, so there nothing behind damage is believed. Never throws on input.

import { concat, equal } from '../../core/bytes.ts';
import { CHIP_TO_HOST, complement, type Frame, HOST_TO_CHIP, MAX_EXTENDED_BODY, SYNTAX_ERROR } from './frame.ts';

/** What begins at one place: a frame, perhaps the beginning of one whose rest is not there yet (`more`), or nothing. */
type Scan =
  | { readonly frame: Frame; readonly end: number; readonly more?: never }
  /** `end`: index the frame (or its header, when that is cut off) would end at; absent when not even the start code is whole. */
  | { readonly frame?: never; readonly end?: number; readonly more?: true };

/** 00 FF FF FF LENM LENL LCS. */
const LONGEST_HEADER = 7;

/** Reads the frame whose start code 00 FF stands at `at`. The postamble is not asked for: it carries nothing. */
const scanAt = (bytes: Uint8Array, at: number): Scan => {
  const [zero, full, length = 0, check] = bytes.subarray(at, at + 4);
  if (zero !== 0x00) return {};
  if (full === undefined) return { more: true };
  if (full !== 0xff) return {};
  if (check === undefined) return { more: true, end: at + LONGEST_HEADER };
  if (length === 0x00 && check === 0xff) return { frame: { kind: 'ack' }, end: at + 4 };
  if (length === 0xff && check === 0x00) return { frame: { kind: 'nack' }, end: at + 4 };
  if (length === 0xff && check === 0xff) return scanExtended(bytes, at);
  return ((length + check) & 0xff) === 0 ? scanBody(bytes, at + 4, length) : {};
};

const scanExtended = (bytes: Uint8Array, at: number): Scan => {
  const [high = 0, low = 0, check] = bytes.subarray(at + 4, at + 7);
  if (check === undefined) return { more: true, end: at + LONGEST_HEADER };
  return ((high + low + check) & 0xff) === 0 ? scanBody(bytes, at + 7, high * 256 + low) : {};
};

const scanBody = (bytes: Uint8Array, start: number, length: number): Scan => {
  if (length > MAX_EXTENDED_BODY) return {};
  const end = start + length + 1;
  if (bytes.length < end) return { more: true, end };
  const payload = bytes.slice(start, end - 1);
  if (bytes[end - 1] !== complement(payload)) return {};
  if (equal(payload, Uint8Array.of(SYNTAX_ERROR))) return { frame: { kind: 'error' }, end };
  const [tfi] = payload;
  // There are two directions and no third (6.2.1.1). An extended frame whose second FF became 01 has a sound header of 255 bytes, and one in 256 of
  // them a sound check; then its length's high byte stands here.
  if (tfi !== HOST_TO_CHIP && tfi !== CHIP_TO_HOST) return {};
  return { frame: { kind: 'data', tfi, body: payload.subarray(1) }, end };
};

/** Bytes were passed over here that are no frame. */
export interface Damaged {
  readonly kind: 'damaged';
}

/** Stream form: bytes in any chunks, frames out. */
export class FrameParser {
  #held: Uint8Array = new Uint8Array(0);
  #skipped = false;

  /** Whether bytes were passed over that are no frame since the last question; zeros between frames do not count. */
  takeSkipped(): boolean {
    const skipped = this.#skipped;
    this.#skipped = false;
    return skipped;
  }

  /** The frames completed by these bytes, in order. */
  push(bytes: Uint8Array): Frame[] {
    this.#held = concat(this.#held, bytes);
    return this.#drain(false);
  }

  /** The same, with a mark before a frame that stands behind bytes that are none. What is passed over behind the last frame stays with `takeSkipped`. */
  hear(bytes: Uint8Array): (Frame | Damaged)[] {
    this.#held = concat(this.#held, bytes);
    const heard: (Frame | Damaged)[] = [];
    this.#drain(false, (frame) => {
      if (this.takeSkipped()) heard.push({ kind: 'damaged' });
      heard.push(frame);
    });
    return heard;
  }

  /** Nothing more will come for now: what looked like the beginning of a frame is searched for whole frames, then dropped. */
  end(): Frame[] {
    const frames = this.#drain(true);
    this.#held = new Uint8Array(0);
    return frames;
  }

  #drain(ended: boolean, found: (frame: Frame) => void = () => undefined): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (at < this.#held.length) {
      const { frame, end, more } = scanAt(this.#held, at);
      if (more && !ended) break;
      if (frame === undefined) {
        this.#skipped ||= this.#held[at] !== 0;
        at += 1;
      } else {
        frames.push(frame);
        found(frame);
        at = end;
      }
    }
    this.#held = this.#held.slice(at);
    return frames;
  }
}

export type Found =
  | { readonly state: 'frame'; readonly frame: Frame }
  /** More must be read: a sound header says that the frame ends at `end`, or the header itself does. */
  | { readonly state: 'short'; readonly end: number }
  | { readonly state: 'damaged' };

/**
 * Transaction form: the one frame in what an I²C read brought, or how much must be read to have it. Only zeros may stand before it: a frame in the
 * payload of a damaged one looks just like an answer.
 */
export const findFrame = (bytes: Uint8Array): Found => {
  const full = bytes.findIndex((byte) => byte !== 0x00);
  const { frame, end } = scanAt(bytes, Math.max(0, full - 1));
  if (frame !== undefined) return { state: 'frame', frame };
  return end === undefined ? { state: 'damaged' } : { state: 'short', end };
};
