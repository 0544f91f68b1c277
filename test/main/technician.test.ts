// The technician's door and what lies behind it.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { sleep } from '../../src/core/clock.ts';
import type { ElementId, ScreenModel } from '../../src/core/screens.ts';
import { VirtualClock } from '../../src/core/virtual-clock.ts';
import { type Affine, applyAffine, type Point, solveAffine } from '../../src/device/touch/affine.ts';
import { openBacklight } from '../../src/main/backlight.ts';
import { fail, ok } from '../../src/main/doctor/check.ts';
import { keepLocalSettings, readLocalSettings } from '../../src/main/local-settings.ts';
import { createSecretPad } from '../../src/main/secret-pad.ts';
import { passcodeCheck } from '../../src/main/settings-of.ts';
import { TechnicianDesk } from '../../src/main/technician-desk.ts';
import { CROSSES, TouchCalibration } from '../../src/main/touch-calibration.ts';

const GIVEN: ScreenModel = { screen: 'technician', language: 'ja', page: 'locked', entered: 0, length: 4 };

const open = (code: string | undefined = '1379') => {
  const clock = new VirtualClock();
  let volume = 7;
  let present = 0;
  const kept: Affine[] = [];
  const calibration = new TouchCalibration({
    clock,
    kept: undefined,
    keep: (one) => kept.push(one),
    panels: () => 1,
    again: () => undefined,
  });
  const desk = new TechnicianDesk({
    clock,
    calibration,
    pad: createSecretPad(),
    checkCode: code === '' ? undefined : passcodeCheck(code),
    checks: [
      { id: 'a', title: { ja: '電源', en: 'Power' }, run: async () => ok({ panels: 5 }) },
      { id: 'b', title: { ja: 'リーダー', en: 'Reader' }, run: async () => fail({}, '配線を確かめてください。', 'Check the wiring.') },
    ],
    facts: { network: () => ({ broker: 'connected' }), versions: () => ({ kazashi: '0.1.0' }) },
    levels: {
      volume: {
        level: () => volume,
        set: (level) => {
          volume = level;
        },
      },
      brightness: undefined,
    },
    again: () => undefined,
    present: () => {
      present += 1;
    },
  });
  desk.frame(GIVEN);
  const press = (...elements: string[]) => elements.map((element) => desk.press(element as ElementId));
  const type = (digits: string) => press(...[...digits].map((digit) => `key-${digit}`), 'key-enter');
  return { clock, calibration, kept, desk, press, type, page: () => desk.frame(GIVEN), volume: () => volume, present: () => present };
};

test('the door opens with the code alone, and closes and forgets when the screen is left', async (t) => {
  const { desk, type, press, page, present } = open();
  t.equal(press('technician-self-test')[0], false, 'no page without the code');
  type('1378');
  t.match(page(), { page: 'locked', entered: 0, refused: 'wrong' });
  type('1379');
  t.match(page(), { page: 'menu' });
  press('technician-versions');
  t.match(page(), { page: 'versions', facts: { kazashi: '0.1.0' } });
  press('back');
  t.match(page(), { page: 'menu' });
  t.equal(press('back')[0], false, 'from the menu the visit leaves the screen');
  t.ok(present() >= 10, 'the screen stays while somebody presses');
  desk.frame({ screen: 'idle', language: 'ja', languages: ['ja'] });
  t.match(page(), { page: 'locked', entered: 0 });
});

test('five wrong codes close the door for a minute, and without a code in the configuration it never opens', async (t) => {
  const { clock, type, page } = open();
  for (let i = 0; i < 5; i += 1) type('0000');
  t.match(page(), { refused: 'too-often' });
  type('1379');
  t.match(page(), { page: 'locked', refused: 'too-often' });
  await clock.run(sleep(clock, 60_000));
  type('1379');
  t.match(page(), { page: 'menu' });
  const none = open('');
  none.type('0000');
  t.match(none.page(), { page: 'locked', refused: 'no-code' });
});

test("the self-test shows the doctor's answers with what to do", async (t) => {
  const { press, type, page } = open();
  type('1379');
  press('technician-self-test');
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  t.match(page(), {
    page: 'self-test',
    running: false,
    parts: [
      { level: 'ok', facts: { panels: 5 } },
      { level: 'fail', advice: { ja: '配線を確かめてください。' } },
    ],
  });
});

test('the pages of the self-test are turned, and begin anew when it is opened again', async (t) => {
  const { press, type, page } = open();
  type('1379');
  press('technician-self-test', 'technician-more', 'technician-more');
  t.match(page(), { page: 'self-test', at: 2 });
  press('back', 'technician-self-test');
  t.notOk('at' in page());
});

test('the volume goes up and down within its ends; what cannot be set says so', async (t) => {
  const { press, type, page, volume } = open();
  type('1379');
  press('technician-volume', 'technician-more', 'technician-more', 'technician-more', 'technician-more');
  t.equal(volume(), 10);
  t.match(page(), { page: 'volume', level: 10 });
  press('technician-less');
  t.equal(volume(), 9);
  press('back', 'technician-brightness', 'technician-more');
  t.match(page(), { page: 'brightness', level: undefined });
});

test("five taps on the facility's name within four seconds are the gesture", async (t) => {
  const { clock, desk } = open();
  const taps = () => Array.from({ length: 4 }, () => desk.tapped());
  t.same(taps(), [false, false, false, false]);
  await clock.run(sleep(clock, 5000));
  t.same(taps(), [false, false, false, false], 'too slow');
  t.equal(desk.tapped(), true);
  t.equal(desk.tapped(), false);
});

test('what was set at the box is kept, and a damaged file counts as none', async (t) => {
  const directory = t.testdir();
  t.same(readLocalSettings(directory), {});
  keepLocalSettings(directory, { volume: 3 });
  t.same(readLocalSettings(directory), { volume: 3 });
  writeFileSync(join(directory, 'set-here.json'), '{"volume":99}');
  t.same(readLocalSettings(directory), {});
});

test('a backlight is set in ten steps and never to darkness', async (t) => {
  const sysfs = t.testdir();
  t.equal(openBacklight(sysfs), undefined);
  const directory = join(sysfs, 'class/backlight/10-0045');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'max_brightness'), '31\n');
  writeFileSync(join(directory, 'brightness'), '31\n');
  const light = openBacklight(sysfs);
  t.equal(light?.level(), 10);
  light?.set(1);
  t.equal(readFileSync(join(directory, 'brightness'), 'utf8'), '3');
  t.equal(light?.level(), 1);
});

/** A panel whose axes are swapped and one of them mirrored, with a border that is not seen. */
const astray = ({ x, y }: Point): Point => ({ x: 0.05 + 0.9 * y, y: 0.92 - 0.85 * x });

test('four crosses give the map of a panel whose touches go astray, and it is kept when a button was met with it', async (t) => {
  const { calibration, kept, press, type, page } = open();
  type('1379');
  press('technician-touch');
  for (const [i, cross] of CROSSES.entries()) {
    t.match(page(), { page: 'touch', touch: { stage: 'cross', number: i + 1, at: cross } });
    calibration.grab?.(astray(cross));
  }
  t.match(page(), { touch: { stage: 'confirm', secondsLeft: 15 } });
  t.equal(calibration.grab, undefined, 'touches press again');
  const { affine } = calibration;
  for (const point of [
    { x: 0.5, y: 0.5 },
    { x: 0.25, y: 0.9 },
  ]) {
    const { x, y } = applyAffine(affine as Affine, astray(point));
    t.ok(Math.hypot(x - point.x, y - point.y) < 1e-9);
  }
  t.same(kept, []);
  press('technician-keep');
  t.same(kept, [affine]);
  t.match(page(), { touch: { stage: 'kept' } });
  t.equal(calibration.affine, affine, 'the very map, so that nothing is computed anew');
});

test('a calibration that nobody confirms, or that missed its crosses, changes nothing', async (t) => {
  const { clock, calibration, kept, press, type, page, desk } = open();
  type('1379');
  press('technician-touch');
  for (const cross of CROSSES) calibration.grab?.(astray(cross));
  t.ok(calibration.affine);
  await clock.run(sleep(clock, 16_000));
  t.match(page(), { touch: { stage: 'reverted' } });
  t.equal(calibration.affine, undefined);
  press('technician-touch');
  for (const [i, cross] of CROSSES.entries()) calibration.grab?.(i === 2 ? { x: 0.5, y: 0.5 } : astray(cross));
  t.match(page(), { touch: { stage: 'failed' } });
  t.equal(calibration.affine, undefined);
  t.equal(solveAffine(CROSSES.map((wanted) => ({ raw: { x: 0.3, y: 0.3 }, wanted }))), undefined, 'one place four times is no map');
  press('technician-touch');
  calibration.grab?.({ x: 0.1, y: 0.1 });
  t.equal(desk.key('escape'), true, 'the keypad leads out');
  t.match(page(), { page: 'menu' });
  t.equal(calibration.grab, undefined);
  t.same(kept, []);
});

test('the keypad alone leads through the menu, for a panel that cannot be touched rightly', async (t) => {
  const { desk, page } = open();
  for (const key of ['1', '3', '7', '9', 'enter'] as const) desk.key(key);
  t.match(page(), { page: 'menu' });
  desk.key('6');
  t.match(page(), { page: 'touch', touch: { stage: 'cross' } });
  desk.key('backspace');
  desk.key('4');
  desk.key('plus');
  t.match(page(), { page: 'volume', level: 8 });
});

test('a kept touch map is read again, and one that folds the panel is none', async (t) => {
  const directory = t.testdir();
  keepLocalSettings(directory, { touch: [0, 1, 0, -1, 0, 1] });
  t.same(readLocalSettings(directory).touch, [0, 1, 0, -1, 0, 1]);
  writeFileSync(join(directory, 'set-here.json'), JSON.stringify({ touch: [1, 1, 0, 1, 1, 0] }));
  t.same(readLocalSettings(directory), {});
});
