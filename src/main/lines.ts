// Text for people at a terminal: a label, then what it says, aligned.

/** Columns of a full-width character count twice (Unicode East Asian Width, the blocks used here). */
const columns = (text: string): number => [...text].reduce((sum, char) => sum + (/[\u1100-\uffdc]/u.test(char) ? 2 : 1), 0);

const LABEL = 22;

/** "Label                 value", further lines of the value below it. */
export const line = (label: string, value: string): string => {
  const pad = ' '.repeat(Math.max(1, LABEL - columns(label)));
  return `${label}${pad}${value.replaceAll('\n', `\n${' '.repeat(LABEL)}`)}\n`;
};
