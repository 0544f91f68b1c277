// How wide a text is in our fonts: BIZ UDPGothic first, Noto Sans JP per missing glyph, as fontconfig falls back.
// Never asks the renderer: its own metrics cost a whole drawing.

import { fontFile, type Weight } from '../fonts.ts';
import { type FontMetrics, readFontMetrics } from './font-metrics.ts';

const chains = new Map<Weight, { readonly loaded: FontMetrics[]; readonly advances: Map<number, number> }>();

const load = (weight: Weight, level: number): FontMetrics => {
  const chain = chains.get(weight) ?? { loaded: [], advances: new Map<number, number>() };
  chains.set(weight, chain);
  const known = chain.loaded[level];
  if (known !== undefined) return known;
  const metrics = readFontMetrics(fontFile(level === 0 ? 'biz-udpgothic' : 'noto-sans-jp', weight));
  chain.loaded[level] = metrics;
  return metrics;
};

/** Variation selectors and combining marks take no room of their own. */
const isZeroWidth = (code: number): boolean =>
  (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef) || (code >= 0x300 && code <= 0x36f) || code === 0x200b;

const advanceOf = (code: number, weight: Weight): number => {
  const known = chains.get(weight)?.advances.get(code);
  if (known !== undefined) return known;
  const found = isZeroWidth(code) ? 0 : (load(weight, 0).advance(code) ?? load(weight, 1).advance(code) ?? 1);
  chains.get(weight)?.advances.set(code, found);
  return found;
};

/** Width in pixels of one line of `text` at `size` pixels. */
export const measureText = (text: string, size: number, weight: Weight): number => {
  let em = 0;
  for (const char of text) em += advanceOf(char.codePointAt(0) ?? 0, weight);
  return em * size;
};
