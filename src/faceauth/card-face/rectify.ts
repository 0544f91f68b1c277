// The card seen from straight above, ten pixels to the millimetre, and its print as ink on a flat ground. Pure.

import type { Picture } from '../ports.ts';
import { CARD_MM, homography, project, type Quad, rectangle } from './geometry.ts';

export const PIXELS_PER_MM = 10;
export const FLAT = { width: Math.round(CARD_MM.width * PIXELS_PER_MM), height: Math.round(CARD_MM.height * PIXELS_PER_MM) } as const;

/** Share of light that the print takes away: 0 = ground, 1 = black. */
export interface Ink {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Grey picture of the card alone; undefined when the corners are not those of a card. */
export const rectify = (picture: Picture, corners: Quad): Picture | undefined => {
  const { width, height } = FLAT;
  const map = homography(rectangle(width, height), corners);
  if (map === undefined) return undefined;
  const data = new Uint8Array(width * height);
  const [lastX, lastY] = [picture.width - 1.001, picture.height - 1.001];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = project(map, x + 0.5, y + 0.5);
      const sx = Math.min(Math.max(from.x, 0), lastX);
      const sy = Math.min(Math.max(from.y, 0), lastY);
      const [left, top] = [sx | 0, sy | 0];
      const [fx, fy] = [sx - left, sy - top];
      const at = top * picture.width + left;
      const below = at + picture.width;
      const upper = (picture.data[at] as number) * (1 - fx) + (picture.data[at + 1] as number) * fx;
      const lower = (picture.data[below] as number) * (1 - fx) + (picture.data[below + 1] as number) * fx;
      data[y * width + x] = Math.round(upper * (1 - fy) + lower * fy);
    }
  }
  return { width, height, channels: 1, data };
};

/** The same picture turned by half a turn, in place. */
export const reverse = (picture: Picture): Picture => {
  picture.data.reverse();
  return picture;
};

/** Mean of the (2r + 1)² pixels around each, by running sums along rows, then columns. */
const boxMean = (from: Float32Array, width: number, height: number, r: number): Float32Array => {
  const across = new Float32Array(from.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = -r; x < width; x++) {
      if (x + r < width) sum += from[row + x + r] as number;
      if (x - r - 1 >= 0) sum -= from[row + x - r - 1] as number;
      if (x >= 0) across[row + x] = sum / (Math.min(width - 1, x + r) - Math.max(0, x - r) + 1);
    }
  }
  const out = new Float32Array(from.length);
  for (let x = 0; x < width; x++) {
    let sum = 0;
    for (let y = -r; y < height; y++) {
      if (y + r < height) sum += across[(y + r) * width + x] as number;
      if (y - r - 1 >= 0) sum -= across[(y - r - 1) * width + x] as number;
      if (y >= 0) out[y * width + x] = sum / (Math.min(height - 1, y + r) - Math.max(0, y - r) + 1);
    }
  }
  across.fill(0);
  return out;
};

/** Compares every pixel with the ground around it, so that shade, veils and the ground's own colour fall out. */
export const inkOf = ({ width, height, data }: Picture): Ink => {
  const grey = Float32Array.from(data);
  const mean = boxMean(grey, width, height, 13);
  const light = grey.map((value, i) => Math.max(value, mean[i] as number));
  const ground = boxMean(light, width, height, 13);
  for (let i = 0; i < grey.length; i++) grey[i] = 1 - (grey[i] as number) / Math.max(8, ground[i] as number);
  for (const used of [mean, light, ground]) used.fill(0);
  return { width, height, data: grey };
};
