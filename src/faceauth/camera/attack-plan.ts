// What an attack before the camera looks like, drawn from a seed: species, size, border, light, tilt, motion of the hand, room behind it.
// Numbers only; attack-sheet.ts makes the sheet, attacks.ts holds it before the camera. The ranges are wide so that no cue is fitted to one look.

export const ATTACK_SPECIES = [
  'print-bordered',
  'print-cut',
  'print-bent',
  'print-cut-out-eyes',
  'print-large',
  'phone',
  'tablet',
  'screen-glare',
] as const;

/** Presentation attack instruments (ISO/IEC 30107-3), as far as a picture of the person suffices for them. */
export type AttackSpecies = (typeof ATTACK_SPECIES)[number];

/** Uniform numbers in [0, 1). */
export type Random = () => number;

type Rgb = readonly [number, number, number];

export interface AttackPlan {
  readonly species: AttackSpecies;
  readonly medium: 'paper' | 'screen';
  /** Width by height of the picture on the sheet. */
  readonly aspect: number;
  /** 1 = all of the picture that fits the aspect; more = the middle, enlarged. */
  readonly zoom: number;
  /** Height of the whole sheet by the frame's height. */
  readonly height: number;
  /** Border by the picture's height, sides and ends. */
  readonly border: readonly [sides: number, ends: number];
  readonly borderColour: Rgb;
  /** Radius of the corners by the sheet's width. */
  readonly rounding: number;
  /** value × gain + lift, per channel. */
  readonly gain: Rgb;
  readonly lift: number;
  /** Waves over the picture in frame pixels: amplitude in grey levels, period, direction in radians. */
  readonly waves: readonly { readonly amplitude: number; readonly period: number; readonly angle: number }[];
  /** Brightness and place (0..1 of the diagonal) of a reflection. */
  readonly glare: { readonly strength: number; readonly at: number; readonly width: number };
  /** How far the sheet's middle comes forward, by its height. */
  readonly bend: number;
  readonly cutOutEyes: boolean;
  /** Resting pose: offset by the frame's size, radians. */
  readonly offset: readonly [x: number, y: number];
  readonly turn: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  /** Swing of the hand: pixels at 640, radians, part of the size. */
  readonly swing: {
    readonly x: number;
    readonly y: number;
    readonly yaw: number;
    readonly pitch: number;
    readonly roll: number;
    readonly size: number;
  };
  readonly room: number;
  /** Light of the room on the wall, 0..255. */
  readonly wall: number;
  readonly noise: number;
  readonly thumbs: boolean;
}

/** A small generator with good spread (mulberry32), so that a seed gives the same attacks everywhere. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

const grey = (value: number, warmth = 0): Rgb => [value + warmth, value, value - warmth];

/** One attack of a species. */
export const planAttack = (species: AttackSpecies, random: Random): AttackPlan => {
  const between = (low: number, high: number): number => low + random() * (high - low);
  const chance = (share: number): boolean => random() < share;
  const screen = species === 'phone' || species === 'tablet' || species === 'screen-glare';
  const large = species === 'print-large';
  // Most sheets are too fine for the camera, or it is too soft for them: no waves to be seen.
  const visible = chance(0.4);
  const common = {
    species,
    offset: [between(-0.06, 0.06), between(-0.04, 0.04)],
    turn: { yaw: between(-0.3, 0.3), pitch: between(-0.2, 0.2), roll: between(-0.14, 0.14) },
    swing: {
      x: between(2, 14),
      y: between(1, 8),
      yaw: between(0.02, 0.25),
      pitch: between(0.01, 0.12),
      roll: between(0.005, 0.05),
      size: between(0, 0.04),
    },
    room: Math.floor(random() * 4),
    wall: between(90, 225),
    noise: between(0.5, 3),
    thumbs: chance(0.7),
  } as const;
  if (screen) {
    const phone = species === 'phone' || (species === 'screen-glare' && chance(0.5));
    const brightness = between(0.8, 1.15);
    return {
      ...common,
      medium: 'screen',
      aspect: phone ? between(0.5, 0.66) : between(0.7, 1.4),
      zoom: phone ? between(1, 1.15) : between(1, 1.3),
      height: phone ? between(0.72, 1.05) : between(0.66, 1),
      border: phone ? [between(0.008, 0.03), between(0.02, 0.1)] : [between(0.025, 0.06), between(0.025, 0.06)],
      borderColour: chance(0.8) ? grey(between(8, 45)) : grey(between(190, 245)),
      rounding: between(0.01, 0.09),
      gain: [brightness * between(0.92, 1), brightness, brightness * between(1, 1.1)],
      lift: between(4, 24),
      waves: [
        { amplitude: visible ? between(1, 8) : 0, period: between(3, 14), angle: between(0, Math.PI) },
        { amplitude: visible ? between(0, 4) : 0, period: between(2.2, 6), angle: between(0, Math.PI) },
      ],
      glare: { strength: species === 'screen-glare' ? between(40, 120) : between(0, 25), at: between(0.2, 0.8), width: between(0.05, 0.2) },
      bend: 0,
      cutOutEyes: false,
    };
  }
  const bordered = species === 'print-bordered';
  const margin = bordered ? between(0.02, 0.12) : 0;
  const contrast = between(0.6, 0.95);
  return {
    ...common,
    medium: 'paper',
    aspect: between(0.68, 1.1),
    zoom: large ? between(1.2, 1.6) : between(1, 1.3),
    // A head's size and more, up to where the face is as near as the kiosk lets it be; nearer, it is told to step back.
    height: large ? between(0.84, 1.2) : between(0.58, 1),
    border: [margin, bordered ? between(0.02, 0.12) : 0],
    borderColour: grey(between(205, 248), between(-4, 8)),
    rounding: 0,
    gain: [contrast * between(0.95, 1.05), contrast, contrast * between(0.92, 1.03)],
    lift: between(10, 45),
    waves: [
      { amplitude: visible ? between(1, 5) : 0, period: between(2.1, 4), angle: Math.PI / 4 },
      { amplitude: visible ? between(1, 5) : 0, period: between(2.1, 4), angle: (3 * Math.PI) / 4 },
    ],
    glare: { strength: chance(0.3) ? between(5, 35) : 0, at: between(0.2, 0.8), width: between(0.1, 0.3) },
    bend: species === 'print-bent' ? between(0.06, 0.2) * (chance(0.7) ? 1 : -1) : between(-0.02, 0.02),
    cutOutEyes: species === 'print-cut-out-eyes',
  };
};
