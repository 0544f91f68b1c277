// The shape of the texts of a failure or a notice. Holds no text itself.

import type { FailureCode } from '../../core/failure.ts';
import type { NoticeCode } from '../../core/screens.ts';

export interface FailureText {
  readonly title: string;
  /** What happened, to the patient. */
  readonly patient: string;
  /** What to do next. */
  readonly action: string;
  /** What staff or a technician know or do. */
  readonly staff: string;
}

export type FailureTexts = Readonly<Record<FailureCode | NoticeCode, FailureText>>;

/** Codes reception staff in the field already know by number. */
export const FIELD_CODES: Readonly<Partial<Record<FailureCode | NoticeCode, string>>> = {
  'card/not-recognised': '001',
  'card/not-my-number': '002',
  'card/driving-licence': '002',
  'card/transit': '002',
  'card/phone': '002',
  'certificate/revoked': '006',
  'certificate/expired': '006',
};

/** What the patient reads: title, what happened, what to do next. */
export type PatientRow = readonly [title: string, patient: string, action: string];

/** Texts in a language that the staff of a Japanese clinic need not read: their line stays as it is in `staff`. */
export const forPatients = (rows: Readonly<Record<FailureCode | NoticeCode, PatientRow>>, staff: FailureTexts): FailureTexts =>
  Object.fromEntries(
    Object.entries(rows).map(([code, [title, patient, action]]) => [
      code,
      { title, patient, action, staff: staff[code as keyof FailureTexts].staff },
    ]),
  ) as FailureTexts;
