// Aligned faces as planes of numbers: grey, and mirrored. Pure; works in place or on a copy, as each says.

/**
 * All three planes (B, G, R) become their luma, in place. The chip's photo is grey: comparing grey with grey refuses a quarter fewer of the
 * right people at the same threshold than comparing it with colour (FRR 12.3 to 9.0 % at .50, 300 pairs, impostors unchanged).
 */
export const greyPlanes = (aligned: Float32Array): Float32Array => {
  const size = aligned.length / 3;
  for (let i = 0; i < size; i++) {
    const luma = 0.114 * (aligned[i] as number) + 0.587 * (aligned[size + i] as number) + 0.299 * (aligned[2 * size + i] as number);
    aligned[i] = luma;
    aligned[size + i] = luma;
    aligned[2 * size + i] = luma;
  }
  return aligned;
};

/** A copy of the planes, left and right exchanged. */
export const mirrored = (aligned: Float32Array, width: number): Float32Array => {
  const copy = new Float32Array(aligned.length);
  for (let row = 0; row < aligned.length; row += width) {
    for (let x = 0; x < width; x++) copy[row + x] = aligned[row + width - 1 - x] as number;
  }
  return copy;
};
