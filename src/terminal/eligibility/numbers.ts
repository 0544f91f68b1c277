// Check digits of insurer and insured numbers, shares of cost by age, and a seeded source of choices. Pure.
// Source: 保険者番号等の設定要領 (check digit: weights 2, 1, 2, 1 … from the right, digit sums, complement to ten).

import { createHash } from 'node:crypto';

/** The check digit of a number given without it. */
export const checkDigit = (digits: string): string => {
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += Math.floor(product / 10) + (product % 10);
  }
  return String((10 - (sum % 10)) % 10);
};

export const withCheckDigit = (digits: string): string => digits + checkDigit(digits);

/** 6 digits (国民健康保険) or 8 (all others), last one the check digit. */
export const isInsurerNumber = (number: string): boolean =>
  /^(\d{6}|\d{8})$/.test(number) && checkDigit(number.slice(0, -1)) === number.at(-1);

/** 就学前: until 31 March after the sixth birthday; born on 1 April counts to the school year before. */
export const isPreschool = (birth: string, day: string): boolean => {
  const [year = 0, month = 1, date = 1] = birth.split('-').map(Number);
  const startsSchool = month < 4 || (month === 4 && date === 1) ? year + 6 : year + 7;
  return day < `${startsSchool}-04-01`;
};

/** What the patient pays, in three digits of per cent; `income` (1, 2 or 3) counts from 70 on: general, some, active. */
export const contributionRatio = (birth: string, day: string, age: number, income: 1 | 2 | 3): string => {
  if (isPreschool(birth, day)) return '020';
  if (age < 70) return '030';
  if (income === 3) return '030';
  return age < 75 || income === 2 ? '020' : '010';
};

/** Choices that depend on a text only: the same text chooses the same for ever. */
export interface Seeded {
  /** A whole number in [0, below). */
  pick(below: number): number;
  digits(count: number): string;
}

export const seeded = (text: string): Seeded => {
  let block = createHash('sha256').update(text).digest();
  let at = 0;
  const next = (): number => {
    if (at + 4 > block.length) {
      block = createHash('sha256').update(block).digest();
      at = 0;
    }
    at += 4;
    return block.readUInt32BE(at - 4);
  };
  return {
    pick: (below) => next() % below,
    digits: (count) => Array.from({ length: count }, () => next() % 10).join(''),
  };
};
