// From the bytes of simulated devices to presses and keys.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { type Clock, sleep } from '../../src/core/clock.ts';
import { VirtualClock } from '../../src/core/virtual-clock.ts';
import { startHidInput } from '../../src/device/touch/hid-input.ts';
import { NodeHidSource } from '../../src/device/touch/node-hid-source.ts';
import { TwinHidDevice, TwinHidSource } from '../../src/device/touch/twin-hid.ts';
import { TwinKeypad } from '../../src/device/touch/twin-keypad.ts';
import { TWIN_PANEL_DESCRIPTOR, TwinTouchPanel } from '../../src/device/touch/twin-touch-panel.ts';

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

test('a hand that rests on the panel locks nobody out, and its lifting presses nothing', async (t) => {
  const { done, panel, later } = desk();
  panel.down(700, 50, 0);
  later(500);
  panel.fingers({ down: true, contact: 0, x: 700, y: 50 }, { down: true, contact: 1, x: 100, y: 50 });
  t.same(done, ['press right'], 'a second finger at once is none');
  panel.fingers({ down: true, contact: 0, x: 700, y: 50 }, { down: false, contact: 1, x: 0, y: 0 });
  later(600);
  panel.fingers({ down: true, contact: 0, x: 700, y: 50 }, { down: true, contact: 1, x: 100, y: 50 });
  panel.fingers({ down: true, contact: 0, x: 700, y: 50 }, { down: false, contact: 1, x: 0, y: 0 });
  panel.up(0);
  t.same(done.slice(1), ['release', 'press left', 'release', 'act left']);
});

test('while somebody measures, a touch goes there as shares of the device and presses nothing; the new map holds at once', async (t) => {
  const { source, clock, target, panel, stop } = desk();
  stop();
  const taken: { x: number; y: number }[] = [];
  const pressed: string[] = [];
  let grabbing = true;
  let affine: readonly [number, number, number, number, number, number] | undefined;
  const end = startHidInput({
    source, panel: PANEL, target, clock,
    onPress: (id) => pressed.push(id),
    onKey: () => undefined,
    affine: () => affine,
    grab: () => (grabbing ? (raw) => taken.push(raw) : undefined),
  }); // biome-ignore format: one call
  panel.down(0, 0);
  panel.move(1279, 799);
  panel.up();
  t.same(taken, [{ x: 0.5, y: 0.5 }], 'the mean of where it was seen');
  t.same(pressed, []);
  grabbing = false;
  affine = [-1, 0, 1, 0, 1, 0];
  panel.down(100, 50);
  panel.up();
  t.same(pressed, ['right'], 'mirrored');
  end();
});

/** A list of hidraw devices as the kernel keeps it, and a node-hid that refuses as often as told. */
const hidraw = (directory: string) => {
  const clock = new VirtualClock();
  const found: string[] = [];
  const failures: string[] = [];
  let refusals = 0;
  let opened = 0;
  const listeners: ((error: unknown) => void)[] = [];
  const module = {
    setDriverType: () => undefined,
    HIDAsync: {
      open: async (path: string) => {
        opened += 1;
        if (refusals > 0) {
          refusals -= 1;
          throw new Error('permission denied');
        }
        return {
          on: (event: string, listener: (value: never) => void) => {
            if (event === 'error') listeners.push(listener as (error: unknown) => void);
          },
          close: async () => undefined,
          path,
        };
      },
    },
  };
  const add = (name: string, descriptor: Uint8Array) => {
    mkdirSync(join(directory, name, 'device'), { recursive: true });
    writeFileSync(join(directory, name, 'device/report_descriptor'), descriptor);
  };
  const source = new NodeHidSource(module, clock, ({ code }) => failures.push(code), directory);
  return {
    clock, found, failures, add, source,
    refuse: (times: number) => { refusals = times; },
    opened: () => opened,
    pullOut: () => { for (const listener of listeners.splice(0)) listener(new Error('gone')); },
    listen: () => source.onDevice(() => found.push('device')),
    pass: async (ms: number) => {
      await clock.run(sleep(clock, ms));
      await new Promise((resolve) => setImmediate(resolve));
    },
  }; // biome-ignore format: one handle a line
};

test('a device that could not be opened is tried again, with growing pauses, and told once', async (t) => {
  const box = hidraw(t.testdir());
  box.add('hidraw0', TWIN_PANEL_DESCRIPTOR);
  box.refuse(3);
  box.listen();
  await box.pass(0);
  t.same([box.found.length, box.failures], [0, ['touch/unavailable']]);
  await box.pass(15_000);
  t.equal(box.found.length, 1, 'after 2, 4 and 8 seconds it is there');
  t.equal(box.opened(), 4);
  t.equal(box.failures.length, 1);
  box.source.close();
});

test('what is no input device is not opened, and an unplugged panel is found again', async (t) => {
  const box = hidraw(t.testdir());
  box.add('hidraw0', Uint8Array.of(0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0xc0));
  box.add('hidraw1', TWIN_PANEL_DESCRIPTOR);
  box.listen();
  await box.pass(5000);
  t.same([box.found.length, box.opened()], [1, 1]);
  box.pullOut();
  await box.pass(5000);
  t.same([box.found.length, box.opened()], [2, 2]);
  box.source.close();
});
