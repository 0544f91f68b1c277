// The invented people of the embedded registry: households of all ages, every answer and edge the scheme knows. Pure and the same for ever.

import { type Seeded, seeded, withCheckDigit } from './numbers.ts';
import type { InsuranceNumbers, Qualification, QualificationValidity } from './ports.ts';
import { type Person, syntheticQualification } from './synthetic-person.ts';

export interface Insured {
  readonly validity: QualificationValidity;
  readonly person: Person;
  /** What is fixed for this entry; the rest follows from the person and the day. */
  readonly fixed: Partial<Qualification>;
}

const person = (name: string, nameKana: string, birth: string, sex: '1' | '2'): Person => ({ name, nameKana, birth, sex });

/** Numbers that can be typed at the terminal to see each answer; listed in docs/terminal.md. */
export const SPECIMEN = {
  valid: { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '1', InsuredBranchNumber: '00' },
  invalid: { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '2', InsuredBranchNumber: '00' },
  replaced: { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '3', InsuredBranchNumber: '00' },
  several: { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '5' },
  unregistered: { InsurerNumber: '06992010', InsuredCardSymbol: '1001', InsuredIdentificationNumber: '6', InsuredBranchNumber: '00' },
} as const satisfies Record<string, InsuranceNumbers>;

const LOST = { DisqualificationDate: '20251001' };

export const specimens = (): readonly Insured[] => {
  const of = (who: Person, numbers: InsuranceNumbers, validity: QualificationValidity, change: Partial<Qualification> = {}): Insured => ({
    validity,
    person: who,
    fixed: { InsurerName: '架空商事健康保険組合', ...numbers, ...change },
  });
  const household = SPECIMEN.several;
  return [
    of(person('見本　太郎', 'ミホン　タロウ', '1980-04-10', '1'), SPECIMEN.valid, '1', { PersonalFamilyClassification: '1' }),
    of(person('見本　次郎', 'ミホン　ジロウ', '1975-08-01', '1'), SPECIMEN.invalid, '2', { ...LOST, ReasonOfLoss: '99' }),
    of(person('見本　花子', 'ミホン　ハナコ', '1990-12-24', '2'), SPECIMEN.replaced, '3', { ...LOST, ReasonOfLoss: '03' }),
    of(person('見本　一郎', 'ミホン　イチロウ', '1985-05-05', '1'), { ...household, InsuredBranchNumber: '00' }, '1'),
    of(person('見本　さくら', 'ミホン　サクラ', '2015-03-03', '2'), { ...household, InsuredBranchNumber: '01' }, '1', {
      PersonalFamilyClassification: '2',
      InsuredName: '見本　一郎',
    }),
    of(person('見本　新', 'ミホン　アラタ', '2000-02-29', '1'), SPECIMEN.unregistered, '6'),
  ];
};

const FAMILY_NAMES = [['架空', 'カクウ'], ['見立', 'ミタテ'], ['仮名', 'カメイ'], ['想定', 'ソウテイ'], ['例示', 'レイジ'], ['試行', 'シコウ']] as const; // biome-ignore format: one list
const GIVEN: Readonly<Record<'1' | '2', readonly (readonly [string, string])[]>> = { 1: [['一', 'ハジメ'], ['健', 'ケン'], ['蓮', 'レン'], ['茂', 'シゲル']], 2: [['葵', 'アオイ'], ['幸●', 'サチコ'], ['凛', 'リン'], ['節', 'セツ']] } as const; // biome-ignore format: one list
/** 被保険者証区分 and validity in about the shares a reception meets; the rare ones are there to be seen. */
const CLASSES = ['01', '01', '01', '01', '01', '01', '06', '07', 'A1', '05'] as const;
const VALIDITIES: readonly QualificationValidity[] = ['1', '1', '1', '1', '1', '1', '1', '1', '6', '2', '3'];
const REASONS = ['01', '02', '03', '99'] as const;

/** Parents, and in some households grandparents, whose shares and limits differ. */
const OLDEST = [1955, 1955, 1955, 1936] as const;

const birthOf = (choose: Seeded, from: number, to: number): string =>
  `${from + choose.pick(to - from + 1)}-${String(1 + choose.pick(12)).padStart(2, '0')}-${String(1 + choose.pick(28)).padStart(2, '0')}`;

/** Household number `index`: one to four people who share insurer, 記号 and 番号. */
const household = (index: number): readonly Insured[] => {
  const choose = seeded(`household|${index}`);
  const oneOf = <Value>(values: readonly Value[]): Value => values[choose.pick(values.length)] as Value;
  const [family, familyKana] = oneOf(FAMILY_NAMES);
  const classification = oneOf(CLASSES);
  const shared = {
    InsurerNumber: withCheckDigit(`${classification === 'A1' ? '12' : classification === '07' ? '07' : '06'}99${choose.digits(3)}`),
    InsurerName: classification === 'A1' ? '架空市福祉事務所' : '架空商事健康保険組合',
    InsuredCertificateClassification: classification,
    InsuredCardSymbol: choose.digits(4),
    InsuredIdentificationNumber: String(1 + choose.pick(999_999)),
  };
  return Array.from({ length: 1 + choose.pick(4) }, (_, place): Insured => {
    const sex = oneOf(['1', '2'] as const);
    const [given, givenKana] = oneOf(GIVEN[sex]);
    const validity = oneOf(VALIDITIES);
    const ended = validity === '2' || validity === '3';
    return {
      validity,
      person: {
        name: `${family}　${given}`,
        nameKana: `${familyKana}　${givenKana}`,
        birth: place < 2 ? birthOf(choose, oneOf(OLDEST), 1995) : birthOf(choose, 2008, 2025),
        sex,
        address: `架空県●●市${index}番地`,
      },
      fixed: {
        ...shared,
        InsuredBranchNumber: String(place).padStart(2, '0'),
        PersonalFamilyClassification: place === 0 ? '1' : '2',
        PostNumber: `999-${choose.digits(4)}`,
        ...(ended ? { ...LOST, ReasonOfLoss: validity === '3' ? '03' : oneOf(REASONS) } : {}),
        ...(choose.pick(12) === 0
          ? { SpecificDiseasesCertificateList: [{ SpecificDiseasesDiseaseCategory: oneOf(['1', '2', '3']) }] }
          : {}),
        ...(choose.pick(20) === 0 ? { NameOfOther: `${family}　通称` } : {}),
        ...(choose.pick(40) === 0 ? { Sex2: sex === '1' ? ('2' as const) : ('1' as const) } : {}),
      },
    };
  });
};

/** Specimens first, then households; about two and a half people in each. */
export const population = (households: number): readonly Insured[] => [
  ...specimens(),
  ...Array.from({ length: households }, (_, index) => household(index)).flat(),
];

/** The entry as it stands on a day (YYYY-MM-DD). */
export const qualificationOn = ({ person: who, fixed }: Pick<Insured, 'person' | 'fixed'>, day: string): Qualification => ({
  ...syntheticQualification(who, day),
  ...fixed,
});
