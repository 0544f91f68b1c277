// Picture files in and out: the only file of this folder that knows sharp.
// Limits what a picture may cost before decoding it; never writes a file, never keeps a cache of pictures.

import sharp, { type Sharp } from 'sharp';
import { KioskFailure } from '../core/failure.ts';
import type { Picture } from './ports.ts';

sharp.cache(false);

/** A 40-megapixel photograph would take 120 MB decoded: refused before that. */
export const MAX_PIXELS = 25_000_000;

const unreadable = (reason: string, facts: Readonly<Record<string, string | number>>, cause?: unknown) =>
  new KioskFailure('input/invalid', {
    facts: { field: 'picture', ...facts },
    message: `The picture ${reason}. Send a JPEG or PNG of at most ${MAX_PIXELS / 1e6} megapixels.`,
    cause,
  });

/** Told by their first bytes, before any decoder sees them. */
export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
const isPng = (bytes: Uint8Array): boolean => bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47;

/** JPEG or PNG bytes to RGB. Throws KioskFailure input/invalid with facts {field: 'picture', reason}. */
export const decodePicture = async (bytes: Uint8Array): Promise<Picture> => {
  if (!isJpeg(bytes) && !isPng(bytes)) throw unreadable('is neither JPEG nor PNG', { reason: 'format' });
  const source = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS });
  const { data, info } = await source
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(async (cause: unknown) => {
      // Only now: asking every camera frame for its size first costs a fifth of its decoding.
      const about = await sharp(bytes, { limitInputPixels: false })
        .metadata()
        .catch(() => undefined);
      if (about === undefined || about.width * about.height <= MAX_PIXELS) throw unreadable('is damaged', { reason: 'damaged' }, cause);
      throw unreadable('is too large', { reason: 'too-large', width: about.width, height: about.height });
    });
  if (info.channels !== 3) throw unreadable('has an unknown colour format', { reason: 'colour' });
  return { width: info.width, height: info.height, channels: 3, data };
};

const load = ({ width, height, channels, data }: Picture) => sharp(data, { raw: { width, height, channels } });

/** JPEG without chroma subsampling, as a good camera delivers. */
export const encodeJpeg = async (picture: Picture, quality = 92): Promise<Uint8Array> =>
  load(picture).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();

const raw = async (image: Sharp): Promise<Picture> => {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3, data };
};

/** A drawing as pixels. The SVG comes from this program, never from outside. */
export const renderSvg = async (svg: string, width: number, height: number): Promise<Picture> =>
  raw(
    sharp(Buffer.from(svg), { density: 144 })
      .resize(width, height, { fit: 'fill' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb'),
  );

/** Resized by Lanczos. */
export const resizePicture = (picture: Picture, width: number, height: number): Promise<Picture> =>
  raw(load(picture).resize(width, height, { fit: 'fill' }));

/** `front` in the middle of a `width`×`height` frame; around it its own edges go on, softly, so that light and shade stay what they were. */
export const overOwnEdges = async (front: Picture, width: number, height: number): Promise<Picture> => {
  const left = Math.floor((width - front.width) / 2);
  const top = Math.floor((height - front.height) / 2);
  if (left === 0 && top === 0) return front;
  const sides = { left, right: width - front.width - left, top, bottom: height - front.height - top };
  const extended = await raw(load(front).extend({ ...sides, extendWith: 'copy' }));
  return overlay(await raw(load(extended).blur(10)), front, left, top);
};

/** `front` on `back` with its upper left corner at (x, y); what sticks out is cut off. Returns a new picture of back's size. */
export const overlay = (back: Picture, front: Picture, x: number, y: number): Picture => {
  if (back.channels !== front.channels) throw new RangeError('both pictures need the same channels');
  const { channels } = back;
  const data = Uint8Array.from(back.data);
  const from = Math.max(0, -x);
  const to = Math.min(front.width, back.width - x);
  for (let row = Math.max(0, -y); row < Math.min(front.height, back.height - y); row++) {
    const source = (row * front.width + from) * channels;
    if (to > from) data.set(front.data.subarray(source, source + (to - from) * channels), ((row + y) * back.width + x + from) * channels);
  }
  return { ...back, data };
};

/** A picture as the card's chip holds it: 240×320 grey unless told otherwise, cut from the middle. */
export const toCardPhoto = (picture: Picture, width = 240, height = 320): Promise<Picture> =>
  raw(load(picture).resize(width, height, { fit: 'cover', position: 'centre' }).toColourspace('b-w'));
