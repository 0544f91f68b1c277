import { test } from 'tap';
import { parseConfig } from '../../src/config/read.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Facts } from '../../src/core/failure.ts';
import { type Log, silentLog } from '../../src/core/log.ts';
import { BlinkChallenge } from '../../src/faceauth/antispoof/blink-challenge.ts';
import { TurnChallenge } from '../../src/faceauth/antispoof/turn-challenge.ts';
import { planAttack, seededRandom } from '../../src/faceauth/camera/attack-plan.ts';
import { composeAttack } from '../../src/faceauth/camera/attacks.ts';
import { turnHead } from '../../src/faceauth/camera/turning-head.ts';
import { loadFaceModels } from '../../src/faceauth/models.ts';
import { encodeJpeg, renderSvg } from '../../src/faceauth/pictures.ts';
import type { Camera, FaceProgress, Picture } from '../../src/faceauth/ports.ts';
import { detectFaces, findLandmarks, fivePoints } from '../../src/faceauth/stages.ts';
import { createFaceVerifier, embedPortrait } from '../../src/faceauth/verifier.ts';
import { guideCueOf } from '../../src/main/guide-cue.ts';
import { faceTryMs, visitSettingsOf } from '../../src/main/settings-of.ts';
import { residentPortrait } from '../../src/twin/residents.ts';
import { closeEyes } from './fixtures/closing-eyes.ts';

const models = await loadFaceModels();
const SIZE = { width: 640, height: 480 } as const;
/** The two residents least alike. */
const [person, accomplice] = ['ito-sota', 'watanabe-daichi'] as const;

const before = (id: string) => renderSvg(residentPortrait(id, 'camera'), SIZE.width, SIZE.height);
const turning = async (id: string, most = 0.6): Promise<Picture[]> => {
  const still = await before(id);
  const [face] = await detectFaces(models, still);
  if (face === undefined) throw new Error('the drawing shows no face');
  return turnHead(still, fivePoints(await findLandmarks(models, still, face.box)), { frames: 16, most });
};
/** Eyes open for a while, shut for a moment, open again. */
const blinking = async (id: string, closed = 1): Promise<Picture[]> => {
  const still = await before(id);
  const [face] = await detectFaces(models, still);
  if (face === undefined) throw new Error('the drawing shows no face');
  const points = await findLandmarks(models, still, face.box);
  const shut = [0.5, 1, 1, 1, 0.5].map((part) => closeEyes(still, points, part * closed));
  return [...Array.from({ length: 7 }, () => still), ...shut];
};
/** A flat picture turned to both sides further than a head is asked to, by a hand. */
const turnedFlat = async (species: 'print-cut' | 'print-bent' | 'phone'): Promise<Picture[]> => {
  const plan = planAttack(species, seededRandom(5));
  const wide = { ...plan, turn: { ...plan.turn, yaw: 0 }, swing: { ...plan.swing, yaw: 0.8 } };
  return composeAttack(await renderSvg(residentPortrait(person, 'card'), 480, 640), wide, { ...SIZE, frames: 16 });
};

interface Watched {
  readonly challenge?: 'turn' | 'blink';
  /** Whose card it is. */
  readonly holder?: string;
}

interface Verdict {
  readonly outcome: string;
  readonly tasks: readonly (string | undefined)[];
  readonly hints: readonly (string | undefined)[];
  readonly turns: unknown;
  readonly blinks: unknown;
}

/** Shows one frame after the other, again and again, 100 ms apart; the network's own word is not asked, so that the challenge alone decides. */
const watch = async (
  shown: readonly Picture[],
  random: number,
  timeoutMs = 12_000,
  { challenge = 'turn', holder = person }: Watched = {},
): Promise<Verdict> => {
  const frames = await Promise.all(shown.map((picture) => encodeJpeg(picture)));
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
  const camera: Camera = {
    start: () => undefined,
    stop: () => undefined,
    nextFrame: async (afterSeq) => {
      nowMs += 100;
      for (const { at, run } of timers.values()) if (at <= nowMs) run();
      return { seq: afterSeq + 1, at: nowMs, jpeg: Uint8Array.from(frames[(afterSeq + 1) % frames.length] as Uint8Array) };
    },
  };
  const decided: Facts[] = [];
  const log: Log = { ...silentLog, info: (_event, facts = {}) => void decided.push(facts) };
  const verifier = createFaceVerifier({ models, clock, log, livenessThreshold: 0, challenge, random: () => random });
  const enrolled = await embedPortrait(models, await renderSvg(residentPortrait(holder, 'card'), 480, 640));
  const told: FaceProgress[] = [];
  const { outcome } = await verifier.verify(enrolled, camera, {
    timeoutMs,
    signal: new AbortController().signal,
    onProgress: (progress) => void told.push(progress),
  });
  return {
    outcome,
    tasks: told.flatMap(({ task }) => task ?? []),
    hints: told.map(({ hint }) => hint),
    turns: decided.at(-1)?.['turns'],
    blinks: decided.at(-1)?.['blinks'],
  };
};

test('who turns the head to both sides, whichever is asked first, is let in and never told to look ahead', async (t) => {
  const frames = await turning(person);
  const first = await watch(frames, 0);
  t.equal(first.outcome, 'match');
  t.same(first.tasks, ['turn-left', 'turn-right']);
  const other = await watch(frames, 0.9);
  t.equal(other.outcome, 'match');
  t.same(other.tasks, ['turn-right', 'turn-left']);
  t.notOk([...first.hints, ...other.hints].includes('turned'));
  t.equal(other.turns, 2);
});

test('who only looks ahead, or turns a little, is told what to do until the time is over, and not let in', async (t) => {
  t.match(await watch([await before(person)], 0, 4000), { outcome: 'not-live', tasks: ['turn-left'], turns: 0 });
  t.match(await watch(await turning(person, 0.12), 0, 4000), { outcome: 'not-live', tasks: ['turn-left'], turns: 0 });
});

test('a print, a bent print and a phone turned widely to both sides are no turned head', async (t) => {
  for (const species of ['print-cut', 'print-bent', 'phone'] as const) {
    const { outcome, tasks, turns } = await watch(await turnedFlat(species), 0, 6000);
    t.equal(outcome, 'not-live', species);
    t.same([tasks, turns], [['turn-left'], 0], `${species}: recognised, asked, and no turn seen`);
  }
});

test('another person who turns the head in the place of the one who was recognised does not help', async (t) => {
  const frames = [...Array.from({ length: 14 }, () => before(person))];
  const shown = [...(await Promise.all(frames)), ...(await turning(accomplice)), ...(await turning(accomplice))];
  const { outcome, turns } = await watch(shown, 0, 4500);
  t.not(outcome, 'match');
  t.equal(turns, 0);
});

/** A resident whose drawn lids the network knows as lids. */
const BLINKER = 'kobayashi-naomi';

test('who is asked to blink and does so is let in', async (t) => {
  const seen = await watch(await blinking(BLINKER), 0, 12_000, { challenge: 'blink', holder: BLINKER });
  t.match(seen, { outcome: 'match', tasks: ['blink'], blinks: 1, turns: undefined });
});

test('who looks on with open eyes is asked to blink until the time is over, and not let in', async (t) => {
  const open = await watch([await before(BLINKER)], 0, 4000, { challenge: 'blink', holder: BLINKER });
  t.match(open, { outcome: 'not-live', tasks: ['blink'], blinks: 0 });
});

test('a print and a phone moved by a hand are not seen to blink', async (t) => {
  for (const species of ['print-cut', 'phone'] as const) {
    const { outcome, tasks, blinks } = await watch(await turnedFlat(species), 0, 4000, { challenge: 'blink' });
    t.equal(outcome, 'not-live', species);
    t.same([tasks, blinks], [['blink'], 0], species);
  }
});

test('eyes that shut and stay shut, or only narrow, are no blink; a blurred frame says nothing', (t) => {
  const points = Array.from({ length: 68 }, (_, i) => ({ x: i, y: i * 7 }));
  const asked = (...after: (number | undefined)[]) => {
    const challenge = new BlinkChallenge(new TurnChallenge(0));
    for (const eyes of [0.99, 0.2, 1, 0.98, 1]) challenge.observeFront({ points, eyes });
    t.equal(challenge.task, 'blink');
    for (const eyes of after) challenge.observeTask(eyes === undefined ? { points } : { points, eyes });
    return challenge.task;
  };
  t.equal(asked(1, 0.01, 0.02, 0.9, 1), undefined, 'a blink');
  t.equal(asked(1, 0.01, 0.4, 0.02, 0.5, 0.9, 1), undefined, 'a slow one');
  t.equal(asked(0.01, 0.02, 0.01, 0.02), 'blink', 'stay shut');
  t.equal(asked(1, 0.3, 0.2, 0.3, 1, 1), 'blink', 'narrow');
  t.equal(asked(0.01, 1, 0.01, 1, 0.01, 1), 'blink', 'one frame is a flicker');
  t.equal(asked(undefined, undefined, 1, 1), 'blink', 'blurred');
  t.end();
});

test('where the eyes cannot be seen surely, the head is asked to turn', (t) => {
  const points = Array.from({ length: 68 }, (_, i) => ({ x: i, y: i * 7 }));
  const challenge = new BlinkChallenge(new TurnChallenge(0.9));
  for (const eyes of [0.1, 0.6, 0.9, 0.3]) challenge.observeFront({ points, eyes });
  t.equal(challenge.task, 'turn-right');
  for (const eyes of [0.01, 0.01, 1, 1]) challenge.observeTask({ points, eyes });
  t.equal(challenge.task, 'turn-right', 'a blink does not help then');
  t.same(challenge.numbers, { turns: 0 });
  t.end();
});

test('a facility turns the challenge on in its file; a try lasts longer then, and a tone leads to the side', async (t) => {
  const read = (text: string) => parseConfig(text, 'kiosk.toml');
  const [plain, asked] = [read(''), read('[face]\nchallenge = "turn"\n')];
  t.equal(faceTryMs(plain), plain.visit.faceSeconds * 1000);
  t.equal(faceTryMs(asked), plain.visit.faceSeconds * 1000 + 8000);
  t.ok(visitSettingsOf(asked).timeouts.faceMs > faceTryMs(asked), 'the visit waits for the end of the try');
  t.equal(faceTryMs(read('[face]\nchallenge = "blink"\n')), faceTryMs(asked));
  t.throws(() => read('[face]\nchallenge = "wink"\n'), /face\.challenge/);
  const screen = { screen: 'face', language: 'ja', methods: ['face', 'pin', 'staff'] } as const;
  t.equal(guideCueOf({ ...screen, task: 'turn-left' }), 'left');
  t.equal(guideCueOf({ ...screen, task: 'turn-right' }), 'right');
  t.equal(guideCueOf({ ...screen, task: 'turn-left', hint: 'too-far' }), 'closer');
});

test('networks are closed', async (t) => {
  await t.resolves(models.close());
});
