// Finds PN532 frames in bytes that may be damaged (UM0701-02, 6.2.1). After damage it goes on one byte later,
// so a corrupt length never swallows the good frames behind it. Never throws on input.

import { concat, equal } from '../../core/bytes.ts';
import { complement, type Frame, MAX_EXTENDED_BODY, SYNTAX_ERROR } from './frame.ts';

type Scan =
  | { readonly state: 'frame'; readonly frame: Frame; readonly end: number }
  /** `end`: index the frame (or its header, when that is cut off) would end at; undefined when not even the start code is whole. */
  | { readonly state: 'incomplete'; readonly end?: number }
  | { readonly state: 'none' };

/** 00 FF FF FF LENM LENL LCS. */
const LONGEST_HEADER = 7;
const NONE: Scan = { state: 'none' };
const INCOMPLETE: Scan = { state: 'incomplete' };

/** Reads the frame whose start code 00 FF stands at `at`. The postamble is not asked for: it carries nothing. */
const scanAt = (bytes: Uint8Array, at: number): Scan => {
  const [zero, full, length, check] = bytes.subarray(at, at + 4);
  if (zero !== 0x00 || (full !== undefined && full !== 0xff)) return NONE;
  if (full === undefined) return INCOMPLETE;
  if (length === undefined || check === undefined) return { state: 'incomplete', end: at + LONGEST_HEADER };
  if (length === 0x00 && check === 0xff) return { state: 'frame', frame: { kind: 'ack' }, end: at + 4 };
  if (length === 0xff && check === 0x00) return { state: 'frame', frame: { kind: 'nack' }, end: at + 4 };
  if (length === 0xff && check === 0xff) return scanExtended(bytes, at);
  return ((length + check) & 0xff) === 0 ? scanBody(bytes, at + 4, length) : NONE;
};

const scanExtended = (bytes: Uint8Array, at: number): Scan => {
  const [high, low, check] = bytes.subarray(at + 4, at + 7);
  if (high === undefined || low === undefined || check === undefined) return { state: 'incomplete', end: at + LONGEST_HEADER };
  return ((high + low + check) & 0xff) === 0 ? scanBody(bytes, at + 7, high * 256 + low) : NONE;
};

const scanBody = (bytes: Uint8Array, start: number, length: number): Scan => {
  if (length === 0 || length > MAX_EXTENDED_BODY) return NONE;
  const end = start + length + 1;
  if (bytes.length < end) return { state: 'incomplete', end };
  const payload = bytes.slice(start, end - 1);
  if (bytes[end - 1] !== complement(payload)) return NONE;
  if (equal(payload, Uint8Array.of(SYNTAX_ERROR))) return { state: 'frame', frame: { kind: 'error' }, end };
  return { state: 'frame', frame: { kind: 'data', tfi: payload[0] ?? 0, body: payload.subarray(1) }, end };
};

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

  /** Nothing more will come for now: what looked like the beginning of a frame is searched for whole frames, then dropped. */
  end(): Frame[] {
    const frames = this.#drain(true);
    this.#held = new Uint8Array(0);
    return frames;
  }

  #drain(ended: boolean): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (at < this.#held.length) {
      const scan = scanAt(this.#held, at);
      if (scan.state === 'frame') {
        frames.push(scan.frame);
        at = scan.end;
      } else if (scan.state === 'incomplete' && !ended) break;
      else {
        this.#skipped ||= this.#held[at] !== 0;
        at += 1;
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

/** Transaction form: the one frame in what an I²C read brought, or how much must be read to have it. */
export const findFrame = (bytes: Uint8Array): Found => {
  let short: number | undefined;
  for (let at = 0; at < bytes.length; at += 1) {
    const scan = scanAt(bytes, at);
    if (scan.state === 'frame') return scan;
    if (scan.state === 'incomplete' && scan.end !== undefined) short ??= scan.end;
  }
  return short === undefined ? { state: 'damaged' } : { state: 'short', end: short };
};
