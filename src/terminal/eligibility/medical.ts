// Invented medicines, procedures and check-ups for a holder: the same holder always has the same history. Pure.
// Which of them a patient agreed to show is decided by consent.ts, never here.

import { DAY_MS, japanDate } from '../calendar.ts';
import type { Patient } from '../model.ts';
import { type Seeded, seeded } from './numbers.ts';

export interface Medication {
  /** YYYY-MM-DD, dispensed */
  readonly date: string;
  readonly name: string;
  readonly usage: string;
  readonly days: number;
}

export interface Procedure {
  readonly date: string;
  readonly kind: 'diagnosis' | 'surgery';
  readonly name: string;
  readonly institution: string;
}

export interface Checkup {
  readonly date: string;
  readonly heightCm: number;
  readonly weightKg: number;
  readonly bmi: number;
  readonly waistCm: number;
  readonly systolicMmHg: number;
  readonly diastolicMmHg: number;
  readonly ldlMgDl: number;
  readonly hba1cPercent: number;
}

const MEDICINES: readonly (readonly [string, string])[] = [
  ['アムロジピン錠5mg', '1日1回 朝食後 1錠'],
  ['ロスバスタチン錠2.5mg', '1日1回 夕食後 1錠'],
  ['メトホルミン塩酸塩錠250mg', '1日2回 朝夕食後 1錠'],
  ['レバミピド錠100mg', '1日3回 毎食後 1錠'],
  ['カルボシステイン錠500mg', '1日3回 毎食後 1錠'],
  ['フェキソフェナジン塩酸塩錠60mg', '1日2回 朝夕食後 1錠'],
  ['アセトアミノフェン錠200mg', '痛むとき 1回2錠 1日3回まで'],
  ['ランソプラゾールOD錠15mg', '1日1回 朝食後 1錠'],
];
const DIAGNOSES = ['再診料', '血液化学検査', '胸部単純撮影', '心電図検査(12誘導)', '超音波検査(腹部)', '特定疾患療養管理料'];
const SURGERIES = ['水晶体再建術', '虫垂切除術', '皮膚腫瘍摘出術', '内視鏡的大腸ポリープ切除術'];
const INSTITUTIONS = ['架空中央病院', '架空みなと診療所', '架空さくら整形外科'];

const oneOf = <Value>(choose: Seeded, values: readonly Value[]): Value => values[choose.pick(values.length)] as Value;
const within = (choose: Seeded, from: number, to: number): number => from + choose.pick(to - from + 1);
const source = (patient: Patient, kind: string): Seeded => seeded(`${kind}|${patient.name}|${patient.birthdate}|${patient.sex}`);
const newestFirst = <Dated extends { date: string }>(list: readonly Dated[]): readonly Dated[] =>
  [...list].sort((a, b) => b.date.localeCompare(a.date));
/** A day between `from` and `to` days before. */
const daysBefore = (choose: Seeded, at: number, from: number, to: number): string => japanDate(at - within(choose, from, to) * DAY_MS);

export const medicationsOf = (patient: Patient, at: number): readonly Medication[] => {
  const choose = source(patient, 'medications');
  return newestFirst(
    Array.from({ length: within(choose, 3, 6) }, () => {
      const [name, usage] = oneOf(choose, MEDICINES);
      return { date: daysBefore(choose, at, 20, 300), name, usage, days: oneOf(choose, [5, 14, 28, 30]) };
    }),
  );
};

export const proceduresOf = (patient: Patient, at: number): readonly Procedure[] => {
  const choose = source(patient, 'procedures');
  const make = (kind: Procedure['kind'], names: readonly string[], from: number, to: number): Procedure => ({
    date: daysBefore(choose, at, from, to),
    kind,
    name: oneOf(choose, names),
    institution: oneOf(choose, INSTITUTIONS),
  });
  return newestFirst([
    ...Array.from({ length: within(choose, 2, 4) }, () => make('diagnosis', DIAGNOSES, 10, 700)),
    ...Array.from({ length: within(choose, 1, 2) }, () => make('surgery', SURGERIES, 200, 1500)),
  ]);
};

/** Of the last three years. */
export const checkupsOf = (patient: Patient, at: number): readonly Checkup[] => {
  const choose = source(patient, 'checkups');
  const heightCm = patient.sex === '2' ? within(choose, 148, 165) : within(choose, 160, 178);
  const bmi = within(choose, 195, 275) / 10;
  return newestFirst(
    [0, 1, 2].map((year) => {
      const weightKg = Math.round((bmi + choose.pick(10) / 10) * (heightCm / 100) ** 2 * 10) / 10;
      return {
        date: daysBefore(choose, at - year * 365 * DAY_MS, 30, 180),
        heightCm,
        weightKg,
        bmi: Math.round((weightKg / (heightCm / 100) ** 2) * 10) / 10,
        waistCm: Math.round(bmi * 3.5 + choose.pick(4)),
        systolicMmHg: within(choose, 108, 148),
        diastolicMmHg: within(choose, 64, 92),
        ldlMgDl: within(choose, 85, 165),
        hba1cPercent: within(choose, 51, 66) / 10,
      };
    }),
  );
};
