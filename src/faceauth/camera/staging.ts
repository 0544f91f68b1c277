// Puts a picture before the simulated camera: as the person it shows, on paper, or on a screen held up by a hand.
// Light is never improved or spoiled: a person's picture keeps its pixels, so that measurements of the frame stay honest.

import { overlay, overOwnEdges, resizePicture, tiltPicture } from '../pictures.ts';
import type { Picture } from '../ports.ts';

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

const clampByte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

const mapPixels = (picture: Picture, change: (value: number, channel: number, x: number, y: number) => number): Picture => {
  const data = picture.data.map((value, i) => {
    const pixel = (i / 3) | 0;
    return clampByte(change(value, i % 3, pixel % picture.width, (pixel / picture.width) | 0));
  });
  return { ...picture, data };
};

/** Ink on paper: narrower contrast and a halftone. */
const printed = (picture: Picture): Picture =>
  mapPixels(picture, (value, _channel, x, y) => 38 + value * 0.74 + 5 * Math.sin(x * 2.1) * Math.sin(y * 2.1));

/** A phone's panel: cooler, brighter, with a moiré of its pixels against the sensor's and a reflection. */
const displayed = (picture: Picture): Picture =>
  mapPixels(picture, (value, channel, x, y) => {
    const moire = 7 * Math.sin(x * 0.9 + y * 0.23) + 5 * Math.sin(y * 0.81 - x * 0.17);
    const glare = 40 * Math.max(0, 1 - Math.abs(x + y * 0.6 - picture.width * 0.75) / 45);
    return value * (channel === 2 ? 1.06 : 0.97) + 12 + moire + glare;
  });

/** Paper border or bezel around the picture. */
const framed = (picture: Picture, border: number, [r, g, b]: readonly [number, number, number]): Picture =>
  overlay(
    paint(picture.width + 2 * border, picture.height + 2 * border, () => [r, g, b]),
    picture,
    border,
    border,
  );

/** One swing of a hand: offsets in pixels and a tilt in degrees, eight frames. */
const HAND = Array.from({ length: 8 }, (_, i) => {
  const phase = (i / 8) * 2 * Math.PI;
  return { x: Math.round(9 * Math.sin(phase)), y: Math.round(5 * Math.sin(2 * phase)), degrees: 2.5 * Math.cos(phase) };
});

/** The frames of a picture held up as an attack, a loop of eight. */
export const stageAttack = async (picture: Picture, as: 'print' | 'screen'): Promise<Picture[]> => {
  const height = 340;
  const small = await resizePicture(picture, Math.max(1, Math.round((picture.width / picture.height) * height)), height);
  const held = as === 'print' ? framed(printed(small), 14, [226, 224, 218]) : framed(displayed(small), 16, [18, 18, 20]);
  const room = stageNobody();
  return Promise.all(HAND.map(({ x, y, degrees }) => tiltPicture(room, held, degrees, x, y)));
};
