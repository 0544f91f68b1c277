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

/** Stores rows or single RGB samples in the model's order and scale. */
const writer = ({ width, height, colour, mean, scale }: ModelInput, out: Float32Array) => {
  const plane = width * height;
  const grey = colour === 'grey';
  const [first, second, third] = grey ? [0, 0, 0] : CHANNEL_ORDER[colour];
  const [red, green, blue] = [plane * first, plane * second, plane * third];
  const factor = 1 / scale;
  return (at: number, r: number, g: number, b: number): void => {
    if (grey) out[at] = (0.299 * r + 0.587 * g + 0.114 * b - mean) * factor;
    else {
      out[red + at] = (r - mean) * factor;
      out[green + at] = (g - mean) * factor;
      out[blue + at] = (b - mean) * factor;
    }
  };
};

/** Mean of nx × ny bilinear samples per destination pixel; outside the picture is black. */
const sample = (picture: Picture, axes: Axes, input: ModelInput, most = 8): Float32Array => {
  const { width, height } = input;
  const { x0, y0, xx, xy, yx, yy } = axes;
  const { channels, data } = picture;
  const out = new Float32Array(width * height * (input.colour === 'grey' ? 1 : 3));
  const put = writer(input, out);
  const nx = Math.min(most, subSamples(Math.hypot(xx, yx)));
  const ny = Math.min(most, subSamples(Math.hypot(xy, yy)));
  const share = 1 / (nx * ny);
  const [lastX, lastY] = [picture.width - 1, picture.height - 1];
  const pitch = picture.width * channels;
  const [toGreen, toBlue] = channels === 1 ? [0, 0] : [1, 2];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let j = 0; j < ny; j++) {
        const v = y + (j + 0.5) / ny - 0.5;
        for (let i = 0; i < nx; i++) {
          const u = x + (i + 0.5) / nx - 0.5;
          const sx = x0 + xx * u + xy * v;
          const sy = y0 + yx * u + yy * v;
          if (sx < -0.5 || sy < -0.5 || sx > lastX + 0.5 || sy > lastY + 0.5) continue;
          const cx = Math.max(0, Math.min(sx, lastX));
          const cy = Math.max(0, Math.min(sy, lastY));
          const left = cx | 0;
          const top = cy | 0;
          const fx = cx - left;
          const fy = cy - top;
          const at = top * pitch + left * channels;
          const right = left < lastX ? at + channels : at;
          const below = top < lastY ? pitch : 0;
          const w11 = fx * fy;
          const w10 = fx - w11;
          const w01 = fy - w11;
          const w00 = 1 - fx - w01;
          const c = at + below;
          const d = right + below;
          r += (data[at] as number) * w00 + (data[right] as number) * w10 + (data[c] as number) * w01 + (data[d] as number) * w11;
          g +=
            (data[at + toGreen] as number) * w00 +
            (data[right + toGreen] as number) * w10 +
            (data[c + toGreen] as number) * w01 +
            (data[d + toGreen] as number) * w11;
          b +=
            (data[at + toBlue] as number) * w00 +
            (data[right + toBlue] as number) * w10 +
            (data[c + toBlue] as number) * w01 +
            (data[d + toBlue] as number) * w11;
        }
      }
      put(y * width + x, r * share, g * share, b * share);
    }
  }
  return out;
};

/** Source samples that make up one destination sample along an axis: `count` taps from `first`, weights at `at`. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float64Array;
  readonly most: number;
}

/** Shares of each source sample in each destination sample: area when shrinking, bilinear when enlarging. */
const axisTaps = (start: number, length: number, into: number, available: number, black: boolean): Taps => {
  const step = length / into;
  const reach = Math.max(step, 1);
  const most = Math.ceil(reach) + 2;
  const first = new Int32Array(into);
  const count = new Int32Array(into);
  const weights = new Float64Array(into * most);
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

/** Squeezes one source row to the destination's width: RGB triples (grey repeated). */
const squeezeRow = ({ width, channels, data }: Picture, y: number, { first, count, weights, most }: Taps, out: Float64Array): void => {
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  const row = y * width;
  const into = first.length;
  for (let x = 0, at = 0; x < into; x++, at += 3) {
    let from = (row + (first[x] as number)) * channels;
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
};

const addWeighted = (sum: Float64Array, row: Float64Array, weight: number): void => {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (row[i] as number) * weight;
};

/** The whole picture at exactly half its size, what a 640×480 camera and a 320×240 detector make the common case. */
const halve = ({ width, data }: Picture, input: ModelInput): Float32Array => {
  const out = new Float32Array(input.width * input.height * 3);
  const put = writer(input, out);
  const pitch = width * 3;
  for (let y = 0, at = 0; y < input.height; y++) {
    for (let x = 0, i = 2 * y * pitch; x < input.width; x++, at++, i += 6) {
      const j = i + pitch;
      put(
        at,
        ((data[i] as number) + (data[i + 3] as number) + (data[j] as number) + (data[j + 3] as number)) / 4,
        ((data[i + 1] as number) + (data[i + 4] as number) + (data[j + 1] as number) + (data[j + 4] as number)) / 4,
        ((data[i + 2] as number) + (data[i + 5] as number) + (data[j + 2] as number) + (data[j + 5] as number)) / 4,
      );
    }
  }
  return out;
};

const isHalf = (picture: Picture, box: Box, { width, height, colour }: ModelInput): boolean =>
  box.x === 0 &&
  box.y === 0 &&
  box.width === 2 * width &&
  box.height === 2 * height &&
  picture.width === box.width &&
  picture.height === box.height &&
  picture.channels === 3 &&
  colour !== 'grey';

/**
 * The window `box` (source pixels, may reach outside) resized to the model's input.
 * Row by row, so that what is in work stays in the processor's nearest memory; two rows are kept, for enlarging needs them twice.
 */
export const sampleBox = (picture: Picture, box: Box, input: ModelInput, outside: 'black' | 'edge' = 'edge'): Float32Array => {
  if (isHalf(picture, box, input)) return halve(picture, input);
  const { width, height } = input;
  const columns = axisTaps(box.x, box.width, width, picture.width, outside === 'black');
  const rows = axisTaps(box.y, box.height, height, picture.height, outside === 'black');
  const out = new Float32Array(width * height * (input.colour === 'grey' ? 1 : 3));
  const put = writer(input, out);
  const sum = new Float64Array(width * 3);
  const kept = [new Float64Array(width * 3), new Float64Array(width * 3)] as const;
  const keptRow = [-1, -1];
  for (let y = 0; y < height; y++) {
    const firstRow = rows.first[y] as number;
    const taps = rows.count[y] as number;
    sum.fill(0);
    for (let tap = 0; tap < taps; tap++) {
      const from = firstRow + tap;
      const row = (from & 1) === 0 ? kept[0] : kept[1];
      if (keptRow[from & 1] !== from) {
        squeezeRow(picture, from, columns, row);
        keptRow[from & 1] = from;
      }
      addWeighted(sum, row, rows.weights[y * rows.most + tap] as number);
    }
    for (let x = 0, at = y * width, i = 0; x < width; x++, at++, i += 3)
      put(at, sum[i] as number, sum[i + 1] as number, sum[i + 2] as number);
  }
  for (const row of [sum, ...kept]) row.fill(0);
  return out;
};

/** The picture seen through a similarity; outside is black. */
export const sampleSimilarity = (picture: Picture, { a, b, tx, ty }: Similarity, input: ModelInput): Float32Array =>
  sample(picture, { x0: tx, y0: ty, xx: a, xy: -b, yx: b, yy: a }, input);

/**
 * The window `box` by one bilinear sample per pixel of the input, however much it shrinks: grain and screen patterns fold into it instead of
 * being averaged away, as they do in the crops most anti-spoofing networks are trained on.
 */
export const samplePoints = (picture: Picture, { x, y, width, height }: Box, input: ModelInput): Float32Array => {
  const [xx, yy] = [width / input.width, height / input.height];
  return sample(picture, { x0: x + xx / 2 - 0.5, y0: y + yy / 2 - 0.5, xx, xy: 0, yx: 0, yy }, input, 1);
};
