// What each tone is made of, and the samples of it. Pitch says what kind of news it is, the side says where to move.
// Pure; the simulated appliance's page plays the same tables.

import type { GuideCue, Tone } from './ports.ts';

/** Hertz (0 = pause) and milliseconds. */
export type Note = readonly [hertz: number, ms: number];

export interface Melody {
  readonly notes: readonly Note[];
  /** −1 left, 0 middle, 1 right. */
  readonly pan?: number;
}

export const TONES: Readonly<Record<Tone, Melody>> = {
  'card-detected': { notes: [[1320, 120]] },
  key: { notes: [[880, 40]] },
  accepted: { notes: [[880, 120], [1175, 120], [1568, 220]] },
  error: { notes: [[330, 220], [262, 300]] },
  // The card is still there: higher and oftener, step by step.
  'alarm-1': { notes: [[880, 200]] },
  'alarm-2': { notes: [[1047, 180], [0, 80], [1047, 180]] },
  'alarm-3': { notes: [[1319, 180], [0, 60], [1319, 180], [0, 60], [1319, 180]] },
}; // biome-ignore format: one tone a line

/** One round of each guide, pause included. Up = come closer or rise, down = step back or lower; the steady high one = hold still. */
export const GUIDES: Readonly<Record<GuideCue, Melody>> = {
  search: { notes: [[262, 120], [0, 900]] },
  closer: { notes: [[523, 110], [0, 30], [784, 110], [0, 450]] },
  back: { notes: [[784, 110], [0, 30], [523, 110], [0, 450]] },
  left: { notes: [[659, 140], [0, 360]], pan: -1 },
  right: { notes: [[659, 140], [0, 360]], pan: 1 },
  up: { notes: [[523, 80], [659, 80], [784, 80], [0, 400]] },
  down: { notes: [[784, 80], [659, 80], [523, 80], [0, 400]] },
  turn: { notes: [[392, 90], [0, 90], [392, 90], [0, 600]] },
  hold: { notes: [[1047, 60], [0, 140]] },
}; // biome-ignore format: one guide a line

const PEAK = 0.35;
/** Short ramps at both ends, so that a tone does not click. */
const RAMP_MS = 6;

/** Interleaved stereo samples, −1..1, of a melody. Constant power panning: sin and cos of a quarter turn. */
export const renderMelody = ({ notes, pan = 0 }: Melody, sampleRate: number): Float32Array => {
  const turn = ((pan + 1) * Math.PI) / 4;
  const [left, right] = [Math.cos(turn), Math.sin(turn)];
  const lengths = notes.map(([, ms]) => Math.round((ms * sampleRate) / 1000));
  const samples = new Float32Array(lengths.reduce((sum, length) => sum + length, 0) * 2);
  const ramp = (RAMP_MS * sampleRate) / 1000;
  let at = 0;
  notes.forEach(([hertz], n) => {
    const length = lengths[n] ?? 0;
    for (let i = 0; hertz > 0 && i < length; i += 1) {
      const edge = Math.min(1, i / ramp, (length - i) / ramp);
      const value = Math.sin((2 * Math.PI * hertz * i) / sampleRate) * edge * PEAK;
      samples[(at + i) * 2] = value * left;
      samples[(at + i) * 2 + 1] = value * right;
    }
    at += length;
  });
  return samples;
};
