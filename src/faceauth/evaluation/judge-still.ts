// The attack detection's word on one picture, for measuring: as the kiosk would judge it had it nothing but this frame.

import { SpoofEvidence } from '../antispoof/spoof-evidence.ts';
import { findFacesInStill } from '../find-faces.ts';
import type { FaceModels } from '../models.ts';
import { decodePicture } from '../pictures.ts';
import { chooseFace } from '../quality.ts';
import { findLandmarks, scoreStillLiveness } from '../stages.ts';

/** 0..1, 1 = live; undefined when no face is found. `bytes` are JPEG or PNG; throws KioskFailure input/invalid for anything else. */
export const judgeStill = async (models: FaceModels, bytes: Uint8Array): Promise<number | undefined> => {
  const picture = await decodePicture(bytes);
  const chosen = chooseFace(await findFacesInStill(models, picture), picture);
  if (chosen === undefined) return undefined;
  const { box } = chosen.face;
  const spoof = new SpoofEvidence();
  spoof.observeStill(picture, {
    box,
    points: await findLandmarks(models, picture, box),
    words: await scoreStillLiveness(models, picture, box),
  });
  const { liveness } = spoof;
  spoof.wipe();
  picture.data.fill(0);
  return liveness;
};
