// Whether eyes or mouth seem to be covered: brightness and colour of parts of the aligned face. Only ever a reason to tell, never to refuse.

/** Rectangles in the 112×112 template: left, top, right, bottom. */
const CHEEKS = [
  [30, 68, 44, 78],
  [68, 68, 82, 78],
] as const;
const EYES = [
  [28, 46, 48, 58],
  [64, 46, 84, 58],
] as const;
const MOUTH = [[40, 86, 72, 104]] as const;

type Rectangle = readonly [left: number, top: number, right: number, bottom: number];

interface Patch {
  readonly luma: number;
  readonly deviation: number;
  /** Red by the sum of the colours: skin of any tone has more than a third. */
  readonly redness: number;
}

/** `planes` are B, G, R of `side`×`side`, (v − mean) / scale as the embedder takes them. */
const patchOf = (planes: Float32Array, side: number, parts: readonly Rectangle[], mean: number, scale: number): Patch => {
  const plane = side * side;
  let [sum, squares, red, all, count] = [0, 0, 0, 0, 0];
  for (const [left, top, right, bottom] of parts) {
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const i = y * side + x;
        const [b, g, r] = [0, 1, 2].map((c) => (planes[c * plane + i] as number) * scale + mean) as [number, number, number];
        const luma = 0.114 * b + 0.587 * g + 0.299 * r;
        sum += luma;
        squares += luma * luma;
        red += r;
        all += r + g + b;
        count++;
      }
    }
  }
  const middle = sum / count;
  return { luma: middle, deviation: Math.sqrt(Math.max(0, squares / count - middle * middle)), redness: red / Math.max(1, all) };
};

/** Cloth over the mouth is less red than the skin above it and has little of a mouth's contrast; dark glasses are darker than cheeks, and plain. */
export const coveredPart = (
  planes: Float32Array,
  { width, mean, scale }: { width: number; mean: number; scale: number },
): 'mask' | 'eyes-hidden' | undefined => {
  const [cheeks, eyes, mouth] = [CHEEKS, EYES, MOUTH].map((parts) => patchOf(planes, width, parts, mean, scale)) as [Patch, Patch, Patch];
  if (cheeks.redness - mouth.redness > 0.05 && mouth.redness < 0.36) return 'mask';
  if (eyes.luma < 0.4 * cheeks.luma && eyes.deviation < 0.3 * cheeks.luma) return 'eyes-hidden';
  return undefined;
};
