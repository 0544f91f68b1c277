// Birth dates as staff type them from a card or a paper: Western, or by the Japanese era. Pure; never reads a clock.

import { ageOn, startOfJapanDay } from './calendar.ts';

/** The year before the first of each era, by its name, its first character and its letter. */
const BEFORE: Readonly<Record<string, number>> = { 明治: 1867, 大正: 1911, 昭和: 1925, 平成: 1988, 令和: 2018 };
const ERAS = Object.keys(BEFORE);
const LETTERS = 'MTSHR';

/** Nobody has been known to be older than 122. */
const OLDEST_YEARS = 125;

const inEra = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', { timeZone: 'UTC', era: 'long' });
const eraOf = (day: string): string | undefined =>
  inEra.formatToParts(new Date(`${day}T00:00:00Z`)).find(({ type }) => type === 'era')?.value;

const iso = (year: number, month: string | undefined, day: string | undefined): string | undefined => {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return startOfJapanDay(text) === undefined ? undefined : text;
};

/**
 * YYYY-MM-DD of 1950-03-04, 1950/3/4, 19500304, 1950年3月4日, 昭和25年3月4日, 昭25.3.4, S25.3.4 or 平成元年5月1日, in full or half width;
 * undefined where it is no such form, no day of the calendar, or not in the era that is named.
 */
export const readBirthDate = (typed: string): string | undefined => {
  const text = typed.normalize('NFKC').replace(/\s/g, '');
  const western = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text);
  if (western !== null) return iso(Number(western[1]), western[2], western[3]);
  const found = /^([MTSHR]|明治?|大正?|昭和?|平成?|令和?)(元|\d{1,2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text.toUpperCase());
  if (found === null) return undefined;
  const [, named = '', count = '', month, day] = found;
  const era = ERAS.find((name, index) => name.startsWith(named) || LETTERS[index] === named) ?? '';
  const date = iso((BEFORE[era] ?? 0) + (count === '元' ? 1 : Number(count)), month, day);
  return date !== undefined && eraOf(date) === era ? date : undefined;
};

/** What is wrong with a birth date that was read, on a day (both YYYY-MM-DD); undefined for one somebody alive can have. */
export const birthDateProblem = (birth: string, today: string): string | undefined => {
  if (birth > today) return '生年月日が今日より後の日付です。もう一度確かめてください';
  return ageOn(birth, today) > OLDEST_YEARS ? '生年月日が古すぎます。年をもう一度確かめてください' : undefined;
};
