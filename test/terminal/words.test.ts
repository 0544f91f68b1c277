// The page's words for the codes it is sent: none is left out, so that staff never read a code alone.

import { test } from 'tap';
import { FAILURE_CODES } from '../../src/core/failure.ts';
import { FACE_HINTS } from '../../src/core/screens.ts';
import { birthDateProblem, readBirthDate } from '../../src/terminal/birth-date.ts';
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

test('a birth date is read as it stands on a card, Western or by the era, and only where there is such a day', async (t) => {
  for (const [typed, birth] of [
    ['1950-03-04', '1950-03-04'], ['1950/3/4', '1950-03-04'], ['19500304', '1950-03-04'], ['1950年3月4日', '1950-03-04'],
    ['昭和25年3月4日', '1950-03-04'], ['昭和25年3月4日生', undefined], ['昭25.3.4', '1950-03-04'], ['S25.3.4', '1950-03-04'], ['ｓ２５．３．４', '1950-03-04'], ['S 25 / 03 / 04', '1950-03-04'],
    ['昭和64年1月7日', '1989-01-07'], ['昭和64年1月8日', undefined], ['平成元年1月8日', '1989-01-08'], ['H1.1.7', undefined], ['平成31年4月30日', '2019-04-30'], ['R1.5.1', '2019-05-01'], ['令和元年4月30日', undefined],
    ['大正15年12月24日', '1926-12-24'], ['昭和元年12月25日', '1926-12-25'], ['M45.7.29', '1912-07-29'],
    ['1950-02-30', undefined], ['S25.13.1', undefined], ['S0.1.1', undefined], ['25.3.4', undefined], ['X25.3.4', undefined], ['zzz', undefined], ['', undefined],
  ] as const) t.equal(readBirthDate(typed), birth, typed); // biome-ignore format: one form a case
  t.match(birthDateProblem('2026-05-02', '2026-05-01'), /今日より後/);
  t.equal(birthDateProblem('2026-05-01', '2026-05-01'), undefined);
  t.equal(birthDateProblem('1904-01-01', '2026-05-01'), undefined);
  t.match(birthDateProblem('1850-01-01', '2026-05-01'), /古すぎます/);
});
