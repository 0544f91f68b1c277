// Contrast in the pixels of every screen in every mode and on every panel. Colours do not depend on the language (test/display/golden.test.ts).

import { test } from 'tap';
import { openRasteriser } from '../../src/display/raster.ts';
import { drawScreen, SHEET_SCREENS, SHEETS, sceneOn } from '../../src/display/sheets.ts';
import { contrastFaults } from '../display/fixtures/contrast.ts';

test('every text keeps 7:1 and every edge 3:1, in every mode and on every panel', async (t) => {
  const rasteriser = await openRasteriser(t.testdir());
  for (const sheet of SHEETS.filter(({ language }) => language === 'ja')) {
    const faults: string[] = [];
    for (const name of SHEET_SCREENS) {
      const found = contrastFaults(sceneOn(sheet, name), await drawScreen(rasteriser, sheet, name));
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    }
    t.same(faults, [], sheet.name);
  }
});
