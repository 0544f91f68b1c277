// The page's words for the codes it is sent: none is left out, so that staff never read a code alone.

import { test } from 'tap';
import { FAILURE_CODES } from '../../src/core/failure.ts';
import { FACE_HINTS } from '../../src/core/screens.ts';
import { RESULT_FIELDS } from '../../src/terminal/exchange/face-file.ts';
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

test('every field of a result has a name and words for its codes', async (t) => {
  const { FIELDS } = await page('fields.js');
  t.strictSame(FIELDS.map(([name]: string[]) => name).sort(), [...RESULT_FIELDS].sort());
  for (const [name, label] of FIELDS) t.match(label, /^[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}・（）ー]+$/u, name);
  const { LIMITS, DISEASES, CLASSES, LOSS, adviceOn } = await page('words.js');
  t.strictSame(
    Object.keys(LIMITS),
    [...'123456']
      .map((n) => `A0${n}`)
      .concat(
        [...'123456789'].map((n) => `B0${n}`),
        'B10',
      ),
  );
  t.strictSame(
    [Object.keys(DISEASES), Object.keys(CLASSES).sort(), Object.keys(LOSS).sort()],
    [
      ['1', '2', '3'],
      ['01', '05', '06', '07', 'A1'],
      ['01', '02', '03', '99'],
    ],
  );
  for (const validity of ['2', '3', '4', '5']) {
    t.match(adviceOn({ ReferenceClassification: '1', QualificationValidity: validity }), /。$/, `${validity} by card`);
    t.match(adviceOn({ ReferenceClassification: '2', QualificationValidity: validity }), /。$/, `${validity} by numbers`);
  }
  t.notMatch(adviceOn({ ReferenceClassification: '1', QualificationValidity: '4' }), /入力/, 'after a card nobody typed anything');
});

test('every command leaves a readable line in the record', async (t) => {
  const { ACTIONS } = await page('admin.js');
  for (const name of COMMAND_NAMES) t.match(ACTIONS[`command/${name}`], JAPANESE, name);
});
