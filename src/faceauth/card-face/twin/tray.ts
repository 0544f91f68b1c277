// Puts a card's face on the tray under its camera: turned, tilted, lit, mirrored in, in a sleeve, out of focus, with the sensor's noise.
// Only light and lenses are imitated here; what can be read in the picture is for the reader to find out. Pure.

import type { Random } from '../../camera/attack-plan.ts';
import type { Picture } from '../../ports.ts';
import { CARD_MM, homography, project, type Quad, rectangle } from '../geometry.ts';

export interface TrayPlan {
  /** Degrees: in the plane, and out of it about each axis. */
  readonly turn: number;
  readonly tiltX: number;
  readonly tiltY: number;
  /** Upside down on the tray. */
  readonly reversed: boolean;
  readonly pixelsPerMm: number;
  /** Of the card's middle from the picture's, in pixels. */
  readonly shift: { readonly x: number; readonly y: number };
  /** Tray's brightness 0 … 255, and light on the card: 1 = white is 235. */
  readonly tray: number;
  readonly light: number;
  /** Light grows by this share from one edge to the other, in this direction (radians). */
  readonly slope: number;
  readonly slopeAngle: number;
  /** A lamp mirrored in the surface: place in card millimetres, radius in millimetres, strength 0 … 1. */
  readonly glare?: { readonly x: number; readonly y: number; readonly radius: number; readonly stretch: number; readonly strength: number };
  /** A clear sleeve: how much it veils, 0 … .4. */
  readonly sleeve?: number;
  /** Standard deviations: of focus in pixels, of noise in grey levels. */
  readonly blur: number;
  readonly noise: number;
  readonly random: Random;
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Where the card's corners come to lie in the picture. The lens is 1.3 picture widths away. */
export const cardCorners = (plan: TrayPlan, width: number, height: number): Quad => {
  const [a, b, c] = [radians(plan.turn + (plan.reversed ? 180 : 0)), radians(plan.tiltX), radians(plan.tiltY)];
  const lens = 1.3 * width;
  return rectangle(CARD_MM.width, CARD_MM.height).map((corner) => {
    const x0 = (corner.x - CARD_MM.width / 2) * plan.pixelsPerMm;
    const y0 = (corner.y - CARD_MM.height / 2) * plan.pixelsPerMm;
    const x1 = x0 * Math.cos(a) - y0 * Math.sin(a);
    const y1 = x0 * Math.sin(a) + y0 * Math.cos(a);
    const y2 = y1 * Math.cos(b);
    const z2 = y1 * Math.sin(b);
    const x3 = x1 * Math.cos(c) + z2 * Math.sin(c);
    const z3 = -x1 * Math.sin(c) + z2 * Math.cos(c);
    const near = lens / (lens + z3);
    return { x: width / 2 + plan.shift.x + x3 * near, y: height / 2 + plan.shift.y + y2 * near };
  }) as unknown as Quad;
};

/** Distance in millimetres to the card's rounded edge, positive inside. */
const insideBy = (x: number, y: number, margin: number): number => {
  const radius = CARD_MM.cornerRadius;
  const qx = Math.abs(x - CARD_MM.width / 2) - CARD_MM.width / 2 - margin + radius;
  const qy = Math.abs(y - CARD_MM.height / 2) - CARD_MM.height / 2 - margin + radius;
  const outside = Math.hypot(Math.max(qx, 0), Math.max(qy, 0)) + Math.min(Math.max(qx, qy), 0);
  return radius - outside;
};

const blurRows = (from: Float32Array, to: Float32Array, width: number, height: number, weights: readonly number[]): void => {
  const reach = weights.length - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = (from[y * width + x] as number) * (weights[0] as number);
      for (let k = 1; k <= reach; k++) {
        const left = from[y * width + Math.max(0, x - k)] as number;
        const right = from[y * width + Math.min(width - 1, x + k)] as number;
        sum += (left + right) * (weights[k] as number);
      }
      to[x * height + y] = sum; // transposed: the second pass does the columns and turns it back
    }
  }
};

const gaussian = (sigma: number): number[] => {
  const reach = Math.ceil(sigma * 2.5);
  const raw = Array.from({ length: reach + 1 }, (_, k) => Math.exp((-k * k) / (2 * sigma * sigma)));
  const total = raw.reduce((sum, value, k) => sum + (k === 0 ? value : 2 * value), 0);
  return raw.map((value) => value / total);
};

/** Surface of a cast tray, 128 × 128, in grey levels. */
const grainOf = (random: Random): Float32Array => {
  const waves = Array.from({ length: 5 }, () => [1 + Math.floor(random() * 5), 1 + Math.floor(random() * 5), random() * 6] as const);
  return Float32Array.from({ length: 128 * 128 }, (_, i) => {
    const [x, y] = [((i & 127) * Math.PI) / 64, ((i >> 7) * Math.PI) / 64];
    return waves.reduce((sum, [fx, fy, phase]) => sum + 0.8 * Math.sin(fx * x + fy * y + phase), 0);
  });
};

/** The tray camera's picture, grey. `face` is the card edge to edge; undefined: the tray is empty. */
export const placeOnTray = (face: Picture | undefined, plan: TrayPlan, width: number, height: number): Picture => {
  const { random, sleeve, glare } = plan;
  const image = new Float32Array(width * height);
  const corners = cardCorners(plan, width, height);
  const toCard = homography(corners, rectangle(CARD_MM.width, CARD_MM.height));
  if (toCard === undefined) throw new RangeError('the card is seen from its edge');
  const scale = face === undefined ? 1 : face.width / CARD_MM.width;
  const [slopeX, slopeY] = [Math.cos(plan.slopeAngle) * plan.slope, Math.sin(plan.slopeAngle) * plan.slope];
  const grain = grainOf(random);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = plan.light * (1 + slopeX * (x / width - 0.5) + slopeY * (y / height - 0.5));
      const { x: u, y: v } = project(toCard, x, y);
      const inside = insideBy(u, v, 0) * plan.pixelsPerMm;
      // The card throws a soft shadow on the tray.
      const shadow = face !== undefined && inside > -9 && inside < 0 ? 0.75 - inside / 36 : 1;
      let value = (plan.tray + (grain[((y & 127) << 7) | (x & 127)] as number)) * light * shadow;
      if (face !== undefined && inside > -0.5) {
        const cover = Math.min(1, inside + 0.5);
        const px = Math.min(Math.max(u * scale - 0.5, 0), face.width - 1.001);
        const py = Math.min(Math.max(v * scale - 0.5, 0), face.height - 1.001);
        const [left, top] = [px | 0, py | 0];
        const [fx, fy] = [px - left, py - top];
        const at = (top * face.width + left) * face.channels;
        const below = at + face.width * face.channels;
        const { data, channels } = face;
        const green = channels === 1 ? 0 : 1;
        const print =
          ((data[at + green] as number) * (1 - fx) + (data[at + channels + green] as number) * fx) * (1 - fy) +
          ((data[below + green] as number) * (1 - fx) + (data[below + channels + green] as number) * fx) * fy;
        value = value * (1 - cover) + print * 0.92 * light * cover;
      }
      if (sleeve !== undefined) {
        const edge = insideBy(u, v, 2.5);
        if (edge > 0) value = value * (1 - sleeve) + 200 * light * sleeve + (edge < 0.5 ? 25 : 0);
      }
      if (glare !== undefined) {
        const distance = Math.hypot((u - glare.x) / glare.stretch, v - glare.y) / glare.radius;
        if (distance < 2.5) value += 235 * glare.strength * Math.exp(-distance * distance * 1.5);
      }
      image[y * width + x] = value;
    }
  }
  if (plan.blur > 0.2) {
    const weights = gaussian(plan.blur);
    const turned = new Float32Array(width * height);
    blurRows(image, turned, width, height, weights);
    blurRows(turned, image, height, width, weights);
  }
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const noise = (random() + random() + random() - 1.5) * 2 * plan.noise;
    data[i] = Math.max(0, Math.min(255, Math.round((image[i] as number) + noise)));
  }
  image.fill(0);
  return { width, height, channels: 1, data };
};

/** A card as patients lay it down: up to 15° turned and tilted, one in three mirrors a lamp, one in five is in a sleeve. */
export const planTray = (random: Random, width: number): TrayPlan => {
  const between = (low: number, high: number): number => low + random() * (high - low);
  const glare = random() < 0.35;
  const sleeve = random() < 0.2;
  return {
    turn: between(-15, 15),
    tiltX: between(-15, 15),
    tiltY: between(-15, 15),
    reversed: random() < 0.1,
    pixelsPerMm: between(7.6, 9) * (width / 1280),
    shift: { x: between(-0.04, 0.04) * width, y: between(-0.01, 0.01) * width },
    tray: between(25, 95),
    light: between(0.65, 1.05),
    slope: between(0, 0.35),
    slopeAngle: between(0, 6.28),
    ...(glare
      ? { glare: { x: between(0, 85), y: between(0, 54), radius: between(4, 11), stretch: between(1, 2.5), strength: between(0.2, 0.9) } }
      : {}),
    ...(sleeve ? { sleeve: between(0.05, 0.3) } : {}),
    blur: between(0.3, 1.3) * (width / 1280),
    noise: between(1, 6),
    random,
  };
};
