// Renders every screen in every language to PNG files: npx tsx scripts/render-screens.ts DIRECTORY [WIDTHxHEIGHT] [NAME,NAME…] [standard|large|contrast]
// For looking at them, and for the pictures of the documentation. Writes nothing else.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DISPLAY_MODES, LANGUAGES } from '../src/core/screens.ts';
import { buildScene } from '../src/display/build-scene.ts';
import { openRasteriser } from '../src/display/raster.ts';
import { SAMPLE_FACILITY, sampleModels } from '../src/display/samples.ts';
import { positional } from './positional.ts';

const USAGE = 'npx tsx scripts/render-screens.ts DIRECTORY [WIDTHxHEIGHT] [NAME,NAME…] [standard|large|contrast]';

const [directory, size = '1280x800', only = '', mode = 'standard'] = positional(USAGE);
const [width = 0, height = 0] = size.split('x').map(Number);
if (directory === undefined || !(width > 0 && height > 0)) {
  process.stderr.write(`usage: ${USAGE}\n`);
  process.exit(2);
}
mkdirSync(directory, { recursive: true });
const cache = mkdtempSync(join(tmpdir(), 'kazashi-fonts-'));
const rasteriser = await openRasteriser(cache);
for (const language of LANGUAGES) {
  for (const [name, model] of Object.entries(
    sampleModels(
      language,
      DISPLAY_MODES.find((one) => one === mode),
    ),
  )) {
    if (only !== '' && !only.split(',').includes(name)) continue;
    const scene = buildScene(model, { width, height }, SAMPLE_FACILITY);
    for (const misfit of scene.misfits) process.stderr.write(`${language} ${name}: text does not fit: ${misfit}\n`);
    const picture = await rasteriser.draw(
      { x: 0, y: 0, width, height },
      scene.blocks.map((block) => block.svg),
    );
    const rgb = new Uint8Array(width * height * 3);
    for (let i = 0; i < width * height; i += 1) rgb.set(picture.rgba.subarray(i * 4, i * 4 + 3), i * 3);
    writeFileSync(join(directory, `${name}.${language}.png`), await rasteriser.png(rgb, width, height));
  }
}
rmSync(cache, { recursive: true, force: true });
