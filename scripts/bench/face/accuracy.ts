// What an engine's embeddings tell apart: genuine pairs against every pair of different people. Pure.

import { identityOf } from '../../../src/faceauth/evaluation/verification.ts';

export interface Embedded {
  readonly path: string;
  /** undefined: it found no usable face, and everything with this picture counts as refused. */
  readonly card: Float32Array | undefined;
  readonly frame: Float32Array | undefined;
}

export interface EngineAccuracy {
  readonly by: 'cosine' | 'distance';
  readonly genuine: number;
  readonly impostors: number;
  readonly failures: { readonly cards: number; readonly frames: number };
  readonly tar: readonly { readonly far: number; readonly tar: number }[];
}

const cosine = (a: Float32Array, b: Float32Array): number => {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / (Math.sqrt(aa * bb) || 1);
};

const nearness = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return -Math.sqrt(sum);
};

const FARS = [1e-3, 1e-4] as const;

const measure = (
  by: EngineAccuracy['by'],
  pictures: readonly Embedded[],
  pairs: readonly (readonly [string, string])[],
): EngineAccuracy => {
  const like = by === 'cosine' ? cosine : nearness;
  const of = new Map(pictures.map((picture) => [picture.path, picture]));
  const compare = (a: Embedded | undefined, b: Embedded | undefined): number =>
    a?.card === undefined || b?.frame === undefined ? Number.NEGATIVE_INFINITY : like(a.card, b.frame);
  const genuine = pairs.map(([a, b]) => compare(of.get(a), of.get(b)));
  const impostors: number[] = [];
  for (const a of pictures) for (const b of pictures) if (identityOf(a.path) !== identityOf(b.path)) impostors.push(compare(a, b));
  impostors.sort((a, b) => b - a);
  return {
    by,
    genuine: genuine.length,
    impostors: impostors.length,
    failures: {
      cards: pictures.filter(({ card }) => card === undefined).length,
      frames: pictures.filter(({ frame }) => frame === undefined).length,
    },
    tar: FARS.map((far) => {
      // Accepted is what scores above the first impostor who must be refused.
      const limit = impostors[Math.floor(far * impostors.length)] ?? Number.NEGATIVE_INFINITY;
      return { far, tar: genuine.filter((score) => score > limit).length / Math.max(1, genuine.length) };
    }),
  };
};

/** By the measure, cosine or distance, that serves the engine better at 1e-4. */
export const accuracyOf = (pictures: readonly Embedded[], pairs: readonly (readonly [string, string])[]): EngineAccuracy => {
  const [a, b] = [measure('cosine', pictures, pairs), measure('distance', pictures, pairs)];
  return (b.tar.at(-1)?.tar ?? 0) > (a.tar.at(-1)?.tar ?? 0) ? b : a;
};
