// The kiosk's panel alone in a process, as `kazashi run` starts it: splash first, then renderer and touch. On a framebuffer of plain files.
// Plain JavaScript on purpose: a loader would be measured too. Started by scripts/bench-display.ts, which has made DIRECTORY.
//   node scripts/bench/display-panel.js DIRECTORY ROUNDS
// Prints a line of JSON when the splash is painted and another when all is measured, then idles until it is killed.

import { join } from 'node:path';
import { COMMANDS, commandOf } from '../../dist/main/commands.js';

// All that `kazashi run` has loaded when it paints.
await COMMANDS[commandOf(['run']).name]();
const { paintEarly } = await import('../../dist/main/early-panel.js');

const [, , directory, rounds] = process.argv;
const surface = paintEarly(join(directory, 'kiosk.toml'), { sysfs: join(directory, 'sys'), device: join(directory, 'fb0') });
const say = (facts) => process.stdout.write(`${JSON.stringify(facts)}\n`);
say({ paintedAt: performance.timeOrigin + performance.now() });
if (surface === undefined) throw new Error('no panel');

const { startHidInput } = await import('../../dist/device/touch/hid-input.js');
const { TwinHidSource } = await import('../../dist/device/touch/twin-hid.js');
const { TwinTouchPanel } = await import('../../dist/device/touch/twin-touch-panel.js');
const { Display } = await import('../../dist/display/display.js');
const { openRasteriser } = await import('../../dist/display/raster.js');
const { sampleModels } = await import('../../dist/display/samples.js');
const { default: sharp } = await import('sharp');
const { setTimeout: sleep } = await import('node:timers/promises');
const { VISIT } = await import('../../dist/display/measure-display.js');

const display = new Display({ surface, rasteriser: await openRasteriser(join(directory, 'fonts')) });
const samples = sampleModels('ja');
const source = new TwinHidSource();
const panel = new TwinTouchPanel(surface.geometry);
source.plug(panel);
startHidInput({ source, panel: surface.geometry, target: display, onPress: () => undefined, onKey: () => undefined });
display.show(samples.splash);
await display.settled();
const renderedAt = performance.timeOrigin + performance.now();

const screenMs = [];
for (let i = 0; i < rounds; i += 1) {
  const start = performance.now();
  display.show(samples[VISIT[i % VISIT.length]]);
  await display.settled();
  screenMs.push(performance.now() - start);
  await display.warm();
}

// From the bytes of a HID report to the rows written into the framebuffer.
display.show(samples.pin);
await display.warm();
const tapMs = [];
for (let i = 0; i < rounds; i += 1) {
  const { rect } = display.scene.elements.find(({ id }) => id === `key-${i % 10}`);
  let painted;
  const unwatch = display.onFrame(() => {
    painted ??= performance.now();
  });
  const start = performance.now();
  panel.down(rect.x + rect.width / 2, rect.y + rect.height / 2);
  await display.settled();
  if (painted !== undefined) tapMs.push(painted - start);
  unwatch();
  panel.up();
  await display.warm();
  await sleep(40);
}

display.show(samples.face);
await display.settled();
const noise = { create: { width: 640, height: 480, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 30 } } };
const jpeg = await sharp(noise).blur(2).jpeg().toBuffer();
let frames = 0;
const from = performance.now();
while (performance.now() - from < 2000) {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  display.showPreview({ width: info.width, height: info.height, data });
  frames += 1;
}
const previewFps = (frames * 1000) / (performance.now() - from);
display.show(samples.idle);
await display.warm();
say({ renderedAt, screenMs, tapMs, previewFps });
setInterval(() => undefined, 60_000);
