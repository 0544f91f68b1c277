// Cameras against the real ffmpeg: MJPEG passed on, YUYV compressed, a camera pulled out and put back. The camera itself is a named pipe.

import { execFileSync, spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { configSchema } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { isFailure } from '../../src/core/failure.ts';
import { silentLog } from '../../src/core/log.ts';
import { type CaptureCommand, v4l2Command } from '../../src/faceauth/camera/capture-commands.ts';
import { SpawnedCamera } from '../../src/faceauth/camera/spawned-camera.ts';
import { decodePicture } from '../../src/faceauth/pictures.ts';
import type { Picture } from '../../src/faceauth/ports.ts';

const installed = spawnSync('ffmpeg', ['-version']).error === undefined;
const skip = installed ? false : 'ffmpeg is not installed: apt-get install ffmpeg';
const options = { skip, timeout: 60_000 };
const never = new AbortController().signal;
const settings = configSchema.parse({ camera: { source: 'v4l2', width: 320, height: 240, fps: 25 } }).camera;

/** What a camera that sees a bright red wall with a dark floor would send, two seconds of it. */
const record = (path: string, words: readonly string[]): Buffer => {
  const scene = 'color=red:size=320x240:rate=25:duration=2,drawbox=y=160:h=80:color=black:t=fill';
  execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', scene, ...words, path]);
  return readFileSync(path);
};

const open = (capture: CaptureCommand, rotation: 0 | 90 = 0): SpawnedCamera =>
  new SpawnedCamera({
    capture,
    rotation,
    clock: systemClock,
    log: silentLog,
    backoff: { baseMs: 100, capMs: 200 },
    random: () => 0,
    lingerMs: 0,
  });

const pixel = ({ data, width }: Picture, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];
const seesTheWall = (picture: Picture): boolean => {
  const [red = 0, green = 255] = pixel(picture, 160, 60);
  const floor = pixel(picture, 160, 200);
  return picture.width === 320 && picture.height === 240 && red > 180 && green < 70 && floor.every((value) => value < 60);
};

test('MJPEG comes through as the camera compressed it', options, async (t) => {
  const directory = t.testdir({});
  const stream = record(join(directory, 'camera.mjpeg'), ['-c:v', 'mjpeg', '-q:v', '4', '-f', 'mjpeg']);
  const input = ['-re', '-stream_loop', '-1', '-f', 'mjpeg', '-framerate', '25', '-i', join(directory, 'camera.mjpeg')];
  const camera = open(v4l2Command(settings, input));
  t.teardown(() => camera.close());
  camera.start();
  const first = await camera.nextFrame(-1, never);
  const second = await camera.nextFrame(first.seq, never);
  t.ok(second.seq > first.seq);
  t.ok(seesTheWall(await decodePicture(second.jpeg)));
  t.ok(stream.includes(Buffer.from(second.jpeg)), 'the very bytes');
});

test('YUYV is compressed on the way, and turned as configured', options, async (t) => {
  const directory = t.testdir({});
  record(join(directory, 'camera.yuv'), ['-f', 'rawvideo', '-pix_fmt', 'yuyv422']);
  const input = [
    ...['-re', '-stream_loop', '-1', '-f', 'rawvideo', '-pixel_format', 'yuyv422', '-video_size', '320x240', '-framerate', '25'],
    ...['-i', join(directory, 'camera.yuv')],
  ];
  const camera = open(v4l2Command({ ...settings, format: 'yuyv' }, input));
  t.teardown(() => camera.close());
  camera.start();
  t.ok(seesTheWall(await decodePicture((await camera.nextFrame(-1, never)).jpeg)));
  await camera.close();

  const upright = open(v4l2Command({ ...settings, format: 'yuyv' }, input), 90);
  t.teardown(() => upright.close());
  upright.start();
  const picture = await decodePicture((await upright.nextFrame(-1, never)).jpeg);
  t.strictSame([picture.width, picture.height], [240, 320]);
  t.ok(
    pixel(picture, 20, 160).every((value) => value < 60),
    'the floor is left, where a clockwise turn takes it',
  );
});

test('a camera pulled out while it runs is told, and put back it delivers again', options, async (t) => {
  const directory = t.testdir({});
  const stream = record(join(directory, 'camera.mjpeg'), ['-c:v', 'mjpeg', '-f', 'mjpeg']);
  const pipe = join(directory, 'video0');
  execFileSync('mkfifo', [pipe]);
  const plug = () => {
    const cable = createWriteStream(pipe);
    cable.on('error', () => undefined);
    const timer = setInterval(() => cable.write(stream), 300);
    return () => {
      clearInterval(timer);
      cable.destroy();
    };
  };
  let pull = plug();
  t.teardown(() => pull());
  const camera = open(v4l2Command(settings, ['-f', 'mjpeg', '-i', pipe]));
  t.teardown(() => camera.close());
  camera.start();
  let { seq } = await camera.nextFrame(-1, never);
  pull();
  const failure = await (async () => {
    for (;;) seq = (await camera.nextFrame(seq, never)).seq;
  })().catch((cause: unknown) => cause);
  t.ok(isFailure(failure, 'camera/unavailable'), 'told');
  pull = plug();
  for (let back = false; !back; ) {
    back = await camera.nextFrame(seq, never).then(
      (frame) => frame.seq > seq,
      () => new Promise<false>((resolve) => setTimeout(() => resolve(false), 100)),
    );
  }
  t.pass('back');
});

test('a device that is not there is named as that, by the real words for a real device', options, async (t) => {
  const camera = open(v4l2Command({ ...settings, device: '/dev/video-that-is-not-there' }));
  t.teardown(() => camera.close());
  camera.start();
  await t.rejects(camera.nextFrame(-1, never), { code: 'camera/unavailable', facts: { reason: 'no-device' } });
});

test('pictures keep coming when nobody takes them, and no program is left behind', options, async (t) => {
  const directory = t.testdir({});
  record(join(directory, 'camera.mjpeg'), ['-c:v', 'mjpeg', '-f', 'mjpeg']);
  // As fast as ffmpeg can: a pipe that is not emptied would stop it.
  const camera = open(v4l2Command(settings, ['-stream_loop', '-1', '-f', 'mjpeg', '-i', join(directory, 'camera.mjpeg')]));
  camera.start();
  const first = await camera.nextFrame(-1, never);
  let [last, gap] = [first.seq, 0];
  while (gap <= 10) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { seq } = await camera.nextFrame(last, never);
    [gap, last] = [seq - last, seq];
  }
  t.pass('frames in between were dropped');
  await camera.close();
  const left = spawnSync('pgrep', ['-f', join(directory, 'camera.mjpeg')], { encoding: 'utf8' }).stdout.trim();
  t.equal(left, '');
});

test('rpicam-vid is started with words it knows', options, async (t) => {
  // The program is only on a Raspberry Pi: a stand-in checks the words that matter and answers with ffmpeg's pictures.
  const { libcameraCommand } = await import('../../src/faceauth/camera/capture-commands.ts');
  const directory = t.testdir({});
  const stand = join(directory, 'rpicam-vid');
  writeFileSync(
    stand,
    `#!/bin/sh
case "$*" in *"--codec mjpeg"*"--output -"*"--timeout 0"*"--shutter 10000"*) ;; *) echo "unrecognised option" >&2; exit 2;; esac
exec ffmpeg -hide_banner -loglevel error -re -f lavfi -i color=red:size=320x240:rate=25,drawbox=y=160:h=80:color=black:t=fill -f mjpeg pipe:1
`,
    { mode: 0o755 },
  );
  const capture = { ...libcameraCommand({ ...settings, exposureMs: 10 }), command: stand };
  const camera = open(capture);
  t.teardown(() => camera.close());
  camera.start();
  t.ok(seesTheWall(await decodePicture((await camera.nextFrame(-1, never)).jpeg)));
});
