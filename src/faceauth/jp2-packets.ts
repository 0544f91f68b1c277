// How many packets a JPEG 2000 codestream promises, from its coding style (ISO/IEC 15444-1 A.6.1, B.12), before the codec walks through them: it
// looks for each of them, also where there is no data at all, and a header of ten bytes can promise a hundred million.

import type { PromisedSize } from './jp2-codestream.ts';

const COD = 0xff52;
/** Coding style of one component, another progression order: no photo of a card has them, and they would change the count. */
const OTHER_STYLES: readonly number[] = [0xff53, 0xff5f];
const SIZ = 0xff51;
const SOT = 0xff90;
const SOD = 0xff93;
/** SIZ, COD, COC, TLM, PLM, PLT, QCD, QCC, RGN, POC, PPM, PPT, CRG, COM (A.2): the codec searches for one of them behind any other, byte by byte. */
const SEGMENTS: readonly number[] = [0x51, 0x52, 0x53, 0x55, 0x57, 0x58, 0x5c, 0x5d, 0x5e, 0x5f, 0x60, 0x61, 0x63, 0x64].map(
  (low) => 0xff00 | low,
);
const SOC_BYTES = 2;
/** SOT with its fields (A.4.2), and SOD. */
const SMALLEST_TILE_PART = 14;
const MAX_LEVELS = 32;
/** PPx and PPy where no precincts are given (A.6.1, table A.21). */
const WHOLE = 0xff;

interface Header {
  readonly segments: ReadonlyMap<number, Buffer>;
  /** Where its closing marker stands. */
  readonly end: number;
}

/** Marker segments from `at` up to `closing`. undefined: something else stands there, or one comes twice that counts. */
const readHeader = (bytes: Buffer, at: number, closing: number): Header | undefined => {
  const segments = new Map<number, Buffer>();
  for (let next = at; next + 4 <= bytes.length; ) {
    const marker = bytes.readUInt16BE(next);
    if (marker === closing) return { segments, end: next };
    const length = bytes.readUInt16BE(next + 2);
    if (!SEGMENTS.includes(marker) || length < 2 || OTHER_STYLES.includes(marker)) return undefined;
    if (segments.has(marker) && (marker === COD || marker === SIZ)) return undefined;
    segments.set(marker, bytes.subarray(next + 4, next + 2 + length));
    next += 2 + length;
  }
  return undefined;
};

/** Whether no tile-part (A.4.2) brings a coding style of its own. */
const tilePartsKeepTo = (bytes: Buffer, first: number): boolean => {
  for (let at = first; at + SMALLEST_TILE_PART <= bytes.length && bytes.readUInt16BE(at) === SOT; ) {
    const header = readHeader(bytes, at + 12, SOD);
    if (header === undefined || header.segments.has(COD)) return false;
    const length = bytes.readUInt32BE(at + 6);
    if (length === 0) return true;
    if (length < SMALLEST_TILE_PART) return false;
    at += length;
  }
  return true;
};

/** Precincts along one side of a resolution level: `power` of two is their size (B.6). */
const along = (from: number, to: number, reduced: number, power: number): number => {
  const [start, end] = [Math.ceil(from / 2 ** reduced), Math.ceil(to / 2 ** reduced)];
  return Math.max(0, Math.ceil(end / 2 ** power) - Math.floor(start / 2 ** power));
};

/** At most so many packets are in it (exact for one tile without subsampling). undefined: the headers are damaged, or of a kind no card has. */
export const promisedPackets = (codestream: Uint8Array, size: PromisedSize): number | undefined => {
  const bytes = Buffer.from(codestream.buffer, codestream.byteOffset, codestream.length);
  const header = readHeader(bytes, SOC_BYTES, SOT);
  const style = header?.segments.get(COD);
  if (header === undefined || style === undefined || style.length < 10 || !tilePartsKeepTo(bytes, header.end)) return undefined;
  const layers = style.readUInt16BE(2);
  const levels = style[5] ?? 0;
  if (levels > MAX_LEVELS) return undefined;
  let precincts = 0;
  for (let level = 0; level <= levels; level += 1) {
    const powers = ((style[0] ?? 0) & 1) === 0 ? WHOLE : style[10 + level];
    if (powers === undefined) return undefined;
    const reduced = levels - level;
    precincts += along(size.left, size.right, reduced, powers & 15) * along(size.top, size.bottom, reduced, powers >> 4);
  }
  return precincts * layers * size.components * size.tiles;
};
