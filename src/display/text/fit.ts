// Puts a text into a box: breaks it, shrinks it step by step, tells when even the smallest size does not fit.
// Pure; remembers what it has fitted, since the same texts are laid out many times a minute.

import type { Language } from '../../core/screens.ts';
import type { Weight } from '../fonts.ts';
import { evenLines } from './even-lines.ts';
import { fillLines, phrases } from './lines.ts';
import { measureText } from './measure.ts';

export interface FitRequest {
  readonly text: string;
  readonly width: number;
  readonly height: number;
  /** Wanted size in pixels; the fit may be smaller, down to `smallest`. */
  readonly size: number;
  readonly smallest: number;
  readonly weight: Weight;
  /** Line height as a multiple of the size. */
  readonly leading: number;
  /** Lines of about equal length: for titles. */
  readonly balance: boolean;
  readonly maxLines?: number;
  /** Decides fonts and line breaks; default Japanese. */
  readonly language?: Language;
}

export interface Fit {
  readonly lines: readonly string[];
  readonly size: number;
  /** false: the text is larger than the box even at the smallest size. */
  readonly fits: boolean;
  /** false: a heading in which a word had to be cut. */
  readonly whole: boolean;
}

const remembered = new Map<string, Fit>();
const REMEMBER_AT_MOST = 1000;

/** All that the answer depends on; the text last, so that nothing in it can look like a number before it. */
const keyOf = ({ text, width, height, size, smallest, weight, leading, balance, maxLines = 0, language = 'ja' }: FitRequest): string =>
  `${language} ${width} ${height} ${size} ${smallest} ${weight} ${leading} ${balance} ${maxLines} ${text}`;

export const fitText = (request: FitRequest): Fit => {
  const key = keyOf(request);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  if (remembered.size >= REMEMBER_AT_MOST) remembered.clear();
  const fit = search(request);
  remembered.set(key, fit);
  return fit;
};

const search = (request: FitRequest): Fit => {
  const measure = (line: string, size: number) => measureText(line, size, request.weight, request.language);
  const paragraphs = request.text.split('\n').map((paragraph) => phrases(paragraph, request.language));
  const widestPhrase = Math.max(...paragraphs.flat().map((phrase) => measure(phrase.trimEnd(), 1)), 0);
  for (let size = request.size; ; size -= 1) {
    const lines = paragraphs.flatMap((pieces) => layOut(pieces, request, (line) => measure(line, size)));
    const widest = Math.max(...lines.map((line) => measure(line, size)));
    // The first line needs one em only: leading is between lines.
    const height = size * (1 + (lines.length - 1) * request.leading);
    const whole = !request.balance || widestPhrase * size <= request.width;
    const fits = widest <= request.width && height <= request.height + 1 && lines.length <= (request.maxLines ?? Number.POSITIVE_INFINITY);
    if ((fits && whole) || size <= request.smallest) return { lines, size, fits, whole };
  }
};

/** One paragraph: as few lines as it needs, and those of about equal length where that is wanted. */
const layOut = (pieces: readonly string[], { width, balance }: FitRequest, measure: (line: string) => number): string[] => {
  const lines = fillLines(pieces, width, measure);
  if (!balance || lines.length < 2) return lines;
  // Where a phrase had to be cut, the lines are as even as they can be.
  return evenLines(pieces, lines.length, width, measure) ?? lines;
};
