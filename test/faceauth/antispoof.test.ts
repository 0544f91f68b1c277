import { test } from 'tap';
import type { Clock } from '../../src/core/clock.ts';
import type { Facts } from '../../src/core/failure.ts';
import { type Log, silentLog } from '../../src/core/log.ts';
import type { Point } from '../../src/faceauth/alignment.ts';
import { fuse } from '../../src/faceauth/antispoof/cues.ts';
import { type Luma, shrinkLuma } from '../../src/faceauth/antispoof/luma.ts';
import { findOutline } from '../../src/faceauth/antispoof/outline.ts';
import { parallaxOf } from '../../src/faceauth/antispoof/parallax.ts';
import { peakOf } from '../../src/faceauth/antispoof/pattern.ts';
import { SpoofEvidence } from '../../src/faceauth/antispoof/spoof-evidence.ts';
import { followSurroundings } from '../../src/faceauth/antispoof/surroundings.ts';
import { ATTACK_SPECIES, planAttack, seededRandom } from '../../src/faceauth/camera/attack-plan.ts';
import { composeAttack } from '../../src/faceauth/camera/attacks.ts';
import { type ShownAs, TwinCamera } from '../../src/faceauth/camera/twin-camera.ts';
import { loadFaceModels } from '../../src/faceauth/models.ts';
import { encodeJpeg, renderSvg } from '../../src/faceauth/pictures.ts';
import type { Picture } from '../../src/faceauth/ports.ts';
import { createFaceVerifier, embedPortrait } from '../../src/faceauth/verifier.ts';
import { residentPortrait, residents } from '../../src/twin/residents.ts';

/** Compared as bytes: a difference of two pictures is nothing to print. */
const same = (a: Picture | undefined, b: Picture | undefined): boolean =>
  Buffer.compare(a?.data ?? Buffer.of(1), b?.data ?? Buffer.of(2)) === 0;

const grey = (width: number, height: number, at: (x: number, y: number) => number): Picture => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width))),
});
const face = { x: 130, y: 80, width: 60, height: 72 };
/** Structure that is different everywhere. */
const texture = (x: number, y: number): number =>
  128 + 40 * Math.sin(x * 0.31 + 3 * Math.sin(y * 0.07)) + 40 * Math.sin(y * 0.23 + 2 * Math.sin(x * 0.11));

test('a sheet around the face is an outline; a bare wall, a door beside and a window wider than the shoulders are none', async (t) => {
  const strength = (at: (x: number, y: number) => number): number => findOutline(shrinkLuma(grey(320, 240, at), 1), face)?.strength ?? 0;
  const inSheet = (x: number, y: number) => Math.abs(x - 160 - (y - 116) * 0.08) < 70 && y > 40 && y < 215;
  t.ok(strength((x, y) => (inSheet(x, y) ? 200 : 150)) > 0.7, 'paper');
  t.ok(strength((x, y) => (inSheet(x, y) ? 120 : 150)) > 0.7, 'a dark sheet on a light wall');
  t.ok(strength(() => 150) < 0.1, 'wall');
  t.ok(strength((x) => (x > 230 ? 90 : 150)) < 0.4, 'door');
  const shoulders = (x: number, y: number) => y > 165 + Math.abs(x - 160) * 0.2;
  t.ok(strength((x, y) => (shoulders(x, y) ? 60 : Math.abs(x - 160) < 125 && y > 20 ? 200 : 150)) < 0.45, 'window');
  t.equal(findOutline(shrinkLuma(grey(80, 90, texture), 1), { x: 0, y: 0, width: 80, height: 96 }), undefined, 'no room: abstains');
});

test('waves over the skin stand out of the spectrum; too small a face says nothing', async (t) => {
  const box = { x: 60, y: 50, width: 140, height: 160 };
  const skin = (x: number, y: number) => 150 + 20 * Math.sin(x / 30) + 6 * Math.sin(x * 12.9898 + y * 78.233 + Math.sin(x * y));
  const plain = peakOf(grey(260, 260, skin), box) ?? Number.NaN;
  const waved =
    peakOf(
      grey(260, 260, (x, y) => skin(x, y) + 6 * Math.sin(x * 0.9 + y * 0.6)),
      box,
    ) ?? Number.NaN;
  t.ok(waved > plain + 1.5, `${plain.toFixed(2)} to ${waved.toFixed(2)}`);
  t.equal(peakOf(grey(260, 260, skin), { ...box, height: 90 }), undefined);
});

test('surroundings that come along, that stay, and a pushed camera are told apart', async (t) => {
  const points: Point[] = Array.from({ length: 68 }, (_, i) => ({ x: 135 + (i % 9) * 6, y: 90 + Math.floor(i / 9) * 7 }));
  const moved = points.map(({ x, y }) => ({ x: x + 6, y: y + 2 }));
  const sheet = (x: number, y: number) => Math.abs(x - 160) < 100 && Math.abs(y - 120) < 110;
  const luma = (at: (x: number, y: number) => number): Luma => shrinkLuma(grey(320, 240, at), 1);
  const room = luma(texture);
  const flat = luma((x, y) => (sheet(x - 6, y - 2) ? texture(x - 6, y - 2) : texture(x, y)));
  const seen = (luma: Luma, at: readonly Point[]) => ({ luma, box: face, points: at });
  const held = followSurroundings(seen(room, points), seen(flat, moved));
  t.ok(held.along >= 5 && held.along > 4 * held.stayed, JSON.stringify(held));
  const person = followSurroundings(seen(room, points), seen(luma(texture), moved));
  t.ok(person.stayed >= 5 && person.along === 0, JSON.stringify(person));
  const pushed = followSurroundings(seen(room, points), seen(luma((x, y) => texture(x - 6, y - 2)), moved)); // biome-ignore format: one row
  t.ok(pushed.rimAlong > pushed.rimStayed, JSON.stringify(pushed));
  const nothing = { along: 0, stayed: 0, rimAlong: 0, rimStayed: 0, sides: [] };
  t.same(followSurroundings(seen(room, points), seen(room, points)), nothing);
});

test('the sides of a sheet are followed: those that a hand moves come along, those of a window stay', async (t) => {
  const points: Point[] = Array.from({ length: 68 }, (_, i) => ({ x: 135 + (i % 9) * 6, y: 90 + Math.floor(i / 9) * 7 }));
  const moved = points.map(({ x, y }) => ({ x: x + 6, y: y + 2 }));
  const inSheet = (x: number, y: number) => Math.abs(x - 160) < 62 && y > 30 && y < 225;
  const wall = (x: number, y: number, dx: number, dy: number) => (inSheet(x - dx, y - dy) ? 215 : 110) + 0.1 * texture(x, y);
  const at = (dx: number, dy: number): Luma => shrinkLuma(grey(320, 240, (x, y) => wall(x, y, dx, dy)), 1); // biome-ignore format: one row
  const outline = findOutline(at(0, 0), face);
  t.match(outline, { followed: [{ name: 'left' }, { name: 'right' }, { name: 'top' }] });
  const before = { luma: at(0, 0), box: face, points, sides: outline?.followed ?? [] };
  for (const { name, along, stayed } of followSurroundings(before, { luma: at(6, 2), box: face, points: moved }).sides)
    if (name !== 'top') t.ok(along >= 4 && stayed === 0, `${name} of a sheet: ${along} came along, ${stayed} stayed`);
  for (const { name, along, stayed } of followSurroundings(before, { luma: at(0, 0), box: face, points: moved }).sides)
    if (name !== 'top') t.ok(stayed >= 4 && along === 0, `${name} of a window: ${along} came along, ${stayed} stayed`);
});

test('the nose of a turned head slides against eyes and mouth, that of a turned sheet does not', async (t) => {
  const depth = (i: number) => (i >= 27 && i <= 35 ? 18 : 0);
  const points = Array.from({ length: 68 }, (_, i) => ({
    x: 40 * Math.sin(i * 2.4) + (i === 36 ? -30 : i === 45 ? 30 : 0),
    y: 40 * Math.cos(i * 1.7),
  }));
  const turned = (solid: boolean) => points.map(({ x, y }, i) => ({ x: x * Math.cos(0.4) + (solid ? depth(i) * Math.sin(0.4) : 0), y }));
  const head = parallaxOf(points, turned(true));
  const sheet = parallaxOf(points, turned(false));
  t.ok(head !== undefined && head.slide > 0.05, JSON.stringify(head));
  t.ok(sheet !== undefined && sheet.slide < 0.001 && sheet.foreshortening > 0.05, JSON.stringify(sheet));
  t.equal(
    parallaxOf(
      points.map(() => ({ x: 1, y: 1 })),
      points,
    ),
    undefined,
  );
});

test('cues that abstain count neither way, and every cue only ever speaks against', async (t) => {
  const silent = { model: 0.6, outline: undefined, pattern: undefined, along: undefined, sides: undefined, upright: undefined, solid: undefined }; // biome-ignore format: one row
  t.equal(fuse({ ...silent, outline: 0.5, pattern: 4, along: 0.05 }), fuse(silent), 'what living people show as well says nothing');
  t.ok(fuse({ ...silent, outline: 0.9, along: 0.2 }) < 0.3 * fuse(silent), 'an outline that comes along is a sheet or a screen');
  t.ok(
    fuse({ ...silent, outline: 0.9, along: 0 }) > 0.5 * fuse(silent),
    'a window that stays where it is when the person moves is no paper',
  );
  t.ok(fuse({ ...silent, pattern: 6 }) < fuse(silent) && fuse({ ...silent, along: 0.9 }) < 0.1 * fuse(silent));
  t.ok(fuse({ ...silent, model: 0.001 }) < fuse(silent));
  const sheet = { ...silent, outline: 0.6, along: 0 };
  t.ok(fuse({ ...sheet, sides: 0.9 }) < 0.1 * fuse({ ...sheet, sides: 0.3 }), 'sides that come along are a sheet, however small it is');
  t.ok(fuse({ ...sheet, sides: 0.45, upright: 1 }) < 0.1 * fuse(sheet), 'one straight side is enough: a door may hide the other');
  t.equal(fuse({ ...silent, outline: 0.4, along: 0, sides: 1 }), fuse({ ...silent, along: 0 }), 'a contour that does not close is the own');
  t.ok(fuse({ ...silent, outline: 0.9 }) < 0.25 * fuse(silent), 'while nothing has moved an outline is doubted');
  t.equal(
    fuse({ ...silent, outline: 0.9 }, true),
    fuse({ ...silent, outline: 0.9, along: 0 }),
    'a single picture cannot move: an outline may be a window',
  );
  const still = new SpoofEvidence();
  t.equal(still.liveness, 0, 'nothing seen, nothing believed');
  const picture = grey(320, 240, texture);
  const points = Array.from({ length: 68 }, (_, i) => ({ x: 135 + (i % 9) * 6, y: 90 + Math.floor(i / 9) * 7 }));
  for (let i = 0; i < 6; i++) still.observe(picture, { box: face, points, words: [{ scale: 1, live: 0.6 }] });
  t.equal(still.moving, false);
  t.equal(still.settled(6), false, 'a doubtful face is watched longer');
  t.equal(still.settled(60), true);
  t.match(still.cues, { along: undefined, solid: undefined }, 'a still picture says nothing about motion');
  still.wipe();
});

test('every species of attack is another one for every seed, and the same one for the same', async (t) => {
  const picture = await renderSvg(residentPortrait('ito-sota', 'card'), 300, 400);
  const options = { width: 160, height: 120, frames: 2, eyes: { left: { x: 120, y: 180 }, right: { x: 180, y: 180 } } };
  for (const species of ATTACK_SPECIES) {
    const [one, next] = await composeAttack(picture, planAttack(species, seededRandom(1)), options);
    const [again] = await composeAttack(picture, planAttack(species, seededRandom(1)), options);
    const [other] = await composeAttack(picture, planAttack(species, seededRandom(2)), options);
    t.ok(same(one, again), species);
    t.notOk(same(one, next), 'a hand moves it');
    t.notOk(same(one, other));
  }
});

test('drawn residents are let in, their prints and their pictures on screens are not', async (t) => {
  const models = await loadFaceModels();
  t.teardown(() => models.close());
  let nowMs = 0;
  const timers = new Map<object, { at: number; run: () => void }>();
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    setTimeout: (run, delayMs) => {
      const handle = {};
      timers.set(handle, { at: nowMs + delayMs, run });
      return handle;
    },
    clearTimeout: (handle) => void timers.delete(handle as object),
  };
  const logged: Facts[] = [];
  const log: Log = { ...silentLog, info: (_event, facts = {}) => void logged.push(facts) };
  const verifier = createFaceVerifier({ models, clock, log });
  const decide = async (id: string, as: ShownAs, frameMs = 67) => {
    const picture = await renderSvg(residentPortrait(id, 'card'), 480, 640);
    const camera = new TwinCamera(clock);
    await camera.show(await encodeJpeg(picture), as);
    const enrolled = await embedPortrait(models, picture);
    return verifier.verify(
      enrolled,
      {
        start: () => camera.start(),
        stop: () => camera.stop(),
        nextFrame: async (afterSeq, signal) => {
          // Every frame is looked at, however slow the machine: the hand's motion is the same in every run.
          nowMs += frameMs;
          for (const { at, run } of timers.values()) if (at <= nowMs) run();
          return camera.nextFrame(afterSeq, signal);
        },
      },
      { timeoutMs: 22 * frameMs, signal: new AbortController().signal, onProgress: () => undefined },
    );
  };
  for (const { id } of residents().slice(0, 3)) {
    t.equal((await decide(id, 'person')).outcome, 'match', `${id} in person`);
    for (const as of ['print', 'screen'] as const) t.equal((await decide(id, as)).outcome, 'not-live', `${id} as ${as}`);
  }
  const [anyone] = residents();
  for (const frameMs of [134, 335, 536])
    for (const as of ['print', 'screen'] as const)
      t.equal((await decide(anyone?.id ?? '', as, frameMs)).outcome, 'not-live', `${as} in every ${frameMs} ms`);
  t.ok(
    logged.every((facts) =>
      Object.entries(facts).every(([key, value]) => typeof value === 'number' || ['outcome', 'reason'].includes(key)),
    ),
  );
});
