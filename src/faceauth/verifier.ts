// Decides whether the person before the camera is the person of the chip's photo. Frames in, a decision out.
// Embeddings and decoded pixels are wiped as soon as they are used; the log gets numbers only.

import type { Clock } from '../core/clock.ts';
import { asFailure, isFailure, KioskFailure } from '../core/failure.ts';
import { systemRandom } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { FaceGuidance, FaceHint, FaceTask } from '../core/screens.ts';
import { withSignal } from '../core/with-signal.ts';
import type { Challenge, ChallengeName } from './antispoof/challenge.ts';
import { createChallenge } from './antispoof/create-challenge.ts';
import { SpoofEvidence } from './antispoof/spoof-evidence.ts';
import { Evidence, frameWeight, HintFilter } from './evidence.ts';
import { FaceFinder, findFacesInStill } from './find-faces.ts';
import { decodeJp2, warmUpJp2 } from './jp2.ts';
import { type Look, lookAt } from './look.ts';
import type { FaceModels } from './models.ts';
import { decodePicture } from './pictures.ts';
import { greyPlanes, mirrored } from './planes.ts';
import type { Camera, CameraFrame, Embedding, FaceDecision, FacePlace, FaceVerifier, Picture } from './ports.ts';
import { chooseFace } from './quality.ts';
import { alignFace, cosine, detectFaces, embedFace, findLandmarks, fivePoints, normalise, scoreLiveness } from './stages.ts';

/** What it refuses and lets through is measured by `npm run bench:attacks`. */
export const DEFAULT_LIVENESS_THRESHOLD = 0.2;

/** Frames that tell something before anything is decided. */
export const ENOUGH_FRAMES = 3;
/** Surely another person: this many good frames over this time, all far below the threshold. */
const SURE_MISMATCH = { frames: 15, afterMs: 3000, below: 0.5 } as const;

export interface FaceVerifierOptions {
  readonly models: FaceModels;
  /** Cosine from which two faces are one person; default from the model pack (0.50). */
  readonly threshold?: number;
  readonly livenessThreshold?: number;
  /** What a patient who was recognised is asked to do before the match counts; default none. */
  readonly challenge?: ChallengeName;
  /** A number in [0, 1) for the order of what is asked. */
  readonly random?: () => number;
  /** Told with every frame that was looked at: where the face is, or that there is none. */
  readonly onFace?: (place: FacePlace | undefined) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Embedding of the largest face of a document's portrait. Throws KioskFailure face/photo-unreadable when there is none. */
export const embedPortrait = async (models: FaceModels, picture: Picture): Promise<Embedding> => {
  const chosen = chooseFace(await findFacesInStill(models, picture), picture);
  if (chosen === undefined)
    throw new KioskFailure('face/photo-unreadable', { facts: { reason: 'no face' }, message: 'The photo shows no face.' });
  const five = fivePoints(await findLandmarks(models, picture, chosen.face.box));
  const aligned = greyPlanes(alignFace(models, picture, five));
  // The mean with its mirror image: made once per visit, it takes the photo's own light and pose out.
  const mirror = await embedFace(models, mirrored(aligned, models.embed.entry.input.width));
  const portrait = await embedFace(models, aligned);
  for (let i = 0; i < portrait.length; i++) portrait[i] = (portrait[i] as number) + (mirror[i] as number);
  mirror.fill(0);
  return normalise(portrait);
};

/** What one camera frame shows; a frame that arrived damaged counts as showing nobody. */
const lookAtFrame = async (
  models: FaceModels,
  frame: CameraFrame,
  {
    spoof,
    before,
    ...how
  }: { readonly spoof: SpoofEvidence; readonly finder: FaceFinder; readonly before: FaceHint | undefined; readonly eyes: boolean },
): Promise<Look> => {
  // biome-ignore format: one row
  const picture = await decodePicture(frame.jpeg).catch((cause: unknown) => {
    if (isFailure(cause, 'input/invalid')) return undefined;
    throw cause;
  });
  if (picture === undefined) return { hint: 'none' };
  try {
    const look = await lookAt(models, picture, { scales: spoof.nextScales, ...how, ...(before === undefined ? {} : { before }) });
    if (look.embedding !== undefined) spoof.observe(picture, look.face);
    return look;
  } finally {
    picture.data.fill(0);
  }
};

/** Whoever does as asked is not told to look ahead, or that a moving face is blurred. */
const TURNING: readonly (FaceHint | undefined)[] = ['turned', 'blurred', undefined];

/** What one look tells the patient; what covers the face only while the match has not succeeded. */
const guidanceOf = (look: Look, matched: boolean, task: FaceTask | undefined): FaceGuidance => {
  if (task !== undefined && TURNING.includes(look.hint)) return { task };
  if (look.hint !== undefined) return { hint: look.hint, ...(look.direction === undefined ? {} : { direction: look.direction }) };
  return matched || look.embedding === undefined || look.covered === undefined ? {} : { hint: look.covered };
};

/** What the evidence amounts to when the time is over. `shown`: what the patient was to do was seen. */
const decideAtEnd = (evidence: Evidence, liveness: number, threshold: number, livenessThreshold: number, shown: boolean): FaceDecision => {
  const { frames, goodFrames, heldFrames, score, dominantHint } = evidence;
  const seen = goodFrames + heldFrames >= ENOUGH_FRAMES && score >= threshold;
  if (goodFrames < ENOUGH_FRAMES && !seen) return { outcome: 'no-face', reason: dominantHint?.hint ?? 'none', frames };
  const numbers = { score, liveness, frames };
  if (score >= threshold && liveness >= livenessThreshold && shown) return { outcome: 'match', ...numbers };
  if (score >= threshold) return { outcome: 'not-live', ...numbers, reason: 'not-live' };
  const hindered = dominantHint !== undefined && dominantHint.frames > goodFrames;
  return { outcome: 'no-match', ...numbers, reason: hindered ? dominantHint.hint : (evidence.covered ?? 'no-match') };
};

/** A turned face is less like the portrait; of other people one in a hundred reaches half the threshold. */
const TURNING_LIKENESS = 0.5;

/** From here on "hold still" would be a promise that is not kept: most faces are recognised within two seconds. */
const SLOW_MS = 3000;

export const createFaceVerifier = (options: FaceVerifierOptions): FaceVerifier => {
  const { models, clock, log, threshold = models.manifest.thresholds.match, livenessThreshold = DEFAULT_LIVENESS_THRESHOLD } = options;
  const { challenge: asked = 'none', random = () => (systemRandom(1)[0] as number) / 256 } = options;

  /** A decision that needs no more frames. */
  const sure = (evidence: Evidence, spoof: SpoofEvidence, elapsedMs: number): 'match' | 'mismatch' | undefined => {
    const { score, goodFrames } = evidence;
    const telling = goodFrames + evidence.heldFrames;
    if (telling < ENOUGH_FRAMES) return undefined;
    if (score >= threshold) {
      return spoof.settled(telling) && spoof.liveness >= livenessThreshold ? 'match' : undefined;
    }
    const { frames, afterMs, below } = SURE_MISMATCH;
    return goodFrames >= frames && elapsedMs >= afterMs && score < threshold * below ? 'mismatch' : undefined;
  };

  /** Landmarks for the challenge; who turns must still look somewhat like the card's person, who was recognised a moment ago. */
  const observeTask = (challenge: Challenge, look: Look, enrolled: Embedding, recognised: boolean): void => {
    if (look.embedding === undefined) return;
    const seen = { points: look.face.points, ...(look.eyes === undefined || look.hint === 'blurred' ? {} : { eyes: look.eyes }) };
    if (!recognised) challenge.observeFront(seen);
    else if (cosine(enrolled, look.embedding) >= threshold * TURNING_LIKENESS) challenge.observeTask(seen);
  };

  const watch: FaceVerifier['verify'] = async (enrolled, camera, { timeoutMs, signal, onProgress }) => {
    const startedAt = clock.monotonicMs();
    const timeout = new AbortController();
    const timer = clock.setTimeout(() => timeout.abort(), timeoutMs);
    const evidence = new Evidence(enrolled);
    const spoof = new SpoofEvidence();
    const hints = new HintFilter();
    const finder = new FaceFinder();
    const challenge = createChallenge(asked, random());
    let recognised = false;
    let seq = -1;
    let before: FaceHint | undefined;
    let goodSince: number | undefined;
    try {
      while (!timeout.signal.aborted) {
        signal.throwIfAborted();
        const frame = await withSignal([signal, timeout.signal], (ended) => nextFrame(camera, seq, ended, signal, timeout.signal));
        if (frame === undefined) break;
        seq = frame.seq;
        const look = await lookAtFrame(models, frame, { spoof, finder, before, eyes: asked === 'blink' });
        before = look.hint;
        options.onFace?.(look.place);
        if (challenge !== undefined) observeTask(challenge, look, enrolled, recognised);
        if (look.hint !== undefined) evidence.addHint(look.hint, look.embedding);
        else
          evidence.addGood(look.embedding, { weight: frameWeight(look.measures), ...(look.covered === undefined ? {} : { covered: look.covered }) }); // biome-ignore format: one row
        const verdict = sure(evidence, spoof, clock.monotonicMs() - startedAt);
        recognised ||= verdict === 'match';
        const task = recognised ? challenge?.task : undefined;
        const guidance = guidanceOf(look, evidence.score >= threshold, task);
        const now = clock.monotonicMs();
        goodSince = guidance.hint === undefined && task === undefined ? (goodSince ?? now) : undefined;
        const slow = goodSince !== undefined && now - goodSince >= SLOW_MS;
        const { shown, changed } = hints.next(slow ? { ...guidance, slow } : guidance);
        if (changed) onProgress(shown);
        if (verdict !== undefined && task === undefined) break;
      }
      signal.throwIfAborted();
      const shown = challenge === undefined || (recognised && challenge.task === undefined);
      const decision = decideAtEnd(evidence, spoof.liveness, threshold, livenessThreshold, shown);
      log.info('face.decided', { ...decision, ...spoof.numbers, ...challenge?.numbers, ms: Math.round(clock.monotonicMs() - startedAt) });
      return decision;
    } finally {
      clock.clearTimeout(timer);
      evidence.wipe();
      spoof.wipe();
    }
  };

  return {
    enrol: async (photoJp2) => {
      const picture = await decodeJp2(photoJp2);
      try {
        return await embedPortrait(models, picture);
      } finally {
        picture.data.fill(0);
      }
    },
    verify: async (enrolled, camera, request) => {
      camera.start();
      try {
        return await watch(enrolled, camera, request);
      } finally {
        camera.stop();
      }
    },
  };
};

/** The next frame, or undefined when the time was over first. Rejects with the visit's reason, or camera/unavailable. */
const nextFrame = async (
  camera: Camera,
  afterSeq: number,
  ended: AbortSignal,
  visit: AbortSignal,
  time: AbortSignal,
): Promise<CameraFrame | undefined> => {
  try {
    return await camera.nextFrame(afterSeq, ended);
  } catch (cause) {
    visit.throwIfAborted();
    if (time.aborted) return undefined;
    throw asFailure(cause, 'camera/unavailable');
  }
};

/** Runs every network and the photo codec once, so that the first patient does not wait for them. */
export const warmUpFaceModels = async (models: FaceModels): Promise<void> => {
  const blank: Picture = { width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3).fill(128) };
  const whole = { x: 0, y: 0, width: 64, height: 64 };
  const five = fivePoints(await findLandmarks(models, blank, whole));
  await Promise.all([
    warmUpJp2(),
    detectFaces(models, blank),
    embedFace(models, alignFace(models, blank, five)),
    scoreLiveness(models, blank, whole),
  ]);
};
