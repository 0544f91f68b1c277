// Draws the panels of docs/technician.md and its Japanese page with the kiosk's own renderer: npm run pictures:technician [-- DIRECTORY]
// Needs no browser and no running program.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { parseConfig } from '../src/config/read.ts';
import type { Language } from '../src/core/screens.ts';
import { buildScene } from '../src/display/build-scene.ts';
import { pairingScene } from '../src/display/pairing-scene.ts';
import { openRasteriser } from '../src/display/raster.ts';
import { SAMPLE_FACILITY, sampleModels } from '../src/display/samples.ts';
import { startProblemScene } from '../src/display/start-problem.ts';
import { positional } from './positional.ts';

const [directory = 'docs/technician'] = positional('npm run pictures:technician [-- DIRECTORY]');
const PANEL = { width: 1280, height: 800 };
/** As wide as it is shown on the page, in two columns. */
const SHOWN_WIDTH = 480;

const OUT_OF_SERVICE = { screen: 'out-of-service', code: 'reader/unavailable' } as const;
const screens = (language: Language): Readonly<Record<string, { readonly blocks: readonly { readonly svg: string }[] }>> => {
  const samples = sampleModels(language);
  const { 'initialising-lost': waiting, technician: menu, 'technician-self-test': selfTest } = samples;
  if (waiting === undefined || menu === undefined || selfTest === undefined) throw new Error('a sample screen is missing');
  const drawn = { waiting, menu, 'self-test': selfTest, reader: { language, ...OUT_OF_SERVICE } };
  return Object.fromEntries(
    Object.entries(drawn).map(([name, model]) => [`${name}.${language}`, buildScene(model, PANEL, SAMPLE_FACILITY)] as const),
  );
};

const SETTINGS = '/etc/kazashi/kazashi.toml';
const refusal = (): string => {
  try {
    parseConfig('[site]\nid = "minato"\n\n[reader]\nbusFreeMs = "quick"\n', SETTINGS);
  } catch (cause) {
    return (cause as Error).message;
  }
  throw new Error('the wrong settings were taken');
};
const both = {
  pairing: pairingScene(PANEL, { code: '48213-90576', site: 'minato', kiosk: 'kiosk-2', address: '192.168.1.30:8884', state: 'refused' }),
  settings: startProblemScene(PANEL, { code: 'config/invalid', file: SETTINGS, message: refusal() }),
};

mkdirSync(directory, { recursive: true });
const cache = mkdtempSync(join(tmpdir(), 'kazashi-fonts-'));
const rasteriser = await openRasteriser(cache);
for (const [name, { blocks }] of Object.entries({ ...both, ...screens('ja'), ...screens('en') })) {
  const { rgba } = await rasteriser.draw(
    { x: 0, y: 0, ...PANEL },
    blocks.map(({ svg }) => svg),
  );
  const picture = sharp(rgba, { raw: { ...PANEL, channels: 4 } })
    .removeAlpha()
    .resize({ width: SHOWN_WIDTH });
  const png = await picture.png({ palette: true, colours: 32, effort: 10, compressionLevel: 9 }).toBuffer();
  writeFileSync(join(directory, `${name}.png`), png);
  process.stdout.write(`${name}.png  ${png.length} bytes\n`);
}
rmSync(cache, { recursive: true, force: true });
