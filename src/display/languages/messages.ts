// The shape every language has. The keys come from the Japanese texts: a language that misses one does not compile.

import type { ja } from './ja.ts';

/** The same keys with any text: functions keep their parameters. */
type SameShape<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...parameters: infer P) => string
      ? (...parameters: P) => string
      : SameShape<T[K]>;
};

export type Messages = SameShape<typeof ja>;
