// How wide a text is in our fonts: the language's own font first, the others per missing glyph, as Pango falls back.
// Never asks the renderer: its own metrics cost a whole drawing. Reads a font only when a character needs it.

import type { Language } from '../../core/screens.ts';
import { type FontPackage, fontFile, fontsOf, type Weight } from '../fonts.ts';
import { type FontMetrics, readFontMetrics } from './font-metrics.ts';

const fonts = new Map<string, FontMetrics>();

const load = (family: FontPackage, weight: Weight): FontMetrics => {
  const key = `${family} ${weight}`;
  const known = fonts.get(key);
  if (known !== undefined) return known;
  const metrics = readFontMetrics(fontFile(family, weight));
  fonts.set(key, metrics);
  return metrics;
};

/** Variation selectors and combining marks take no room of their own. */
const isZeroWidth = (code: number): boolean =>
  (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef) || (code >= 0x300 && code <= 0x36f) || code === 0x200b;

const advances = new Map<string, Map<number, number>>();

/** The first of the language's fonts that has a glyph for a code point; undefined = none has. */
export const fontFor = (code: number, weight: Weight, language: Language): FontPackage | undefined =>
  fontsOf(language).find((family) => load(family, weight).advance(code) !== undefined);

const advanceOf = (code: number, weight: Weight, language: Language, known: Map<number, number>): number => {
  const remembered = known.get(code);
  if (remembered !== undefined) return remembered;
  const family = isZeroWidth(code) ? undefined : fontFor(code, weight, language);
  const found = isZeroWidth(code) ? 0 : family === undefined ? 1 : (load(family, weight).advance(code) ?? 1);
  known.set(code, found);
  return found;
};

/** Width in pixels of one line of `text` at `size` pixels, in the fonts of `language`. */
export const measureText = (text: string, size: number, weight: Weight, language: Language = 'ja'): number => {
  const key = `${fontsOf(language)[0]} ${weight}`;
  const known = advances.get(key) ?? new Map<number, number>();
  advances.set(key, known);
  let em = 0;
  for (const char of text) em += advanceOf(char.codePointAt(0) ?? 0, weight, language, known);
  return em * size;
};
