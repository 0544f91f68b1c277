// A picture of a person who stands before the simulated camera as people do: nobody is quite still. Head and shoulders sway, come nearer and turn a
// little; what lies behind them stays. Where they end is a rule of thumb about the face, for a picture does not say.

import type { Point } from '../alignment.ts';
import type { Picture } from '../ports.ts';
import type { Random } from './attack-plan.ts';
import { turnHead } from './turning-head.ts';

/** Largest way of the head to each side in pixels at 640, turn in radians, change of size as a part of it, sensor noise in grey levels. */
export interface Sway {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly size: number;
  readonly noise: number;
}

/** What an upright body does in a few seconds: about as much as a hand that holds up a sheet. */
export const planSway = (random: Random): Sway => {
  const between = (low: number, high: number): number => low + random() * (high - low);
  return { x: between(2, 14), y: between(1, 8), yaw: between(0, 0.2), size: between(0, 0.04), noise: between(0.5, 3) };
};

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** 1 inside of head and shoulders, 0 beyond them; (u, v) in eye distances from the middle of eyes and mouth. */
const bodyAt = (u: number, v: number): number => {
  const head = Math.hypot(u / 1.45, (v + 0.2) / 2);
  const shoulders = v < 1 ? Number.POSITIVE_INFINITY : Math.abs(u) / (1.3 + 2.4 * clamp(v - 1, 0, 1.2));
  return clamp(1 - (Math.min(head, shoulders) - 1) / 0.35, 0, 1);
};

/** Noise that is the same for the same pixel and frame: −1..1. */
const grain = (i: number, frame: number): number => {
  const h = Math.imul(i ^ (frame * 0x9e3779b1), 0x85ebca6b);
  const g = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (((g ^ (g >>> 16)) >>> 0) / 4294967295) * 2 - 1;
};

/** Frames of one sway. `five`: eyes, nose, mouth corners in pixels. */
export const swayPerson = (picture: Picture, five: readonly Point[], sway: Sway, frames: number): Picture[] => {
  const { width, height, channels } = picture;
  const [left, right, , mouthLeft, mouthRight] = five as readonly [Point, Point, Point, Point, Point];
  const apart = Math.hypot(right.x - left.x, right.y - left.y);
  const cx = (left.x + right.x + mouthLeft.x + mouthRight.x) / 4;
  const cy = (left.y + right.y + mouthLeft.y + mouthRight.y) / 4;
  const moved = ({ data }: Picture, frame: number): Picture => {
    const phase = (frame / frames) * 2 * Math.PI;
    const px = width / 640;
    const dx = sway.x * px * Math.sin(phase + 0.4);
    const dy = sway.y * px * Math.sin(2 * phase + 1);
    const grow = sway.size * Math.cos(phase);
    const out = new Uint8Array(data.length);
    const row = width * channels;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const body = bodyAt((x - dx - cx) / apart, (y - dy - cy) / apart);
        const fromX = clamp(x - body * (dx + grow * (x - cx)), 0, width - 1.001);
        const fromY = clamp(y - body * (dy + grow * (y - cy)), 0, height - 1.001);
        const [partX, partY] = [fromX - (fromX | 0), fromY - (fromY | 0)];
        const i = (fromY | 0) * row + (fromX | 0) * channels;
        const at = (y * width + x) * channels;
        const noise = sway.noise * grain(at, frame);
        for (let c = 0; c < channels; c++) {
          const upper = (data[i + c] as number) * (1 - partX) + (data[i + channels + c] as number) * partX;
          const lower = (data[i + row + c] as number) * (1 - partX) + (data[i + row + channels + c] as number) * partX;
          out[at + c] = clamp(Math.round(upper * (1 - partY) + lower * partY + noise), 0, 255);
        }
      }
    }
    return { ...picture, data: out };
  };
  return turnHead(picture, five, { frames, most: sway.yaw }).map(moved);
};
