// Finds the lines of print on a flattened card and brings each to the network's size. Pure.

import type { Ink } from './rectify.ts';

/** Rows of the network's input, and how high print stands in it. train.py has the same numbers. */
export const LINE_HEIGHT = 24;
const INK_HEIGHT = 19;
/** Ground kept beside the print, in image pixels. */
export const MARGIN = 14;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface LineImage {
  readonly box: Box;
  readonly width: number;
  /** LINE_HEIGHT rows; 0 = ground, 1 = ink. */
  readonly data: Float32Array;
  /** Card pixels per image pixel. */
  readonly scale: number;
}

/** A gap this wide ends a line: one and a half characters. Card pixels. */
const JOIN = 30;
const LOWEST = 11;
/** Nothing is printed so near the card's edge. */
const EDGE = 10;
const HIGHEST = 46;

/** Ink is what stands out of the ground's own unrest. */
const thresholdOf = ({ data }: Ink): number => {
  const sample: number[] = [];
  for (let i = 0; i < data.length; i += 37) sample.push(data[i] as number);
  sample.sort((a, b) => a - b);
  const middle = sample[sample.length >> 1] as number;
  const spread = middle - (sample[Math.floor(sample.length * 0.16)] as number);
  return Math.max(0.1, middle + 3.2 * spread);
};

/** Longest strokes of print along and across a line, in card pixels; a longer one is a ruled line. */
const LONGEST_STROKE = 40;
const TALLEST_STROKE = 36;

/** Ink without frames, ruled lines and the photo's surfaces: nothing that runs on and on up, down or along is print. */
const printOf = ({ width, height, data }: Ink, threshold: number): Uint8Array => {
  const print = new Uint8Array(width * height);
  for (let i = 0; i < print.length; i++) if ((data[i] as number) >= threshold) print[i] = 1;
  const drop = (start: number, step: number, count: number, longest: number): void => {
    let run = 0;
    for (let k = 0; k <= count; k++) {
      if (k < count && print[start + k * step] !== 0) run++;
      else {
        if (run > longest) for (let j = k - run; j < k; j++) print[start + j * step] = 2;
        run = 0;
      }
    }
  };
  for (let x = 0; x < width; x++) drop(x, width, height, TALLEST_STROKE);
  for (let y = 0; y < height; y++) drop(y * width, 1, width, LONGEST_STROKE);
  return print;
};

/** Boxes of print, in no order. */
export const findLines = (ink: Ink): Box[] => {
  const { width, height } = ink;
  const threshold = thresholdOf(ink);
  const mask = new Uint8Array(width * height);
  const print = printOf(ink, threshold);
  for (let y = EDGE; y < height - EDGE; y++) {
    let last = -JOIN - 1;
    for (let x = EDGE; x < width - EDGE; x++) {
      const at = y * width + x;
      if (print[at] !== 1) continue;
      if (x - last <= JOIN) mask.fill(1, y * width + last + 1, at + 1);
      mask[at] = 1;
      last = x;
    }
  }
  const boxes: Box[] = [];
  const stack: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== 1) continue;
    let [left, right, top, bottom] = [width, 0, height, 0];
    mask[start] = 2;
    stack.push(start);
    while (stack.length > 0) {
      const at = stack.pop() as number;
      const [x, y] = [at % width, (at / width) | 0];
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      for (const next of [at - 1, at + 1, at - width, at + width]) {
        if (mask[next] !== 1) continue;
        mask[next] = 2;
        stack.push(next);
      }
    }
    const tight = trim(ink, print, { left, top, right: right + 1, bottom: bottom + 1 }, threshold);
    const [high, wide] = [tight.bottom - tight.top, tight.right - tight.left];
    if (high >= LOWEST && high <= HIGHEST && wide >= 28 && wide >= 1.4 * high) boxes.push(tight);
  }
  mask.fill(0);
  print.fill(0);
  return boxes;
};

/** Drops what is faint beside the print itself: rows and columns of the ground's pattern must not make it look larger than it is. */
const trim = ({ width, data }: Ink, print: Uint8Array, box: Box, threshold: number): Box => {
  const values: number[] = [];
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      const value = data[y * width + x] as number;
      if (print[y * width + x] === 1) values.push(value);
    }
  }
  values.sort((p, q) => p - q);
  const strong = Math.max(threshold, FAINT * (values[Math.floor(values.length * 0.9)] ?? 0));
  const rows = new Float64Array(box.bottom - box.top);
  const columns = new Float64Array(box.right - box.left);
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      if (print[y * width + x] !== 1 || (data[y * width + x] as number) < strong) continue;
      rows[y - box.top] = (rows[y - box.top] as number) + 1;
      columns[x - box.left] = (columns[x - box.left] as number) + 1;
    }
  }
  const [top, bottom] = span(rows, Math.max(2, 0.1 * Math.max(...rows)));
  const [left, right] = span(columns, 2);
  return { left: box.left + left, right: box.left + right, top: box.top + top, bottom: box.top + bottom };
};

const FAINT = 0.35;

/** First and last-but-one place of what reaches `enough`. */
const span = (counts: Float64Array, enough: number): readonly [number, number] => {
  let [first, last] = [0, counts.length - 1];
  while (first < last && (counts[first] as number) < enough) first++;
  while (last > first && (counts[last] as number) < enough) last--;
  return [first, last + 1];
};

/** The line at the network's size: its print INK_HEIGHT high in the middle, ink from 0 to 1. */
export const lineImage = ({ width, height, data }: Ink, box: Box): LineImage => {
  const scale = (box.bottom - box.top) / INK_HEIGHT;
  const columns = Math.ceil((box.right - box.left) / scale) + 2 * MARGIN;
  const out = new Float32Array(LINE_HEIGHT * columns);
  const taps = Math.max(1, Math.round(scale * 2));
  for (let y = 0; y < LINE_HEIGHT; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let j = 0; j < taps; j++) {
        for (let i = 0; i < taps; i++) {
          const sx = box.left + (x + (i + 0.5) / taps - MARGIN) * scale - 0.5;
          const sy = (box.top + box.bottom) / 2 + (y + (j + 0.5) / taps - LINE_HEIGHT / 2) * scale - 0.5;
          const cx = Math.min(Math.max(sx, 0), width - 1.001);
          const cy = Math.min(Math.max(sy, 0), height - 1.001);
          const [left, top] = [cx | 0, cy | 0];
          const [fx, fy] = [cx - left, cy - top];
          const at = top * width + left;
          sum +=
            ((data[at] as number) * (1 - fx) + (data[at + 1] as number) * fx) * (1 - fy) +
            ((data[at + width] as number) * (1 - fx) + (data[at + width + 1] as number) * fx) * fy;
        }
      }
      out[y * columns + x] = sum / (taps * taps);
    }
  }
  const sorted = Float32Array.from(out).sort();
  const low = sorted[Math.floor(sorted.length * 0.1)] as number;
  const high = sorted[Math.floor(sorted.length * 0.98)] as number;
  const range = Math.max(0.08, high - low);
  for (let i = 0; i < out.length; i++) out[i] = Math.min(1.4, Math.max(-0.4, ((out[i] as number) - low) / range));
  sorted.fill(0);
  return { box, width: columns, data: out, scale };
};
