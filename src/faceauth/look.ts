// One look at one picture: the patient's face found, measured, embedded and tested for life, or the reason why not.

import type { FaceDirection, FaceHint } from '../core/screens.ts';
import type { ObservedFace } from './antispoof/spoof-evidence.ts';
import { coveredPart } from './covered.ts';
import { type FaceFinder, findFacesInStill } from './find-faces.ts';
import type { FaceModels } from './models.ts';
import { greyPlanes } from './planes.ts';
import type { Embedding, FacePlace, Picture } from './ports.ts';
import { chooseFace, directionOf, type FaceMeasures, lumaOf, placeOf, reasonOf, sharpnessOf, stillTelling, turnOf } from './quality.ts';
import {
  alignFace,
  embedFace,
  findLandmarks,
  fivePoints,
  type LivenessScale,
  scoreEyes,
  scoreLiveness,
  scoreStillLiveness,
} from './stages.ts';

interface Advice {
  /** What would make the next frame better; none: this one is good. */
  readonly hint?: FaceHint;
  readonly direction?: FaceDirection;
}

export type Look =
  /** Nothing to compare: the hint says why. */
  | (Advice & { readonly hint: FaceHint; readonly place?: FacePlace; readonly measures?: FaceMeasures; readonly embedding?: undefined })
  | (Advice & {
      readonly place: FacePlace;
      readonly measures: FaceMeasures;
      readonly embedding: Embedding;
      readonly face: ObservedFace;
      /** How surely an eye is open, 0..1; where it was asked for. */
      readonly eyes?: number;
      /** What seems to cover a part of the face: told when the match fails. */
      readonly covered?: 'mask' | 'eyes-hidden';
    });

export interface LookOptions {
  /** Scales of the anti-spoofing network; default: all that can be said of a single picture. */
  readonly scales?: readonly LivenessScale[];
  /** Remembers between the frames of a camera; default: everything is searched. */
  readonly finder?: FaceFinder;
  /** The hint of the frame before, which holds on by a margin. */
  readonly before?: FaceHint;
  /** Whether the eyes are open is looked at too. */
  readonly eyes?: boolean;
}

/** The second plane: green for RGB and BGR alike. */
const greenPlane = (aligned: Float32Array): Float32Array => aligned.subarray(aligned.length / 3, (aligned.length * 2) / 3);

/** Never throws for what is in the picture: no usable face is a hint. */
export const lookAt = async (
  models: FaceModels,
  picture: Picture,
  { scales, finder, before, eyes = false }: LookOptions = {},
): Promise<Look> => {
  const faces = finder === undefined ? await findFacesInStill(models, picture) : await finder.find(models, picture);
  const chosen = chooseFace(faces, picture);
  if (chosen === undefined) return { hint: lumaOf(picture, { x: 0, y: 0, ...picture }).face < 20 ? 'dark' : 'none' };
  const { face, rival } = chosen;
  const place = { x: (face.box.x + face.box.width / 2) / picture.width, y: (face.box.y + face.box.height / 2) / picture.height, height: face.box.height / picture.height }; // biome-ignore format: one row
  const points = await findLandmarks(models, picture, face.box);
  const five = fivePoints(points);
  const aligned = alignFace(models, picture, five);
  const luma = lumaOf(picture, face.box);
  const measures: FaceMeasures = {
    ...placeOf(face, picture),
    ...turnOf(five),
    rival,
    clipped: luma.clipped,
    faceLuma: luma.face,
    surroundLuma: luma.surround,
    sharpness: sharpnessOf(greenPlane(aligned), models.embed.entry.input.width),
  };
  const hint = reasonOf(measures, before);
  const direction = directionOf(hint, measures);
  const advice = { ...(hint === undefined ? {} : { hint }), ...(direction === undefined ? {} : { direction }) };
  if (hint !== undefined && !stillTelling(hint)) {
    aligned.fill(0);
    return { ...advice, hint, place, measures };
  }
  const covered = picture.channels === 3 ? coveredPart(aligned, models.embed.entry.input) : undefined;
  const embedding = await embedFace(models, greyPlanes(aligned));
  const { box } = face;
  const words = await (scales === undefined ? scoreStillLiveness(models, picture, box) : scoreLiveness(models, picture, box, scales));
  const open = eyes ? { eyes: await scoreEyes(models, picture, points) } : {};
  return { ...advice, place, measures, embedding, face: { box, points, words }, ...open, ...(covered === undefined ? {} : { covered }) };
};
