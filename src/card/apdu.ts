// Command and response APDUs as bytes (ISO/IEC 7816-3 12.1, 7816-4 5.1): cases 1 to 4, short form out where the data fit, both forms in.
// Knows no instruction's meaning and never logs.

import { concat } from '../core/bytes.ts';
import { KioskFailure } from '../core/failure.ts';

export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** 1..65535 bytes, more than 255 in extended form; absent or empty: no data field (case 1 or 2). */
  readonly data?: Uint8Array;
  /** Bytes wanted, 1..256; absent: none (case 1 or 3). */
  readonly le?: number;
}

export interface ResponseApdu {
  readonly data: Uint8Array;
  readonly sw: number;
}

/** Short-form bytes, extended ones for more than 255 bytes of data. Throws RangeError when a byte, Lc or Le does not fit: a programmer's error. */
export const encodeCommand = (command: CommandApdu): Uint8Array => {
  const { cla, ins, p1, p2, data = new Uint8Array(), le } = command;
  for (const byte of [cla, ins, p1, p2]) if (!Number.isInteger(byte) || byte < 0 || byte > 0xff) throw new RangeError('APDU header byte');
  if (data.length > 65_535) throw new RangeError('APDU data longer than 65535 bytes');
  if (le !== undefined && (!Number.isInteger(le) || le < 1 || le > 256)) throw new RangeError('APDU Le outside 1..256');
  if (data.length > 255) {
    const header = Uint8Array.of(cla, ins, p1, p2, 0, data.length >> 8, data.length & 0xff);
    return concat(header, data, le === undefined ? new Uint8Array() : Uint8Array.of(le >> 8, le & 0xff));
  }
  return concat(
    Uint8Array.of(cla, ins, p1, p2),
    data.length > 0 ? Uint8Array.of(data.length) : new Uint8Array(),
    data,
    le === undefined ? new Uint8Array() : Uint8Array.of(le & 0xff),
  );
};

/** Splits the answer. Throws card/malformed when it has no status word. */
export const parseResponse = (bytes: Uint8Array): ResponseApdu => {
  const [sw1, sw2] = bytes.subarray(-2);
  if (bytes.length < 2 || sw1 === undefined || sw2 === undefined) {
    throw new KioskFailure('card/malformed', { facts: { part: 'apdu', length: bytes.length }, message: 'card answer without status word' });
  }
  return { data: bytes.subarray(0, -2), sw: (sw1 << 8) | sw2 };
};

/** What a card makes of command bytes, short or extended. Undefined when the lengths contradict each other (the card answers 6700). */
export const parseCommand = (bytes: Uint8Array): CommandApdu | undefined => {
  const [cla, ins, p1, p2, b5, b6, b7] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  const header = { cla, ins, p1, p2 };
  if (b5 === undefined) return header;
  const u16 = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  if (b5 !== 0 || bytes.length === 5) {
    if (bytes.length === 5) return { ...header, le: b5 === 0 ? 256 : b5 };
    return withData(header, bytes, 5, b5, 1);
  }
  if (b6 === undefined || b7 === undefined) return undefined;
  const length = u16(5);
  if (bytes.length === 7) return { ...header, le: length === 0 ? 65536 : length };
  return length === 0 ? undefined : withData(header, bytes, 7, length, 2);
};

type Header = Pick<CommandApdu, 'cla' | 'ins' | 'p1' | 'p2'>;
const withData = (header: Header, bytes: Uint8Array, from: number, length: number, leBytes: 1 | 2): CommandApdu | undefined => {
  const end = from + length;
  if (bytes.length === end) return { ...header, data: bytes.subarray(from, end) };
  if (bytes.length !== end + leBytes) return undefined;
  const le = leBytes === 1 ? (bytes[end] ?? 0) : ((bytes[end] ?? 0) << 8) | (bytes[end + 1] ?? 0);
  return { ...header, data: bytes.subarray(from, end), le: le === 0 ? (leBytes === 1 ? 256 : 65536) : le };
};
