// What a PN532 frame is (user manual UM0701-02, 6.2.1): its constants, its kinds, and how one is written.
// Knows nothing of buses, commands or time.

import { concat } from '../../core/bytes.ts';

/** Frame identifiers: who speaks. 7F marks the chip's "syntax error" frame. */
export const HOST_TO_CHIP = 0xd4;
export const CHIP_TO_HOST = 0xd5;
export const SYNTAX_ERROR = 0x7f;

/** Longest body (TFI included) of a normal frame, and of an extended one. */
export const MAX_NORMAL_BODY = 255;
export const MAX_EXTENDED_BODY = 265;

export const ACK_FRAME: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0x00, 0xff, 0x00);
export const NACK_FRAME: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00, 0x00);
export const ERROR_FRAME: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0x01, 0xff, SYNTAX_ERROR, 0x81, 0x00);

/** One valid frame. `body` of a data frame begins with the command or answer code (TFI and checksums are off). */
export type Frame =
  | { readonly kind: 'ack' | 'nack' | 'error' }
  | { readonly kind: 'data'; readonly tfi: number; readonly body: Uint8Array };

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => total + byte, 0) & 0xff;

/** The byte that brings a sum to zero modulo 256. */
export const complement = (bytes: Uint8Array): number => -sum(bytes) & 0xff;

/**
 * A data frame with preamble and postamble: normal up to 255 bytes of TFI and body, extended up to 265.
 * Throws RangeError beyond that: the chip cannot hold more.
 */
export const dataFrame = (tfi: number, body: Uint8Array): Uint8Array => {
  const payload = concat(Uint8Array.of(tfi), body);
  if (payload.length > MAX_EXTENDED_BODY) throw new RangeError(`a PN532 frame holds ${MAX_EXTENDED_BODY} bytes, not ${payload.length}`);
  const length =
    payload.length <= MAX_NORMAL_BODY ? Uint8Array.of(payload.length) : Uint8Array.of(payload.length >> 8, payload.length & 0xff);
  const marker = payload.length <= MAX_NORMAL_BODY ? [] : [0xff, 0xff];
  return concat(
    Uint8Array.of(0x00, 0x00, 0xff, ...marker),
    length,
    Uint8Array.of(complement(length)),
    payload,
    Uint8Array.of(complement(payload), 0x00),
  );
};

/** Bytes a frame with this many bytes after its answer code takes on the wire, preamble and postamble included. */
export const frameLength = (afterCode: number): number => {
  const payload = afterCode + 2;
  return payload + (payload <= MAX_NORMAL_BODY ? 7 : 10);
};
