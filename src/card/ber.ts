// BER-TLV reading and writing (ISO/IEC 8825-1; ISO/IEC 7816-4, 5.2.2): definite lengths, tags of up to three bytes such as FF20 and DF27.
// Everything that is read comes from a card that may be hostile: each malformed input ends in card/malformed, never in a loop or a crash.

import { concat } from '../core/bytes.ts';
import { KioskFailure } from '../core/failure.ts';

export interface Tlv {
  /** Tag bytes as one number, e.g. 0xdf27. */
  readonly tag: number;
  /** Where the object starts in the bytes it was read from. */
  readonly offset: number;
  /** Length of tag and length field. */
  readonly headerLength: number;
  /** Views into the input, not copies. */
  readonly value: Uint8Array;
  readonly raw: Uint8Array;
}

export interface TlvHeader {
  readonly tag: number;
  readonly headerLength: number;
  readonly valueLength: number;
}

export const malformed = (part: string, message: string): KioskFailure =>
  new KioskFailure('card/malformed', { facts: { part }, message: `${part}: ${message}` });

/** Reads tag and length only; the value need not be there yet (length discovery from a first read). */
export const parseHeader = (bytes: Uint8Array, at = 0): TlvHeader => {
  const next = (offset: number): number => {
    const byte = bytes[offset];
    if (byte === undefined) throw malformed('ber', 'input ends inside a header');
    return byte;
  };
  let tag = next(at);
  let cursor = at + 1;
  if ((tag & 0x1f) === 0x1f) {
    for (let more = true; more; cursor += 1) {
      const byte = next(cursor);
      if (cursor === at + 1 && (byte & 0x7f) === 0) throw malformed('ber', 'tag number with leading zeros');
      if (cursor > at + 2) throw malformed('ber', 'tag longer than three bytes');
      tag = tag * 256 + byte;
      more = (byte & 0x80) !== 0;
    }
  }
  const first = next(cursor);
  cursor += 1;
  if (first < 0x80) return { tag, headerLength: cursor - at, valueLength: first };
  const count = first & 0x7f;
  if (count === 0) throw malformed('ber', 'indefinite length');
  if (count > 3) throw malformed('ber', 'length of more than three bytes');
  let valueLength = 0;
  for (let i = 0; i < count; i += 1) valueLength = valueLength * 256 + next(cursor + i);
  return { tag, headerLength: cursor + count - at, valueLength };
};

/** Reads one object; bytes after it (FF padding of a file, the next object) are left alone. */
export const parseTlv = (bytes: Uint8Array, at = 0): Tlv => {
  const { tag, headerLength, valueLength } = parseHeader(bytes, at);
  const end = at + headerLength + valueLength;
  if (end > bytes.length) throw malformed('ber', 'value longer than the input');
  return { tag, offset: at, headerLength, value: bytes.subarray(at + headerLength, end), raw: bytes.subarray(at, end) };
};

/** Reads objects until the last byte; for the inside of a constructed value. */
export const parseTlvs = (bytes: Uint8Array): readonly Tlv[] => {
  const found: Tlv[] = [];
  for (let at = 0; at < bytes.length; ) {
    const object = parseTlv(bytes, at);
    found.push(object);
    at += object.raw.length;
  }
  return found;
};

/** The one object with this tag. Throws card/malformed when it is missing. */
export const requireTlv = (objects: readonly Tlv[], tag: number, part: string): Tlv => {
  const object = objects.find((candidate) => candidate.tag === tag);
  if (object === undefined) throw malformed(part, `object ${tag.toString(16)} is missing`);
  return object;
};

/** Writes one object with the shortest length field. */
export const encodeTlv = (tag: number, ...values: readonly Uint8Array[]): Uint8Array => {
  const value = concat(...values);
  const length = value.length;
  const lengthBytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  if (length > 0xffff) throw new RangeError('TLV value longer than 65535 bytes');
  const tagBytes = tag > 0xffff ? [tag >> 16, (tag >> 8) & 0xff, tag & 0xff] : tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
  return concat(Uint8Array.of(...tagBytes, ...lengthBytes), value);
};
