// Pixels to network input: any window or similarity of a picture as a C×H×W tensor in the model's colour order and scale.
// Shrinking averages over area (a grid of sub-samples), enlarging is bilinear. Wrong colour order or scale costs accuracy silently,
// so both come from the model pack's manifest and nowhere else.

import type { ModelInput } from '../../scripts/install-models.js';
import type { Picture } from './ports.ts';

/** Destination pixel (x, y) lies at source (a·x − b·y + tx, b·x + a·y + ty), both counted from pixel centres. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Sub-samples along one axis so that every source pixel under a destination pixel counts. */
const subSamples = (step: number): number => Math.min(8, Math.max(1, Math.round(step)));

const CHANNEL_ORDER = { rgb: [0, 1, 2], bgr: [2, 1, 0] } as const;

interface Axes {
  /** Source position of destination pixel (0, 0), and the step per destination x and y. */
  readonly x0: number;
  readonly y0: number;
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

/** Adds bilinear samples of up to three channels at (sx, sy) to `sum`; outside the picture is black. */
const addSample = (picture: Picture, sx: number, sy: number, sum: Float64Array): void => {
  const { width, height, channels, data } = picture;
  if (sx < -0.5 || sy < -0.5 || sx > width - 0.5 || sy > height - 0.5) return;
  const cx = Math.max(0, Math.min(sx, width - 1));
  const cy = Math.max(0, Math.min(sy, height - 1));
  const left = cx | 0;
  const top = cy | 0;
  const fx = cx - left;
  const fy = cy - top;
  const i = (top * width + left) * channels;
  const right = left + 1 < width ? channels : 0;
  const down = top + 1 < height ? width * channels : 0;
  for (let c = 0; c < channels; c++) {
    const upper = (data[i + c] as number) * (1 - fx) + (data[i + right + c] as number) * fx;
    const lower = (data[i + down + c] as number) * (1 - fx) + (data[i + down + right + c] as number) * fx;
    sum[c] = (sum[c] as number) + upper * (1 - fy) + lower * fy;
  }
};

/** Stores one RGB sample in the model's order and scale. */
const writer = ({ width, height, colour, mean, scale }: ModelInput, out: Float32Array) => {
  const plane = width * height;
  const [first, second, third] = colour === 'grey' ? [0, 0, 0] : CHANNEL_ORDER[colour];
  return (at: number, r: number, g: number, b: number): void => {
    if (colour === 'grey') {
      out[at] = (0.299 * r + 0.587 * g + 0.114 * b - mean) / scale;
      return;
    }
    out[plane * first + at] = (r - mean) / scale;
    out[plane * second + at] = (g - mean) / scale;
    out[plane * third + at] = (b - mean) / scale;
  };
};

const sample = (picture: Picture, axes: Axes, input: ModelInput): Float32Array => {
  const { width, height } = input;
  const out = new Float32Array(width * height * (input.colour === 'grey' ? 1 : 3));
  const put = writer(input, out);
  const nx = subSamples(Math.hypot(axes.xx, axes.yx));
  const ny = subSamples(Math.hypot(axes.xy, axes.yy));
  const sum = new Float64Array(3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sum.fill(0);
      for (let j = 0; j < ny; j++) {
        const v = y + (j + 0.5) / ny - 0.5;
        for (let i = 0; i < nx; i++) {
          const u = x + (i + 0.5) / nx - 0.5;
          addSample(picture, axes.x0 + axes.xx * u + axes.xy * v, axes.y0 + axes.yx * u + axes.yy * v, sum);
        }
      }
      const r = (sum[0] as number) / (nx * ny);
      const g = picture.channels === 1 ? r : (sum[1] as number) / (nx * ny);
      const b = picture.channels === 1 ? r : (sum[2] as number) / (nx * ny);
      put(y * width + x, r, g, b);
    }
  }
  return out;
};

/** Source samples that make up one destination sample along an axis: `count` taps from `first`, weights at `at`. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float32Array;
  readonly most: number;
}

/** Shares of each source sample in each destination sample: area when shrinking, bilinear when enlarging. */
const axisTaps = (start: number, length: number, into: number, available: number, black: boolean): Taps => {
  const step = length / into;
  const reach = Math.max(step, 1);
  const most = Math.ceil(reach) + 2;
  const first = new Int32Array(into);
  const count = new Int32Array(into);
  const weights = new Float32Array(into * most);
  for (let i = 0; i < into; i++) {
    const centre = start + (i + 0.5) * step;
    const from = Math.floor(centre - reach / 2 - (step < 1 ? 0.5 : 0));
    const clampedFrom = Math.min(Math.max(from, 0), available - 1);
    first[i] = clampedFrom;
    let total = 0;
    for (let tap = from; tap < from + most; tap++) {
      const share =
        step < 1
          ? Math.max(0, 1 - Math.abs(tap + 0.5 - centre))
          : Math.max(0, Math.min(tap + 1, centre + step / 2) - Math.max(tap, centre - step / 2));
      if (share === 0) continue;
      total += share;
      if (black && (tap < 0 || tap >= available)) continue;
      const slot = Math.min(Math.max(tap, 0), available - 1) - clampedFrom;
      weights[i * most + slot] = (weights[i * most + slot] as number) + share;
      count[i] = Math.max(count[i] as number, slot + 1);
    }
    for (let slot = 0; slot < most; slot++) weights[i * most + slot] = (weights[i * most + slot] as number) / (total || 1);
  }
  return { first, count, weights, most };
};

/** Squeezes every needed row to the destination's width: rows × width × RGB (grey repeated), starting with source row `top`. */
const squeezeRows = ({ width, channels, data }: Picture, taps: Taps, into: number, top: number, bottom: number): Float32Array => {
  const { first, count, weights, most } = taps;
  const out = new Float32Array((bottom - top) * into * 3);
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  let at = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < into; x++, at += 3) {
      let from = (y * width + (first[x] as number)) * channels;
      const end = x * most + (count[x] as number);
      let r = 0;
      let g = 0;
      let b = 0;
      for (let k = x * most; k < end; k++, from += channels) {
        const weight = weights[k] as number;
        r += (data[from] as number) * weight;
        g += (data[from + green] as number) * weight;
        b += (data[from + blue] as number) * weight;
      }
      out[at] = r;
      out[at + 1] = g;
      out[at + 2] = b;
    }
  }
  return out;
};

/** The window `box` (source pixels, may reach outside) resized to the model's input. */
export const sampleBox = (picture: Picture, box: Box, input: ModelInput, outside: 'black' | 'edge' = 'edge'): Float32Array => {
  const { width, height } = input;
  const columns = axisTaps(box.x, box.width, width, picture.width, outside === 'black');
  const rows = axisTaps(box.y, box.height, height, picture.height, outside === 'black');
  const top = rows.first[0] as number;
  const bottom = Math.min(picture.height, (rows.first[height - 1] as number) + Math.max(1, rows.count[height - 1] as number));
  const squeezed = squeezeRows(picture, columns, width, top, bottom);
  const out = new Float32Array(width * height * (input.colour === 'grey' ? 1 : 3));
  const put = writer(input, out);
  const pitch = width * 3;
  for (let y = 0; y < height; y++) {
    const firstRow = ((rows.first[y] as number) - top) * pitch;
    const end = y * rows.most + (rows.count[y] as number);
    for (let x = 0; x < width; x++) {
      let from = firstRow + x * 3;
      let r = 0;
      let g = 0;
      let b = 0;
      for (let k = y * rows.most; k < end; k++, from += pitch) {
        const weight = rows.weights[k] as number;
        r += (squeezed[from] as number) * weight;
        g += (squeezed[from + 1] as number) * weight;
        b += (squeezed[from + 2] as number) * weight;
      }
      put(y * width + x, r, g, b);
    }
  }
  squeezed.fill(0);
  return out;
};

/** The picture seen through a similarity; outside is black. */
export const sampleSimilarity = (picture: Picture, { a, b, tx, ty }: Similarity, input: ModelInput): Float32Array =>
  sample(picture, { x0: tx, y0: ty, xx: a, xy: -b, yx: b, yy: a }, input);
