import { test } from 'tap';
import { encodeCardPhoto } from '../../src/card/twin/jp2.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import type { Facts } from '../../src/core/failure.ts';
import { type Log, silentLog } from '../../src/core/log.ts';
import type { FaceHint } from '../../src/core/screens.ts';
import { TwinCamera } from '../../src/faceauth/camera/twin-camera.ts';
import { Evidence, frameWeight, fuseScores, HintFilter, median } from '../../src/faceauth/evidence.ts';
import { FACE_PARTS, measureFace } from '../../src/faceauth/measure-face.ts';
import { loadFaceModels } from '../../src/faceauth/models.ts';
import { encodeJpeg, renderSvg, resizePicture, toCardPhoto } from '../../src/faceauth/pictures.ts';
import type { Camera, FaceProgress, Picture } from '../../src/faceauth/ports.ts';
import { type FaceMeasures, LIMITS, reasonOf } from '../../src/faceauth/quality.ts';
import { createFaceVerifier, warmUpFaceModels } from '../../src/faceauth/verifier.ts';
import { startWorkerVerifier } from '../../src/faceauth/worker/worker-verifier.ts';
import { residentPortrait, residents } from '../../src/twin/residents.ts';

const models = await loadFaceModels();
await warmUpFaceModels(models);
/** The two residents least alike. */
const apart = ['ito-sota', 'watanabe-daichi'] as const;
const [first, second] = residents().map(({ id }) => id) as [string, string];

/** The verifier's time: every frame it fetches takes 100 ms, however slow the machine is. */
class FrameClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Map<object, { at: number; run: () => void }>();
  now = () => this.#nowMs;
  monotonicMs = () => this.#nowMs;
  setTimeout = (run: () => void, delayMs: number) => {
    const handle = {};
    this.#timers.set(handle, { at: this.#nowMs + delayMs, run });
    return handle;
  };
  clearTimeout = (handle: unknown) => void this.#timers.delete(handle as object);
  tick(): void {
    this.#nowMs += 100;
    for (const { at, run } of this.#timers.values()) if (at <= this.#nowMs) run();
  }
}

const logged: Facts[] = [];
const log: Log = { ...silentLog, info: (_event, facts = {}) => logged.push(facts) };
const clock = new FrameClock();
const verifier = createFaceVerifier({ models, clock, log });

/** The same camera, moving the verifier's time with every frame. */
const timed = (camera: Camera): Camera => ({
  start: () => camera.start(),
  stop: () => camera.stop(),
  nextFrame: async (afterSeq, signal) => {
    const frame = await camera.nextFrame(afterSeq, signal);
    clock.tick();
    return frame;
  },
});

const cardPhoto = async (picture: Picture) => encodeCardPhoto(await toCardPhoto(picture));
const card = async (id: string) => cardPhoto(await renderSvg(residentPortrait(id, 'card'), 480, 640));
const watch = (camera: TwinCamera, enrolled: Float32Array, timeoutMs: number, signal = new AbortController().signal) => {
  const hints: (FaceHint | undefined)[] = [];
  const startedAt = clock.monotonicMs();
  let slowAfterMs: number | undefined;
  const onProgress = ({ hint, slow }: FaceProgress) => {
    hints.push(hint);
    if (slow === true) slowAfterMs ??= clock.monotonicMs() - startedAt;
  };
  return verifier.verify(enrolled, timed(camera), { timeoutMs, signal, onProgress }).then((decision) => ({ decision, hints, slowAfterMs }));
};

test('the person of the card is accepted in a few frames, and the sensor is off afterwards', async (t) => {
  const camera = new TwinCamera(systemClock);
  await camera.showDrawing(residentPortrait(first, 'camera'));
  const { decision } = await watch(camera, await verifier.enrol(await card(first)), 20_000);
  t.equal(decision.outcome, 'match');
  t.ok(decision.outcome === 'match' && decision.score >= 0.5 && decision.frames <= 12, JSON.stringify(decision));
  t.equal(camera.running, false);
  t.match(logged.at(-1), { outcome: 'match', score: Number, liveness: Number, frames: Number });
});

test('a picture of the person, put in from outside, is accepted like the person', async (t) => {
  const camera = new TwinCamera(systemClock);
  const square = await resizePicture(await renderSvg(residentPortrait(first, 'card'), 300, 400), 188, 250);
  await camera.show(await encodeJpeg(square));
  const { decision } = await watch(camera, await verifier.enrol(await card(first)), 20_000);
  t.equal(decision.outcome, 'match');
});

test('another person is not accepted, and the numbers say why', async (t) => {
  const camera = new TwinCamera(systemClock);
  await camera.showDrawing(residentPortrait(second, 'camera'));
  const { decision } = await watch(camera, await verifier.enrol(await card(first)), 500);
  t.match(decision, { outcome: 'no-match', reason: 'no-match' });
  t.ok(decision.outcome === 'no-match' && decision.score < 0.4);
});

test('a face that is seen well and not recognised is told after three seconds that it is not', async (t) => {
  const camera = new TwinCamera(systemClock);
  await camera.showDrawing(residentPortrait(second, 'camera'));
  const { slowAfterMs, decision } = await watch(camera, await verifier.enrol(await card(first)), 3900);
  t.equal(decision.outcome, 'no-match');
  t.ok(slowAfterMs !== undefined && slowAfterMs >= 3000 && slowAfterMs <= 3800, `told after ${slowAfterMs} ms`);
});

test('a surely different person is not kept waiting until the time is over', async (t) => {
  const camera = new TwinCamera(systemClock);
  await camera.showDrawing(residentPortrait(apart[1], 'camera'));
  const { decision } = await watch(camera, await verifier.enrol(await card(apart[0])), 60_000);
  t.match(decision, { outcome: 'no-match', reason: 'no-match' });
  t.ok(decision.frames < 60);
});

test('the score alone is not enough: what does not pass as living is told apart', async (t) => {
  const strict = createFaceVerifier({ models, clock, log: silentLog, livenessThreshold: 1.01 });
  const camera = new TwinCamera(systemClock);
  await camera.showDrawing(residentPortrait(first, 'camera'));
  const enrolled = await strict.enrol(await card(first));
  const options = { timeoutMs: 500, signal: new AbortController().signal, onProgress: () => undefined };
  t.match(await strict.verify(enrolled, timed(camera), options), { outcome: 'not-live', reason: 'not-live' });
});

test('an empty hall, darkness and a far face each get their reason', async (t) => {
  const camera = new TwinCamera(systemClock);
  const enrolled = await verifier.enrol(await card(first));
  t.match(await watch(camera, enrolled, 400), { decision: { outcome: 'no-face', reason: 'none' }, hints: ['none'] });
  await camera.dark();
  t.match(await watch(camera, enrolled, 400), { decision: { outcome: 'no-face', reason: 'dark' } });
  const far = residentPortrait(first, 'camera').replace('viewBox="0 0 640 480"', 'viewBox="-800 -600 2240 1680"');
  await camera.showDrawing(far);
  t.match(await watch(camera, enrolled, 400), { decision: { outcome: 'no-face', reason: 'too-far' } });
  const two = residentPortrait(first, 'camera').replace('viewBox="0 0 640 480"', 'viewBox="140 0 800 600" ');
  await camera.showDrawing(
    two.replace(
      /(<g transform="translate.*)(<rect width="640" height="480" fill="url\(#light\)"\/>)/s,
      '$1<g transform="translate(430 0)">$1</g>$2',
    ),
  );
  t.match(await watch(camera, enrolled, 400), { decision: { outcome: 'no-face', reason: 'several' } });
});

test('a pulled camera cable and a cancelled visit end the watch at once', async (t) => {
  const camera = new TwinCamera(systemClock);
  const enrolled = await verifier.enrol(await card(first));
  setTimeout(() => camera.unplug(), 200);
  await t.rejects(watch(camera, enrolled, 20_000), { code: 'camera/unavailable', facts: { reason: 'unplugged' } });
  camera.plug();
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error('card removed')), 200);
  await t.rejects(watch(camera, enrolled, 20_000, abort.signal), { message: 'card removed' });
  t.equal(camera.running, false);
});

test('a photo without a face is face/photo-unreadable', async (t) => {
  const wall: Picture = { width: 240, height: 320, channels: 3, data: new Uint8Array(240 * 320 * 3).fill(150) };
  await t.rejects(verifier.enrol(await cardPhoto(wall)), { code: 'face/photo-unreadable', facts: { reason: 'no face' } });
});

test('the twin camera numbers frames upwards through every change, and refuses what is no picture', async (t) => {
  const camera = new TwinCamera(systemClock);
  const { signal } = new AbortController();
  await t.rejects(camera.nextFrame(-1, signal), { code: 'camera/unavailable' });
  camera.start();
  const one = await camera.nextFrame(-1, signal);
  const picture = await encodeJpeg(await renderSvg(residentPortrait(second, 'card'), 300, 400));
  await camera.show(picture, 'print');
  const two = await camera.nextFrame(one.seq, signal);
  const three = await camera.nextFrame(two.seq, signal);
  t.ok(one.seq < two.seq && two.seq < three.seq && two.at < three.at);
  t.notSame(two.jpeg, three.jpeg, 'a hand moves the paper');
  await camera.showFrames([picture], 30);
  t.same((await camera.nextFrame(three.seq, signal)).jpeg, picture, 'frames are shown as they are');
  await t.rejects(camera.show(Buffer.from('no')), { code: 'input/invalid', facts: { field: 'picture' } });
  await t.rejects(camera.showFrames([], 15), { code: 'input/invalid', facts: { field: 'frames' } });
  await t.rejects(camera.showFrames([picture], 0), { code: 'input/invalid', facts: { field: 'fps' } });
});

test('hints do not flicker, and one lucky frame decides nothing', async (t) => {
  const filter = new HintFilter();
  const dark = { hint: 'dark' } as const;
  const shown = [dark, dark, {}, dark, {}, {}].map((guidance) => filter.next(guidance));
  t.same(
    shown.map((one) => [one.shown.hint, one.changed]),
    [
      [undefined, false],
      ['dark', true],
      ['dark', false],
      ['dark', false],
      ['dark', false],
      [undefined, true],
    ],
  );
  t.equal(median([]), 0);
  t.equal(median([3, 1, 2]), 2);
  t.equal(median([4, 1]), 2.5);
  const evidence = new Evidence(Float32Array.of(1, 0));
  evidence.addGood(Float32Array.of(0, 1));
  evidence.addGood(Float32Array.of(0, 1));
  evidence.addGood(Float32Array.of(1, 0));
  t.ok(evidence.score < 0.5, String(evidence.score));
});

test('a frame that could be better convinces when two agree, and takes nothing from the good ones', async (t) => {
  const evidence = new Evidence(Float32Array.of(1, 0));
  evidence.addHint('turned', Float32Array.of(1, 0));
  t.equal(evidence.score, -1, 'one lucky frame decides nothing');
  const second = Float32Array.of(0.8, 0.6);
  evidence.addHint('turned', second);
  t.same([...second], [0, 0], 'wiped when taken');
  t.ok(Math.abs(evidence.score - 0.8) < 1e-6);
  evidence.addHint('none');
  t.match(evidence, { goodFrames: 0, heldFrames: 2, frames: 3, dominantHint: { hint: 'turned' } });
  const good = new Evidence(Float32Array.of(1, 0));
  good.addGood(Float32Array.of(1, 0));
  good.addGood(Float32Array.of(1, 0));
  good.addHint('blurred', Float32Array.of(0, 1));
  t.equal(good.score, 1);
});

test('a back-lit face is told so, and accepted when it is the face of the card all the same', async (t) => {
  const person = await renderSvg(residentPortrait(first, 'camera'), 640, 480);
  const dim = { ...person, data: person.data.map((v) => Math.round(v * 0.4)) };
  for (let y = 0; y < 480; y++)
    for (let x = 0; x < 640; x++) if (x < 170 || x > 470) dim.data.fill(250, (y * 640 + x) * 3, (y * 640 + x) * 3 + 3);
  const camera = new TwinCamera(systemClock);
  await camera.showFrames([await encodeJpeg(dim)], 15);
  const mine = await watch(camera, await verifier.enrol(await card(first)), 20_000);
  t.match(mine, { decision: { outcome: 'match' }, hints: ['back-lit'] });
  const other = await watch(camera, await verifier.enrol(await card(second)), 500);
  t.match(other, { decision: { outcome: 'no-face', reason: 'back-lit' } });
});

test('a blurred or turned frame counts for less than a clear one', async (t) => {
  const clear = { yaw: 0.02, sharpness: 0.1 };
  t.equal(frameWeight({ yaw: 0, sharpness: 0.2 }), 1);
  t.ok(frameWeight({ ...clear, yaw: -0.4 }) < 0.6 * frameWeight(clear), 'turned either way');
  t.ok(frameWeight({ ...clear, sharpness: 0.03 }) < 0.5 * frameWeight(clear));
  t.equal(frameWeight({ yaw: 0.9, sharpness: 0 }), 0.2, 'never nothing: a bad frame alone is still evidence');
  const score = (weight: number) => {
    const evidence = new Evidence(Float32Array.of(1, 0));
    evidence.addGood(Float32Array.of(1, 0));
    evidence.addGood(Float32Array.of(0, 1), { weight });
    return evidence.score;
  };
  t.ok(score(0.2) > score(1) && score(1) > 0.7);
  t.equal(fuseScores(0.3, 0.6), 0.6);
});

test('a face at the edge of a limit keeps the hint it was given, until it is past the edge by a margin', async (t) => {
  const good: FaceMeasures = { size: 0.4, rival: 0, pixels: 200, cut: { by: 0, direction: 'left' }, yaw: 0, roll: 0, clipped: 0, faceLuma: 120, surroundLuma: 120, sharpness: 0.1 }; // biome-ignore format: one row
  const edges: readonly (readonly [FaceHint, Partial<FaceMeasures>, Partial<FaceMeasures>])[] = [
    ['too-far', { pixels: LIMITS.minPixels + 2 }, { pixels: LIMITS.minPixels + 10 }],
    ['too-near', { size: LIMITS.maxSize - 0.02 }, { size: LIMITS.maxSize - 0.1 }],
    ['turned', { yaw: 0.02 - LIMITS.maxYaw }, { yaw: 0.1 - LIMITS.maxYaw }],
    ['dark', { faceLuma: LIMITS.minLuma + 1 }, { faceLuma: LIMITS.minLuma + 10 }],
    ['several', { rival: LIMITS.rival - 0.02 }, { rival: LIMITS.rival - 0.1 }],
    ['blurred', { sharpness: LIMITS.minSharpness * 1.04 }, { sharpness: LIMITS.minSharpness * 1.2 }],
  ];
  for (const [hint, edge, past] of edges) {
    t.equal(reasonOf({ ...good, ...edge }), undefined, `${hint}: a frame of its own is good`);
    t.equal(reasonOf({ ...good, ...edge }, hint), hint, `${hint} holds on`);
    t.equal(reasonOf({ ...good, ...edge }, 'tilted'), undefined, `${hint}: another hint does not`);
    t.equal(reasonOf({ ...good, ...past }, hint), undefined, `${hint} is taken back`);
  }
});

test('the figures for a bench are measured on the real stages', async (t) => {
  const jpeg = await encodeJpeg(await renderSvg(residentPortrait(first, 'camera'), 640, 480));
  const { whole, parts } = await measureFace(models, jpeg, 2);
  t.equal(whole.length, 2);
  t.same(Object.keys(parts), FACE_PARTS);
  for (const [name, values] of Object.entries(parts)) t.ok(values.length === 2 && values.every((ms: number) => ms > 0), name);
  const nobody = await encodeJpeg({ width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3).fill(128) });
  await t.rejects(measureFace(models, nobody, 1), RangeError);
});

test('the face thread decides as the verifier does, leaves this thread free, and what it was sent is gone', async (t) => {
  const thread = await startWorkerVerifier({}, log);
  const camera = new TwinCamera(systemClock);
  await camera.showDrawing(residentPortrait(first, 'camera'));
  const photo = await card(first);
  const enrolled = await thread.enrol(photo);
  t.ok(
    photo.some((byte) => byte !== 0),
    'the photo is copied, not taken',
  );
  t.ok(Math.abs(Math.hypot(...enrolled) - 1) < 1e-4);
  const hints: FaceProgress[] = [];
  const options = {
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    onProgress: (progress: FaceProgress) => void hints.push(progress),
  };
  t.match(await thread.verify(enrolled, camera, options), { outcome: 'match', score: Number, liveness: Number });
  t.match(logged.at(-1), { outcome: 'match' }, 'it logs here');
  t.equal(camera.running, false);
  await camera.nobody();
  t.match(await thread.verify(enrolled, camera, { ...options, timeoutMs: 700 }), { outcome: 'no-face', reason: 'none' });
  // A loaded machine may have told meanwhile that it takes long.
  t.match(
    hints.filter(({ slow }) => slow !== true),
    [{ hint: 'none' }],
  );
  await t.rejects(thread.enrol(Buffer.from('no photo')), { code: 'face/photo-unreadable' });
  setTimeout(() => camera.unplug(), 100);
  await t.rejects(thread.verify(enrolled, camera, options), { code: 'camera/unavailable', facts: { reason: 'unplugged' } });
  camera.plug();
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error('card removed')), 100);
  await t.rejects(thread.verify(enrolled, camera, { ...options, signal: abort.signal }), { message: 'card removed' });
  await t.rejects(thread.verify(enrolled, camera, { ...options, signal: abort.signal }), { message: 'card removed' });
  const late = thread.verify(enrolled, camera, options);
  await Promise.all([t.rejects(late), thread.close()]);
});

test('a face thread without its models says why', async (t) => {
  const nowhere = t.testdir({ file: '' });
  await t.rejects(startWorkerVerifier({ root: `${nowhere}/file` }, log), { code: /^model\// });
});

test('networks are closed', async (t) => {
  await t.resolves(models.close());
});
