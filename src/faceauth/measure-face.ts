// Measures one look at one camera frame, stage by stage, for a bench. Gives every duration in milliseconds; judges nothing.

import { SpoofEvidence } from './antispoof/spoof-evidence.ts';
import { FaceFinder } from './find-faces.ts';
import { lookAt } from './look.ts';
import type { FaceModels } from './models.ts';
import { decodePicture } from './pictures.ts';
import { chooseFace } from './quality.ts';
import { alignFace, detectFaces, embedFace, findLandmarks, fivePoints, type LivenessScale, scoreLiveness } from './stages.ts';

export const FACE_PARTS = ['decode', 'detect', 'landmarks', 'align', 'embed', 'liveness'] as const;

/** Durations in milliseconds, in the order they were measured. */
export interface FaceFigures {
  /** From the camera's JPEG to embedding and every cue whose turn it is, as the verifier does it frame by frame. */
  readonly whole: readonly number[];
  readonly parts: Readonly<Record<(typeof FACE_PARTS)[number], readonly number[]>>;
}

/** `jpeg` shows a face that is good enough to embed; RangeError otherwise. Warm up the models before. */
export const measureFace = async (models: FaceModels, jpeg: Uint8Array, rounds = 40): Promise<FaceFigures> => {
  const whole: number[] = [];
  const parts = { decode: [], detect: [], landmarks: [], align: [], embed: [], liveness: [] } as Record<
    (typeof FACE_PARTS)[number],
    number[]
  >;
  const timed = async <T>(into: number[], work: () => T | Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    into.push(performance.now() - start);
    return result;
  };
  const spoof = new SpoofEvidence();
  const finder = new FaceFinder();
  for (let i = 0; i < rounds; i += 1) {
    const look = await timed(whole, async () => {
      const picture = await decodePicture(jpeg);
      const seen = await lookAt(models, picture, { scales: spoof.nextScales, finder });
      if (seen.embedding !== undefined) spoof.observe(picture, seen.face);
      return seen;
    });
    if (look.hint !== undefined) throw new RangeError(`the frame is held back: ${look.hint}`);
    const picture = await timed(parts.decode, () => decodePicture(jpeg));
    const faces = await timed(parts.detect, () => detectFaces(models, picture));
    const chosen = chooseFace(faces, picture);
    if (chosen === undefined) throw new RangeError('no face');
    const { box } = chosen.face;
    const points = await timed(parts.landmarks, () => findLandmarks(models, picture, box));
    const aligned = await timed(parts.align, () => alignFace(models, picture, fivePoints(points)));
    await timed(parts.embed, () => embedFace(models, aligned));
    await timed(parts.liveness, () => scoreLiveness(models, picture, box, [(i % 3) as LivenessScale]));
  }
  return { whole, parts };
};
