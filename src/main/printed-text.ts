// Name and address as a card's chip holds them: 1-bit pictures of the printed text, drawn with the program's own fonts.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bitmapPng } from '../card/twin/png.ts';
import { rect } from '../display/layout.ts';
import { openRasteriser } from '../display/raster.ts';
import { escapeXml } from '../display/text/escape.ts';

const HEIGHT = 24;
const SIZE = 18;
const INK = 128;

/** A picture per text, 24 pixels high and as wide as its text. Throws display/no-font. */
export const printedTexts = async (texts: readonly string[]): Promise<readonly Uint8Array[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'kazashi-fonts-'));
  try {
    const rasteriser = await openRasteriser(directory);
    return await Promise.all(
      texts.map(async (text) => {
        const width = [...text].length * SIZE + 8;
        const fragment = `<rect width="${width}" height="${HEIGHT}" fill="#fff"/><text x="4" y="18" font-size="${SIZE}">${escapeXml(text)}</text>`;
        const { rgba } = await rasteriser.draw(rect(0, 0, width, HEIGHT), [fragment]);
        return bitmapPng(width, HEIGHT, (x, y) => (rgba[(y * width + x) * 4] ?? 255) < INK);
      }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
