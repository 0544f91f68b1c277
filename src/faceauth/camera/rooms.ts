// Drawn rooms behind whatever is held before the simulated camera: a plain wall, a door, a counter with a window, a board of notices.

import type { Picture } from '../ports.ts';

type Rgb = readonly [number, number, number];

interface Block {
  /** Left, top, right, bottom by the frame's size. */
  readonly at: readonly [number, number, number, number];
  readonly colour: Rgb;
}

/** Colours are relative to the wall's light (1 = the wall). */
const ROOMS: readonly (readonly Block[])[] = [
  [],
  [
    { at: [0.66, 0.04, 0.97, 1], colour: [0.72, 0.66, 0.56] },
    { at: [0.68, 0.07, 0.95, 1], colour: [0.86, 0.78, 0.66] },
    { at: [0.71, 0.52, 0.73, 0.56], colour: [0.4, 0.4, 0.42] },
  ],
  [
    { at: [0.04, 0.05, 0.46, 0.48], colour: [1.1, 1.12, 1.14] },
    { at: [0.06, 0.08, 0.24, 0.45], colour: [1.2, 1.26, 1.3] },
    { at: [0.26, 0.08, 0.44, 0.45], colour: [1.2, 1.26, 1.3] },
    { at: [0, 0.78, 1, 0.84], colour: [0.62, 0.5, 0.4] },
    { at: [0, 0.84, 1, 1], colour: [0.5, 0.4, 0.33] },
  ],
  [
    { at: [0.05, 0.1, 0.95, 0.6], colour: [0.7, 0.62, 0.5] },
    { at: [0.1, 0.15, 0.24, 0.4], colour: [1.05, 1.05, 1.02] },
    { at: [0.28, 0.2, 0.42, 0.36], colour: [0.95, 0.98, 0.8] },
    { at: [0.6, 0.14, 0.74, 0.42], colour: [0.8, 0.95, 1.05] },
    { at: [0.78, 0.2, 0.9, 0.34], colour: [1.05, 0.9, 0.85] },
  ],
];

/** `wall` is the wall's luma. Slow shading across, edges of a lens slightly out of focus. */
export const paintRoom = (kind: number, wall: number, width: number, height: number): Picture => {
  const data = new Uint8Array(width * height * 3);
  const blocks = ROOMS[kind % ROOMS.length] as readonly Block[];
  const soft = width / 320;
  const ramp = (value: number): number => Math.max(0, Math.min(1, value / soft + 0.5));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const shade = wall * (1.03 - 0.12 * (y / height) + 0.05 * Math.cos((x / width - 0.4) * 2.4));
      const colour: [number, number, number] = [1, 0.99, 0.96];
      for (const { at, colour: over } of blocks) {
        const [left, top, right, bottom] = [at[0] * width, at[1] * height, at[2] * width, at[3] * height];
        const cover = ramp(x - left) * ramp(right - x) * ramp(y - top) * ramp(bottom - y);
        if (cover === 0) continue;
        for (let c = 0; c < 3; c++) colour[c] = (colour[c] as number) * (1 - cover) + (over[c] as number) * cover;
      }
      for (let c = 0; c < 3; c++) data[i + c] = Math.max(0, Math.min(255, shade * (colour[c] as number)));
    }
  }
  return { width, height, channels: 3, data };
};
