// A picture of a person who turns the head before the simulated camera: the picture as a relief, seen from a little to either side. The relief is that
// of a head (an ellipsoid with a nose), not of this person; what lies behind it stays where it is.

import type { Point } from '../alignment.ts';
import type { Picture } from '../ports.ts';

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** Depth in eye distances at (u, v) from the middle of eyes and mouth, in eye distances; 0 at the head's rim and beyond. */
const depthAt = (u: number, v: number): number => {
  const skull = 1 - (u / 1.25) ** 2 - ((v + 0.15) / 1.9) ** 2;
  const head = skull > 0 ? 1.25 * Math.sqrt(skull) : 0;
  // The nose comes out of its bridge, most at the tip, a little below the middle.
  const along = clamp((v + 0.45) / 0.65, 0, 1) * clamp((0.42 - v) / 0.2, 0, 1);
  return head + 0.42 * along * Math.exp(-((u / 0.2) ** 2));
};

/**
 * Frames of one swing of the head to both sides, to the picture's right first. `five`: eyes, nose, mouth corners in pixels; `most` in radians.
 * What the turned head uncovers is filled with what is beside it.
 */
export const turnHead = (picture: Picture, five: readonly Point[], { frames, most }: { frames: number; most: number }): Picture[] => {
  const { width, height, channels, data } = picture;
  const [left, right, , mouthLeft, mouthRight] = five as readonly [Point, Point, Point, Point, Point];
  const apart = Math.hypot(right.x - left.x, right.y - left.y);
  const cx = (left.x + right.x + mouthLeft.x + mouthRight.x) / 4;
  const cy = (left.y + right.y + mouthLeft.y + mouthRight.y) / 4;
  const turned = (angle: number): Picture => {
    const out = Uint8Array.from(data);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    for (let y = 0; y < height; y++) {
      const v = (y - cy) / apart;
      for (let x = 0; x < width; x++) {
        const u = (x - cx) / apart;
        if (Math.abs(u) > 1.7 || Math.abs(v) > 2.2) continue;
        // The point of the relief that is seen here: u = from·cos + depth(from)·sin, searched from the nearest side inwards.
        let from = u;
        for (let step = 0; step < 12; step++) {
          const next = (u - depthAt(from, v) * sin) / cos;
          from += 0.5 * (next - from);
        }
        if (depthAt(from, v) <= 0) continue;
        const at = clamp(from * apart + cx, 0, width - 1.001);
        const i = (y * width + (at | 0)) * channels;
        const part = at - (at | 0);
        for (let c = 0; c < channels; c++)
          out[(y * width + x) * channels + c] = (data[i + c] as number) * (1 - part) + (data[i + channels + c] as number) * part;
      }
    }
    return { ...picture, data: out };
  };
  return Array.from({ length: frames }, (_, i) => turned(most * Math.sin((i / frames) * 2 * Math.PI)));
};
