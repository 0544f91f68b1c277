// The first picture: the splash screen as it was drawn beforehand (`npm run splash`), on the panel before the renderer is loaded.
// Needs nothing but zlib; a panel of another size gets the plain background. Never decides what comes after.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { bytesPerPixel, encodePixels } from './pixels.ts';
import type { Surface } from './ports.ts';

/** splash/ of the package this module runs in, from src/ or dist/. */
export const splashDirectory = (): string => join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'splash');

export const splashFile = (directory: string, width: number, height: number): string => join(directory, `${width}x${height}.xrgb.deflate`);

/** COLOURS.page, without loading the theme. */
const PAGE = 0xf7fbff;

/** Sizes that are drawn beforehand; their shape is the panel's. */
export const SPLASH_SIZES = [
  { width: 1280, height: 800 },
  { width: 800, height: 480 },
  { width: 800, height: 1280 },
] as const;

/** Four bytes a pixel in the order B, G, R, X; undefined when no picture fits. */
const picture = (directory: string, width: number, height: number): Uint8Array | undefined => {
  try {
    const bytes = inflateRawSync(readFileSync(splashFile(directory, width, height)));
    return bytes.length === width * height * 4 ? bytes : undefined;
  } catch {
    return undefined;
  }
};

const plain = (width: number, height: number): Uint8Array => {
  const pixels = new Uint32Array(width * height).fill(PAGE);
  return new Uint8Array(pixels.buffer);
};

/** B, G, R, X to what encodePixels takes. */
const turned = (bytes: Uint8Array): Uint8Array => {
  const rgba = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i += 4) {
    rgba[i] = bytes[i + 2] ?? 0;
    rgba[i + 1] = bytes[i + 1] ?? 0;
    rgba[i + 2] = bytes[i] ?? 0;
    rgba[i + 3] = 255;
  }
  return rgba;
};

/** Writes the whole panel at once. True when the picture fits the panel, false when it is the plain background. */
export const paintSplash = (surface: Surface, directory: string = splashDirectory()): boolean => {
  const { width, height, strideBytes, format } = surface.geometry;
  const drawn = picture(directory, width, height);
  const xrgb = drawn ?? plain(width, height);
  const pixels = format === 'XRGB8888' ? xrgb : encodePixels(turned(xrgb), format);
  const row = width * bytesPerPixel(format);
  if (row === strideBytes) surface.writeRows(0, height, pixels);
  else {
    const rows = new Uint8Array(strideBytes * height);
    for (let y = 0; y < height; y += 1) rows.set(pixels.subarray(y * row, (y + 1) * row), y * strideBytes);
    surface.writeRows(0, height, rows);
  }
  return drawn !== undefined;
};
