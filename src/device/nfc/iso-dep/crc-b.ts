// CRC_B, the check bytes of every type B frame (ISO/IEC 14443-3, 7.2 and annex B: the CRC of ISO/IEC 13239, initial FFFF, inverted, low byte first). Pure.

import { concat } from '../../../core/bytes.ts';

const TABLE = Uint16Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >> 1) ^ 0x8408 : value >> 1;
  return value;
});

/** The two check bytes in the order of transmission. */
export const crcB = (bytes: Uint8Array): Uint8Array => {
  let value = 0xffff;
  for (const byte of bytes) value = (value >> 8) ^ (TABLE[(value ^ byte) & 0xff] ?? 0);
  return Uint8Array.of(~value & 0xff, (~value >> 8) & 0xff);
};

export const withCrcB = (bytes: Uint8Array): Uint8Array => concat(bytes, crcB(bytes));

/** The bytes before the check bytes; undefined when these do not fit. */
export const withoutCrcB = (frame: Uint8Array): Uint8Array | undefined => {
  if (frame.length < 3) return undefined;
  const body = frame.subarray(0, -2);
  const [low, high] = crcB(body);
  return low === frame.at(-2) && high === frame.at(-1) ? body : undefined;
};
