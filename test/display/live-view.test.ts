import fc from 'fast-check';
import { PNG } from 'pngjs';
import { test } from 'tap';
import { MemorySurface } from '../../src/display/memory-surface.ts';
import { PanelChanges } from '../../src/display/panel-changes.ts';
import { cut } from '../../src/display/pixels.ts';
import type { PixelFormat, Rect } from '../../src/display/ports.ts';
import { openRasteriser } from '../../src/display/raster.ts';
import { decodePicture } from '../../src/faceauth/pictures.ts';
import { createPanelView } from '../../src/main/panel-view.ts';

const [WIDTH, HEIGHT] = [24, 16];
const CAMERA: Rect = { x: 6, y: 4, width: 8, height: 6 };

const step = fc.oneof(
  fc.record({
    does: fc.constant('paint' as const),
    x: fc.integer({ min: 0, max: WIDTH - 1 }),
    y: fc.integer({ min: 0, max: HEIGHT - 1 }),
    width: fc.integer({ min: 1, max: WIDTH }),
    height: fc.integer({ min: 1, max: HEIGHT }),
    shade: fc.integer({ min: 0, max: 255 }),
  }),
  fc.record({ does: fc.constant('camera' as const), shade: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ does: fc.constant('look' as const), watcher: fc.integer({ min: 0, max: 1 }) }),
);

const rig = (format: PixelFormat, padding: number) => {
  const surface = new MemorySurface(WIDTH, HEIGHT, format, padding);
  const next = Uint8Array.from(surface.memory);
  const { strideBytes } = surface.geometry;
  const paint = ({ x, y, width, height }: Rect, shade: number) => {
    const size = format === 'XRGB8888' ? 4 : 2;
    const bottom = Math.min(HEIGHT, y + height);
    for (let row = y; row < bottom; row += 1)
      next.fill(shade, row * strideBytes + x * size, row * strideBytes + Math.min(WIDTH, x + width) * size);
    surface.writeRows(y, bottom - y, next.subarray(y * strideBytes, bottom * strideBytes));
  };
  return { surface, paint };
};

test('whoever puts the parts together has the panel, whatever was painted and whenever they looked', (t) => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.constantFrom<PixelFormat>('XRGB8888', 'RGB565'),
      fc.nat(5),
      (steps, format, padding) => {
        const { surface, paint } = rig(format, padding);
        const changes = new PanelChanges(surface.memory, surface.geometry);
        surface.onWrite((y, rows) => changes.written(y, rows));
        const watchers = [0, 1].map(() => ({ seen: undefined as number | undefined, panel: new Uint8Array(WIDTH * HEIGHT * 3) }));
        const look = (watcher: (typeof watchers)[number]) => {
          const newest = changes.look(CAMERA);
          const { screen, camera } = changes.since(watcher.seen);
          for (const part of [screen, camera]) {
            if (part === undefined) continue;
            const pixels = surface.rgb(part);
            for (let row = 0; row < part.height; row += 1) {
              const line = pixels.subarray(row * part.width * 3, (row + 1) * part.width * 3);
              watcher.panel.set(line, ((part.y + row) * WIDTH + part.x) * 3);
            }
          }
          watcher.seen = newest;
        };
        for (const one of steps) {
          if (one.does === 'paint') paint(one, one.shade);
          else if (one.does === 'camera') paint(CAMERA, one.shade);
          else look(watchers[one.watcher] as (typeof watchers)[number]);
        }
        for (const watcher of watchers) look(watcher);
        return watchers.every(({ panel }) => Buffer.compare(panel, surface.rgb()) === 0);
      },
    ),
  );
  t.end();
});

test('only what differs is sent, and the camera’s picture as often as it is painted', (t) => {
  const { surface, paint } = rig('XRGB8888', 3);
  const changes = new PanelChanges(surface.memory, surface.geometry);
  surface.onWrite((y, rows) => changes.written(y, rows));
  const start = changes.look();
  paint({ x: 3, y: 5, width: 2, height: 4 }, 9);
  t.equal(changes.look(), start + 1);
  t.same(changes.since(start), { screen: { x: 3, y: 5, width: 2, height: 4 } });
  paint({ x: 3, y: 5, width: 2, height: 4 }, 9);
  t.equal(changes.look(), start + 1, 'the same pixels once more are nothing');
  t.same(changes.since(start + 1), {});
  paint(CAMERA, 9);
  changes.look(CAMERA);
  t.same(changes.since(start + 1), { camera: CAMERA });
  paint(CAMERA, 9);
  changes.look(CAMERA);
  t.same(changes.since(start + 2), { camera: CAMERA }, 'a picture of somebody who stands still is one too');
  const seen = changes.look();
  for (let i = 0; i < 101; i += 1) {
    paint({ x: 0, y: 0, width: 1, height: 1 }, i + 1);
    changes.look();
  }
  t.same(changes.since(seen), { screen: { x: 0, y: 0, width: WIDTH, height: HEIGHT } }, 'who was away for long gets all of it');
  t.end();
});

test('the camera’s picture goes out as JPEG, all else pixel for pixel, once for all who watch', async (t) => {
  const inner = await openRasteriser(t.testdir());
  let encodings = 0;
  const counted = {
    ...inner,
    png: (...of: Parameters<typeof inner.png>) => {
      encodings += 1;
      return inner.png(...of);
    },
  };
  const { surface, paint } = rig('XRGB8888', 0);
  let camera: Rect | undefined;
  const view = createPanelView(surface, counted, () => camera);
  const [one, other] = await Promise.all([view(), view()]);
  t.equal(encodings, 1);
  t.same([one.parts.length, one.parts[0]?.x, one.parts[0]?.y], [1, 0, 0]);
  t.same(one.parts, other.parts);
  t.same(await view(one.seen), { seen: one.seen, parts: [] });
  paint({ x: 2, y: 1, width: 5, height: 3 }, 200);
  const { seen, parts } = await view(one.seen);
  t.match(parts, [{ x: 2, y: 1, type: 'image/png' }]);
  const png = PNG.sync.read(Buffer.from(parts[0]?.bytes ?? []));
  t.same([png.width, png.height], [5, 3]);
  t.ok(png.data.every((value, at) => value === (at % 4 === 3 ? 255 : 200)));
  camera = CAMERA;
  paint(CAMERA, 90);
  const live = await view(seen);
  t.match(live.parts, [{ x: CAMERA.x, y: CAMERA.y, type: 'image/jpeg' }]);
  const picture = await decodePicture(live.parts[0]?.bytes ?? new Uint8Array());
  t.same([picture.width, picture.height], [CAMERA.width, CAMERA.height]);
  const [shown] = cut(surface.memory, surface.geometry, CAMERA);
  t.ok(Math.abs((picture.data[0] ?? 0) - (shown ?? 255)) < 6);
});
