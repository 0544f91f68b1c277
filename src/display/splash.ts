// The first picture: the splash screen as it was drawn beforehand (`npm run splash`), on the panel before the renderer is loaded.
// Needs no library; a panel of another size gets the plain background. Never decides what comes after.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesPerPixel } from './pixels.ts';
import type { Surface } from './ports.ts';
import { pixelsIn, unpackRuns } from './runs.ts';

/** splash/ of the package this module runs in, from src/ or dist/. */
export const splashDirectory = (): string => join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'splash');

export const splashFile = (directory: string, width: number, height: number): string => join(directory, `${width}x${height}.runs`);

/** COLOURS.page, without loading the theme. */
const PAGE = 0xf7fbff;

/** Sizes that are drawn beforehand; their shape is the panel's. */
export const SPLASH_SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  { width: 800, height: 480 },
  { width: 800, height: 1280 },
] as const;

/** Runs of B, G, R, X; undefined when no picture fits. */
const picture = (directory: string, width: number, height: number): Uint32Array | undefined => {
  try {
    const file = readFileSync(splashFile(directory, width, height));
    const runs = new Uint32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
    return pixelsIn(runs) === width * height ? runs : undefined;
  } catch {
    return undefined;
  }
};

/** The same runs in five, six and five bits. */
const in565 = (runs: Uint32Array): Uint32Array =>
  runs.map((word, i) => (i % 2 === 0 ? word : ((word >>> 8) & 0xf800) | ((word >>> 5) & 0x7e0) | ((word >>> 3) & 0x1f)));

/** Writes the whole panel at once. True when the picture fits the panel, false when it is the plain background. */
export const paintSplash = (surface: Surface, directory: string = splashDirectory()): boolean => {
  const { width, height, strideBytes, format } = surface.geometry;
  const drawn = picture(directory, width, height);
  const runs = drawn ?? Uint32Array.of(width * height, PAGE);
  const pixels = format === 'XRGB8888' ? unpackRuns(runs, 4) : unpackRuns(in565(runs), 2);
  const row = width * bytesPerPixel(format);
  if (row === strideBytes) surface.writeRows(0, height, pixels);
  else {
    const rows = new Uint8Array(strideBytes * height);
    for (let y = 0; y < height; y += 1) rows.set(pixels.subarray(y * row, (y + 1) * row), y * strideBytes);
    surface.writeRows(0, height, rows);
  }
  return drawn !== undefined;
};
