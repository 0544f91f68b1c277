// Small grey pictures for the cues: lines and motion show at a tenth of the pixels. Whoever made one wipes it.

import type { Picture } from '../ports.ts';

/** Luma 0..255 row by row; `factor` source pixels make one sample along each axis. */
export interface Luma {
  readonly width: number;
  readonly height: number;
  readonly factor: number;
  readonly data: Float32Array;
}

/** Mean over blocks of `factor`×`factor` pixels; a rest at the right and lower edge is left out. */
export const shrinkLuma = ({ width, height, channels, data }: Picture, factor: number): Luma => {
  const w = Math.floor(width / factor);
  const h = Math.floor(height / factor);
  const out = new Float32Array(w * h);
  const share = 1 / (factor * factor * (channels === 1 ? 1 : 256));
  for (let y = 0; y < h * factor; y++) {
    const to = ((y / factor) | 0) * w;
    let i = y * width * channels;
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let k = 0; k < factor; k++, i += channels)
        sum +=
          channels === 1 ? (data[i] as number) : (data[i] as number) * 77 + (data[i + 1] as number) * 150 + (data[i + 2] as number) * 29;
      out[to + x] = (out[to + x] as number) + sum * share;
    }
  }
  return { width: w, height: h, factor, data: out };
};
