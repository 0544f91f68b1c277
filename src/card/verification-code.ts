// 照合番号B: the 14 digits printed on the card face that open photo and attributes: birth YYMMDD in the Japanese era, expiry year, security code.
// Pure. The digits are a secret of the card holder: nobody logs or stores them, and nobody guesses them.

import { ascii } from '../core/bytes.ts';

/** First Gregorian day of each era; the day itself belongs to the new era. */
const ERAS = [
  { name: 'Reiwa', first: '2019-05-01' },
  { name: 'Heisei', first: '1989-01-08' },
  { name: 'Showa', first: '1926-12-25' },
  { name: 'Taisho', first: '1912-07-30' },
  { name: 'Meiji', first: '1868-01-25' },
] as const;

export interface EraYear {
  readonly era: (typeof ERAS)[number]['name'];
  readonly year: number;
}

/** Era year of a Gregorian day "YYYY-MM-DD". Throws RangeError before Meiji. */
export const eraYear = (day: string): EraYear => {
  const era = ERAS.find((candidate) => day >= candidate.first);
  if (era === undefined) throw new RangeError('day before the Meiji era');
  return { era: era.name, year: Number(day.slice(0, 4)) - Number(era.first.slice(0, 4)) + 1 };
};

/** The 14 ASCII digits for birth and expiry "YYYY-MM-DD" and a four-digit security code. */
export const verificationCodeB = (birth: string, expires: string, securityCode: string): Uint8Array =>
  ascii(`${String(eraYear(birth).year).padStart(2, '0')}${birth.slice(5, 7)}${birth.slice(8, 10)}${expires.slice(0, 4)}${securityCode}`);
