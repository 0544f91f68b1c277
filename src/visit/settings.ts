// What a facility decides about the visit, as plain data, and the defaults of every deadline.
// Must never hold a secret: the staff passcode stays behind VisitPorts.checkStaffPasscode.

import { CONSENT_QUESTIONS, type ConsentQuestion, LANGUAGES, type Language, type Method } from '../core/screens.ts';

/** Deadlines in milliseconds. */
export interface VisitTimeouts {
  readonly splashMs: number;
  readonly selfTestMs: number;
  /** While the terminal is awaited: how often the wait is begun anew (and logged). */
  readonly linkMs: number;
  /** Idle without a touch: the language goes back to Japanese. */
  readonly idleMs: number;
  /** Without operation a visit ends; its last `askMs` ask 「つづけますか」. */
  readonly quietMs: number;
  readonly askMs: number;
  /** As `quietMs`, while staff are awaited: they may have to come, or to look up from another patient. */
  readonly staffMs: number;
  /** How long an error or a kind word stays (WCAG 2.2.1: at least 10 s). */
  readonly noticeMs: number;
  /** In large letters a screen stays this much longer for each sentence after its first. */
  readonly pageMs: number;
  readonly readMs: number;
  readonly faceMs: number;
  /** PIN or passcode being checked. */
  readonly checkMs: number;
  /** Until the terminal's word is given up. */
  readonly sendingMs: number;
  /** After that, how long the session may take to say whether the result is durable. */
  readonly releaseMs: number;
  readonly doneMs: number;
  /** How long the recap stays after the card was taken: read in passing, gone before the next patient stands there. */
  readonly takenMs: number;
  /** One step of the rising alarm. */
  readonly alarmMs: number;
  /** How long a visit waits for a lost terminal. */
  readonly graceMs: number;
  /** Out of service after a fault: when the self-test is tried again. */
  readonly retestMs: number;
  /** Length of the guide: its moving pictures. */
  readonly howToMs: number;
  readonly shutdownMs: number;
}

export interface VisitSettings {
  readonly languages: readonly Language[];
  readonly methods: readonly Method[];
  /** Whether staff may vouch by looking (目視確認), here or from the terminal. */
  readonly staffCheck: boolean;
  readonly faceAttempts: number;
  readonly staffAttempts: number;
  readonly consentQuestions: readonly ConsentQuestion[];
  readonly askPrescription: boolean;
  readonly timeouts: VisitTimeouts;
}

export const DEFAULT_TIMEOUTS: VisitTimeouts = {
  splashMs: 300,
  selfTestMs: 60_000,
  linkMs: 60_000,
  idleMs: 60_000,
  quietMs: 60_000,
  askMs: 20_000,
  staffMs: 120_000,
  noticeMs: 10_000,
  pageMs: 10_000,
  readMs: 30_000,
  faceMs: 30_000,
  checkMs: 10_000,
  sendingMs: 20_000,
  releaseMs: 3_000,
  doneMs: 15_000,
  takenMs: 8_000,
  alarmMs: 5_000,
  graceMs: 10_000,
  retestMs: 30_000,
  howToMs: 20_000,
  shutdownMs: 3_000,
};

/** Settings with every omission filled: all languages, methods and questions, no prescription question. */
export const visitSettings = (
  given: Partial<Omit<VisitSettings, 'timeouts'>> & { readonly timeouts?: Partial<VisitTimeouts> } = {},
): VisitSettings => ({
  languages: LANGUAGES,
  methods: ['face', 'pin', 'staff'],
  staffCheck: true,
  faceAttempts: 3,
  staffAttempts: 5,
  consentQuestions: Object.keys(CONSENT_QUESTIONS) as ConsentQuestion[],
  askPrescription: false,
  ...given,
  timeouts: { ...DEFAULT_TIMEOUTS, ...given.timeouts },
});
