// What a machine's screen shows, as QEMU writes it down (PPM, P6), and how far two pictures differ.

import sharp from 'sharp';

/** Opaque pixels, three bytes each. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export const parsePpm = (bytes: Uint8Array): Picture => {
  const [head, width, height] = /^P6\s(\d+)\s(\d+)\s255\s/.exec(Buffer.from(bytes.subarray(0, 64)).toString('latin1')) ?? [];
  if (head === undefined) throw new Error('no PPM picture');
  const picture = { width: Number(width), height: Number(height), rgb: bytes.subarray(head.length) };
  if (picture.rgb.length !== picture.width * picture.height * 3) throw new Error('a PPM picture of another length than it says');
  return picture;
};

export const toPng = ({ rgb, width, height }: Picture): Promise<Buffer> =>
  sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();

/** Shrunk and measured as the golden sheets are (test/display/fixtures/golden.ts). */
const TILE = 240;
export const MOST_PIXELS = 12;
const FAR = 72;

const shrink = ({ rgb, width, height }: Picture): Promise<Buffer> =>
  sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize({ width: TILE, height: Math.round((TILE * height) / width) })
    .raw()
    .toBuffer();

/** Pixels of the small picture that differ in some channel; all of them when the sizes do. */
export const difference = async (a: Picture, b: Picture): Promise<number> => {
  if (a.width !== b.width || a.height !== b.height) return Number.POSITIVE_INFINITY;
  const [one, other] = await Promise.all([shrink(a), shrink(b)]);
  let pixels = 0;
  for (let at = 0; at < one.length; at += 3)
    if ([0, 1, 2].some((c) => Math.abs((one[at + c] ?? 0) - (other[at + c] ?? 0)) > FAR)) pixels += 1;
  return pixels;
};
