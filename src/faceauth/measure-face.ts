// Measures one look at one camera frame, stage by stage, for a bench. Gives every duration in milliseconds; judges nothing.

import { lookAt } from './look.ts';
import type { FaceModels } from './models.ts';
import { decodePicture } from './pictures.ts';
import { chooseFace } from './quality.ts';
import { alignFace, detectFaces, embedFace, findLandmarks, fivePoints, scoreLiveness } from './stages.ts';

export const FACE_PARTS = ['decode', 'detect', 'landmarks', 'align', 'embed', 'liveness'] as const;

/** Durations in milliseconds, in the order they were measured. */
export interface FaceFigures {
  /** From the camera's JPEG to embedding and liveness, as the verifier does it. */
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
  for (let i = 0; i < rounds; i += 1) {
    const look = await timed(whole, async () => lookAt(models, await decodePicture(jpeg)));
    if (look.hint !== undefined) throw new RangeError(`the frame is held back: ${look.hint}`);
    const picture = await timed(parts.decode, () => decodePicture(jpeg));
    const faces = await timed(parts.detect, () => detectFaces(models, picture));
    const chosen = chooseFace(faces, picture);
    if (chosen === undefined) throw new RangeError('no face');
    const { box } = chosen.face;
    const points = await timed(parts.landmarks, () => findLandmarks(models, picture, box));
    const aligned = await timed(parts.align, () => alignFace(models, picture, fivePoints(points)));
    await timed(parts.embed, () => embedFace(models, aligned));
    await timed(parts.liveness, () => scoreLiveness(models, picture, box));
  }
  return { whole, parts };
};
