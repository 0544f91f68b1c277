// Smallest PNG writer for the 1-bit pictures on a synthetic card face (name, address, security code). Not a general encoder.

import { deflateSync } from 'node:zlib';
import { ascii, concat, fromHex } from '../../core/bytes.ts';

const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320;
  }
  return ~crc >>> 0;
};

const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
const chunk = (type: string, content: Uint8Array): Uint8Array => {
  const body = concat(ascii(type), content);
  return concat(u32(content.length), body, u32(crc32(body)));
};

/** A 1-bit greyscale PNG; `isInk` says which pixels are black. */
export const bitmapPng = (width: number, height: number, isInk: (x: number, y: number) => boolean): Uint8Array => {
  const pitch = Math.ceil(width / 8) + 1;
  const rows = new Uint8Array(pitch * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * pitch + 1 + (x >> 3);
      if (!isInk(x, y)) rows[at] = (rows[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  const header = concat(u32(width), u32(height), Uint8Array.of(1, 0, 0, 0, 0));
  return concat(fromHex('89504e470d0a1a0a'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array()));
};

/** Digits as 3 x 5 dots each, one bit per dot, top row first. */
const GLYPHS = [0x7b6f, 0x2c97, 0x73e7, 0x73cf, 0x5bc9, 0x79cf, 0x79ef, 0x7249, 0x7bef, 0x7bcf];

/** Digits on 6 x 12 dots each: the four of the security code make 24 x 12, the twelve of the number 72 x 12, as on the card. */
export const digitsPng = (digits: string): Uint8Array =>
  bitmapPng(digits.length * 6, 12, (x, y) => {
    const glyph = GLYPHS[Number(digits[Math.floor(x / 6)])] ?? 0;
    const column = (x % 6) - 1;
    const row = y - 3;
    if (column < 0 || column > 2 || row < 0 || row > 4) return false;
    return ((glyph >> (14 - row * 3 - column)) & 1) === 1;
  });
