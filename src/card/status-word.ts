// The two status bytes at the end of every R-APDU, as a number, and what the card layer reads from them (ISO/IEC 7816-4, 5.6).
// Owns no policy: whether a status is a value or a failure is decided by the caller.

import { type Facts, KioskFailure } from '../core/failure.ts';

export const SW = {
  ok: 0x9000,
  endOfFile: 0x6282,
  wrongLength: 0x6700,
  channelNotSupported: 0x6881,
  secureMessagingNotSupported: 0x6882,
  incompatibleFile: 0x6981,
  securityNotSatisfied: 0x6982,
  blocked: 0x6984,
  conditionsNotSatisfied: 0x6985,
  noCurrentFile: 0x6986,
  wrongData: 0x6a80,
  fileNotFound: 0x6a82,
  recordNotFound: 0x6a83,
  wrongParameters: 0x6a86,
  referenceNotFound: 0x6a88,
  outsideFile: 0x6b00,
  instructionNotSupported: 0x6d00,
  classNotSupported: 0x6e00,
} as const;

export const swText = (sw: number): string => sw.toString(16).padStart(4, '0');

/** Tries left from 63Cx, undefined for any other status: 6300 (no limit) too, which no secret of these cards may answer. */
export const triesFrom = (sw: number): number | undefined => (sw >> 4 === 0x63c ? sw & 0x0f : undefined);

/** A status nobody expected at this step: read failure with the status as a fact. */
export const unexpectedStatus = (step: string, sw: number, facts: Facts = {}): KioskFailure =>
  new KioskFailure('card/read-failed', { facts: { ...facts, step, sw: swText(sw) }, message: `card answered ${swText(sw)} to ${step}` });
