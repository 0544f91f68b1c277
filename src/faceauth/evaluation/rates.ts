// Error rates of two sets of scores, the higher the more genuine: area under the ROC, equal error, thresholds for a wanted false rate. Pure.

/** Probability that a genuine score is above an impostor's, ties half; undefined when a set is empty. */
export const rocArea = (genuine: readonly number[], impostor: readonly number[]): number | undefined => {
  if (genuine.length === 0 || impostor.length === 0) return undefined;
  const all = [...genuine.map((score) => ({ score, is: true })), ...impostor.map((score) => ({ score, is: false }))];
  all.sort((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.score === all[from]?.score) to++;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (all[i]?.is) rankSum += rank;
    from = to;
  }
  return (rankSum - (genuine.length * (genuine.length + 1)) / 2) / (genuine.length * impostor.length);
};

/** Where both error rates are closest: their mean, and the threshold from which a score is accepted. Empty when a set is empty. */
export const equalError = (genuine: readonly number[], impostor: readonly number[]): { eer?: number; eerThreshold?: number } => {
  if (genuine.length === 0 || impostor.length === 0) return {};
  const g = [...genuine].sort((a, b) => a - b);
  const p = [...impostor].sort((a, b) => a - b);
  let best = { apart: Number.POSITIVE_INFINITY, eer: 1, eerThreshold: 0 };
  let [below, accepted] = [0, 0];
  for (const threshold of [...new Set([...g, ...p])].sort((a, b) => a - b)) {
    while (below < g.length && (g[below] as number) < threshold) below++;
    while (accepted < p.length && (p[accepted] as number) < threshold) accepted++;
    const [rejected, passed] = [below / g.length, 1 - accepted / p.length];
    const apart = Math.abs(rejected - passed);
    if (apart < best.apart) best = { apart, eer: (rejected + passed) / 2, eerThreshold: threshold };
  }
  return { eer: best.eer, eerThreshold: best.eerThreshold };
};
