// Frequency cue: a screen's pixel grid or a printer's dots beat with the sensor's, which leaves narrow peaks in the spectrum of the skin.
// Skin, hair and glasses leave broad or axis-bound energy. Small faces have too few pixels to tell: the cue abstains.

import type { Picture } from '../ports.ts';
import type { Box } from '../sampling.ts';

/** Side of the analysed square in pixels of the camera: a power of two. */
const SIDE = 128;
/** Radii in cycles per square: below lie the face's own features, above the noise of resampling. */
const RADII = { low: 12, high: 52 } as const;
/** Bins along the axes belong to edges and to JPEG's blocks. */
const AXIS = 3;
/** Power of sensor noise per bin (grey levels squared, windowed): a peak must rise above it. */
const FLOOR = 3000;

const WINDOW = Float64Array.from({ length: SIDE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / SIDE));
const COS = Float64Array.from({ length: SIDE / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / SIDE));
const SIN = Float64Array.from({ length: SIDE / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / SIDE));
const REVERSED = Uint8Array.from({ length: SIDE }, (_, i) => {
  let reversed = 0;
  for (let bit = 1; bit < SIDE; bit <<= 1) reversed = (reversed << 1) | (i & bit ? 1 : 0);
  return reversed;
});

/** In-place radix-2 transform of SIDE samples at `start`, `stride` apart. */
const transform = (re: Float64Array, im: Float64Array, start: number, stride: number): void => {
  for (let i = 0; i < SIDE; i++) {
    const j = REVERSED[i] as number;
    if (j <= i) continue;
    const [p, q] = [start + i * stride, start + j * stride];
    [re[p], re[q]] = [re[q] as number, re[p] as number];
    [im[p], im[q]] = [im[q] as number, im[p] as number];
  }
  for (let half = 1; half < SIDE; half <<= 1) {
    const turn = SIDE / 2 / half;
    for (let block = 0; block < SIDE; block += half << 1) {
      for (let k = 0; k < half; k++) {
        const p = start + (block + k) * stride;
        const q = p + half * stride;
        const [c, s] = [COS[k * turn] as number, SIN[k * turn] as number];
        const [qr, qi] = [re[q] as number, im[q] as number];
        const r = qr * c + qi * s;
        const i = qi * c - qr * s;
        re[q] = (re[p] as number) - r;
        im[q] = (im[p] as number) - i;
        re[p] = (re[p] as number) + r;
        im[p] = (im[p] as number) + i;
      }
    }
  }
};

const windowed = ({ width, channels, data }: Picture, left: number, top: number): Float64Array => {
  const out = new Float64Array(SIDE * SIDE);
  let sum = 0;
  for (let y = 0; y < SIDE; y++) {
    let i = ((top + y) * width + left) * channels;
    for (let x = 0; x < SIDE; x++, i += channels) {
      const luma =
        channels === 1 ? (data[i] as number) : 0.3 * (data[i] as number) + 0.59 * (data[i + 1] as number) + 0.11 * (data[i + 2] as number);
      out[y * SIDE + x] = luma;
      sum += luma;
    }
  }
  const mean = sum / out.length;
  for (let i = 0; i < out.length; i++)
    out[i] = ((out[i] as number) - mean) * (WINDOW[i & (SIDE - 1)] as number) * (WINDOW[(i / SIDE) | 0] as number);
  return out;
};

/**
 * Natural logarithm of the highest spectral peak by the median of its ring, in the middle of the face; about 2 to 4 for skin.
 * undefined: the face is too small.
 */
export const peakOf = (picture: Picture, face: Box): number | undefined => {
  const left = Math.round(face.x + face.width / 2 - SIDE / 2);
  const top = Math.round(face.y + face.height / 2 - SIDE / 2);
  if (face.height < SIDE || left < 0 || top < 0 || left + SIDE > picture.width || top + SIDE > picture.height) return undefined;
  const re = windowed(picture, left, top);
  const im = new Float64Array(re.length);
  for (let row = 0; row < SIDE; row++) transform(re, im, row * SIDE, 1);
  for (let column = 0; column <= SIDE / 2; column++) transform(re, im, column, SIDE);
  const rings: number[][] = Array.from({ length: RADII.high + 1 }, () => []);
  for (let y = -SIDE / 2 + 1; y < SIDE / 2; y++) {
    for (let x = AXIS; x < SIDE / 2; x++) {
      const radius = Math.round(Math.hypot(x, y));
      if (Math.abs(y) < AXIS || radius < RADII.low || radius > RADII.high) continue;
      const i = ((y + SIDE) % SIDE) * SIDE + x;
      rings[radius]?.push((re[i] as number) ** 2 + (im[i] as number) ** 2);
    }
  }
  re.fill(0);
  im.fill(0);
  let highest = 0;
  for (const ring of rings) {
    if (ring.length === 0) continue;
    ring.sort((a, b) => a - b);
    const middle = (ring[ring.length >> 1] as number) + FLOOR;
    highest = Math.max(highest, Math.log(((ring.at(-1) as number) + FLOOR) / middle));
  }
  return highest;
};
