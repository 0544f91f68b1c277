// Holds a picture before the simulated camera as an attack: printed or displayed, in perspective, in a room, moved by a hand.
// It makes attacks for tests, benches and demonstrations; it knows nothing of what the pipeline looks at.

import { resizePicture } from '../pictures.ts';
import type { Picture } from '../ports.ts';
import type { AttackPlan } from './attack-plan.ts';
import { paintRoom } from './rooms.ts';

export interface Eyes {
  /** Centres in pixels of the picture, image-left first; distance gives the size of the holes. */
  readonly left: { readonly x: number; readonly y: number };
  readonly right: { readonly x: number; readonly y: number };
}

export interface AttackOptions {
  readonly width: number;
  readonly height: number;
  /** Frames of one swing of the hand. */
  readonly frames: number;
  readonly eyes?: Eyes;
}

/** The part of the picture that is shown, in its pixels. */
const shownPart = ({ width, height }: Picture, { aspect, zoom }: AttackPlan) => {
  const w = Math.min(width, height * aspect) / zoom;
  const h = w / aspect;
  return { x: (width - w) / 2, y: Math.min((height - h) / 2, height * 0.02 * zoom + (height - h) * 0.4), width: w, height: h };
};

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** Distance in pixels of (x, y) from the rounded rectangle about the origin; negative inside. */
const outsideBy = (x: number, y: number, halfWidth: number, halfHeight: number, radius: number): number => {
  const dx = Math.abs(x) - halfWidth + radius;
  const dy = Math.abs(y) - halfHeight + radius;
  if (dx <= 0 || dy <= 0) return Math.max(dx, dy) - radius;
  return Math.sqrt(dx * dx + dy * dy) - radius;
};

/** Noise that is the same for the same pixel and frame: −1..1. */
const grain = (i: number, frame: number): number => {
  const h = Math.imul(i ^ (frame * 0x9e3779b1), 0x85ebca6b);
  const g = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (((g ^ (g >>> 16)) >>> 0) / 4294967295) * 2 - 1;
};

interface Pose {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  readonly size: number;
}

const poseAt = ({ offset, turn, swing, height }: AttackPlan, phase: number, frame: { width: number; height: number }): Pose => {
  const px = frame.width / 640;
  return {
    x: frame.width * (0.5 + offset[0]) + swing.x * px * Math.sin(phase),
    y: frame.height * (0.5 + offset[1] + Math.max(0, height - 1) / 5) + swing.y * px * Math.sin(2 * phase + 1),
    yaw: turn.yaw + swing.yaw * Math.sin(phase + 0.7),
    pitch: turn.pitch + swing.pitch * Math.cos(phase),
    roll: turn.roll + swing.roll * Math.sin(phase + 2),
    size: 1 + swing.size * Math.cos(phase + 0.3),
  };
};

/** Sheet coordinates (pixels from its middle, unturned) of a frame pixel, into `out`: the inverse of turning a plane before a pinhole. */
const toSheet = (pose: Pose, focal: number) => {
  const [cy, sy] = [Math.cos(pose.yaw), Math.sin(pose.yaw)];
  const [cp, sp] = [Math.cos(pose.pitch), Math.sin(pose.pitch)];
  const [cr, sr] = [Math.cos(pose.roll), Math.sin(pose.roll)];
  // Columns of R = Rz(roll)·Ry(yaw)·Rx(pitch): the sheet's axes in camera space.
  const ux = [cr * cy, sr * cy, -sy] as const;
  const uy = [cr * sy * sp - sr * cp, sr * sy * sp + cr * cp, cy * sp] as const;
  return (fx: number, fy: number, out: Float64Array): void => {
    const x = fx - pose.x;
    const y = fy - pose.y;
    // (x, y)·(focal + z) = focal·(X, Y) with (X, Y, z) = s·ux + t·uy, solved for s and t.
    const a = focal * ux[0] - x * ux[2];
    const b = focal * uy[0] - x * uy[2];
    const c = focal * ux[1] - y * ux[2];
    const d = focal * uy[1] - y * uy[2];
    const det = a * d - b * c;
    out[0] = ((x * d - b * y) * focal) / det / pose.size;
    out[1] = ((a * y - c * x) * focal) / det / pose.size;
  };
};

/** The loop of frames of one attack. */
export const composeAttack = async (picture: Picture, plan: AttackPlan, options: AttackOptions): Promise<Picture[]> => {
  const { width, height } = options;
  const sheetHeight = plan.height * height;
  const inner = sheetHeight / (1 + 2 * plan.border[1]);
  const part = shownPart(picture, plan);
  // The picture at about the size at which it will be seen: shrinking it later would alias.
  const scale = inner / part.height;
  const image = await resizePicture(picture, Math.round(picture.width * scale), Math.round(picture.height * scale));
  const half = { x: (inner * plan.aspect) / 2, y: inner / 2 };
  const outer = { x: half.x + plan.border[0] * inner, y: half.y + plan.border[1] * inner };
  const radius = plan.rounding * outer.x * 2;
  const innerRadius = Math.max(0, radius - plan.border[0] * inner);
  const room = paintRoom(plan.room, plan.wall, width, height);
  const holes = plan.cutOutEyes && options.eyes !== undefined ? options.eyes : undefined;
  const originX = (part.x + part.width / 2) * scale;
  const originY = (part.y + part.height / 2) * scale;

  /** Bilinear colour of the picture at a sheet coordinate, into `out`. */
  const readPicture = (u: number, v: number, out: Float64Array): void => {
    const x = clamp(u + originX, 0, image.width - 1.001);
    const y = clamp(v + originY, 0, image.height - 1.001);
    const [x0, y0] = [x | 0, y | 0];
    const [fx, fy] = [x - x0, y - y0];
    const row = image.width * 3;
    for (let c = 0, i = (y0 * image.width + x0) * 3; c < 3; c++, i++) {
      const upper = (image.data[i] as number) * (1 - fx) + (image.data[i + 3] as number) * fx;
      const lower = (image.data[i + row] as number) * (1 - fx) + (image.data[i + row + 3] as number) * fx;
      out[c] = upper * (1 - fy) + lower * fy;
    }
  };

  /** 0 = sheet, 1 = the eye behind a hole, 2 = the hole's rim. */
  const holeAt = (u: number, v: number): 0 | 1 | 2 => {
    if (holes === undefined) return 0;
    const apart = Math.hypot(holes.right.x - holes.left.x, holes.right.y - holes.left.y) * scale;
    for (const eye of [holes.left, holes.right]) {
      const d = Math.hypot((u + originX - eye.x * scale) / (apart * 0.27), (v + originY - eye.y * scale) / (apart * 0.15));
      if (d < 1) return d < 0.86 ? 1 : 2;
    }
    return 0;
  };

  const waves = plan.waves
    .filter(({ amplitude }) => amplitude > 0)
    .map(({ amplitude, period, angle }) => ({
      amplitude,
      x: (2 * Math.PI * Math.cos(angle)) / period,
      y: (2 * Math.PI * Math.sin(angle)) / period,
    }));

  const compose = (frame: number): Picture => {
    const phase = (frame / options.frames) * 2 * Math.PI;
    const pose = poseAt(plan, phase, options);
    const sheetOf = toSheet(pose, width * 1.1);
    const data = Uint8Array.from(room.data);
    const light = 1 + 0.25 * (pose.yaw - plan.turn.yaw);
    const colour = new Float64Array(3);
    const at = new Float64Array(2);

    /** Colour of the sheet at (u, v), into `colour`. */
    const readSheet = (u: number, v: number): void => {
      const across = u / outer.x;
      const hole = holeAt(u, v);
      readPicture(hole === 1 ? u + 1.5 * Math.sin(phase * 2) : u, v, colour);
      const inside = clamp(0.5 - outsideBy(u, v, half.x, half.y, innerRadius), 0, 1);
      const diagonal = (across + (v / outer.y) * 0.7 + 1.7) / 3.4 + 0.02 * Math.sin(phase);
      const glare = plan.glare.strength * Math.max(0, 1 - Math.abs(diagonal - plan.glare.at) / plan.glare.width);
      const shade = plan.medium === 'paper' ? light * (1 - plan.bend * 1.5 * across) : 1;
      let wave = 0;
      for (const { amplitude, x, y } of waves) wave += amplitude * Math.sin(u * x + v * y);
      for (let c = 0; c < 3; c++) {
        const seen = colour[c] as number;
        const shown = hole === 1 ? seen * 0.9 : hole === 2 ? 70 : seen * (plan.gain[c] as number) + plan.lift + wave;
        colour[c] = (shown * inside + (plan.borderColour[c] as number) * (1 - inside)) * shade + glare;
      }
    };

    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i += 3) {
        sheetOf(x, y, at);
        const u = at[0] as number;
        const across = u / outer.x;
        const v = (at[1] as number) + plan.bend * sheetHeight * (1 - across * across) * 0.5;
        const noise = plan.noise * grain(i, frame);
        const near = Math.abs(u) < outer.x + 40 && Math.abs(v) < outer.y + 40;
        const cover = near ? clamp(0.5 - outsideBy(u, v, outer.x, outer.y, radius), 0, 1) : 0;
        if (cover > 0) readSheet(u, v);
        // The sheet's shadow on the wall, soft and weak.
        const shade = near && cover < 1 ? 1 - 0.12 * clamp(1 - outsideBy(u - 10, v - 14, outer.x, outer.y, 20) / 22, 0, 1) : 1;
        for (let c = 0; c < 3; c++) {
          const value = (data[i + c] as number) * shade * (1 - cover) + (cover > 0 ? (colour[c] as number) * cover : 0);
          data[i + c] = clamp(Math.round(value + noise), 0, 255);
        }
      }
    }
    if (plan.thumbs) paintThumbs(data, width, height, pose, outer);
    return { width, height, channels: 3, data };
  };
  return Array.from({ length: options.frames }, (_, frame) => compose(frame));
};

/** Two thumbs on the sheet's lower corners, shaded like cylinders. */
const paintThumbs = (data: Uint8Array, width: number, height: number, pose: Pose, outer: { x: number; y: number }): void => {
  const size = outer.y * 0.11;
  for (const side of [-1, 1]) {
    const cx = pose.x + side * outer.x * Math.cos(pose.yaw) * 0.93;
    const cy = pose.y + outer.y * 0.7;
    for (let y = Math.max(0, Math.floor(cy - size)); y < Math.min(height, cy + size); y++) {
      for (let x = Math.max(0, Math.floor(cx - 2 * size)); x < Math.min(width, cx + 2 * size); x++) {
        const d = Math.hypot((x - cx - side * size) / (2 * size), (y - cy) / size);
        if (d > 1) continue;
        const shade = 0.75 + 0.25 * Math.sqrt(1 - d * d);
        const i = (y * width + x) * 3;
        data.set([206 * shade, 160 * shade, 134 * shade], i);
      }
    }
  }
};
