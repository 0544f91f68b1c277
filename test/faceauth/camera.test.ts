// Cameras: the stream of pictures cut apart, the newest picture and who gets it, the capture program watched and started again.

import { chmodSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import { configSchema } from '../../src/config/schema.ts';
import { systemClock } from '../../src/core/clock.ts';
import { isFailure } from '../../src/core/failure.ts';
import { createLog, silentLog } from '../../src/core/log.ts';
import { libcameraCommand, v4l2Command } from '../../src/faceauth/camera/capture-commands.ts';
import { turned } from '../../src/faceauth/camera/exif-orientation.ts';
import { FrameHub } from '../../src/faceauth/camera/frame-hub.ts';
import { MjpegSplitter } from '../../src/faceauth/camera/mjpeg-splitter.ts';
import { openCamera } from '../../src/faceauth/camera/open-camera.ts';
import { SpawnedCamera } from '../../src/faceauth/camera/spawned-camera.ts';
import { decodePicture, encodeJpeg } from '../../src/faceauth/pictures.ts';
import type { Picture } from '../../src/faceauth/ports.ts';

/** Left half dark, right half light, so that turns show. */
const halves = (width = 64, height = 48, shade = 0): Picture => {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.fill(i % width < width / 2 ? 20 + shade : 220, i * 3, i * 3 + 3);
  return { width, height, channels: 3, data };
};
const never = new AbortController().signal;
const settings = configSchema.parse({ camera: { source: 'v4l2' } }).camera;

test('a stream is cut into its pictures however it arrives', async () => {
  const pictures = await Promise.all([0, 40, 80].map((shade) => encodeJpeg(halves(64, 48, shade))));
  const stream = Buffer.concat(pictures);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      const splitter = new MjpegSplitter();
      const got: Uint8Array[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length] as number;
        got.push(...splitter.push(Buffer.from(stream.subarray(at, at + size))));
        at += size;
      }
      return (
        splitter.dropped === 0 && got.length === 3 && got.every((picture, n) => Buffer.compare(picture, pictures[n] as Uint8Array) === 0)
      );
    }),
    { numRuns: 60 },
  );
});

test('a thumbnail inside a picture does not end it', async (t) => {
  const thumbnail = await encodeJpeg(halves(16, 12));
  const whole = await encodeJpeg(halves());
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, (thumbnail.length + 2) >> 8, (thumbnail.length + 2) & 0xff]), thumbnail]);
  const picture = Buffer.concat([whole.subarray(0, 2), segment, whole.subarray(2)]);
  t.strictSame(
    new MjpegSplitter().push(picture).map(({ length }) => length),
    [picture.length],
  );
});

test('what is no picture, a cut-off picture and a lying length cost none of the good pictures behind them', async (t) => {
  const good = await encodeJpeg(halves());
  const lying = Buffer.from(good);
  lying.writeUInt16BE(good.length + 400, 4); // the first segment's length
  const cases: Record<string, Uint8Array> = {
    garbage: Buffer.from('ffmpeg: something \xff\xd8 went wrong\xff', 'latin1'),
    'cut off in its pixels': good.subarray(0, good.length - 60),
    'cut off in its header': good.subarray(0, 100),
    'a lying length': lying,
  };
  for (const [name, bad] of Object.entries(cases)) {
    const splitter = new MjpegSplitter();
    // A lying length is believed until what it names has come; then every picture behind it is found all the same.
    const got = [good, good, good, good].flatMap((next, i) => splitter.push(i === 0 ? Buffer.concat([bad, next]) : Buffer.from(next)));
    t.equal(got.length, 4, name);
    for (const picture of got) t.equal(Buffer.compare(picture, good), 0, `${name}: the good one is whole`);
    t.equal(splitter.dropped, bad.length, `${name}: counted`);
  }
});

test('the latest picture wins, and one that nobody took is zeroed', async (t) => {
  const hub = new FrameHub();
  const [first, second, third] = [Uint8Array.of(1, 1), Uint8Array.of(2, 2), Uint8Array.of(3, 3)];
  hub.put(first, 10);
  hub.put(second, 20);
  t.strictSame(first, Uint8Array.of(0, 0), 'the lost one is zeroed');
  const taken = await hub.next(-1, never);
  t.strictSame([taken.seq, taken.at, taken.jpeg], [2, 20, Uint8Array.of(2, 2)]);
  const [one, two] = [hub.next(taken.seq, never), hub.next(taken.seq, never)];
  hub.put(third, 30);
  t.equal((await one).jpeg, (await two).jpeg, 'everybody who waits gets the same one');
  t.strictSame(second, Uint8Array.of(2, 2), 'what was handed out stays while it may be looked at');
  hub.wipe();
  t.strictSame([second, third], [Uint8Array.of(0, 0), Uint8Array.of(0, 0)], 'and is zeroed at the end');
  const leaving = new AbortController();
  const waiting = hub.next(3, leaving.signal);
  leaving.abort(new Error('left'));
  await t.rejects(waiting, /left/);
});

test('a turned picture is turned by whoever decodes it', async (t) => {
  const jpeg = await encodeJpeg(halves());
  const dark = ({ data, width }: Picture, x: number, y: number) => (data[(y * width + x) * 3] as number) < 120;
  const corners = async (rotation: 0 | 90 | 180 | 270) => {
    const picture = await decodePicture(turned(jpeg, rotation));
    const { width, height } = picture;
    return [width, height, dark(picture, 5, 5), dark(picture, width - 6, 5), dark(picture, 5, height - 6)];
  };
  t.strictSame(await corners(0), [64, 48, true, false, true]);
  t.strictSame(await corners(90), [48, 64, true, true, false], 'clockwise: left goes to the top');
  t.strictSame(await corners(180), [64, 48, false, true, false]);
  t.strictSame(await corners(270), [48, 64, false, false, true]);
});

test('settings reach the capture program as its own words', (t) => {
  const automatic = libcameraCommand(settings).args.join(' ');
  t.match(automatic, /--codec mjpeg --output - .*--timeout 0 .*--width 1280 --height 720 --framerate 15$/);
  const fixed = libcameraCommand({ ...settings, index: 1, exposureMs: 12.5, gain: 2, exposureStops: -0.5, focusDioptres: 8 }).args.join(
    ' ',
  );
  t.match(fixed, /--camera 1 .*--shutter 12500 --gain 2 --ev -0.5 --autofocus-mode manual --lens-position 8$/);
  const mjpeg = v4l2Command({ ...settings, exposureMs: 12.5 });
  t.match(
    mjpeg.args.join(' '),
    /-f v4l2 -input_format mjpeg -video_size 1280x720 -framerate 15 -i \/dev\/video0 .*-c:v copy/,
    'passed on as it comes',
  );
  t.strictSame(mjpeg.before?.args, ['--device', '/dev/video0', '--set-ctrl=auto_exposure=1,exposure_time_absolute=125']);
  const yuyv = v4l2Command({ ...settings, format: 'yuyv' });
  t.match(yuyv.args.join(' '), /-input_format yuyv422 .*-c:v mjpeg/, 'compressed here');
  t.strictSame(yuyv.before?.args.at(-1), '--set-ctrl=auto_exposure=3', 'automatic again after a fixed one');
  t.end();
});

/** A capture program: a shell script that cats `stream` for ever while the file `plugged` is there. */
const program = (directory: string, script: string): string => {
  const path = join(directory, 'capture.sh');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
};

const spawned = (command: string, more: Partial<ConstructorParameters<typeof SpawnedCamera>[0]> = {}) =>
  new SpawnedCamera({
    capture: { command, args: [], package: 'none' },
    rotation: 0,
    clock: systemClock,
    log: silentLog,
    random: () => 0,
    backoff: { baseMs: 20, capMs: 40 },
    lingerMs: 10,
    ...more,
  });

/** Asks again until there is a picture. */
const eventually = async (camera: SpawnedCamera, afterSeq: number): Promise<{ seq: number }> => {
  for (;;) {
    try {
      return await camera.nextFrame(afterSeq, never);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
};

test('a camera that is unplugged is told, and is back by itself when it is plugged in', async (t) => {
  const directory = t.testdir({ plugged: '' });
  writeFileSync(join(directory, 'frame.jpg'), await encodeJpeg(halves()));
  const lines: string[] = [];
  const command = program(
    directory,
    `while [ -f ${directory}/plugged ]; do cat ${directory}/frame.jpg; sleep 0.02; done; echo "${directory}: No such device" >&2; exit 1`,
  );
  const camera = spawned(command, { log: createLog('info', { write: (line) => lines.push(line) }) });
  t.teardown(() => camera.close());
  await t.rejects(camera.nextFrame(-1, never), { code: 'camera/unavailable', facts: { reason: 'not-started' } });
  camera.start();
  const first = await camera.nextFrame(-1, never);
  const second = await camera.nextFrame(first.seq, never);
  t.ok(second.seq > first.seq && second.at >= first.at);
  t.equal((await decodePicture(second.jpeg)).width, 64);

  unlinkSync(join(directory, 'plugged'));
  let seq = second.seq;
  const failure = await (async () => {
    for (;;) seq = (await camera.nextFrame(seq, never)).seq;
  })().catch((cause: unknown) => cause);
  t.ok(isFailure(failure, 'camera/unavailable') && failure.facts['reason'] === 'no-device', 'told with the reason');
  await t.rejects(camera.nextFrame(seq, never), { code: 'camera/unavailable' }, 'and at once to whoever asks next');

  writeFileSync(join(directory, 'plugged'), '');
  t.ok((await eventually(camera, seq)).seq > seq, 'back, numbers going on');
  t.strictSame(
    lines.map((line) => (JSON.parse(line) as { event: string }).event),
    ['camera.lost', 'camera.back'],
    'each told once, however many tries there were',
  );
});

test('whether a camera is plugged in is told without starting it, where its node says so', (t) => {
  const node = join(t.testdir({ video0: '' }), 'video0');
  const usb = spawned('none', { capture: v4l2Command({ ...settings, source: 'v4l2', device: node }) });
  t.equal(usb.plugged, true);
  unlinkSync(node);
  t.equal(usb.plugged, false);
  const builtIn = spawned('none', { capture: libcameraCommand({ ...settings, source: 'libcamera' }) });
  t.equal(builtIn.plugged, undefined);
  t.end();
});

test('a capture program that falls silent is ended and started again', async (t) => {
  const directory = t.testdir({});
  writeFileSync(join(directory, 'frame.jpg'), await encodeJpeg(halves()));
  const command = program(directory, `echo run >> ${directory}/runs; cat ${directory}/frame.jpg; exec sleep 60`);
  const camera = spawned(command, { silenceMs: 100, firstPictureMs: 10_000 });
  t.teardown(() => camera.close());
  camera.start();
  const { seq } = await camera.nextFrame(-1, never);
  await t.rejects(camera.nextFrame(seq, never), { code: 'camera/unavailable', facts: { reason: 'silent' } });
  t.ok((await eventually(camera, seq)).seq > seq);
  t.ok(readFileSync(join(directory, 'runs'), 'utf8').split('\n').length > 2);
});

test('the sensor is off when nobody looks, and one program serves all who do', async (t) => {
  const directory = t.testdir({});
  writeFileSync(join(directory, 'frame.jpg'), await encodeJpeg(halves()));
  const command = program(
    directory,
    `echo start >> ${directory}/runs; trap 'echo end >> ${directory}/runs; exit 0' TERM; while true; do cat ${directory}/frame.jpg; sleep 0.02; done`,
  );
  const runs = () => readFileSync(join(directory, 'runs'), 'utf8').trim().split('\n');
  const camera = spawned(command, { lingerMs: 0 });
  t.teardown(() => camera.close());
  camera.start();
  camera.start();
  const frame = await camera.nextFrame(-1, never);
  camera.stop();
  await camera.nextFrame(frame.seq, never);
  t.strictSame(runs(), ['start'], 'one of two users left: it goes on');
  camera.stop();
  while (runs().length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  t.strictSame(runs(), ['start', 'end']);
  t.ok(
    frame.jpeg.every((byte) => byte === 0),
    'pictures are zeroed',
  );
  await camera.close();
});

test('a capture program that is not installed says which package brings it', async (t) => {
  const camera = spawned('/nowhere/rpicam-vid', { capture: { command: '/nowhere/rpicam-vid', args: [], package: 'rpicam-apps' } });
  t.teardown(() => camera.close());
  camera.start();
  await t.rejects(camera.nextFrame(-1, never), {
    code: 'camera/unavailable',
    message: /apt-get install rpicam-apps/,
    facts: { reason: 'no-program' },
  });
});

test('recorded pictures play in the order of their names; none, and a damaged one, are said', async (t) => {
  const directory = t.testdir({ empty: {} });
  const open = (path: string | undefined) =>
    openCamera({ ...settings, source: 'directory', directory: path, fps: 50 }, { clock: systemClock, log: silentLog, field: 'camera' });
  t.throws(() => open(undefined), { code: 'config/invalid', facts: { field: 'camera.directory' } });
  const played = join(directory, 'played');
  mkdirSync(played);
  for (const [i, name] of ['a.jpg', 'b.JPEG', 'c.jpg'].entries())
    writeFileSync(join(played, name), await encodeJpeg(halves(64 + 16 * i, 48)));
  writeFileSync(join(played, 'notes.txt'), 'not a picture');
  const camera = open(played);
  camera.start();
  const widths: number[] = [];
  for (let seq = -1; widths.length < 4; ) {
    const frame = await camera.nextFrame(seq, never);
    widths.push(((await decodePicture(frame.jpeg)).width - 64) / 16 - (frame.seq % 3));
    seq = frame.seq;
  }
  t.strictSame(widths, [0, 0, 0, 0]);
  const empty = open(join(directory, 'empty'));
  empty.start();
  await t.rejects(empty.nextFrame(-1, never), { code: 'camera/unavailable', message: /no .jpg or .png/ });
  const missing = open(join(directory, 'missing'));
  missing.start();
  await t.rejects(missing.nextFrame(-1, never), { code: 'camera/unavailable', message: /cannot be read/ });
});

test('no camera configured is a camera that says so', async (t) => {
  const camera = openCamera(configSchema.parse({}).camera, { clock: systemClock, log: silentLog, field: 'camera' });
  camera.start();
  await t.rejects(camera.nextFrame(-1, never), { code: 'camera/unavailable', facts: { reason: 'not-configured' } });
  await camera.close();
});

test('a box refuses the drawn tray of the simulated appliance', (t) => {
  const drawn = configSchema.parse({ trayCamera: { source: 'drawn' } }).trayCamera;
  t.throws(() => openCamera(drawn, { clock: systemClock, log: silentLog, field: 'trayCamera' }), {
    code: 'config/invalid',
    facts: { field: 'trayCamera.source' },
  });
  t.end();
});
