import fc from 'fast-check';
import sharp from 'sharp';
import { test } from 'tap';
import { encodeCardPhoto } from '../../src/card/twin/jp2.ts';
import { isFailure } from '../../src/core/failure.ts';
import { fitSimilarity, TEMPLATE, templateToPicture } from '../../src/faceauth/alignment.ts';
import { windowsOf } from '../../src/faceauth/find-faces.ts';
import { decodeJp2 } from '../../src/faceauth/jp2.ts';
import { decodePicture, encodeJpeg } from '../../src/faceauth/pictures.ts';
import type { Picture } from '../../src/faceauth/ports.ts';
import { chooseFace, directionOf, type FaceMeasures, lumaOf, placeOf, reasonOf, sharpnessOf, turnOf } from '../../src/faceauth/quality.ts';
import { sampleBox, samplePoints, sampleSimilarity } from '../../src/faceauth/sampling.ts';
import { grownInside, suppress } from '../../src/faceauth/stages.ts';

const grey = (width: number, height: number, at: (x: number, y: number) => number): Picture => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width))),
});
const slope = grey(240, 320, (x, y) => 40 + x / 4 + y / 4);

test('a card photo survives JPEG 2000, and any damage to it is told as face/photo-unreadable', async (t) => {
  const jp2 = await encodeCardPhoto(slope);
  const picture = await decodeJp2(jp2);
  t.same([picture.width, picture.height, picture.channels], [240, 320, 1]);
  const error = picture.data.reduce((sum, value, i) => sum + Math.abs(value - (slope.data[i] as number)), 0) / picture.data.length;
  t.ok(error < 3, `mean error ${error}`);
  const readsOrSaysSo = (bytes: Uint8Array) =>
    decodeJp2(bytes).then(
      ({ width, height, channels, data }) => data.length === width * height * channels,
      (cause) => isFailure(cause, 'face/photo-unreadable'),
    );
  await fc.assert(
    fc.asyncProperty(fc.nat(jp2.length - 1), (length) => readsOrSaysSo(jp2.subarray(0, length))),
    { numRuns: 40 },
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(jp2.length - 1), fc.nat(255), (at, value) => readsOrSaysSo(jp2.with(at, value))),
    { numRuns: 60 },
  );
  await t.rejects(decodeJp2(new Uint8Array()), { code: 'face/photo-unreadable' });
  await t.rejects(decodeJp2(new Uint8Array(200_000)), { code: 'face/photo-unreadable' });
});

test('only JPEG and PNG of at most 25 megapixels are decoded', async (t) => {
  const rgb: Picture = { width: 32, height: 24, channels: 3, data: new Uint8Array(32 * 24 * 3).fill(90) };
  const jpeg = await encodeJpeg(rgb);
  const decoded = await decodePicture(jpeg);
  t.same([decoded.width, decoded.height, decoded.channels, decoded.data[0]], [32, 24, 3, 90]);
  const large = await sharp({ create: { width: 8000, height: 5000, channels: 3, background: '#888' } })
    .png()
    .toBuffer();
  await t.rejects(decodePicture(large), { code: 'input/invalid', facts: { field: 'picture', reason: 'too-large', width: 8000 } });
  await t.rejects(decodePicture(Buffer.from('not a picture')), { code: 'input/invalid', facts: { reason: 'format' } });
  await t.rejects(decodePicture(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')), { code: 'input/invalid' });
  const noise = { ...rgb, width: 128, height: 96, data: Uint8Array.from({ length: 128 * 96 * 3 }, (_, i) => (i * 7919) % 251) };
  const whole = await encodeJpeg(noise);
  await t.rejects(decodePicture(whole.subarray(0, whole.length / 2)), { code: 'input/invalid', facts: { reason: 'damaged' } });
  await t.rejects(decodePicture(jpeg.subarray(0, 30)), { code: 'input/invalid', facts: { reason: 'damaged' } });
});

test('the similarity found from moved points undoes any turn, size and place', async (t) => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(number(0.2, 6), number(-3.1, 3.1), number(-300, 300), number(-300, 300), (size, angle, tx, ty) => {
      const moved = TEMPLATE.map(({ x, y }) => ({
        x: size * (Math.cos(angle) * x - Math.sin(angle) * y) + tx,
        y: size * (Math.sin(angle) * x + Math.cos(angle) * y) + ty,
      }));
      const back = templateToPicture(moved);
      return TEMPLATE.every(({ x, y }, i) => {
        const { x: mx, y: my } = moved[i] as { x: number; y: number };
        return Math.hypot(back.a * x - back.b * y + back.tx - mx, back.b * x + back.a * y + back.ty - my) < 1e-6;
      });
    }),
  );
  t.throws(() => fitSimilarity([TEMPLATE[0], TEMPLATE[0]] as never, TEMPLATE.slice(0, 2)), RangeError);
});

test('a picture halved is the mean of four pixels each, as any other window would give it', async (t) => {
  const data = Uint8Array.from({ length: 12 * 8 * 3 }, (_, i) => (i * 97 + (i % 5) * 31) % 256);
  const picture: Picture = { width: 12, height: 8, channels: 3, data };
  const input = { name: 'input', width: 6, height: 4, colour: 'rgb', mean: 127, scale: 128 } as const;
  const halved = sampleBox(picture, { x: 0, y: 0, width: 12, height: 8 }, input);
  // A hair's breadth wider is the general way.
  const general = sampleBox(picture, { x: 0, y: 0, width: 12 + 1e-9, height: 8 }, input);
  t.ok(halved.every((value, i) => Math.abs(value - (general[i] as number)) < 1e-6));
});

test('windows are resized without shift, averaged when shrunk, and keep colour order and scale', async (t) => {
  const input = { name: 'input', width: 60, height: 80, colour: 'grey', mean: 0, scale: 1 } as const;
  const shrunk = sampleBox(slope, { x: 0, y: 0, width: 240, height: 320 }, input);
  t.ok(
    Math.abs((shrunk[30 * 60 + 20] as number) - (40 + 81.5 / 4 + 121.5 / 4)) < 1,
    'destination centre (20, 30) is source centre (81.5, 121.5)',
  );
  const checker = grey(64, 64, (x, y) => ((x + y) % 2) * 200);
  const flat = sampleBox(checker, { x: 0, y: 0, width: 64, height: 64 }, { ...input, width: 16, height: 16 });
  t.ok(flat.every((value) => Math.abs(value - 100) < 0.01));
  const folded = samplePoints(checker, { x: 0, y: 0, width: 64, height: 64 }, { ...input, width: 21, height: 21 });
  t.ok(Math.max(...folded) - Math.min(...folded) > 100, 'one sample each keeps what averaging takes away');
  const same = samplePoints(slope, { x: 0, y: 0, width: 240, height: 320 }, input);
  t.ok(Math.abs((same[30 * 60 + 20] as number) - (shrunk[30 * 60 + 20] as number)) < 1, 'and shifts nothing');
  const red: Picture = { width: 8, height: 8, channels: 3, data: Uint8Array.from({ length: 192 }, (_, i) => (i % 3 === 0 ? 255 : 0)) };
  const planes = sampleBox(
    red,
    { x: 0, y: 0, width: 8, height: 8 },
    { ...input, width: 2, height: 2, colour: 'bgr', mean: 127.5, scale: 127.5 },
  );
  t.same([...planes], [-1, -1, -1, -1, -1, -1, -1, -1, 1, 1, 1, 1]);
  const outside = { x: -8, y: 0, width: 16, height: 8 };
  t.same([...sampleBox(red, outside, { ...input, width: 2, height: 1, colour: 'rgb' }, 'black')].slice(0, 2), [0, 255]);
  t.same([...sampleBox(red, outside, { ...input, width: 2, height: 1, colour: 'rgb' }, 'edge')].slice(0, 2), [255, 255]);
  const turned = sampleSimilarity(slope, { a: 0, b: 1, tx: 100, ty: 50 }, { ...input, width: 4, height: 4 });
  t.ok(Math.abs((turned[4 * 2 + 3] as number) - (40 + 98 / 4 + 53 / 4)) < 1, 'destination (3, 2) is source (98, 53)');
});

const good: FaceMeasures = {
  size: 0.45,
  rival: 0,
  pixels: 216,
  cut: { by: -1, direction: 'left' },
  clipped: 0,
  yaw: 0.05,
  roll: 2,
  faceLuma: 130,
  surroundLuma: 120,
  sharpness: 0.06,
};

test('every reason follows from its measurement', async (t) => {
  t.equal(reasonOf(good), undefined);
  const cases = [
    ['several', { rival: 0.9 }],
    ['too-far', { pixels: 50 }],
    ['too-near', { size: 0.95 }],
    ['off-centre', { cut: { by: 0.3, direction: 'left' } }],
    ['over-exposed', { clipped: 0.6, faceLuma: 240 }],
    ['turned', { yaw: -0.6 }],
    ['tilted', { roll: 50 }],
    ['dark', { faceLuma: 25, surroundLuma: 30 }],
    ['back-lit', { faceLuma: 60, surroundLuma: 200 }],
    ['blurred', { sharpness: 0.005 }],
  ] as const;
  for (const [reason, change] of cases) t.equal(reasonOf({ ...good, ...change }), reason, JSON.stringify(change));
});

test('measurements see light, turn and blur', async (t) => {
  const lit = grey(64, 48, (x) => (x < 32 ? 50 : 200));
  t.same(lumaOf(lit, { x: 0, y: 0, width: 32, height: 48 }), { face: 50, surround: 200, clipped: 0 });
  const turn = turnOf([
    { x: 10, y: 20 },
    { x: 30, y: 20 },
    { x: 28, y: 30 },
  ]);
  t.ok(Math.abs(turn.yaw - 0.4) < 1e-9 && turn.roll === 0);
  const fine = Float32Array.from({ length: 40 * 40 }, (_, i) => Math.sin((i % 40) * 1.5));
  const coarse = Float32Array.from({ length: 40 * 40 }, (_, i) => Math.sin((i % 40) * 0.15));
  t.ok(sharpnessOf(fine, 40) > 10 * sharpnessOf(coarse, 40));
  t.equal(sharpnessOf(new Float32Array(1600), 40), 0);
});

test('the patient is the large, central face; a bystander at the edge does not count', async (t) => {
  const frame = grey(640, 480, () => 0);
  const face = (x: number, height: number) => ({ score: 1, box: { x, y: 140, width: height * 0.8, height } });
  const patient = face(240, 200);
  const chosen = chooseFace([face(0, 190), patient], frame);
  t.equal(chosen?.face, patient);
  t.ok((chosen?.rival ?? 1) < 0.8);
  t.ok((chooseFace([face(120, 200), face(360, 200)], frame)?.rival ?? 0) > 0.8);
  t.equal(chooseFace([], frame), undefined);
  t.same(suppress([patient, { ...face(244, 200), score: 0.9 }], 0.4), [patient]);
});

test('a window for the liveness model stays inside the picture', async (t) => {
  const inside = grownInside({ x: 10, y: 10, width: 100, height: 120 }, 2.7, slope);
  t.ok(inside.x >= 0 && inside.y >= 0 && inside.x + inside.width <= 240 && inside.y + inside.height <= 320);
  t.ok(Math.abs(inside.width / inside.height - 100 / 120) < 1e-9);
});

test('who stands at the edge of a mirror is told to go to its middle', async (t) => {
  const frame = grey(640, 480, () => 0);
  const at = (x: number, y: number) => placeOf({ score: 1, box: { x, y, width: 160, height: 200 } }, frame).cut;
  t.match(at(-60, 100), { direction: 'left' });
  t.match(at(560, 100), { direction: 'right' });
  t.match(at(200, -90), { direction: 'down' });
  t.match(at(200, 400), { direction: 'up' });
  t.ok(at(0, 0).by <= 0 && at(480, 280).by <= 0, 'a corner is inside: the picture follows');
  t.equal(directionOf('turned', { ...good, yaw: -0.7 }), 'left');
  t.equal(directionOf('dark', good), undefined);
});

test('windows cover large and upright frames, with faces of 60 pixels seen as 24; a small frame needs none', async (t) => {
  t.same(windowsOf({ width: 640, height: 480 }, 4 / 3), []);
  for (const frame of [
    { width: 1280, height: 720 },
    { width: 720, height: 1280 },
    { width: 1920, height: 1080 },
  ]) {
    const windows = windowsOf(frame, 4 / 3);
    t.ok(windows.length > 0 && windows.length <= 9);
    for (let y = 0; y + 100 <= frame.height; y += 20)
      for (let x = 0; x + 80 <= frame.width; x += 20)
        if (!windows.some((w) => x >= w.x && y >= w.y && x + 80 <= w.x + w.width && y + 100 <= w.y + w.height))
          t.fail(`a face at ${x}, ${y}`);
  }
});
