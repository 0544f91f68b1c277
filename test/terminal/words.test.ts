// The page's words for the codes it is sent: none is left out, so that staff never read a code alone.

import { test } from 'tap';
import { FAILURE_CODES } from '../../src/core/failure.ts';
import { FACE_HINTS } from '../../src/core/screens.ts';
import { COMMAND_NAMES } from '../../src/uplink/contract/index.ts';

const page = (file: string) => import(new URL(`../../src/terminal/web/${file}`, import.meta.url).href);
const JAPANESE = /^[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}0-9、。・「」ー]+$/u;

test('every failure of a kiosk has a sentence and what to do, in Japanese', async (t) => {
  const { FAULTS, fault } = await page('faults.js');
  t.strictSame(Object.keys(FAULTS).sort(), [...FAILURE_CODES].sort());
  for (const code of FAILURE_CODES) {
    const [what, todo] = fault(code);
    t.match(what, JAPANESE, code);
    t.match(todo, JAPANESE, `${code}: what to do`);
  }
  const [what, todo] = fault('toaster/on-fire');
  t.match([what, todo], [JAPANESE, JAPANESE], 'a code of a newer kiosk');
});

test('every reason for a look is spelled out', async (t) => {
  const { LOOK_REASONS } = await page('faults.js');
  t.strictSame(Object.keys(LOOK_REASONS).sort(), [...FACE_HINTS, 'camera', 'photo-unreadable', 'pin-locked', 'chosen'].sort());
});

test('every command leaves a readable line in the record', async (t) => {
  const { ACTIONS } = await page('admin.js');
  for (const name of COMMAND_NAMES) t.match(ACTIONS[`command/${name}`], JAPANESE, name);
});
