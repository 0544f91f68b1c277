// Every pair of two lists of embeddings, counted by score: hundreds of millions of pairs fit into one histogram. Pure.

/** Counts of scores −1..1 in steps of 1/BINS. */
const BINS = 20_000;
const SCALE = BINS / 2;

export class ScoreTable {
  readonly #counts = new Float64Array(BINS + 1);
  #total = 0;

  add(score: number): void {
    const bin = Math.round((Math.max(-1, Math.min(1, score)) + 1) * SCALE);
    this.#counts[bin] = (this.#counts[bin] as number) + 1;
    this.#total++;
  }

  get total(): number {
    return this.#total;
  }

  /** Share of scores at or above `threshold`; 0 of nothing. */
  shareFrom(threshold: number): number {
    let sum = 0;
    for (let bin = Math.ceil((threshold + 1) * SCALE - 1e-6); bin <= BINS; bin++) sum += this.#counts[bin] as number;
    return this.#total === 0 ? 0 : sum / this.#total;
  }

  /** The lowest threshold that accepts at most `share` of the scores. */
  thresholdFor(share: number): number {
    let sum = 0;
    for (let bin = BINS; bin >= 0; bin--) {
      sum += this.#counts[bin] as number;
      if (sum > share * this.#total) return (bin + 1) / SCALE - 1;
    }
    return -1;
  }
}

/**
 * Scores of all pairs (i of `a`, j of `b`) of different identities.
 * `a` and `b` hold `identities.length` unit vectors of `dimensions` floats; a vector of zeros (failure to enrol) is left out.
 */
export const crossScores = (a: Float32Array, b: Float32Array, identities: readonly number[], dimensions: number): ScoreTable => {
  const table = new ScoreTable();
  const present = (list: Float32Array, i: number) => list[i * dimensions] !== 0 || list[i * dimensions + 1] !== 0;
  for (let i = 0; i < identities.length; i++) {
    if (!present(a, i)) continue;
    const from = i * dimensions;
    for (let j = 0; j < identities.length; j++) {
      if (identities[i] === identities[j] || !present(b, j)) continue;
      let sum = 0;
      for (let k = 0, to = j * dimensions; k < dimensions; k++, to++) sum += (a[from + k] as number) * (b[to] as number);
      table.add(sum);
    }
  }
  return table;
};
