// The characters that the reader of printed card faces knows, in the order of the network's outputs. After them come two outputs more:
// "another character", and "no character has its middle here".

export const ALPHABET = '0123456789年月日生元まで有効大正昭和平成令明治';

/** Number of the output that means a character outside the alphabet. */
export const OTHER = ALPHABET.length;
/** Number of the output that means the space between characters. */
export const GAP = OTHER + 1;
