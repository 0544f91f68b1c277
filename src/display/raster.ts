// SVG to pixels through sharp: the only file of the display that knows it.
// Points fontconfig at our fonts before sharp draws its first text, and refuses to run when no font is found.

import { KioskFailure } from '../core/failure.ts';
import { installFonts } from './fonts.ts';
import { rect } from './layout.ts';
import type { Rect } from './ports.ts';
import { svgDocument } from './scene-builder.ts';

/** Opaque pixels, row by row, four bytes each: R, G, B, 255. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

export interface Rasteriser {
  /** Draws the part `view` of a panel that consists of these SVG fragments, first at the back. */
  draw(view: Rect, fragments: readonly string[]): Promise<Pixels>;
  /** A PNG of opaque RGB pixels, three bytes each. */
  png(rgb: Uint8Array, width: number, height: number): Promise<Uint8Array>;
  /** The same as a JPEG: half the work and a twentieth of the bytes where a camera's picture is shown. */
  jpeg(rgb: Uint8Array, width: number, height: number): Promise<Uint8Array>;
}

/**
 * Loads sharp with our fonts. `directory` is where fonts.conf and fontconfig's cache are written.
 * Throws display/no-font when text would come out as boxes, storage/unwritable when the directory is not writable.
 */
export const openRasteriser = async (directory: string): Promise<Rasteriser> => {
  installFonts(directory);
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  const rasteriser: Rasteriser = {
    async draw(view, fragments) {
      const { data, info } = await sharp(Buffer.from(svgDocument(view, fragments)))
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, rgba: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
    },
    async png(rgb, width, height) {
      return new Uint8Array(
        await sharp(rgb, { raw: { width, height, channels: 3 } })
          // Level 1 is 3.5 times as fast as level 6 and 18 % larger: a live view wants the former.
          .png({ compressionLevel: 1 })
          .toBuffer(),
      );
    },
    async jpeg(rgb, width, height) {
      return new Uint8Array(
        await sharp(rgb, { raw: { width, height, channels: 3 } })
          .jpeg({ quality: 85 })
          .toBuffer(),
      );
    },
  };
  await testFont(rasteriser);
  return rasteriser;
};

const TEST_SIZE = 64;

/** 「一」 is one flat stroke: at 64 px it must be at least 48 px wide and at most 8 px high. A missing glyph is a tall box, or nothing. */
const testFont = async (rasteriser: Rasteriser): Promise<void> => {
  const view = rect(0, 0, TEST_SIZE * 2, TEST_SIZE * 2);
  const glyph = `<rect width="${view.width}" height="${view.height}" fill="#fff"/><text x="32" y="88" font-size="${TEST_SIZE}">一</text>`;
  const ink = inkBox(await rasteriser.draw(view, [glyph]));
  if (ink.width >= 48 && ink.height >= 1 && ink.height <= 8) return;
  throw new KioskFailure('display/no-font', {
    message: 'the renderer finds no Japanese font: run npm ci again, and let no other FONTCONFIG_FILE be read before the display starts',
    facts: { inkWidth: ink.width, inkHeight: ink.height },
  });
};

/** Extent of everything darker than mid grey. */
export const inkBox = ({ width, height, rgba }: Pixels): { width: number; height: number } => {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if ((rgba[(y * width + x) * 4] ?? 255) > 128) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return { width: Math.max(0, right - left + 1), height: Math.max(0, bottom - top + 1) };
};
