// Puts a text into a box: breaks it, shrinks it step by step, tells when even the smallest size does not fit.
// Pure; remembers what it has fitted, since the same texts are laid out many times a minute.

import type { Language } from '../../core/screens.ts';
import type { Weight } from '../fonts.ts';
import { breakLines, phrases } from './lines.ts';
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

/** Every phrase of a text, of each of its lines. */
const pieces = (request: FitRequest): string[] =>
  request.text.split('\n').flatMap((line) => phrases(line, request.language).map((phrase) => phrase.trimEnd()));

const search = (request: FitRequest): Fit => {
  const measure = (line: string, size: number) => measureText(line, size, request.weight, request.language);
  for (let size = request.size; ; size -= 1) {
    const lines = layOut(request, size);
    const widest = Math.max(...lines.map((line) => measure(line, size)));
    // The first line needs one em only: leading is between lines.
    const height = size * (1 + (lines.length - 1) * request.leading);
    const whole = !request.balance || pieces(request).every((piece) => measure(piece, size) <= request.width);
    const fits = widest <= request.width && height <= request.height + 1 && lines.length <= (request.maxLines ?? Number.POSITIVE_INFINITY);
    if ((fits && whole) || size <= request.smallest) return { lines, size, fits, whole };
  }
};

const layOut = (request: FitRequest, size: number): string[] => {
  const measure = (line: string) => measureText(line, size, request.weight, request.language);
  const lines = breakLines(request.text, request.width, measure, request.language);
  if (!request.balance || lines.length < 2) return lines;
  // Never so narrow that a phrase would have to be cut.
  let narrow = Math.max(request.width / lines.length, ...pieces(request).map(measure));
  if (narrow >= request.width) return lines;
  let wide = request.width;
  while (wide - narrow > 4) {
    const middle = (narrow + wide) / 2;
    const tried = breakLines(request.text, middle, measure, request.language);
    if (tried.length <= lines.length && tried.every((line) => measure(line) <= middle)) wide = middle;
    else narrow = middle;
  }
  return breakLines(request.text, wide, measure, request.language);
};
