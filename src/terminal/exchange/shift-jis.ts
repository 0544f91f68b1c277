// Shift_JIS as reception systems read it, with 「●」 for what it cannot hold, as the national registry does. The only importer of iconv-lite.

import iconv from 'iconv-lite';

const ENCODING = 'Shift_JIS';
const UNCONVERTIBLE = '●';

const fits = new Map<string, boolean>();

/** Whether the character comes back from Shift_JIS as itself. */
const convertible = (character: string): boolean => {
  let known = fits.get(character);
  if (known === undefined) {
    known = iconv.decode(iconv.encode(character, ENCODING), ENCODING) === character;
    // Names repeat a few thousand characters; anything more is somebody trying characters.
    if (fits.size < 20_000) fits.set(character, known);
  }
  return known;
};

/** Each character (a combined one counts as one) that Shift_JIS cannot hold becomes 「●」; variation selectors go. */
export const convertibleText = (text: string): string =>
  [...text.normalize('NFC').replace(/[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu, '')]
    .map((character) => (convertible(character) ? character : UNCONVERTIBLE))
    .join('');

/** Whether 「●」 would be read by whoever gets this text in Shift_JIS. */
export const holdsUnconvertible = (text: string): boolean => convertibleText(text).includes(UNCONVERTIBLE);

export const encodeShiftJis = (text: string): Uint8Array => new Uint8Array(iconv.encode(convertibleText(text), ENCODING));
export const decodeShiftJis = (bytes: Uint8Array): string => iconv.decode(Buffer.from(bytes), ENCODING);
