// What several frames of one person are worth: the kiosk's fusion against a single frame, at the same false accept rates over all impostors. Pure.

import { ScoreTable } from '../../src/faceauth/evaluation/score-table.ts';
import { FARS, identityOf } from '../../src/faceauth/evaluation/verification.ts';
import { fuseScores } from '../../src/faceauth/evidence.ts';
import type { Embedding } from '../../src/faceauth/ports.ts';
import type { EmbeddedFace } from './embed-set.ts';

const FRAMES = 3;
/** Visits of one person at most, so that the most photographed do not decide the result. */
const VISITS = 10;

interface Visit {
  readonly person: string;
  readonly card: Embedding;
  readonly frames: readonly Embedding[];
  readonly weights: readonly number[];
}

type Way = 'single' | 'mean' | 'weighted' | 'best' | 'kiosk';
export const WAYS: readonly Way[] = ['single', 'mean', 'weighted', 'best', 'kiosk'];

const dot = (a: Embedding, b: Embedding): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

const byPerson = (faces: readonly EmbeddedFace[]): Map<string, EmbeddedFace[]> => {
  const people = new Map<string, EmbeddedFace[]>();
  for (const face of faces) people.set(identityOf(face.path), [...(people.get(identityOf(face.path)) ?? []), face]);
  return people;
};

/** Every person with at least four usable pictures: each in turn is the card, the next three are the frames. */
const visitsOf = (faces: readonly EmbeddedFace[]): Visit[] => {
  const people = byPerson(faces.filter(({ frame, chip }) => frame !== undefined && chip !== undefined));
  return [...people].flatMap(([person, own]) =>
    own.length <= FRAMES
      ? []
      : own.slice(0, VISITS).map((card, i) => {
          const frames = Array.from({ length: FRAMES }, (_, k) => own[(i + 1 + k) % own.length] as EmbeddedFace);
          return { person, card: card.chip as Embedding, frames: frames.map(({ frame }) => frame as Embedding), weights: frames.map(({ weight }) => weight) }; // biome-ignore format: one row
        }),
  );
};

/** Length of the weighted sum of unit vectors. */
const lengthOf = (frames: readonly Embedding[], weights: readonly number[]): number => {
  let squares = 0;
  for (let i = 0; i < frames.length; i++) {
    for (let j = 0; j < frames.length; j++)
      squares += (weights[i] as number) * (weights[j] as number) * dot(frames[i] as Embedding, frames[j] as Embedding);
  }
  return Math.sqrt(squares) || 1;
};

const ONES = Array.from({ length: FRAMES }, () => 1);

/** Scores of one card against the frames of one visit, by every way of fusing them; `single` has one per frame. */
const scorer = ({ frames, weights }: Visit) => {
  const [plain, weighted] = [lengthOf(frames, ONES), lengthOf(frames, weights)];
  return (card: Embedding): Record<Way, readonly number[]> => {
    const single = frames.map((frame) => dot(card, frame));
    const mean = single.reduce((sum, value) => sum + value, 0) / plain;
    const byWeight = single.reduce((sum, value, i) => sum + value * (weights[i] as number), 0) / weighted;
    const [best = -1, second = -1] = [...single].sort((a, b) => b - a);
    return { single, mean: [mean], weighted: [byWeight], best: [best], kiosk: [fuseScores(byWeight, second)] };
  };
};

export const measureSeveralFrames = (faces: readonly EmbeddedFace[]) => {
  const visits = visitsOf(faces);
  const impostors = Object.fromEntries(WAYS.map((way) => [way, new ScoreTable()])) as Record<Way, ScoreTable>;
  const genuine = Object.fromEntries(WAYS.map((way) => [way, [] as number[]])) as Record<Way, number[]>;
  // One card per other person: the first. More would only repeat the same strangers.
  const strangers = [...byPerson(faces)].flatMap(([person, own]) => {
    const card = own.find(({ chip }) => chip !== undefined)?.chip;
    return card === undefined ? [] : [{ person, card }];
  });
  for (const visit of visits) {
    const score = scorer(visit);
    const own = score(visit.card);
    for (const way of WAYS) genuine[way].push(...own[way]);
    for (const { person, card } of strangers) {
      if (person === visit.person) continue;
      const scores = score(card);
      for (const way of WAYS) for (const value of scores[way]) impostors[way].add(value);
    }
  }
  return {
    visits: visits.length,
    people: new Set(visits.map(({ person }) => person)).size,
    impostorPairs: impostors.kiosk.total,
    ways: WAYS.map((way) => ({
      way,
      rates: FARS.map((far) => {
        const threshold = impostors[way].thresholdFor(far);
        return { far, threshold, tar: genuine[way].filter((value) => value >= threshold).length / Math.max(1, genuine[way].length) };
      }),
    })),
  };
};
