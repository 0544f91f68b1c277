import { test } from 'tap';
import { PreviewPainter, type PreviewPicture } from '../../src/display/preview.ts';
import { type PreviewFace, type PreviewWindow, WindowFollower, wholeCut } from '../../src/display/preview-window.ts';
import { encodeJpeg } from '../../src/faceauth/pictures.ts';
import { createLivePreview } from '../../src/main/live-preview.ts';
import { handClock } from '../hand-clock.ts';

const CAMERA = { width: 640, height: 480 } as const;
const RATIO = 4 / 3;
const FRAME_MS = 67;

/** Shows the face for so many frames; the windows that came out of it. */
const follow = (
  follower: WindowFollower,
  frames: number,
  face: (i: number) => PreviewFace | undefined,
  picture = CAMERA,
): PreviewWindow[] =>
  Array.from({ length: frames }, (_, i) => {
    follower.see(face(i), picture, RATIO);
    return follower.step(FRAME_MS, picture, RATIO);
  });

/** Where the face's centre is in the window, 0..1, and its height by the window's. */
const within = (face: PreviewFace, window: PreviewWindow) => ({
  x: (face.x * CAMERA.width - window.x) / window.width,
  y: (face.y * CAMERA.height - window.y) / window.height,
  size: (face.height * CAMERA.height) / window.height,
});

test('a face low in the picture, as from a wheelchair, and one high in it come into the middle and near', async (t) => {
  for (const face of [
    { x: 0.42, y: 0.7, height: 0.22 },
    { x: 0.6, y: 0.3, height: 0.22 },
  ]) {
    const windows = follow(new WindowFollower(), 40, () => face);
    const { x, y, size } = within(face, windows.at(-1) as PreviewWindow);
    t.ok(Math.abs(x - 0.5) < 0.05 && Math.abs(y - 0.5) < 0.07, `${x} ${y}`);
    t.ok(size > 0.4 && size < 0.5, `${size} of the window's height`);
    for (const window of windows) {
      t.ok(window.x >= -1e-9 && window.y >= -1e-9 && window.x + window.width <= 640 + 1e-9 && window.y + window.height <= 480 + 1e-9);
      t.ok(Math.abs(window.width / window.height - RATIO) < 1e-9);
    }
  }
});

test('a face that sways before the middle moves nothing, and one that stays after it moved comes to rest', async (t) => {
  const follower = new WindowFollower();
  const sway = (i: number): PreviewFace => ({
    x: 0.5 + 0.03 * Math.sin(i),
    y: 0.5 + 0.03 * Math.cos(i * 1.3),
    height: 0.46 + 0.03 * Math.sin(i),
  });
  for (const window of follow(follower, 30, sway)) t.same(window, wholeCut(CAMERA, RATIO));
  const far: PreviewFace = { x: 0.35, y: 0.6, height: 0.25 };
  const windows = follow(follower, 60, (i) => ({ ...far, x: far.x + 0.004 * Math.sin(i), y: far.y + 0.004 * Math.cos(i) }));
  t.same(windows.at(-1), windows.at(-10), 'at rest');
  const steps = windows.slice(1).map(({ x, y }, i) => Math.hypot(x - (windows[i]?.x ?? 0), y - (windows[i]?.y ?? 0)));
  t.ok(Math.max(...steps) < 0.05 * CAMERA.width, 'no jump');
});

test('the whole picture comes back when nobody is seen any more, not while a face is lost for a moment', async (t) => {
  const follower = new WindowFollower();
  const face: PreviewFace = { x: 0.4, y: 0.6, height: 0.2 };
  const near = follow(follower, 60, () => face).at(-1);
  t.same(follow(follower, 15, () => undefined).at(-1), near);
  const after = follow(follower, 80, () => undefined).at(-1) as PreviewWindow;
  t.ok(after.height > 479 && Math.abs(after.x) < 1 && Math.abs(after.y) < 1, JSON.stringify(after));
});

test('a camera held upright is followed as well, and the same faces give the same windows', async (t) => {
  const upright = { width: 720, height: 1280 } as const;
  const face: PreviewFace = { x: 0.5, y: 0.8, height: 0.12 };
  const [one, other] = [0, 1].map(() => follow(new WindowFollower(), 50, () => face, upright as unknown as typeof CAMERA));
  t.same(one, other);
  const { x, y, width, height } = one?.at(-1) ?? wholeCut(upright, RATIO);
  t.ok(x >= 0 && x + width <= 720 && y + height <= 1280);
  t.ok(
    Math.abs(y + height / 2 - 0.8 * 1280) < 40,
    `${y + height / 2}: the window goes where the whole cut from the middle does not show the face`,
  );
});

test('a window is painted mirrored and fills the rectangle', async (t) => {
  const geometry = { width: 60, height: 40, strideBytes: 240, format: 'XRGB8888' } as const;
  const painter = new PreviewPainter({ x: 0, y: 0, width: 40, height: 30 }, geometry);
  // Every pixel says where it is.
  const picture: PreviewPicture = { width: 80, height: 60, data: Uint8Array.from({ length: 80 * 60 * 3 }, (_, i) => (i % 3 === 0 ? (Math.floor(i / 3) % 80) * 3 : i % 3 === 1 ? Math.floor(i / 240) * 4 : 0)) }; // biome-ignore format: one row
  const red = (tile: Uint8Array, x: number, y: number) => tile[(y * 40 + x) * 4 + 2] as number;
  const green = (tile: Uint8Array, x: number, y: number) => tile[(y * 40 + x) * 4 + 1] as number;
  const whole = Uint8Array.from(painter.paint(picture));
  const part = Uint8Array.from(painter.paint(picture, { x: 40, y: 30, width: 40, height: 30 }));
  // The oval's middle, where the picture is shown as it is.
  t.ok(Math.abs(red(whole, 20, 15) - 39 * 3) <= 3 && Math.abs(green(whole, 20, 15) - 31 * 4) <= 4);
  t.ok(Math.abs(red(part, 20, 15) - 59 * 3) <= 3 && Math.abs(green(part, 20, 15) - 45 * 4) <= 4);
  t.ok(red(part, 17, 15) > red(part, 23, 15), 'mirrored');
  painter.forget();
});

test('the live preview follows the face it is told of, and starts with the whole picture again', async (t) => {
  const { clock, pass } = handClock();
  const jpeg = await encodeJpeg({ width: 64, height: 48, channels: 3, data: new Uint8Array(64 * 48 * 3).fill(90) });
  let deliver: (() => void) | undefined;
  let seq = 0;
  const camera = {
    start: () => undefined,
    stop: () => undefined,
    nextFrame: (_after: number, signal: AbortSignal) =>
      new Promise<{ seq: number; at: number; jpeg: Uint8Array }>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        deliver = () => resolve({ seq: ++seq, at: clock.monotonicMs(), jpeg: Uint8Array.from(jpeg) });
      }),
  };
  let shown: (window: PreviewWindow) => void = () => undefined;
  const preview = createLivePreview(camera, { previewRatio: RATIO, showPreview: (_picture, window) => shown(window) }, clock);
  const next = (): Promise<PreviewWindow> =>
    new Promise((resolve) => {
      shown = resolve;
      const give = () => {
        if (deliver === undefined) {
          pass(10);
          return void setImmediate(give);
        }
        const run = deliver;
        deliver = undefined;
        run();
      };
      give();
    });
  preview.show(true);
  t.same(await next(), { x: 0, y: 0, width: 64, height: 48 });
  let window: PreviewWindow = { x: 0, y: 0, width: 64, height: 48 };
  for (let i = 0; i < 20; i++) {
    preview.follow({ x: 0.4, y: 0.7, height: 0.2 });
    window = await next();
  }
  t.ok(window.height < 30 && window.y > 15, JSON.stringify(window));
  await preview.stop();
  preview.show(true);
  t.same(await next(), { x: 0, y: 0, width: 64, height: 48 }, 'the next patient is not shown where the last one stood');
  await preview.stop();
});
