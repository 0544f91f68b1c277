// The splash drawn beforehand, on panels of every kind, and how the program begins with it.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { buildScene } from '../../src/display/build-scene.ts';
import { MemorySurface } from '../../src/display/memory-surface.ts';
import { openRasteriser } from '../../src/display/raster.ts';
import { paintSplash, SPLASH_SIZES } from '../../src/display/splash.ts';
import { COLOURS } from '../../src/display/theme.ts';
import { paintEarly, panelIn } from '../../src/main/early-panel.ts';

const temporary = (t: { teardown(run: () => void): unknown }): string => {
  const directory = mkdtempSync(join(tmpdir(), 'kazashi-splash-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

test('the picture drawn beforehand is what the renderer draws now (npm run splash makes it again)', async (t) => {
  const rasteriser = await openRasteriser(temporary(t));
  for (const { width, height } of SPLASH_SIZES) {
    const surface = new MemorySurface(width, height);
    t.equal(paintSplash(surface), true);
    const scene = buildScene({ screen: 'splash', language: 'ja' }, { width, height });
    const drawn = await rasteriser.draw({ x: 0, y: 0, width, height }, scene.blocks.map((block) => block.svg)); // biome-ignore format: one call
    const shown = surface.rgb();
    let off = 0;
    for (let i = 0; i < width * height; i += 1) {
      for (let c = 0; c < 3; c += 1) if (Math.abs((shown[i * 3 + c] ?? 0) - (drawn.rgba[i * 4 + c] ?? 0)) > 24) off += 1;
    }
    t.ok(off < width * height * 0.001, `${width}×${height}: ${off} values differ`);
  }
});

test('another size gets the plain background, and RGB565 the same colours in two bytes', async (t) => {
  const odd = new MemorySurface(1024, 600);
  t.equal(paintSplash(odd), false);
  const page = Number.parseInt(COLOURS.page.slice(1), 16);
  t.same([...odd.rgb().subarray(0, 3)], [page >> 16, (page >> 8) & 255, page & 255]);
  const rows: Uint8Array[] = [];
  const geometry = { width: 800, height: 480, strideBytes: 1664, format: 'RGB565' } as const;
  t.equal(paintSplash({ geometry, writeRows: (_y, _rows, bytes) => rows.push(bytes), close: () => undefined }), true);
  t.equal(rows[0]?.length, 1664 * 480, 'whole rows of the pitch, once');
});

test('the program begins with the splash on the framebuffer that the configuration names', async (t) => {
  const directory = temporary(t);
  const sysfs = join(directory, 'sys');
  const fb = join(sysfs, 'class/graphics/fb1');
  mkdirSync(fb, { recursive: true });
  mkdirSync(join(sysfs, 'class/vtconsole'), { recursive: true });
  const facts = {
    bits_per_pixel: '32',
    stride: '5120',
    virtual_size: '1280,800',
    mode: 'U:1280x800p-60',
    modes: 'U:1280x800p-60',
    name: 'test',
    rotate: '0',
    blank: '0',
  };
  for (const [name, text] of Object.entries(facts)) writeFileSync(join(fb, name), `${text}\n`);
  const device = join(directory, 'fb1');
  writeFileSync(device, new Uint8Array(5120 * 800));
  const config = join(directory, 'kazashi.toml');
  writeFileSync(config, '[panel]\nframebuffer = "fb1"\n');
  const surface = paintEarly(config, { sysfs, device });
  t.equal(surface?.geometry.width, 1280);
  t.ok(new Set(readFileSync(device)).size > 20, 'a picture is on the device');
  surface?.close();
  t.equal(paintEarly(join(directory, 'missing.toml'), { sysfs, device }), undefined, 'what is wrong is said later');
  writeFileSync(config, 'not = [toml');
  t.equal(paintEarly(config, { sysfs, device }), undefined);
  t.ok(existsSync(device));
});

test('which panel it is can be told from plain lines, and from any other TOML', (t) => {
  const dotted = 'panel.framebuffer = "fb2"\npanel.rotation = 90\n';
  const texts: Record<string, readonly [string, unknown, unknown]> = {
    plain: [
      '# the panel\n[kiosk]\nid = "k-1"\nlanguages = ["ja", "en"]\n[panel] # front\nframebuffer = "fb2" # hdmi\nrotation = 90\n',
      'fb2',
      90,
    ],
    'another table follows': ['[panel]\nframebuffer = "fb2"\nrotation = 90\n[sound]\nrotation = 1\nframebuffer = "fb9"\n', 'fb2', 90],
    'carriage returns': ['[panel]\r\nframebuffer = "fb2"\r\nrotation = 90\r\n', 'fb2', 90],
    'dotted keys': [dotted, 'fb2', 90],
    'an inline table': ['panel = { framebuffer = "fb2", rotation = 90 }\n', 'fb2', 90],
    'a quoted table': ['["panel"]\nframebuffer = \'fb2\'\nrotation = 90\n', 'fb2', 90],
    'words within a long text': ['note = """\n[panel]\nframebuffer = "fb7"\n"""\n[panel]\nframebuffer = "fb2"\nrotation = 90\n', 'fb2', 90],
    nothing: ['[kiosk]\nid = "k-1"\n', undefined, undefined],
  };
  for (const [name, [text, framebuffer, rotation]] of Object.entries(texts)) {
    const found = panelIn(text);
    t.same([found.framebuffer, found.rotation], [framebuffer, rotation], name);
  }
  t.throws(() => panelIn('not = [toml'));
  t.end();
});
