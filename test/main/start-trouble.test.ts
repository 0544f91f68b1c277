// A box that cannot start: its panel says what is wrong, in the file's own lines, and it starts again when that may have changed.

import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { readConfig } from '../../src/config/read.ts';
import type { Clock } from '../../src/core/clock.ts';
import { KioskFailure } from '../../src/core/failure.ts';
import { startProblemScene } from '../../src/display/start-problem.ts';
import { paintStartTrouble, worthAnotherStart } from '../../src/main/start-trouble.ts';

const [WIDTH, HEIGHT] = [800, 480];

/** A framebuffer that is plain files. */
const panelFiles = (directory: string): { sysfs: string; device: string } => {
  const sysfs = join(directory, 'sys');
  const graphics = join(sysfs, 'class/graphics/fb0');
  mkdirSync(graphics, { recursive: true });
  mkdirSync(join(sysfs, 'class/vtconsole'), { recursive: true });
  const facts = { bits_per_pixel: '32', stride: String(WIDTH * 4), virtual_size: `${WIDTH},${HEIGHT}`, mode: `U:${WIDTH}x${HEIGHT}p-60` };
  for (const [name, value] of Object.entries(facts)) writeFileSync(join(graphics, name), `${value}\n`);
  const device = join(directory, 'fb0');
  writeFileSync(device, '');
  return { sysfs, device };
};

const failureOf = (file: string): KioskFailure => {
  try {
    readConfig(file);
  } catch (failure) {
    if (failure instanceof KioskFailure) return failure;
  }
  throw new Error('was accepted');
};

test('a wrong settings file is told on the panel by line and key, whatever the panel, and a long list is cut', async (t) => {
  const file = join(t.testdir({ 'kazashi.toml': '[site]\nid = "East Clinic"\n[visit]\nmethods = ["iris"]\n' }), 'kazashi.toml');
  const { code, message } = failureOf(file);
  for (const [width, height] of [
    [1280, 800],
    [WIDTH, HEIGHT],
    [800, 1280],
  ] as const) {
    // biome-ignore format: a table
    const { elements, misfits } = startProblemScene({ width, height }, { code, message, file });
    t.same(misfits, []);
    const said = elements.map(({ label }) => label).join('\n');
    t.match(said, /line 2: site\.id: found "East Clinic"/);
    t.match(said, /line 4: visit\.methods\.0: found "iris"/);
    t.match(said, new RegExp(`${file} を直してください`));
    const onCard = startProblemScene({ width, height }, { code, message, file: '/etc/kazashi/kazashi.toml', card: 'KAZASHI' });
    t.same(onCard.misfits, []);
    const todo = onCard.elements.find(({ id }) => id === 'todo')?.label ?? '';
    t.match(todo, /カードの区画 KAZASHI の kazashi\.toml/);
    t.notMatch(todo, /\/etc/, 'nobody can reach that file on a box without a login');
  }
  const many = Array.from({ length: 9 }, (_, i) => `line ${i + 1}: a.b: found ${'x'.repeat(60)}; no such key`).join('\n');
  const { elements, misfits } = startProblemScene({ width: WIDTH, height: HEIGHT }, { code, message: many });
  t.same(misfits, []);
  const problem = elements.find(({ id }) => id === 'problem')?.label ?? '';
  t.match(problem, /line 5: /);
  t.notMatch(problem, /line 6: /);
  t.match(problem, /4 more: journalctl/);
});

test('it is painted on the framebuffer; without one the caller hears that', async (t) => {
  const directory = t.testdir({ 'kazashi.toml': '[panel]\nrotation = 180\n[face]\nthreshold = 9\n' });
  const file = join(directory, 'kazashi.toml');
  const panel = panelFiles(directory);
  await paintStartTrouble(failureOf(file), file, undefined, panel);
  const upsideDown = new Uint32Array(new Uint8Array(readFileSync(panel.device)).buffer);
  t.equal(upsideDown.length, WIDTH * HEIGHT);
  t.equal(upsideDown.at(-1), upsideDown.at(-WIDTH), 'the red bar of the first row lies in the last one');
  t.not(upsideDown[0], upsideDown.at(-1));
  t.ok(new Set(upsideDown).size > 20, 'there is text');
  await t.rejects(paintStartTrouble(new Error('x'), file, undefined, { sysfs: join(directory, 'nowhere') }), {
    code: 'display/unavailable',
  });
});

/** Runs what is due, one look after the other. */
const looks = (): { clock: Clock; look: () => Promise<void> } => {
  let now = 0;
  const due: { run: () => void; delayMs: number }[] = [];
  const clock = {
    now: () => now,
    monotonicMs: () => now,
    setTimeout: (run: () => void, delayMs: number) => due.push({ run, delayMs }),
    clearTimeout: () => undefined,
  };
  return {
    clock,
    async look() {
      const next = due.shift();
      now += next?.delayMs ?? 0;
      next?.run();
      await Promise.resolve();
    },
  };
};

test('settings are waited for until they are saved; another fault is tried again after a while', async (t) => {
  const file = join(t.testdir({ 'kazashi.toml': 'x' }), 'kazashi.toml');
  const started: string[] = [];
  const settings = looks();
  void worthAnotherStart(new KioskFailure('config/invalid'), file, settings.clock).then(() => started.push('settings'));
  const device = looks();
  void worthAnotherStart(new KioskFailure('touch/unavailable'), file, device.clock).then(() => started.push('device'));
  for (let i = 0; i < 29; i++) await Promise.all([settings.look(), device.look()]);
  t.same(started, []);
  await Promise.all([settings.look(), device.look()]);
  t.same(started, ['device'], 'after a minute');
  for (let i = 0; i < 100; i++) await settings.look();
  t.same(started, ['device']);
  utimesSync(file, new Date(0), new Date(1000));
  await settings.look();
  t.same(started, ['device', 'settings']);
});
