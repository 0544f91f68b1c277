// Makes the insurance of an invented registry for a holder: the same holder always gets the same numbers. Pure.
// No number here belongs to anybody: names of insurers say that they are invented (架空).

import { ageOn } from '../calendar.ts';
import { contributionRatio, isPreschool, type Seeded, seeded, withCheckDigit } from './numbers.ts';
import type { Qualification } from './ports.ts';

export interface Person {
  readonly name: string;
  readonly nameKana?: string;
  /** YYYY-MM-DD */
  readonly birth: string;
  readonly sex?: '1' | '2' | '3';
  readonly address?: string;
}

interface Insurer {
  /** 法別番号; empty: 国民健康保険, whose numbers have six digits. */
  readonly law: string;
  readonly name: string;
}

// No prefecture has these codes, so that no number made here can be a real insurer's; check digits are right all the same.
const PREFECTURES = ['91', '93', '95', '97', '99'];
const WORKING: readonly Insurer[] = [
  { law: '01', name: '架空けんぽ協会' },
  { law: '06', name: '架空商事健康保険組合' },
  { law: '', name: '架空市国民健康保険' },
  { law: '34', name: '架空学校共済組合' },
];
const ELDERLY: Insurer = { law: '39', name: '架空県後期高齢者医療広域連合' };
const SYMBOLS = ['かざし', 'みなと', '千二', 'さくら'];

const compact = (date: string): string => date.replaceAll('-', '');

const insurerNumber = (insurer: Insurer, choose: Seeded): string =>
  withCheckDigit(insurer.law + (PREFECTURES[choose.pick(PREFECTURES.length)] ?? '99') + choose.digits(3));

/** The birthday that moves a person into another insurance, as YYYY-MM-DD. */
const birthday = (birth: string, age: number): string => `${Number(birth.slice(0, 4)) + age}${birth.slice(4)}`;

/** 限度額区分: ア to オ under 70; from 70 on by income, where 75 divides 一般 in two. */
const limitOf = (age: number, income: 1 | 2 | 3, choose: Seeded): string => {
  const oneOf = (codes: readonly string[]): string => codes[choose.pick(codes.length)] ?? '';
  if (age < 70) return oneOf(['A01', 'A02', 'A03', 'A04', 'A05', 'A06']);
  if (income === 3) return oneOf(['B01', 'B02', 'B03']);
  if (age < 75) return oneOf(['B04', 'B05', 'B06']);
  return income === 2 ? 'B09' : oneOf(['B05', 'B06', 'B07', 'B08', 'B10']);
};

/** From the last 1 August (or the first day of the qualification) to the next 31 July. */
const validFrom = (began: string, day: string): Pick<Qualification, 'InsuredCardValidDate' | 'InsuredCardExpirationDate'> => {
  const year = Number(day.slice(0, 4)) - (day.slice(5) < '08-01' ? 1 : 0);
  const first = [began, `${year}-08-01`].sort().at(-1) ?? began;
  return { InsuredCardValidDate: compact(first), InsuredCardExpirationDate: `${year + 1}0731` };
};

/** The qualification in force on `day` (YYYY-MM-DD). */
export const syntheticQualification = (person: Person, day: string): Qualification => {
  const choose = seeded(`${person.name}|${person.birth}|${person.sex ?? ''}`);
  const age = ageOn(person.birth, day);
  const elderly = age >= 75;
  const insurer = elderly ? ELDERLY : (WORKING[choose.pick(WORKING.length)] ?? ELDERLY);
  const income = ([1, 1, 1, 2, 3] as const)[choose.pick(5)] ?? 1;
  const ratio = contributionRatio(person.birth, day, age, income);
  // Children are insured through a parent; 国保 knows the household, 後期高齢者 only the person.
  const family = !elderly && (age < 18 || choose.pick(4) === 0);
  const symbol = insurer.law === '' ? `${SYMBOLS[choose.pick(SYMBOLS.length)]}${choose.digits(2)}` : choose.digits(8);
  const since = elderly ? birthday(person.birth, 75) : `20${15 + choose.pick(9)}-04-01`;
  const began = [since, person.birth].sort().at(-1) ?? since;
  return {
    InsurerNumber: insurerNumber(insurer, choose),
    InsurerName: insurer.name,
    ...(elderly ? {} : { InsuredCardSymbol: symbol }),
    InsuredIdentificationNumber: elderly ? withCheckDigit(choose.digits(7)) : String(1 + choose.pick(9_999_999)),
    ...(elderly ? {} : { InsuredBranchNumber: family ? `0${1 + choose.pick(4)}` : '00' }),
    PersonalFamilyClassification: family ? '2' : '1',
    InsuredCertificateClassification: '01',
    InsuredName: person.name,
    Name: person.name,
    ...(person.nameKana === undefined ? {} : { NameKana: person.nameKana }),
    ...(person.sex === undefined ? {} : { Sex1: person.sex }),
    Birthdate: compact(person.birth),
    ...(person.address === undefined ? {} : { Address: person.address }),
    QualificationDate: compact(began),
    InsuredCertificateIssuanceDate: compact(began),
    InsuredPartialContributionRatio: ratio,
    ...(isPreschool(person.birth, day) ? { PreschoolClassification: '1' as const } : {}),
    ...(age >= 70 && !elderly ? { ElderlyRecipientCertificateInfo: { ElderlyRecipientContributionRatio: ratio } } : {}),
    LimitApplicationCertificateRelatedInfo: { LimitApplicationCertificateClassificationFlag: limitOf(age, income, choose) },
    // These two are renewed every August; other insurers print no end.
    ...(elderly || insurer.law === '' ? validFrom(began, day) : {}),
  };
};

/** What the registry has beside the insurance of somebody who came by card: a postal code that no place has, and for some a 特定疾病療養受療証. */
export const holderExtras = (person: Person): Partial<Qualification> => {
  const choose = seeded(`extras|${person.name}|${person.birth}|${person.sex ?? ''}`);
  const [digits, ill, category] = [choose.digits(4), choose.pick(8) === 0, String(1 + choose.pick(3))];
  return {
    ...(person.address === undefined ? {} : { PostNumber: `999-${digits}` }),
    ...(ill ? { SpecificDiseasesCertificateList: [{ SpecificDiseasesDiseaseCategory: category }] } : {}),
  };
};
