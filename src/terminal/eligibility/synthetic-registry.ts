// An embedded stand-in for the national registry: invented people with every answer the scheme knows, and every card holder it met.
// It is never a source of real eligibility; its answers carry source "synthetic".

import type { Patient } from '../model.ts';
import type { EligibilityAnswer, EligibilityRegistry, InsuranceNumbers, Qualification, QualificationValidity } from './ports.ts';
import { type Person, syntheticQualification } from './synthetic-person.ts';

interface Entry {
  readonly validity: QualificationValidity;
  readonly qualification: Qualification;
}

const person = (name: string, nameKana: string, birth: string, sex: '1' | '2'): Person => ({ name, nameKana, birth, sex });

/** Numbers that can be typed at the terminal to see each answer; listed in --help and on the demo page. */
export const SPECIMEN = {
  valid: { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '1', InsuredBranchNumber: '00' },
  invalid: { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '2', InsuredBranchNumber: '00' },
  replaced: { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '3', InsuredBranchNumber: '00' },
  several: { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '5' },
  unregistered: { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '6', InsuredBranchNumber: '00' },
} as const satisfies Record<string, InsuranceNumbers>;

const specimens = (): readonly Entry[] => {
  const of = (who: Person, numbers: InsuranceNumbers, validity: QualificationValidity, change: Partial<Qualification> = {}): Entry => ({
    validity,
    qualification: { ...syntheticQualification(who, '2026-01-01'), InsurerName: '架空商事健康保険組合', ...numbers, ...change },
  });
  const lost = { DisqualificationDate: '20251001' };
  const household = SPECIMEN.several;
  return [
    of(person('見本　太郎', 'ミホン　タロウ', '1980-04-10', '1'), SPECIMEN.valid, '1', { PersonalFamilyClassification: '1' }),
    of(person('見本　次郎', 'ミホン　ジロウ', '1975-08-01', '1'), SPECIMEN.invalid, '2', { ...lost, ReasonOfLoss: '99' }),
    of(person('見本　花子', 'ミホン　ハナコ', '1990-12-24', '2'), SPECIMEN.replaced, '3', { ...lost, ReasonOfLoss: '03' }),
    of(person('見本　一郎', 'ミホン　イチロウ', '1985-05-05', '1'), { ...household, InsuredBranchNumber: '00' }, '1'),
    of(person('見本　さくら', 'ミホン　サクラ', '2015-03-03', '2'), { ...household, InsuredBranchNumber: '01' }, '1', {
      PersonalFamilyClassification: '2',
      InsuredName: '見本　一郎',
    }),
    of(person('見本　新', 'ミホン　アラタ', '2000-02-29', '1'), SPECIMEN.unregistered, '6'),
  ];
};

/** Digits and letters however they are typed: full width, hyphens, blanks, leading zeros of 番号. */
const plain = (text: string | undefined): string => (text ?? '').normalize('NFKC').replace(/[\s\-‐－・]/g, '');
const number = (text: string | undefined): string => plain(text).replace(/^0+(?=.)/, '');

const matches = (entry: Entry, asked: InsuranceNumbers): boolean =>
  entry.qualification.InsurerNumber === plain(asked.InsurerNumber) &&
  plain(entry.qualification.InsuredCardSymbol) === plain(asked.InsuredCardSymbol) &&
  number(entry.qualification.InsuredIdentificationNumber) === number(asked.InsuredIdentificationNumber) &&
  (plain(asked.InsuredBranchNumber) === '' || number(entry.qualification.InsuredBranchNumber) === number(asked.InsuredBranchNumber));

const answer = (how: '1' | '2', validity: QualificationValidity, list: readonly Qualification[]): EligibilityAnswer => ({
  ReferenceClassification: how,
  QualificationValidity: validity,
  ResultList: list,
  source: 'synthetic',
});

export class SyntheticEligibilityRegistry implements EligibilityRegistry {
  readonly #specimens = specimens();
  /** Holders met by card, by what names them: the numbers of a patient who was here can be typed later. */
  readonly #met = new Map<string, Person>();

  byCard(patient: Patient | undefined, day: string): EligibilityAnswer {
    if (patient === undefined) return answer('1', '4', []);
    const { name, birthdate, sex, address } = patient;
    const known: Person = { name, birth: birthdate, sex, ...(address === '' ? {} : { address }) };
    this.#met.set(`${name}|${birthdate}|${sex}`, known);
    return answer('1', '1', [syntheticQualification(known, day)]);
  }

  byNumbers(numbers: InsuranceNumbers, day: string): EligibilityAnswer {
    const met = [...this.#met.values()].map((who): Entry => ({ validity: '1', qualification: syntheticQualification(who, day) }));
    const found = [...this.#specimens, ...met].filter((entry) => matches(entry, numbers));
    const [only] = found;
    if (only === undefined) return answer('2', '4', []);
    return answer(
      '2',
      found.length > 1 ? '5' : only.validity,
      found.map((entry) => entry.qualification),
    );
  }
}
