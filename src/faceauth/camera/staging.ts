// Puts a picture before the simulated camera: as the person it shows, on paper, or on a screen held up by a hand.
// Light is never improved or spoiled: a person's picture keeps its pixels, so that measurements of the frame stay honest.

import { overOwnEdges, resizePicture } from '../pictures.ts';
import type { Picture } from '../ports.ts';
import { type AttackSpecies, planAttack, seededRandom } from './attack-plan.ts';
import { composeAttack } from './attacks.ts';

export const FRAME = { width: 640, height: 480 } as const;

/** Scaled to fit the frame (a portrait fills its height); its edges go on softly to the sides. */
export const stagePerson = async (picture: Picture): Promise<Picture> => {
  const scale = Math.min(FRAME.width / picture.width, FRAME.height / picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  return overOwnEdges(await resizePicture(picture, width, height), FRAME.width, FRAME.height);
};

const paint = (width: number, height: number, at: (x: number, y: number) => readonly [number, number, number]): Picture => {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) data.set(at(x, y), i);
  }
  return { width, height, channels: 3, data };
};

/** A reception hall's wall in even light. */
export const stageNobody = (): Picture =>
  paint(FRAME.width, FRAME.height, (x, y) => {
    const shade = Math.round(176 - 22 * (y / FRAME.height) + 10 * Math.cos((x - 320) / 260));
    return [shade, shade - 2, shade - 8];
  });

/** A covered lens: black but for the sensor's noise. */
export const stageDark = (): Picture =>
  paint(FRAME.width, FRAME.height, (x, y) => {
    const noise = (x * 7919 + y * 104729 + ((x * y) % 31)) % 7;
    return [noise, noise, noise];
  });

/** Frames of one swing of the hand: a second. */
const SWING = 15;
const PRINTS: readonly AttackSpecies[] = ['print-bordered', 'print-cut', 'print-bent'];
const SCREENS: readonly AttackSpecies[] = ['phone', 'tablet', 'screen-glare'];

/** The frames of a picture held up as an attack, a loop. Another picture is held another way, the same one always the same way. */
export const stageAttack = (picture: Picture, as: 'print' | 'screen'): Promise<Picture[]> => {
  let seed = 0;
  for (let i = 0; i < picture.data.length; i += 997) seed = (Math.imul(seed, 31) + (picture.data[i] as number)) >>> 0;
  const species = as === 'print' ? PRINTS : SCREENS;
  const plan = planAttack(species[seed % species.length] as AttackSpecies, seededRandom(seed));
  return composeAttack(picture, plan, { ...FRAME, frames: SWING });
};
