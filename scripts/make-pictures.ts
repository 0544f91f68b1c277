// Makes the pictures of README.md from running twins: npm run build && npm run pictures [-- DIRECTORY]
// The panel's pictures are its own pixels (GET /api/screen.png); the two pages are photographed in Chromium (CHROMIUM, default /usr/bin/chromium).
// Nothing is drawn or put together by hand, and nobody in them is a real person.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { Appliance } from '../test/journey/appliance.ts';
import { positional } from './positional.ts';

const [directory = 'docs/images'] = positional('npm run pictures [-- DIRECTORY]');
const { CHROMIUM: browserPath = '/usr/bin/chromium' } = process.env;
const WIDTH = 1280;
const MOST_BYTES = 250_000;

/** Writes a picture with as many colours as fit the limit. */
const save = async (name: string, png: Uint8Array): Promise<void> => {
  for (const colours of [256, 128, 64, 32]) {
    const picture = sharp(png).removeAlpha().resize({ width: WIDTH, withoutEnlargement: true });
    const bytes = await picture.png({ palette: true, colours, effort: 10, compressionLevel: 9 }).toBuffer();
    if (bytes.length >= MOST_BYTES) continue;
    writeFileSync(join(directory, `${name}.png`), bytes);
    console.log(`${name}.png  ${bytes.length} bytes, ${colours} colours`);
    return;
  }
  throw new Error(`${name}: ${MOST_BYTES} bytes or more even with 32 colours`);
};

const panelOf = async (appliance: Appliance): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(`${appliance.twin}/api/screen.png`)).arrayBuffer());

/** A screen's last pixels come a moment after its name. */
const settled = (ms = 300): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const open = async (browser: Browser, url: string, locale: string, height: number): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1440, height }, locale, timezoneId: 'Asia/Tokyo' });
  const page = await context.newPage();
  await page.goto(url);
  return page;
};

const begin = async (appliance: Appliance, who: string): Promise<void> => {
  await appliance.camera({ resident: who });
  await appliance.place(who);
};

const end = async (appliance: Appliance): Promise<void> => {
  await appliance.take();
  await appliance.screen('idle');
};

/** The face screen, and the twin's page around it. A liveness nobody reaches holds the face match long enough for two photographs. */
const photographFace = async (browser: Browser, config: string): Promise<void> => {
  const appliance = await Appliance.start('--config', config);
  try {
    await appliance.screen('idle');
    const page = await open(browser, appliance.twin, 'en-US', 900);
    await page.locator('#guide button[type=submit]').click();
    await begin(appliance, 'sato-haruka');
    await appliance.press('method-face');
    await appliance.screen('face');
    await settled(1500);
    await save('face', await panelOf(appliance));
    const shot = await page.screenshot();
    if ((await appliance.state()).screen !== 'face') throw new Error('the face match was over before the page was photographed: run again');
    await save('twin', shot);
  } finally {
    await appliance.stop();
  }
};

const byFace = async (appliance: Appliance, who: string): Promise<void> => {
  await begin(appliance, who);
  await appliance.press('method-face');
  await appliance.consent();
  await appliance.screen('done');
  await end(appliance);
};

/** Idle, PIN, consent and done, and what the terminal's page says of three patients. */
const photographVisits = async (browser: Browser): Promise<void> => {
  const appliance = await Appliance.start();
  const panel = async (name: string): Promise<void> => {
    await settled();
    await save(name, await panelOf(appliance));
  };
  try {
    await appliance.screen('idle');
    await panel('idle');
    const page = await open(browser, appliance.terminal, 'ja-JP', 560);
    await page.getByRole('button', { name: 'システムの利用を始める' }).click();
    await page.locator('input[name=id]').fill('reception');
    await page.locator('input[name=password]').fill('reception');
    await page.locator('button[type=submit]').click();
    await page.getByText('kiosk-1').first().waitFor();

    await byFace(appliance, 'suzuki-kenji');
    await byFace(appliance, 'nakamura-fumi');
    await appliance.press('language-en');
    await begin(appliance, 'sato-haruka');
    await appliance.press('method-pin');
    await appliance.screen('pin');
    for (const key of ['key-1', 'key-2']) await appliance.press(key);
    await panel('pin');
    for (const key of ['key-3', 'key-4', 'key-enter']) await appliance.press(key);
    await appliance.screen('consent');
    await panel('consent');
    await appliance.press('consent-choose');
    await appliance.press('item-yes');
    await appliance.until('the second question', ({ elements }) => elements.some(({ label }) => /surgery/i.test(label)));
    await appliance.press('item-no');
    await appliance.screen('done');
    await panel('done');
    await page.getByText('佐藤').first().waitFor();
    await settled(1500);
    await save('terminal', await page.screenshot());
    await end(appliance);
  } finally {
    await appliance.stop();
  }
};

if (!existsSync(browserPath)) {
  process.stderr.write(`${browserPath} is missing: apt-get install chromium, or name a Chromium in CHROMIUM\n`);
  process.exit(2);
}
mkdirSync(directory, { recursive: true });
const settings = mkdtempSync(join(tmpdir(), 'kazashi-pictures-'));
const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const strict = join(settings, 'strict.toml');
  writeFileSync(strict, '[face]\nlivenessThreshold = 0.99\n');
  await photographFace(browser, strict);
  await photographVisits(browser);
} finally {
  await browser.close();
  rmSync(settings, { recursive: true, force: true });
}
