// One-to-one verification measured: named pairs as genuine and impostor, and every pair of different people as impostors.

import { equalError } from './rates.ts';
import { crossScores } from './score-table.ts';

export interface NamedPair {
  readonly a: string;
  readonly b: string;
  readonly genuine: boolean;
}

/** Unit vectors by picture; undefined = failure to enrol (card) or no face (frame). */
export interface EmbeddedPicture {
  readonly card: Float32Array | undefined;
  readonly frame: Float32Array | undefined;
}

export const FARS = [1e-2, 1e-3, 1e-4, 1e-5] as const;

/** The person of a picture in LFW's layout: the folder; of a picture in no folder, its name. */
export const identityOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : path);

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** Share of pairs on the right side of the threshold that suits the other nine tenths best, over ten tenths. */
const accuracyOf = (scores: readonly { readonly score: number; readonly genuine: boolean }[]): number | undefined => {
  if (scores.length < 20) return undefined;
  const folds = Array.from({ length: 10 }, (_, fold) => scores.filter((_, i) => i % 10 === fold));
  const right = (rows: readonly { readonly score: number; readonly genuine: boolean }[], threshold: number): number =>
    rows.filter(({ score, genuine }) => score >= threshold === genuine).length;
  let sum = 0;
  for (const [index, fold] of folds.entries()) {
    const others = folds.flatMap((rows, i) => (i === index ? [] : rows));
    let best = { threshold: 0, right: -1 };
    for (let threshold = 0; threshold <= 0.8; threshold += 0.005) {
      const count = right(others, threshold);
      if (count > best.right) best = { threshold, right: count };
    }
    sum += right(fold, best.threshold);
  }
  return sum / scores.length;
};

/** A pair with a failure to enrol scores −1: it is refused. `dimensions` of the embeddings. */
export const measureVerification = (pairs: readonly NamedPair[], pictures: ReadonlyMap<string, EmbeddedPicture>, dimensions: number) => {
  const paths = [...pictures.keys()];
  const names = paths.map(identityOf);
  const numbers = new Map([...new Set(names)].map((name, i) => [name, i]));
  const flat = (side: 'card' | 'frame'): Float32Array => {
    const out = new Float32Array(paths.length * dimensions);
    paths.forEach((path, i) => {
      const vector = pictures.get(path)?.[side];
      if (vector !== undefined) out.set(vector, i * dimensions);
    });
    return out;
  };
  const impostors = crossScores(flat('card'), flat('frame'), names.map((name) => numbers.get(name) as number), dimensions); // biome-ignore format: one call
  const scores = pairs.map(({ a, b, genuine }) => {
    const [card, frame] = [pictures.get(a)?.card, pictures.get(b)?.frame];
    return { genuine, score: card === undefined || frame === undefined ? -1 : dot(card, frame) };
  });
  const genuine = scores.filter((row) => row.genuine).map(({ score }) => score);
  const named = scores.filter((row) => !row.genuine).map(({ score }) => score);
  const tarAt = (threshold: number): number | undefined =>
    genuine.length === 0 ? undefined : genuine.filter((score) => score >= threshold).length / genuine.length;
  return {
    pictures: paths.length,
    people: numbers.size,
    pairs: { genuine: genuine.length, impostor: named.length },
    impostorPairs: impostors.total,
    failuresToEnrol: { card: paths.filter((path) => pictures.get(path)?.card === undefined).length, frame: paths.filter((path) => pictures.get(path)?.frame === undefined).length }, // biome-ignore format: one row
    accuracy: accuracyOf(scores),
    ...equalError(genuine, named),
    rates: FARS.map((far) => {
      const threshold = impostors.thresholdFor(far);
      return { far, threshold, tar: tarAt(threshold) };
    }),
    curve: Array.from({ length: 121 }, (_, i) => {
      const threshold = Math.round((0.1 + i * 0.005) * 1000) / 1000;
      return { threshold, far: impostors.shareFrom(threshold), frr: 1 - (tarAt(threshold) ?? Number.NaN) };
    }),
  };
};
