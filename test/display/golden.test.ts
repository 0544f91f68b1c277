// Pictures as tests: a sample of the golden sheets (all of them: test/system/screens.check.ts), and contrast measured in pixels.

import { test } from 'tap';
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

test('screens look as on their golden sheets (npm run screens:golden draws them anew)', async (t) => {
  for (const name of ['ja-standard', 'ko-large']) t.same(await changedScreens(await rasteriser(t.testdir()), sheetNamed(name)), [], name);
});

test('a sheet of another language is found to differ on nearly every screen', async (t) => {
  const inner = await rasteriser(t.testdir());
  const other = await sheetPng(inner, sheetNamed('zh-Hans-standard'));
  const changed = await changedScreens(inner, sheetNamed('ja-standard'), other);
  t.ok(changed.length >= SHEET_SCREENS.length - 3, `${changed.length} of ${SHEET_SCREENS.length}`);
});

test('text keeps 7:1 and edges of buttons 3:1 in the pixels, on light and on black', async (t) => {
  const inner = await rasteriser(t.testdir());
  for (const name of ['ja-standard', 'en-contrast']) {
    const sheet = sheetNamed(name);
    for (const screen of ['idle', 'choose-method', 'pin-wrong', 'consent', 'done', 'notice-pin-blocked', 'take-card-3', 'consent-asking']) {
      t.same(contrastFaults(sceneOn(sheet, screen), await drawScreen(inner, sheet, screen)), [], `${name} ${screen}`);
    }
  }
});
