// Draws the splash screen beforehand for every usual panel: npm run splash
// splash/WIDTHxHEIGHT.runs: runs of B, G, R, X (src/display/runs.ts), little-endian. A test compares them with what the renderer draws now.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildScene } from '../src/display/build-scene.ts';
import { encodePixels } from '../src/display/pixels.ts';
import { openRasteriser } from '../src/display/raster.ts';
import { packRuns } from '../src/display/runs.ts';
import { SPLASH_SIZES, splashFile } from '../src/display/splash.ts';

const fonts = mkdtempSync(join(tmpdir(), 'kazashi-fonts-'));
const rasteriser = await openRasteriser(fonts);
mkdirSync('splash', { recursive: true });
for (const { width, height } of SPLASH_SIZES) {
  const scene = buildScene({ screen: 'splash', language: 'ja' }, { width, height });
  const pixels = await rasteriser.draw(
    { x: 0, y: 0, width, height },
    scene.blocks.map((block) => block.svg),
  );
  const runs = packRuns(encodePixels(pixels.rgba, 'XRGB8888'), 4);
  if (runs === undefined) throw new RangeError('the splash is not flat');
  const bytes = new Uint8Array(runs.buffer);
  const file = splashFile('splash', width, height);
  writeFileSync(file, bytes);
  console.log(`${file}  ${bytes.length} bytes`);
}
rmSync(fonts, { recursive: true, force: true });
