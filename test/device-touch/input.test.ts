// From the bytes of simulated devices to presses and keys.

import { test } from 'tap';
import type { Clock } from '../../src/core/clock.ts';
import { startHidInput } from '../../src/device/touch/hid-input.ts';
import { TwinHidDevice, TwinHidSource } from '../../src/device/touch/twin-hid.ts';
import { TwinKeypad } from '../../src/device/touch/twin-keypad.ts';
import { TwinTouchPanel } from '../../src/device/touch/twin-touch-panel.ts';

const PANEL = { width: 1280, height: 800 };

/** Two buttons side by side, and a desk with everything plugged in. */
const desk = () => {
  const done: string[] = [];
  let now = 0;
  const clock: Clock = { now: () => now, monotonicMs: () => now, setTimeout: (run) => run(), clearTimeout: () => undefined };
  const target = {
    scene: { screen: 'consent' },
    elementAt: (x: number, y: number) =>
      y < 100 ? { id: x < 640 ? 'left' : 'right', enabled: true } : y < 200 ? { id: 'grey', enabled: false } : undefined,
    press: (id: string) => done.push(`press ${id}`),
    release: () => done.push('release'),
  };
  const source = new TwinHidSource();
  const panel = new TwinTouchPanel(PANEL);
  const keypad = new TwinKeypad();
  source.plug(panel);
  const panels: number[] = [];
  const failures: string[] = [];
  const stop = startHidInput({
    source, panel: PANEL, target, clock,
    onPress: (id) => done.push(`act ${id}`),
    onKey: (key) => done.push(`key ${key}`),
    onPanels: (count) => panels.push(count),
    onFailure: (failure) => failures.push(failure.code),
  }); // biome-ignore format: one call
  source.plug(keypad);
  const later = (ms: number) => {
    now += ms;
  };
  return { done, later, source, panel, keypad, panels, failures, stop, target, clock };
};

test('a tap shows the pressed element at once and acts when the finger is lifted inside it', async (t) => {
  const { done, panel, later } = desk();
  panel.down(100, 50);
  t.same(done, ['press left']);
  later(200);
  panel.move(120, 60);
  panel.up();
  t.same(done, ['press left', 'release', 'act left']);
});

test('every pixel of the panel survives the way through the report', async (t) => {
  const seen: string[] = [];
  const { panel, later, target } = desk();
  target.elementAt = (x, y) => {
    seen.push(`${x},${y}`);
    return undefined;
  };
  for (const [x, y] of [
    [0, 0],
    [1, 1],
    [639, 399],
    [640, 400],
    [1278, 798],
    [1279, 799],
  ] as const) {
    seen.length = 0;
    panel.down(x, y);
    t.equal(seen[0], `${x},${y}`);
    panel.up();
    later(100);
  }
});

test('a finger that slides off acts on nothing, not even when it comes back', async (t) => {
  const { done, panel } = desk();
  panel.down(100, 50);
  panel.move(700, 50);
  panel.move(100, 50);
  panel.up();
  t.same(done, ['press left', 'release']);
});

test('a second finger, a disabled element and an empty place do nothing', async (t) => {
  const { done, panel, later } = desk();
  panel.fingers({ down: true, contact: 0, x: 100, y: 50 }, { down: true, contact: 1, x: 700, y: 50 });
  panel.fingers({ down: true, contact: 0, x: 100, y: 50 }, { down: false, contact: 1, x: 0, y: 0 });
  panel.up(0);
  t.same(done, ['press left', 'release', 'act left']);
  for (const y of [150, 500]) {
    later(100);
    panel.down(100, y);
    panel.up();
  }
  t.equal(done.length, 3);
});

test('a touch within 30 ms of the last one is bounce', async (t) => {
  const { done, panel, later } = desk();
  const tap = () => {
    panel.down(100, 50);
    panel.up();
  };
  tap();
  later(10);
  tap();
  later(40);
  tap();
  t.equal(done.filter((line) => line === 'act left').length, 2);
});

test('a finger that outlives its screen presses nothing on the next one', async (t) => {
  const { done, panel, target } = desk();
  panel.down(100, 50);
  target.scene = { screen: 'done' };
  panel.up();
  t.same(done, ['press left', 'release']);
});

test('an unplugged panel cancels the touch, and a plugged one works again', async (t) => {
  const { done, panel, source, panels, later } = desk();
  panel.down(100, 50);
  source.unplug(panel);
  panel.up();
  t.same(done, ['press left', 'release']);
  source.plug(panel);
  later(100);
  panel.down(700, 50);
  panel.up();
  t.same(done.slice(2), ['press right', 'release', 'act right']);
  t.same(panels, [1, 0, 1]);
});

test('the keypad types digits and control keys, and refuses what it has no key for', async (t) => {
  const { done, keypad } = desk();
  keypad.type('1990\b\n');
  t.same(done, ['key 1', 'key 9', 'key 9', 'key 0', 'key backspace', 'key enter']);
  t.throws(() => keypad.type('1a'), { code: 'input/invalid' });
  t.equal(done.length, 6, 'nothing was typed before the bad key was seen');
});

test('a device with a broken descriptor is reported and left alone, and stopping closes the others', async (t) => {
  const { source, failures, stop, panel, done, panels } = desk();
  source.plug(new TwinHidDevice(Uint8Array.of(0xc0)));
  t.same(failures, ['touch/unavailable']);
  stop();
  panel.down(100, 50);
  t.same(done, []);
  t.same(panels, [1, 0]);
});
