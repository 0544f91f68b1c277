// From the network's columns to characters: where one stands, which it is, and how sure that is. Pure.

import { ALPHABET, GAP, OTHER } from './alphabet.ts';
import { type Box, LINE_HEIGHT, type LineImage, MARGIN } from './lines.ts';

export interface Character {
  /** A character of the alphabet, or "?" for any other. */
  readonly sign: string;
  /** Probability of `sign`, 0 … 1. */
  readonly sureness: number;
  /** Middle, in card pixels. */
  readonly x: number;
}

export interface ReadLine {
  readonly box: Box;
  readonly characters: readonly Character[];
  /** Whether there is ink between two places along the line, in card pixels; beyond the box and its margin nothing is known, and none is said. */
  isBlank(from: number, to: number): boolean;
}

/** Ink in three rows of a column is a stroke; the ground's pattern and noise stay below. */
const STROKE = 0.45;

const isStroke = ({ data, width }: LineImage, column: number): boolean => {
  let rows = 0;
  for (let y = 3; y < LINE_HEIGHT - 3; y++) if ((data[y * width + column] as number) > STROKE) rows++;
  return rows >= 3;
};

const CLASSES = GAP + 1;
/** Image pixels per column, and the middle of the first. */
const STRIDE = 2;

/** `logits` is CLASSES × columns. */
export const charactersOf = (line: LineImage, logits: Float32Array): ReadLine => {
  const columns = logits.length / CLASSES;
  const probabilities = new Float32Array(CLASSES);
  const sums = new Float32Array(CLASSES);
  const characters: Character[] = [];
  let weight = 0;
  let place = 0;
  const finish = (): void => {
    if (weight === 0) return;
    let best = 0;
    let total = 0;
    for (let c = 0; c < GAP; c++) {
      total += sums[c] as number;
      if ((sums[c] as number) > (sums[best] as number)) best = c;
    }
    const x = line.box.left + (place / weight - MARGIN) * line.scale;
    characters.push({ sign: best === OTHER ? '?' : (ALPHABET[best] as string), sureness: (sums[best] as number) / total, x });
    sums.fill(0);
    weight = 0;
    place = 0;
  };
  for (let column = 0; column < columns; column++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < CLASSES; c++) most = Math.max(most, logits[c * columns + column] as number);
    let total = 0;
    for (let c = 0; c < CLASSES; c++) {
      const value = Math.exp((logits[c * columns + column] as number) - most);
      probabilities[c] = value;
      total += value;
    }
    const here = 1 - (probabilities[GAP] as number) / total;
    if (here < 0.5) {
      finish();
      continue;
    }
    weight += here;
    place += here * (column * STRIDE + 1);
    for (let c = 0; c < GAP; c++) sums[c] = (sums[c] as number) + (here * (probabilities[c] as number)) / total;
  }
  finish();
  const strokes = Array.from({ length: line.width }, (_, column) => isStroke(line, column));
  const columnOf = (x: number): number => Math.round((x - line.box.left) / line.scale + MARGIN);
  const isBlank = (from: number, to: number): boolean =>
    !strokes.slice(Math.max(0, columnOf(from)), Math.max(0, columnOf(to))).includes(true);
  return { box: line.box, characters, isBlank };
};
