// Pictures as tests: every screen in every language and mode against its golden sheet, and contrast measured in pixels.

import { test } from 'tap';
import { DISPLAY_MODES, LANGUAGES } from '../../src/core/screens.ts';
import { openRasteriser, type Rasteriser } from '../../src/display/raster.ts';
import { drawScreen, SHEET_SCREENS, SHEETS, type Sheet, sceneOn } from '../../src/display/sheets.ts';
import { contrastFaults } from './fixtures/contrast.ts';
import { changedScreens, sheetPng } from './fixtures/golden.ts';

let shared: Promise<Rasteriser> | undefined;
const rasteriser = (directory: string): Promise<Rasteriser> => {
  shared ??= openRasteriser(directory);
  return shared;
};
const sheetNamed = (name: string): Sheet => {
  const found = SHEETS.find((sheet) => sheet.name === name);
  if (found === undefined) throw new Error(`no sheet ${name}`);
  return found;
};

test('every screen in every language and mode looks as on its golden sheet (npm run screens:golden draws them anew)', async (t) => {
  // Five thousand drawings.
  t.setTimeout(900_000);
  await rasteriser(t.testdir());
  t.equal(SHEETS.length, LANGUAGES.length * (DISPLAY_MODES.length + 2), 'every mode, and two more panels');
  for (const sheet of SHEETS) t.same(await changedScreens(sheet), [], sheet.name);
});

test('a sheet of another language is found to differ on nearly every screen', async (t) => {
  await rasteriser(t.testdir());
  const other = await sheetPng({ ...sheetNamed('zh-Hans-standard'), tile: sheetNamed('ja-standard').tile });
  const changed = await changedScreens(sheetNamed('ja-standard'), other);
  t.ok(changed.length >= SHEET_SCREENS.length - 20, `${changed.length} of ${SHEET_SCREENS.length}`);
});

/** The colours of every drawn part but the header's 「音声を聞く」, which not every language has: part by part, without their order. */
const coloursOf = (sheet: Sheet, name: string): string => {
  const parts = sceneOn(sheet, name)
    .blocks.filter(({ id }) => id !== 'repeat-speech')
    .map(({ svg }) => [...new Set(svg.match(/#[0-9a-f]{3,6}\b/g) ?? [])].sort().join(' '));
  return [...new Set(parts)].sort().join('\n');
};

test('colours do not depend on the language: what is measured in Japanese holds in all', async (t) => {
  for (const mode of DISPLAY_MODES) {
    const inJapanese = sheetNamed(`ja-${mode}`);
    for (const name of SHEET_SCREENS) {
      const expected = coloursOf(inJapanese, name);
      const otherwise = LANGUAGES.filter((language) => coloursOf(sheetNamed(`${language}-${mode}`), name) !== expected);
      if (otherwise.length > 0) t.fail(`${mode} ${name}: ${otherwise}`);
    }
  }
  t.pass('all compared');
});

test('text keeps 7:1 and edges of buttons 3:1 in the pixels, on light and on black', async (t) => {
  const inner = await rasteriser(t.testdir());
  for (const name of ['ja-standard', 'ja-large', 'en-contrast']) {
    const sheet = sheetNamed(name);
    for (const screen of ['idle', 'choose-method', 'pin-wrong', 'consent', 'done', 'notice-pin-blocked', 'take-card-3', 'consent-asking']) {
      t.same(contrastFaults(sceneOn(sheet, screen), await drawScreen(inner, sheet, screen)), [], `${name} ${screen}`);
    }
  }
});
