// One look at one picture: the patient's face found, measured, embedded and tested for life, or the reason why not.

import type { FaceHint } from '../core/screens.ts';
import type { ObservedFace } from './antispoof/spoof-evidence.ts';
import type { FaceModels } from './models.ts';
import { greyPlanes } from './planes.ts';
import type { Embedding, Picture } from './ports.ts';
import { chooseFace, type FaceMeasures, lumaOf, placeOf, reasonOf, sharpnessOf, turnOf } from './quality.ts';
import { ALL_SCALES, alignFace, detectFaces, embedFace, findLandmarks, fivePoints, type LivenessScale, scoreLiveness } from './stages.ts';

export type Look =
  | { readonly hint: FaceHint; readonly measures?: FaceMeasures }
  | { readonly hint?: undefined; readonly measures: FaceMeasures; readonly embedding: Embedding; readonly face: ObservedFace };

/** The second plane: green for RGB and BGR alike. */
const greenPlane = (aligned: Float32Array): Float32Array => aligned.subarray(aligned.length / 3, (aligned.length * 2) / 3);

/** Never throws for what is in the picture: no usable face is a hint. `scales`: of the anti-spoofing network; all for a single picture. */
export const lookAt = async (models: FaceModels, picture: Picture, scales: readonly LivenessScale[] = ALL_SCALES): Promise<Look> => {
  const chosen = chooseFace(await detectFaces(models, picture), picture);
  if (chosen === undefined) return { hint: lumaOf(picture, { x: 0, y: 0, ...picture }).face < 20 ? 'dark' : 'none' };
  const { face, rival } = chosen;
  const points = await findLandmarks(models, picture, face.box);
  const five = fivePoints(points);
  const aligned = alignFace(models, picture, five);
  const luma = lumaOf(picture, face.box);
  const measures: FaceMeasures = {
    ...placeOf(face, picture),
    ...turnOf(five),
    rival,
    faceLuma: luma.face,
    surroundLuma: luma.surround,
    sharpness: sharpnessOf(greenPlane(aligned), models.embed.entry.input.width),
  };
  const hint = reasonOf(measures);
  if (hint !== undefined) {
    aligned.fill(0);
    return { hint, measures };
  }
  const embedding = await embedFace(models, greyPlanes(aligned));
  return { measures, embedding, face: { box: face.box, points, words: await scoreLiveness(models, picture, face.box, scales) } };
};
