// Whether small faces are found: pictures shrunk until the face is 60 pixels high, placed by a seed in a drawn hall, in frames of both shapes.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../src/faceauth/camera/attack-plan.ts';
import { paintRoom } from '../../src/faceauth/camera/rooms.ts';
import { FaceFinder, findFacesInStill } from '../../src/faceauth/find-faces.ts';
import type { FaceModels } from '../../src/faceauth/models.ts';
import { decodePicture, overlay, resizePicture } from '../../src/faceauth/pictures.ts';
import { chooseFace } from '../../src/faceauth/quality.ts';
import type { DetectedFace } from '../../src/faceauth/stages.ts';

const HEIGHT = 60;
/** A camera's frames until a far face must have been found: its windows are taken in turn. */
const FRAMES = 8;
const SHAPES = [
  [1280, 720],
  [720, 1280],
] as const;

export const measureFarFaces = async (models: FaceModels, folder: string, paths: readonly string[], seed: number) => {
  const random = seededRandom(seed);
  const rows = SHAPES.map(([width, height]) => ({ width, height, shown: 0, still: 0, frames: 0 }));
  for (const path of paths) {
    const picture = await decodePicture(readFileSync(join(folder, path)));
    const chosen = chooseFace(await findFacesInStill(models, picture), picture);
    if (chosen === undefined) continue;
    const { box } = chosen.face;
    const scale = HEIGHT / box.height;
    const small = await resizePicture(picture, Math.round(picture.width * scale), Math.round(picture.height * scale));
    for (const row of rows) {
      const [x, y] = [Math.floor(random() * (row.width - small.width)), Math.floor(random() * (row.height - small.height))];
      const scene = overlay(paintRoom(Math.floor(random() * 4), 90 + random() * 130, row.width, row.height), small, x, y);
      const middle = { x: x + (box.x + box.width / 2) * scale, y: y + (box.y + box.height / 2) * scale };
      const there = (faces: readonly DetectedFace[]): boolean =>
        faces.some(({ box: b }) => Math.hypot(b.x + b.width / 2 - middle.x, b.y + b.height / 2 - middle.y) < HEIGHT / 2);
      row.shown++;
      if (there(await findFacesInStill(models, scene))) row.still++;
      const finder = new FaceFinder();
      for (let i = 0; i < FRAMES; i++) {
        if (!there(await finder.find(models, scene))) continue;
        row.frames++;
        break;
      }
    }
  }
  return { height: HEIGHT, frames: FRAMES, shapes: rows };
};
