// What the cues say together: one number out of those that speak. Pure; the weights and what they were chosen on are here.

/** Numbers for the log; undefined = the cue abstains. */
export interface SpoofCues {
  /** Mean over the scales of the median of the network's words, 0..1. */
  readonly model: number;
  /** Median strength of a rectangle around the face, 0..1. */
  readonly outline: number | undefined;
  /** Median logarithm of the highest spectral peak. */
  readonly pattern: number | undefined;
  /** Share of the surroundings that came along with a moving face, 0..1. */
  readonly along: number | undefined;
  /** Share of the outline's sides that came along with a moving face, 0..1. */
  readonly sides: number | undefined;
  /** How much one upright side, straight from above the head past the shoulders, came along, 0..1. */
  readonly upright: number | undefined;
  /** Share of turns in which the nose slid as one that stands out, 0..1. */
  readonly solid: number | undefined;
}

/**
 * Log odds of an attack, from 300 stills of people, 100 of them who sway, 140 generated attacks of eight species and 18 published stills of real ones.
 * Deliberately blunt: an outline or a spectrum that most living people's pictures also show adds nothing, and no still cue alone can outweigh a
 * network that is sure. What comes along with a moving face is the strongest cue, for a person leaves the room where it is. Cues that abstain
 * add nothing.
 */
const WEIGHTS = {
  model: -0.5,
  /** Two people in a hundred have a word below .06, from which the network refuses by itself; of every fourth print it is as sure that it lives as of people. */
  modelBounds: [0.0005, 0.95],
  /** An outline's own weight by its strength. */
  outline: 9,
  outlineFrom: 0.58,
  outlineMost: 2.2,
  /** A window, a door or a picture frame stays where it is when the face moves: most of what it said is taken back. */
  outlineStaying: 0.4,
  /** A single picture cannot move: an eighth of living people's stills have an outline, and no more of real attacks'. */
  outlineInStill: 0.4,
  /** While nothing has moved an outline may be either; people hardly ever stand quite still, so it is waited for. */
  outlineUnmoved: 1,
  /** Sides that come along are a sheet's, if they close: of people with such an outline at most two fifths do, and a head's own contour does not close. */
  sides: 5,
  sidesBounds: [0.42, 0.62],
  closedBounds: [0.46, 0.56],
  pattern: 2,
  patternFrom: 4.3,
  patternMost: 2.5,
  along: 16,
  alongFrom: 0.1,
  flat: 1,
} as const;

/** 0 at `low` and below, 1 at `high` and above; 0 for what is not known. */
export const ramp = (value: number | undefined, [low, high]: readonly [number, number]): number =>
  Math.max(0, Math.min(1, ((value ?? low) - low) / (high - low)));

/** Log odds that the outline around the face is the sheet that shows it. */
const outlineOdds = ({ outline = 0, along, sides, upright = 0 }: SpoofCues, still: boolean): number => {
  const itself = Math.min(WEIGHTS.outlineMost, WEIGHTS.outline * Math.max(0, outline - WEIGHTS.outlineFrom));
  if (still) return WEIGHTS.outlineInStill * itself;
  if (along === undefined && sides === undefined) return WEIGHTS.outlineUnmoved * itself;
  const came = Math.max(upright, ramp(sides, WEIGHTS.sidesBounds) * ramp(outline, WEIGHTS.closedBounds));
  const stays = came === 0 && (along ?? 0) < WEIGHTS.alongFrom;
  return itself * (stays ? WEIGHTS.outlineStaying : 1) + WEIGHTS.sides * came;
};

/**
 * Probability that the face is alive, 0..1, when attacks and people are equally likely. Monotone in model, outline, pattern and solid.
 * `still`: the cues are those of one picture, which cannot move.
 */
export const fuse = (cues: SpoofCues, still = false): number => {
  const { model, pattern, along, solid } = cues;
  const bounded = Math.min(WEIGHTS.modelBounds[1], Math.max(WEIGHTS.modelBounds[0], model));
  const odds =
    WEIGHTS.model * Math.log(bounded / (1 - bounded)) +
    outlineOdds(cues, still) +
    Math.min(WEIGHTS.patternMost, WEIGHTS.pattern * Math.max(0, (pattern ?? 0) - WEIGHTS.patternFrom)) +
    WEIGHTS.along * Math.max(0, (along ?? 0) - WEIGHTS.alongFrom) +
    (solid === undefined ? 0 : WEIGHTS.flat * (1 - 2 * solid));
  return 1 / (1 + Math.exp(odds));
};
