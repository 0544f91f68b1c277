// Which of the places where a line may break are taken: lines of about equal length that end where the sense ends.
// Pure arithmetic on widths; the number of lines is given and is never exceeded.

/** What it is worth to end a line with this piece, as a share of a full line's squared shortfall: a sentence, a clause, a phrase. */
const worth = (piece: string): number => {
  const end = piece.trimEnd();
  if (/[。！？.!?][」』）)]?$/u.test(end)) return 0.12;
  if (/[、，,：:；;]$/u.test(end)) return 0.07;
  if (/[をがはにで]$/u.test(end)) return 0.03;
  return 0;
};

/**
 * `pieces` on exactly `count` lines no wider than `width` as `measure` sees them (widths add up); undefined when they do not fit so.
 * Least sum of squared shortfalls from the even length, less what the line ends are worth.
 */
export const evenLines = (
  pieces: readonly string[],
  count: number,
  width: number,
  measure: (line: string) => number,
): string[] | undefined => {
  const whole = pieces.map(measure);
  // The blank at the end of a line takes no room.
  const last = pieces.map((piece, i) => (piece.endsWith(' ') ? measure(piece.trimEnd()) : (whole[i] ?? 0)));
  const gains = pieces.map(worth);
  const even = (whole.reduce((sum, one) => sum + one, 0) - (whole.at(-1) ?? 0) + (last.at(-1) ?? 0)) / count;
  const end = pieces.length;
  // costs[n]: cheapest way to set the first n pieces on the lines so far; begins[line][n]: where the last of those lines begins.
  let costs: (number | undefined)[] = [0];
  const begins: (number | undefined)[][] = [];
  for (let line = 1; line <= count; line += 1) {
    const next: (number | undefined)[] = [];
    const begin: (number | undefined)[] = [];
    for (let from = 0; from < end; from += 1) {
      const before = costs[from];
      if (before === undefined) continue;
      let set = 0;
      for (let to = from + 1; to <= end; to += 1) {
        const wide = set + (last[to - 1] ?? 0);
        if (wide > width) break;
        set += whole[to - 1] ?? 0;
        const cost = before + ((even - wide) / width) ** 2 - (to < end ? (gains[to - 1] ?? 0) : 0);
        if (cost >= (next[to] ?? Number.POSITIVE_INFINITY)) continue;
        next[to] = cost;
        begin[to] = from;
      }
    }
    costs = next;
    begins.push(begin);
  }
  if (costs[end] === undefined) return undefined;
  const lines: string[] = [];
  for (let line = count, to = end; line > 0; line -= 1) {
    const from = begins[line - 1]?.[to] ?? 0;
    lines.unshift(pieces.slice(from, to).join('').trimEnd());
    to = from;
  }
  return lines;
};
