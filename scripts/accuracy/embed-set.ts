// Embeds a folder of pictures once, as everything that is measured needs it: as a camera's frame, as a card's photo, and as the chip holds that photo.
// Pictures are only read; nothing of them is written anywhere.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCardPhoto } from '../../src/card/twin/jp2.ts';
import { isFailure } from '../../src/core/failure.ts';
import { frameWeight } from '../../src/faceauth/evidence.ts';
import { findFacesInStill } from '../../src/faceauth/find-faces.ts';
import { decodeJp2 } from '../../src/faceauth/jp2.ts';
import type { FaceModels } from '../../src/faceauth/models.ts';
import { decodePicture, toCardPhoto } from '../../src/faceauth/pictures.ts';
import { greyPlanes, mirrored } from '../../src/faceauth/planes.ts';
import type { Embedding, Picture } from '../../src/faceauth/ports.ts';
import { chooseFace, sharpnessOf, turnOf } from '../../src/faceauth/quality.ts';
import { alignFace, embedFace, findLandmarks, fivePoints, normalise } from '../../src/faceauth/stages.ts';
import { embedPortrait } from '../../src/faceauth/verifier.ts';

export interface EmbeddedFace {
  readonly path: string;
  /** undefined: no face was found. */
  readonly frame: Embedding | undefined;
  /** Weight of this frame among several, as the kiosk counts it. */
  readonly weight: number;
  readonly plain: Embedding | undefined;
  /** 240×320, grey, JPEG 2000. */
  readonly chip: Embedding | undefined;
}

const enrolled = async (models: FaceModels, photo: Picture): Promise<Embedding | undefined> =>
  embedPortrait(models, photo).catch((cause: unknown) => {
    if (isFailure(cause, 'face/photo-unreadable')) return undefined;
    throw cause;
  });

export const embedSet = async (models: FaceModels, folder: string, paths: readonly string[]): Promise<EmbeddedFace[]> => {
  const rows: EmbeddedFace[] = [];
  for (const path of paths) {
    const picture = await decodePicture(readFileSync(join(folder, path)));
    const chosen = chooseFace(await findFacesInStill(models, picture), picture);
    let [frame, plain]: (Embedding | undefined)[] = [];
    let weight = 0;
    if (chosen !== undefined) {
      const five = fivePoints(await findLandmarks(models, picture, chosen.face.box));
      const aligned = alignFace(models, picture, five);
      const green = aligned.subarray(aligned.length / 3, (aligned.length * 2) / 3);
      weight = frameWeight({ ...turnOf(five), sharpness: sharpnessOf(green, models.embed.entry.input.width) });
      const grey = greyPlanes(aligned);
      // What embedPortrait makes of the same picture, without finding the face again: the mean with the mirror image.
      const mirror = await embedFace(models, mirrored(grey, models.embed.entry.input.width));
      frame = await embedFace(models, grey);
      const own = frame;
      plain = normalise(mirror.map((value, i) => value + (own[i] as number)));
    }
    const chip = await enrolled(models, await decodeJp2(await encodeCardPhoto(await toCardPhoto(picture))));
    rows.push({ path, frame, weight, plain, chip });
    if (rows.length % 200 === 0) process.stderr.write(`${rows.length} of ${paths.length} pictures\n`);
  }
  return rows;
};
