// Pixels: rasteriser, panels, and what the display redraws.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { test } from 'tap';
import type { ScreenModel } from '../../src/core/screens.ts';
import { calibrate } from '../../src/device/touch/calibration.ts';
import { buildScene } from '../../src/display/build-scene.ts';
import { Display } from '../../src/display/display.ts';
import { openFramebuffer, readGeometry } from '../../src/display/framebuffer-surface.ts';
import { inHalves } from '../../src/display/halves.ts';
import { measureDisplay } from '../../src/display/measure-display.ts';
import { MemorySurface } from '../../src/display/memory-surface.ts';
import { decodePixels, encodePixels } from '../../src/display/pixels.ts';
import type { Surface } from '../../src/display/ports.ts';
import { openRasteriser, type Rasteriser } from '../../src/display/raster.ts';
import { rotated } from '../../src/display/rotated-surface.ts';
import { packRuns, unpackRuns } from '../../src/display/runs.ts';
import { keepSplash, paintStoredSplash } from '../../src/display/splash-store.ts';
import { bandsOf, fragmentsIn, TileCache } from '../../src/display/tiles.ts';

const PANEL = { width: 800, height: 480 };
const PIN: ScreenModel = {
  screen: 'pin',
  language: 'ja',
  entered: 0,
  length: 4,
  triesLeft: 3,
  wrong: false,
  checking: false,
  timeout: { secondsLeft: 54, asking: false },
};

let shared: Promise<Rasteriser> | undefined;
const rasteriser = (directory: string): Promise<Rasteriser> => {
  shared ??= openRasteriser(directory);
  return shared;
};

/** A rasteriser that counts what it draws. */
const counting = (inner: Rasteriser) => {
  const drawn: number[] = [];
  const outer: Rasteriser = {
    draw: (view, fragments) => {
      drawn.push(view.width * view.height);
      return inner.draw(view, fragments);
    },
    png: inner.png,
    jpeg: inner.jpeg,
  };
  return { drawn, outer };
};

/** The same model drawn in one go: one document, no tiles, no halves. */
const reference = async (inner: Rasteriser, model: ScreenModel): Promise<Uint8Array> => {
  const { blocks } = buildScene(model, PANEL);
  const { rgba } = await inner.draw(
    { x: 0, y: 0, ...PANEL },
    blocks.map(({ svg }) => svg),
  );
  return rgba.filter((_, i) => i % 4 !== 3);
};

/** Share of channel values that differ by more than a rounding. */
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + (Math.abs(value - (b[i] ?? 0)) > 8 ? 1 : 0), 0) / a.length;

test('what is redrawn in parts looks like what is drawn in one go', async (t) => {
  const inner = await rasteriser(t.testdir());
  const surface = new MemorySurface(PANEL.width, PANEL.height);
  const display = new Display({ surface, rasteriser: inner });
  const steps: ScreenModel[] = [
    { screen: 'idle', language: 'ja', languages: ['ja', 'en'] },
    PIN,
    { ...PIN, entered: 2, timeout: { secondsLeft: 51, asking: false } },
    { ...PIN, entered: 4 },
    { ...PIN, timeout: { secondsLeft: 20, asking: true } },
    { screen: 'notice', language: 'en', code: 'pin/blocked', choices: ['staff'] },
  ];
  for (const step of steps) {
    display.show(step);
    await display.settled();
    t.ok(difference(surface.rgb(), await reference(inner, step)) < 0.0005, step.screen);
  }
  await display.close();
});

test('a digit and a pressed key are on the panel when the call returns, without drawing', async (t) => {
  const { drawn, outer } = counting(await rasteriser(t.testdir()));
  const surface = new MemorySurface(PANEL.width, PANEL.height);
  const display = new Display({ surface, rasteriser: outer });
  display.show(PIN);
  await display.warm();
  drawn.length = 0;
  const before = surface.rgb();
  display.press('key-5');
  const pressed = surface.rgb();
  t.ok(difference(before, pressed) > 0, 'the key changed');
  display.release();
  t.equal(difference(before, surface.rgb()), 0, 'and changed back');
  display.show({ ...PIN, entered: 1 });
  t.ok(difference(before, surface.rgb()) > 0, 'the dot is there');
  t.same(drawn, []);
  display.show({ ...PIN, entered: 1, timeout: { secondsLeft: 53, asking: false } });
  await display.settled();
  t.ok(Math.max(...drawn) < PANEL.width * PANEL.height * 0.06, 'a second less redraws the countdown only');
  await display.close();
});

test('a large drawing is cut in two of about the same cost, without gap or overlap', async (t) => {
  const { blocks } = buildScene(PIN, PANEL);
  const whole = { x: 0, y: 0, ...PANEL };
  const [upper, lower, ...more] = inHalves({ blocks }, whole);
  t.same(more, []);
  t.match(upper, { x: 0, y: 0, width: PANEL.width });
  t.match(lower, { x: 0, y: upper?.height, width: PANEL.width });
  t.equal((upper?.height ?? 0) + (lower?.height ?? 0), PANEL.height);
  const texts = (view = whole) => fragmentsIn({ blocks }, view).join('').match(/<text/g)?.length ?? 0;
  t.ok(Math.max(texts(upper), texts(lower)) <= texts() * 0.75, `${texts(upper)} and ${texts(lower)} of ${texts()} texts`);
  const small = { x: 10, y: 10, width: 200, height: 100 };
  t.same(inHalves({ blocks }, small), [small]);
  t.same(bandsOf([small, { ...small, y: 300 }, { ...small, y: 60 }]), [
    { from: 10, to: 160 },
    { from: 300, to: 400 },
  ]);
});

test('a touch that sets the countdown back needs no drawing either', async (t) => {
  const { drawn, outer } = counting(await rasteriser(t.testdir()));
  const display = new Display({ surface: new MemorySurface(PANEL.width, PANEL.height), rasteriser: outer });
  display.show(PIN);
  await display.warm();
  display.show({ ...PIN, timeout: { secondsLeft: 40, asking: false } });
  await display.warm();
  drawn.length = 0;
  display.show({ ...PIN, entered: 1 });
  t.same(drawn, []);
  await display.close();
});

test('of many models shown at once only the newest need be drawn', async (t) => {
  const { drawn, outer } = counting(await rasteriser(t.testdir()));
  const surface = new MemorySurface(PANEL.width, PANEL.height);
  const display = new Display({ surface, rasteriser: outer });
  let frames = 0;
  const stop = display.onFrame(() => {
    frames += 1;
  });
  const last: ScreenModel = { screen: 'sending', language: 'ja' };
  for (let i = 0; i < 50; i += 1) display.show({ screen: 'initialising', language: 'ja', remainingSeconds: i, waitingFor: [] });
  display.show(last);
  await display.settled();
  const panels = drawn.reduce((sum, pixels) => sum + pixels, 0) / (PANEL.width * PANEL.height);
  t.ok(panels <= 3, `${panels} panels drawn`);
  t.ok(frames >= 1 && frames <= 3);
  t.equal(difference(surface.rgb(), await reference(outer, last)), 0);
  stop();
  await display.close();
});

test('a failing renderer is reported and the display goes on with the next screen', async (t) => {
  const inner = await rasteriser(t.testdir());
  let broken = true;
  const errors: unknown[] = [];
  const surface = new MemorySurface(PANEL.width, PANEL.height);
  const flaky: Rasteriser = {
    ...inner,
    draw: (view, fragments) => (broken ? Promise.reject(new Error('no memory')) : inner.draw(view, fragments)),
  };
  const display = new Display({ surface, rasteriser: flaky, onError: (error) => errors.push(error) });
  display.show({ screen: 'sending', language: 'ja' });
  await display.settled();
  t.equal(errors.length, 1);
  broken = false;
  display.show(PIN);
  await display.settled();
  t.equal(difference(surface.rgb(), await reference(inner, PIN)), 0);
  await display.close();
});

test('the camera picture is mirrored inside the oval, survives redraws, and is gone after its screen', async (t) => {
  const inner = await rasteriser(t.testdir());
  const surface = new MemorySurface(PANEL.width, PANEL.height);
  const display = new Display({ surface, rasteriser: inner });
  const face: ScreenModel = { screen: 'face', language: 'ja', methods: ['face', 'pin'] };
  // Left half red, right half green, as the camera sees it.
  const data = new Uint8Array(640 * 480 * 3);
  for (let i = 0; i < 640 * 480; i += 1) data[i * 3 + (i % 640 < 320 ? 0 : 1)] = 255;
  display.showPreview({ width: 640, height: 480, data });
  display.show(face);
  await display.settled();
  display.showPreview({ width: 640, height: 480, data });
  const box = display.scene.preview;
  if (box === undefined) return t.fail('no preview');
  const pixel = (share: number): number[] => {
    const at = (Math.round(box.y + box.height / 2) * PANEL.width + Math.round(box.x + box.width * share)) * 3;
    return [...surface.rgb().subarray(at, at + 3)];
  };
  t.ok((pixel(0.4)[1] ?? 0) > 240 && (pixel(0.6)[0] ?? 0) > 240, 'green left, red right: a mirror');
  t.ok((pixel(0.02)[1] ?? 255) < 180, 'dimmed outside the oval');
  display.show({ ...face, hint: 'too-far' });
  await display.settled();
  t.ok((pixel(0.4)[1] ?? 0) > 240, 'still there after the hint changed');
  display.show(PIN);
  await display.settled();
  t.equal(difference(surface.rgb(), await reference(inner, PIN)), 0);
  return display.close();
});

test('the splash of an earlier start is painted without the renderer, and only on a panel of its own geometry', async (t) => {
  const inner = await rasteriser(t.testdir());
  const directory = join(t.testdirName, 'splash');
  const surface = new MemorySurface(PANEL.width, PANEL.height, 'RGB565', 64);
  t.equal(paintStoredSplash(surface, directory), false, 'none at the first start');
  await keepSplash(inner, surface.geometry, directory);
  await keepSplash(inner, surface.geometry, directory);
  t.equal(paintStoredSplash(surface, directory), true);
  t.ok(difference(surface.rgb(), await reference(inner, { screen: 'splash', language: 'ja' })) < 0.02);
  const other = new MemorySurface(PANEL.width, PANEL.height);
  t.equal(paintStoredSplash(other, directory), false, 'another format');
  const [file = ''] = readdirSync(directory);
  writeFileSync(join(directory, file), 'no deflate');
  t.equal(paintStoredSplash(surface, directory), false, 'a damaged file is ignored');
  await keepSplash(inner, surface.geometry, directory);
  t.equal(paintStoredSplash(surface, directory), true, 'and written anew');
});

test('on a turned panel the picture stands upright, and a touch lands where it is seen', async (t) => {
  const inner = await rasteriser(t.testdir());
  for (const format of ['XRGB8888', 'RGB565'] as const) {
    for (const rotation of [90, 180, 270] as const) {
      const upright = rotation === 180;
      const behind = new MemorySurface(upright ? 800 : 480, upright ? 480 : 800, format, 32);
      const surface = rotated(behind, rotation);
      t.match(surface.geometry, PANEL);
      const display = new Display({ surface, rasteriser: inner });
      display.show(PIN);
      await display.settled();
      const raw = behind.rgb();
      const seen = new Uint8Array(raw.length);
      const { width, height } = behind.geometry;
      const toPanel = calibrate(PANEL, { rotation });
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          const place = toPanel({ x: x / (width - 1), y: y / (height - 1) });
          const from = (y * width + x) * 3;
          seen.set(raw.subarray(from, from + 3), (place.y * PANEL.width + place.x) * 3);
        }
      }
      t.ok(difference(seen, await reference(inner, PIN)) < (format === 'RGB565' ? 0.02 : 0.0005), `${format} ${rotation}`);
      await display.close();
      surface.close();
    }
  }
  const writes: number[] = [];
  const narrow = new MemorySurface(480, 800);
  const counted: Surface = {
    geometry: narrow.geometry,
    writeRows: (y, rows, bytes) => {
      writes.push(rows);
      narrow.writeRows(y, rows, bytes);
    },
    close: () => undefined,
  };
  const surface = rotated(counted, 90);
  const row = new Uint8Array(surface.geometry.strideBytes);
  surface.writeRows(10, 1, row);
  row.fill(255, 100 * 4, 110 * 4);
  surface.writeRows(10, 1, row);
  t.same(writes, [10], 'only rows in which something changed are written');
  t.throws(() => surface.writeRows(480, 1, row), RangeError);
});

test('the picture of the panel is what is on the panel', async (t) => {
  const surface = new MemorySurface(PANEL.width, PANEL.height, 'RGB565', 64);
  const display = new Display({ surface, rasteriser: await rasteriser(t.testdir()) });
  display.show(PIN);
  await display.settled();
  const png = PNG.sync.read(Buffer.from(await display.png()));
  t.same([png.width, png.height], [800, 480]);
  const rgb = surface.rgb();
  t.ok(rgb.every((value, i) => png.data[Math.floor(i / 3) * 4 + (i % 3)] === value));
  t.equal(display.elementAt(400, 20), undefined);
  const key = buildScene(PIN, PANEL).elements.find(({ id }) => id === 'key-5');
  t.equal(display.elementAt((key?.rect.x ?? 0) + 5, (key?.rect.y ?? 0) + 5)?.id, 'key-5');
  await display.close();
});

test('both pixel formats keep white white and colours near', async (t) => {
  const rgba = Uint8Array.of(255, 255, 255, 255, 0, 23, 193, 255);
  t.same([...encodePixels(rgba.slice(), 'XRGB8888')], [255, 255, 255, 0, 193, 23, 0, 0]);
  const memory = encodePixels(rgba, 'RGB565');
  t.same([...memory], [0xff, 0xff, 0xb8, 0x00]);
  t.same([...decodePixels(memory, { width: 2, height: 1, strideBytes: 4, format: 'RGB565' })], [255, 255, 255, 0, 20, 198]);
});

/** A sysfs with one framebuffer, and a plain file as its device. */
const fakeSysfs = (root: string, facts: Readonly<Record<string, string>>): { sysfs: string; device: string; bind: string } => {
  const graphics = join(root, 'class/graphics/fb0');
  const consoles = join(root, 'class/vtconsole/vtcon1');
  mkdirSync(graphics, { recursive: true });
  mkdirSync(consoles, { recursive: true });
  for (const [name, value] of Object.entries(facts)) writeFileSync(join(graphics, name), `${value}\n`);
  writeFileSync(join(consoles, 'name'), '(M) frame buffer device\n');
  writeFileSync(join(consoles, 'bind'), '1\n');
  const device = join(root, 'fb0');
  writeFileSync(device, new Uint8Array(16));
  return { sysfs: root, device, bind: join(consoles, 'bind') };
};

test('a framebuffer is written by its pitch, and the console is given back', async (t) => {
  const root = t.testdir();
  const { sysfs, device, bind } = fakeSysfs(root, {
    bits_per_pixel: '16',
    stride: '1664',
    virtual_size: '800,960',
    mode: 'U:800x480p-60',
    name: 'test',
  });
  const surface = openFramebuffer({ sysfs, device });
  t.same(surface.geometry, { width: 800, height: 480, strideBytes: 1664, format: 'RGB565' });
  t.equal(readFileSync(bind, 'utf8'), '0');
  const display = new Display({ surface, rasteriser: await rasteriser(root) });
  display.show(PIN);
  await display.settled();
  const file = new Uint8Array(readFileSync(device));
  t.equal(file.length, 1664 * 480);
  const memory = new MemorySurface(800, 480, 'RGB565', 64);
  memory.writeRows(0, 480, file);
  t.ok(difference(memory.rgb(), await reference(await rasteriser(root), PIN)) < 0.02);
  t.throws(() => surface.writeRows(479, 2, new Uint8Array(2 * 1664)), RangeError);
  await display.close();
  surface.close();
  surface.close();
  t.equal(readFileSync(bind, 'utf8'), '1');
});

test('a framebuffer that becomes another one while it is open is painted anew, turned or not', async (t) => {
  const root = t.testdir();
  const draw = await rasteriser(root);
  const small = { bits_per_pixel: '32', stride: '3200', mode: 'U:800x480p-60' };
  const big = { bits_per_pixel: '16', stride: '2592', mode: 'U:1280x800p-60' };
  for (const rotation of [0, 90] as const) {
    const box = join(root, `box-${rotation}`);
    const { sysfs, device } = fakeSysfs(box, small);
    const behind = openFramebuffer({ sysfs, device, lookMs: 5 });
    const surface = rotated(behind, rotation);
    const errors: unknown[] = [];
    const display = new Display({ surface, rasteriser: draw, onError: (error) => errors.push(error) });
    display.show(PIN);
    await display.settled();

    /** The kernel's files change one after the other: between them the panel may be refused. */
    const become = async (facts: Readonly<Record<string, string>>, there: () => boolean): Promise<void> => {
      const reached = new Promise<void>((resolve) => {
        behind.onGeometry?.(() => {
          if (there()) resolve();
        });
      });
      for (const [name, value] of Object.entries(facts)) writeFileSync(join(sysfs, 'class/graphics/fb0', name), `${value}\n`);
      await reached;
      await display.settled();
    };
    const { height: before } = behind.geometry;
    await become(
      big,
      () => behind.geometry.height !== before && behind.geometry.format === 'RGB565' && behind.geometry.strideBytes === 2592,
    );
    const panel = rotation === 0 ? { width: 1280, height: 800 } : { width: 800, height: 1280 };
    t.same(display.scene.elements, buildScene(PIN, panel).elements, 'laid out for the new panel');

    const always = fakeSysfs(join(root, `always-${rotation}`), big);
    const other = rotated(openFramebuffer({ sysfs: always.sysfs, device: always.device }), rotation);
    const reference = new Display({ surface: other, rasteriser: draw });
    reference.show(PIN);
    await reference.settled();
    const rows = (file: string) => readFileSync(file).subarray(0, 2592 * 800);
    t.ok(rows(device).equals(rows(always.device)), 'as if it had always been so');
    await reference.close();
    other.close();

    let refused = false;
    await become({ bits_per_pixel: '24' }, () => {
      display.show({ ...PIN, entered: 1 });
      refused = true;
      return true;
    });
    t.ok(refused);
    t.match(errors.at(-1), { code: 'display/unavailable', message: /24 bits per pixel are not supported/ });
    await become({ bits_per_pixel: '16' }, () => true);
    t.same(display.scene.elements, buildScene({ ...PIN, entered: 1 }, panel).elements, 'and it goes on when it can be driven again');
    await display.close();
    surface.close();
  }
});

test('a framebuffer that is unknown or missing is refused in words', async (t) => {
  const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{}, /no framebuffer/],
    [{ bits_per_pixel: '24', stride: '2400', mode: 'U:800x480p-60' }, /24 bits per pixel are not supported/],
    [{ bits_per_pixel: '32', stride: '100', mode: 'U:800x480p-60' }, /stride 100 is too small/],
    [{ bits_per_pixel: '32', stride: '3200', mode: '' }, /size of the framebuffer is unknown/],
  ];
  cases.forEach(([facts, message], i) => {
    const { sysfs } = fakeSysfs(join(t.testdirName, String(i)), facts);
    t.throws(() => readGeometry(join(sysfs, 'class/graphics/fb0')), { code: 'display/unavailable', message });
  });
  const { sysfs } = fakeSysfs(join(t.testdirName, 'ok'), { bits_per_pixel: '32', stride: '3200', virtual_size: '800,480', mode: '' });
  t.equal(readGeometry(join(sysfs, 'class/graphics/fb0')).height, 480, 'virtual size when there is no mode');
  t.throws(() => readGeometry(join(sysfs, 'class/graphics/fb0'), 'RGB565'), { message: /does not go with 32/ });
  t.throws(() => openFramebuffer({ sysfs, device: join(t.testdirName, 'none') }), { code: 'display/unavailable', message: /cannot open/ });
});

test('the figures for a bench are measured on the real path', async (t) => {
  const figures = await measureDisplay(await rasteriser(t.testdir()), PANEL, 4);
  for (const [name, values] of Object.entries(figures)) t.ok(values.length === 4 && values.every((ms: number) => ms > 0), name);
});

test('pixels come back from their runs as they were, and noise stays pixels', (t) => {
  for (const size of [2, 4] as const) {
    const flat = Uint8Array.from({ length: 1200 }, (_, i) => (i < 400 ? 7 : i < 1196 ? 200 : 255));
    const runs = packRuns(flat, size);
    t.ok(runs !== undefined && runs.byteLength < flat.length / 10);
    t.same(unpackRuns(runs ?? new Uint32Array(), size), flat);
    t.same(unpackRuns(packRuns(flat.subarray(0, 0), size) ?? new Uint32Array(1), size), flat.subarray(0, 0));
    t.equal(
      packRuns(
        Uint8Array.from({ length: 1200 }, (_, i) => (i * 7919) % 251),
        size,
      ),
      undefined,
    );
  }
  t.end();
});

test('tiles that were used last outlive the others when the room runs out', (t) => {
  const tiles = new TileCache(2048);
  const noise = (seed: number) => Uint8Array.from({ length: 800 }, (_, i) => (i * 7919 + seed) % 251);
  tiles.set('a', noise(1), 4);
  tiles.set('b', noise(2), 4);
  t.same(tiles.get('a'), noise(1));
  tiles.set('c', noise(3), 4);
  t.same([tiles.has('a'), tiles.has('b'), tiles.has('c')], [true, false, true]);
  const flat = new Uint8Array(400_000).fill(9);
  tiles.set('flat', flat, 4);
  t.same(tiles.get('flat'), flat, 'a large flat one takes hardly any room');
  t.ok(tiles.has('a'));
  t.end();
});
