// Pixels as runs of one colour: pairs of a count and a colour, row by row. Drawn screens are flat, so they take a fifteenth of the room and
// more, and are unpacked by a fill per run. Pure; never loses a pixel's value.

/** The machine's own order: every box and computer this runs on is little-endian. */
const wordsOf = (pixels: Uint8Array, size: 2 | 4): Uint16Array | Uint32Array => {
  const whole = pixels.byteOffset % size === 0 ? pixels : pixels.slice();
  const count = whole.length / size;
  return size === 4 ? new Uint32Array(whole.buffer, whole.byteOffset, count) : new Uint16Array(whole.buffer, whole.byteOffset, count);
};

/** `size` = bytes a pixel. Undefined when the runs would take more room than the pixels. */
export const packRuns = (pixels: Uint8Array, size: 2 | 4): Uint32Array | undefined => {
  const words = wordsOf(pixels, size);
  let count = words.length === 0 ? 0 : 1;
  for (let i = 1; i < words.length; i += 1) if (words[i] !== words[i - 1]) count += 1;
  if (count * 8 > pixels.length) return undefined;
  const runs = new Uint32Array(count * 2);
  for (let i = 0, at = 0; at < runs.length; at += 2) {
    const colour = words[i] ?? 0;
    const from = i;
    while (i < words.length && words[i] === colour) i += 1;
    runs[at] = i - from;
    runs[at + 1] = colour;
  }
  return runs;
};

/** How many pixels the runs are. */
export const pixelsIn = (runs: Uint32Array): number => {
  let count = 0;
  for (let at = 0; at < runs.length; at += 2) count += runs[at] ?? 0;
  return count;
};

/** The pixels again, `size` bytes each. */
export const unpackRuns = (runs: Uint32Array, size: 2 | 4): Uint8Array => {
  const count = pixelsIn(runs);
  const words = size === 4 ? new Uint32Array(count) : new Uint16Array(count);
  let to = 0;
  for (let at = 0; at < runs.length; at += 2) {
    const from = to;
    to += runs[at] ?? 0;
    words.fill(runs[at + 1] ?? 0, from, to);
  }
  return new Uint8Array(words.buffer);
};
