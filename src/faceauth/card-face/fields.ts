// Finds the three parts of 照合番号B among the lines that were read, and says how sure each is. Strict: what does not parse, or could be meant
// two ways, is not read. Pure; the digits are a secret and leave only as the answer.

import { ascii } from '../../core/bytes.ts';
import type { Character, ReadLine } from './characters.ts';

export type NotRead = 'no-birth' | 'foreign-form' | 'no-expiry' | 'no-code' | 'several-codes' | 'implausible' | 'unsure';

export type Fields =
  | { readonly outcome: 'read'; readonly code: Uint8Array; readonly sureness: number }
  | { readonly outcome: 'not-read'; readonly reason: NotRead; readonly sureness: number };

/** First Gregorian year of each era, less one, and its last year. */
const ERAS: Readonly<Record<string, { readonly before: number; readonly last: number }>> = {
  明治: { before: 1867, last: 45 },
  大正: { before: 1911, last: 15 },
  昭和: { before: 1925, last: 64 },
  平成: { before: 1988, last: 31 },
  令和: { before: 2018, last: 99 },
};

interface Found {
  readonly match: RegExpExecArray;
  readonly line: ReadLine;
  readonly sureness: number;
}

const textOf = ({ characters }: ReadLine): string => characters.map(({ sign }) => sign).join('');
const least = (characters: readonly Character[]): number => characters.reduce((low, { sureness }) => Math.min(low, sureness), 1);

/** Each line that holds the pattern. What has no digits in it may be less sure: it is confirmed by standing where it must. */
const find = (lines: readonly ReadLine[], pattern: RegExp): Found[] =>
  lines.flatMap((line) => {
    const match = pattern.exec(textOf(line));
    if (match === null) return [];
    const characters = line.characters.slice(match.index, match.index + match[0].length);
    return [{ match, line, sureness: least(characters.filter(({ sign }) => /[0-9元]/.test(sign))) }];
  });

/** Nothing read so near, and no ink where a neighbour would stand, in widths of a digit: what is read here is the whole number. */
const APART = 1.75;
const NEIGHBOUR = [0.65, 1.4] as const;

/** Four digits with nothing beside them, all of one pitch. */
const isolatedCodes = (lines: readonly ReadLine[], below: number): { digits: string; sureness: number }[] =>
  lines.flatMap(({ characters, box, isBlank }) => {
    if (box.top < below) return [];
    const found: { digits: string; sureness: number }[] = [];
    for (let i = 0; i + 4 <= characters.length; i++) {
      const four = characters.slice(i, i + 4);
      if (!four.every(({ sign }) => /[0-9]/.test(sign))) continue;
      const places = four.map(({ x }) => x) as [number, number, number, number];
      const steps = [places[1] - places[0], places[2] - places[1], places[3] - places[2]];
      const [shortest, longest] = [Math.min(...steps), Math.max(...steps)];
      const pitch = (places[3] - places[0]) / 3;
      const [before, after] = [characters[i - 1], characters[i + 4]];
      const alone =
        (before === undefined || places[0] - before.x > APART * pitch) &&
        (after === undefined || after.x - places[3] > APART * pitch) &&
        isBlank(places[0] - NEIGHBOUR[1] * pitch, places[0] - NEIGHBOUR[0] * pitch) &&
        isBlank(places[3] + NEIGHBOUR[0] * pitch, places[3] + NEIGHBOUR[1] * pitch);
      if (alone && longest < 1.5 * shortest) found.push({ digits: four.map(({ sign }) => sign).join(''), sureness: least(four) });
    }
    return found;
  });

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** `year`: the present one, Gregorian. `floor`: every digit must be at least so sure. */
export const findFields = (lines: readonly ReadLine[], { year, floor }: { year: number; floor: number }): Fields => {
  const none = (reason: NotRead, sureness = 0): Fields => ({ outcome: 'not-read', reason, sureness });
  const births = find(lines, /(昭和|平成|令和|大正|明治)(元|\d{1,2})年(\d{1,2})月(\d{1,2})日生/);
  const expiries = find(lines, /(\d{4})年(\d{1,2})月(\d{1,2})日まで有効/);
  const [birth] = births;
  if (birth === undefined || births.length > 1) {
    // Cards of foreign residents print a Gregorian date, and no public source says which two digits of its year the code takes.
    return none(find(lines, /\d{4}年\d{1,2}月\d{1,2}日生/).length > 0 ? 'foreign-form' : 'no-birth');
  }
  const [expiry] = expiries;
  if (expiry === undefined || expiries.length > 1) return none('no-expiry');
  // Lines above the birth date hold name and address, where four digits may stand alone.
  const codes = isolatedCodes(lines, birth.line.box.bottom);
  const [code] = codes;
  if (code === undefined) return none('no-code');
  if (codes.length > 1) return none('several-codes');

  const [, era = '', eraYear = '', birthMonth = '', birthDay = ''] = birth.match;
  const [, expiryYear = '', expiryMonth = '', expiryDay = ''] = expiry.match;
  const yearOfEra = eraYear === '元' ? 1 : Number(eraYear);
  const { before, last } = ERAS[era] as { before: number; last: number };
  const bornIn = before + yearOfEra;
  const possible = (of: number, month: number, day: number): boolean => month >= 1 && month <= 12 && day >= 1 && day <= daysIn(of, month);
  const plausible =
    yearOfEra >= 1 &&
    yearOfEra <= last &&
    bornIn <= year &&
    bornIn >= year - 125 &&
    possible(bornIn, Number(birthMonth), Number(birthDay)) &&
    possible(Number(expiryYear), Number(expiryMonth), Number(expiryDay)) &&
    Number(expiryYear) >= year - 3 &&
    Number(expiryYear) <= year + 15;
  const sureness = Math.min(birth.sureness, expiry.sureness, code.sureness);
  if (!plausible) return none('implausible', sureness);
  if (sureness < floor) return none('unsure', sureness);
  const two = (text: number | string): string => String(Number(text)).padStart(2, '0');
  return { outcome: 'read', code: ascii(`${two(yearOfEra)}${two(birthMonth)}${two(birthDay)}${expiryYear}${code.digits}`), sureness };
};
