// Advance widths straight from the TrueType files: tables cmap (formats 4 and 12), head, hhea, hmtx.
// Reads only those tables (a general font library costs 28 MB and a tenth of a second at start for the same numbers).
// Never shapes, never draws: what is drawn is Pango's business.

import { closeSync, openSync, readSync } from 'node:fs';
import { KioskFailure } from '../../core/failure.ts';

export interface FontMetrics {
  /** Advance in em, or undefined when the font has no glyph for this code point. */
  advance(codePoint: number): number | undefined;
}

type GlyphOf = (codePoint: number) => number;

/** Reads one font file. Throws display/no-font when it is missing or is not a TrueType font. */
export const readFontMetrics = (path: string): FontMetrics => {
  try {
    return parse(path);
  } catch (cause) {
    throw new KioskFailure('display/no-font', {
      cause,
      message: `cannot read the font file ${path.split('/').at(-1)}: run npm ci again`,
    });
  }
};

const parse = (path: string): FontMetrics => {
  const file = openSync(path, 'r');
  const read = (offset: number, length: number): DataView => {
    const bytes = new Uint8Array(length);
    if (readSync(file, bytes, 0, length, offset) !== length) throw new RangeError('font file is cut short');
    return new DataView(bytes.buffer);
  };
  try {
    const tables = directory(read);
    const table = (tag: string): DataView => {
      const entry = tables.get(tag);
      if (entry === undefined) throw new RangeError(`font has no ${tag} table`);
      return read(entry.offset, entry.length);
    };
    const unitsPerEm = table('head').getUint16(18);
    const metricCount = table('hhea').getUint16(34);
    const hmtx = table('hmtx');
    const glyphOf = characterMap(table('cmap'));
    return {
      advance(codePoint) {
        const glyph = glyphOf(codePoint);
        return glyph === 0 ? undefined : hmtx.getUint16(Math.min(glyph, metricCount - 1) * 4) / unitsPerEm;
      },
    };
  } finally {
    closeSync(file);
  }
};

const directory = (read: (offset: number, length: number) => DataView) => {
  const count = read(4, 2).getUint16(0);
  const view = read(12, count * 16);
  const tables = new Map<string, { offset: number; length: number }>();
  for (let at = 0; at < count * 16; at += 16) {
    const tag = String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
    tables.set(tag, { offset: view.getUint32(at + 8), length: view.getUint32(at + 12) });
  }
  return tables;
};

/** The best Unicode subtable: format 12 (whole Unicode) before format 4 (basic plane). */
const characterMap = (cmap: DataView): GlyphOf => {
  const offsets = Array.from({ length: cmap.getUint16(2) }, (_, i) => cmap.getUint32(4 + i * 8 + 4));
  const withFormat = (format: number) => offsets.find((offset) => cmap.getUint16(offset) === format);
  const format12 = withFormat(12);
  if (format12 !== undefined) return segmentsOf12(cmap, format12);
  const format4 = withFormat(4);
  if (format4 !== undefined) return segmentsOf4(cmap, format4);
  throw new RangeError('font has no Unicode character map');
};

const segmentsOf12 = (cmap: DataView, at: number): GlyphOf => {
  const count = cmap.getUint32(at + 12);
  return (codePoint) => {
    let low = 0;
    let high = count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const group = at + 16 + middle * 12;
      if (codePoint < cmap.getUint32(group)) high = middle - 1;
      else if (codePoint > cmap.getUint32(group + 4)) low = middle + 1;
      else return cmap.getUint32(group + 8) + codePoint - cmap.getUint32(group);
    }
    return 0;
  };
};

const segmentsOf4 = (cmap: DataView, at: number): GlyphOf => {
  const doubled = cmap.getUint16(at + 6);
  const ends = at + 14;
  const starts = ends + doubled + 2;
  return (codePoint) => {
    if (codePoint > 0xffff) return 0;
    for (let i = 0; i < doubled; i += 2) {
      if (codePoint > cmap.getUint16(ends + i)) continue;
      const start = cmap.getUint16(starts + i);
      if (codePoint < start) return 0;
      const delta = cmap.getUint16(starts + doubled + i);
      const rangeAt = starts + 2 * doubled + i;
      const range = cmap.getUint16(rangeAt);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = cmap.getUint16(rangeAt + range + (codePoint - start) * 2);
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
};
