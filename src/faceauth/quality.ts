// Why a frame does not help yet: measurements of one frame, and one table of limits over them. Pure functions, no pixels kept.
// The limits are lenient on purpose: a frame is held back only when the match would suffer; see docs of `npm run bench:faces`.

import type { FaceDirection, FaceHint } from '../core/screens.ts';
import type { Point } from './alignment.ts';
import type { Picture } from './ports.ts';
import type { Box } from './sampling.ts';
import type { DetectedFace } from './stages.ts';

export interface FaceMeasures {
  /** Height of the face box by the frame's height. */
  readonly size: number;
  /** Prominence (size and centrality) of the next face by this one's. */
  readonly rival: number;
  /** Height of the face box in pixels. */
  readonly pixels: number;
  /** Where the frame's edge cuts the face most, as the way the patient is to go in the mirrored picture, and by how much of the face. */
  readonly cut: { readonly by: number; readonly direction: FaceDirection };
  /** Sideways turn: nose tip off the middle of the eyes, in eye distances; 0 = frontal, 0.5 = before an eye. */
  readonly yaw: number;
  /** Tilt of the line of the eyes, degrees. */
  readonly roll: number;
  /** Part of the face that is as white as the camera can see, 0..1. */
  readonly clipped: number;
  /** Mean luma of the face and of everything around it, 0..255. */
  readonly faceLuma: number;
  readonly surroundLuma: number;
  /** Mean absolute second difference of the aligned face by its standard deviation. */
  readonly sharpness: number;
}

export const LIMITS = {
  minPixels: 72,
  /** Nearer, what stands around a face is not in the frame: of large prints that fill up to .88 of it one in nine to twelve passed, of those at .7 to .75 one in twenty. */
  maxSize: 0.75,
  /** A bystander counts only when about as large and as central. */
  rival: 0.8,
  maxCut: 0.15,
  maxYaw: 0.5,
  maxRollDegrees: 35,
  minLuma: 40,
  /** Back-lit: a dim face before surroundings brighter by this. */
  backLitLuma: 80,
  backLitExcess: 80,
  maxClipped: 0.4,
  minSharpness: 0.02,
} as const;

/** How far past its limit a measure must come back before what was told is taken back: a face at the edge of a limit would make the words flicker. */
const MARGIN = 0.08;

/** First reason that holds, the most helpful to say first. `before`: what was found in the frame before, which holds on by a margin. */
export const reasonOf = (m: FaceMeasures, before?: FaceHint): FaceHint | undefined => {
  const least = (hint: FaceHint, limit: number) => (hint === before ? limit * (1 + MARGIN) : limit);
  const most = (hint: FaceHint, limit: number) => (hint === before ? limit * (1 - MARGIN) : limit);
  if (m.rival >= most('several', LIMITS.rival)) return 'several';
  const excess = m.surroundLuma - m.faceLuma;
  if (m.faceLuma < least('back-lit', LIMITS.backLitLuma) && excess > most('back-lit', LIMITS.backLitExcess)) return 'back-lit';
  if (m.faceLuma < least('dark', LIMITS.minLuma)) return 'dark';
  if (m.clipped > most('over-exposed', LIMITS.maxClipped)) return 'over-exposed';
  if (m.pixels < least('too-far', LIMITS.minPixels)) return 'too-far';
  if (m.size > most('too-near', LIMITS.maxSize)) return 'too-near';
  if (m.cut.by > most('off-centre', LIMITS.maxCut)) return 'off-centre';
  if (Math.abs(m.roll) > most('tilted', LIMITS.maxRollDegrees)) return 'tilted';
  if (Math.abs(m.yaw) > most('turned', LIMITS.maxYaw)) return 'turned';
  if (m.sharpness < least('blurred', LIMITS.minSharpness)) return 'blurred';
  return undefined;
};

/**
 * Hints that ask for a better view of a face that may be good enough already: such a frame is embedded all the same. Of 750
 * genuine stills 10 were turned, blurred or back-lit: 7 of them match, and none of their 26,620 impostor pairs (tilted and over-exposed did not occur).
 * The other hints say that there is no one face, or none with pixels to compare.
 */
const STILL_TELLING: readonly (FaceHint | undefined)[] = ['turned', 'tilted', 'blurred', 'back-lit', 'over-exposed'];

export const stillTelling = (hint: FaceHint | undefined): boolean => hint === undefined || STILL_TELLING.includes(hint);

/** Where to go or to turn, for the hints that have a direction. A nose towards the picture's left is a head turned to its own right. */
export const directionOf = (hint: FaceHint | undefined, m: FaceMeasures): FaceDirection | undefined => {
  if (hint === 'off-centre') return m.cut.direction;
  if (hint === 'turned') return m.yaw < 0 ? 'left' : 'right';
  return undefined;
};

/** How much a face is the patient's: large and central. */
const prominence = ({ box }: DetectedFace, { width, height }: Picture): number => {
  const dx = (box.x + box.width / 2) / width - 0.5;
  const dy = (box.y + box.height / 2) / height - 0.5;
  return box.height * Math.max(0.1, 1 - 1.6 * Math.hypot(dx, dy));
};

/** The patient's face among those found, and the next one's prominence by its own. */
export const chooseFace = (faces: readonly DetectedFace[], picture: Picture): { face: DetectedFace; rival: number } | undefined => {
  const [first, second] = faces.map((face) => ({ face, weight: prominence(face, picture) })).sort((a, b) => b.weight - a.weight);
  return first === undefined ? undefined : { face: first.face, rival: second === undefined ? 0 : second.weight / first.weight };
};

/** Luma that is no longer told apart from brighter light. */
const WHITE = 251;

/** Mean luma inside and outside `box`, and the part inside that is white, on a grid of every fourth pixel. */
export const lumaOf = (picture: Picture, box: Box): { face: number; surround: number; clipped: number } => {
  const { width, height, channels, data } = picture;
  const sums = [0, 0];
  const counts = [0, 0];
  let white = 0;
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x += 4) {
      const i = (y * width + x) * channels;
      const r = data[i] as number;
      const luma = channels === 1 ? r : 0.299 * r + 0.587 * (data[i + 1] as number) + 0.114 * (data[i + 2] as number);
      const inside = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height ? 0 : 1;
      if (inside === 0 && luma >= WHITE) white++;
      sums[inside] = (sums[inside] as number) + luma;
      counts[inside] = (counts[inside] as number) + 1;
    }
  }
  const [face = 0, surround = 0] = sums.map((sum, i) => sum / Math.max(1, counts[i] as number));
  return { face, surround, clipped: white / Math.max(1, counts[0] as number) };
};

/** Sharpness of a square plane of samples: mean absolute second difference by standard deviation. */
export const sharpnessOf = (plane: Float32Array, side: number): number => {
  let sum = 0;
  let squares = 0;
  let edges = 0;
  let count = 0;
  const margin = Math.round(side / 5);
  for (let y = margin; y < side - margin; y++) {
    for (let x = margin; x < side - margin; x++) {
      const i = y * side + x;
      const v = plane[i] as number;
      sum += v;
      squares += v * v;
      const around = (plane[i - 1] as number) + (plane[i + 1] as number) + (plane[i - side] as number) + (plane[i + side] as number);
      edges += Math.abs(4 * v - around) / 4;
      count++;
    }
  }
  const deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  return deviation === 0 ? 0 : edges / count / deviation;
};

/** Yaw and roll from eye, eye and nose tip (image-left first). */
export const turnOf = ([left, right, nose]: readonly [Point, Point, Point, ...Point[]]): { yaw: number; roll: number } => {
  const dx = right.x - left.x;
  const dy = right.y - left.y;
  const along = (nose.x - (left.x + right.x) / 2) * dx + (nose.y - (left.y + right.y) / 2) * dy;
  return { yaw: along / (dx * dx + dy * dy || 1), roll: (Math.atan2(dy, dx) * 180) / Math.PI };
};

/** Puts size and place of a face in a frame into measures. The picture is a mirror's: who stands at its left is at their own right. */
export const placeOf = ({ box }: DetectedFace, { width, height }: Picture): Pick<FaceMeasures, 'size' | 'pixels' | 'cut'> => {
  const cuts = [
    { by: -box.x / box.width, direction: 'left' },
    { by: (box.x + box.width - width) / box.width, direction: 'right' },
    { by: -box.y / box.height, direction: 'down' },
    { by: (box.y + box.height - height) / box.height, direction: 'up' },
  ] as const;
  return { size: box.height / height, pixels: box.height, cut: cuts.reduce((most, cut) => (cut.by > most.by ? cut : most)) };
};
