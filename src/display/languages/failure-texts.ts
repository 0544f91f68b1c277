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
  'certificate/revoked': '006',
  'certificate/expired': '006',
};
