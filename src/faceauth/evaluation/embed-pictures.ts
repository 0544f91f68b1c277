// Embeddings of many pictures for measuring, made by the shipped stages: once as the photo of a card, once as one camera frame.

import { isFailure } from '../../core/failure.ts';
import { findFacesInStill } from '../find-faces.ts';
import { decodeJp2 } from '../jp2.ts';
import type { FaceModels } from '../models.ts';
import { decodePicture } from '../pictures.ts';
import { greyPlanes } from '../planes.ts';
import type { Embedding, Picture } from '../ports.ts';
import { chooseFace } from '../quality.ts';
import { alignFace, embedFace, findLandmarks, fivePoints } from '../stages.ts';
import { embedPortrait } from '../verifier.ts';

/** One frame of a camera, as the kiosk embeds it; undefined when there is no face in it. */
export const embedFrame = async (models: FaceModels, picture: Picture): Promise<Embedding | undefined> => {
  const chosen = chooseFace(await findFacesInStill(models, picture), picture);
  if (chosen === undefined) return undefined;
  const five = fivePoints(await findLandmarks(models, picture, chosen.face.box));
  return embedFace(models, greyPlanes(alignFace(models, picture, five)));
};

/** Encodes a picture as a card's chip holds it. */
export type ChipEncoder = (picture: Picture) => Promise<Uint8Array>;

/** `card` as the kiosk enrols it, through `chip` when given. undefined: failure to enrol. Throws input/invalid for a damaged picture. */
export const embedBoth = async (
  models: FaceModels,
  bytes: Uint8Array,
  chip?: ChipEncoder,
): Promise<{ card: Embedding | undefined; frame: Embedding | undefined }> => {
  const picture = await decodePicture(bytes);
  const frame = await embedFrame(models, picture);
  const photo = chip === undefined ? picture : await decodeJp2(await chip(picture));
  const card = await embedPortrait(models, photo).catch((cause: unknown) => {
    if (isFailure(cause, 'face/photo-unreadable')) return undefined;
    throw cause;
  });
  return { card, frame };
};
