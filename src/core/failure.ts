// The one error class of kazashi and the closed list of its codes.
// A failure carries a code, what may be done next, and facts that are never personal.
// Expected outcomes (a wrong PIN with two tries left) are values, not failures.

/** What may be done after a failure: nothing, the same step again, a new visit, or a restart of the process. */
export type Retry = 'never' | 'same-step' | 'restart-visit' | 'restart-process';

/** Every failure code with its default retry. docs/failure-codes.md and each language hold a row per code. */
export const FAILURES = {
  'card/not-recognised': 'restart-visit',
  'card/not-my-number': 'restart-visit',
  'card/driving-licence': 'restart-visit',
  'card/transit': 'restart-visit',
  'card/phone': 'restart-visit',
  'card/several': 'restart-visit',
  'card/removed': 'restart-visit',
  'card/read-failed': 'restart-visit',
  'card/malformed': 'restart-visit',
  'card/tampered': 'restart-visit',
  'card/untrusted': 'restart-visit',
  'card/face-unreadable': 'restart-visit',
  'certificate/expired': 'restart-visit',
  'certificate/revoked': 'restart-visit',
  'certificate/not-yet-valid': 'restart-visit',
  'code/wrong': 'restart-visit',
  'code/blocked': 'restart-visit',
  'code/too-few-tries': 'restart-visit',
  'pin/blocked': 'restart-visit',
  'pin/only-way-blocked': 'restart-visit',
  'pin/not-set': 'same-step',
  'face/no-match': 'same-step',
  'face/not-live': 'same-step',
  'face/none': 'same-step',
  'face/several': 'same-step',
  'face/too-far': 'same-step',
  'face/too-near': 'same-step',
  'face/off-centre': 'same-step',
  'face/turned': 'same-step',
  'face/tilted': 'same-step',
  'face/dark': 'same-step',
  'face/back-lit': 'same-step',
  'face/over-exposed': 'same-step',
  'face/blurred': 'same-step',
  'face/eyes-hidden': 'same-step',
  'face/mask': 'same-step',
  'face/photo-unreadable': 'same-step',
  'staff/wrong-passcode': 'same-step',
  'visit/timeout': 'restart-visit',
  'visit/cancelled': 'restart-visit',
  'uplink/broker-lost': 'restart-visit',
  'uplink/terminal-lost': 'restart-visit',
  'uplink/not-acknowledged': 'restart-visit',
  'uplink/rejected': 'restart-visit',
  'uplink/outbox-full': 'restart-visit',
  'uplink/malformed': 'never',
  'uplink/untrusted': 'never',
  'uplink/rules-outdated': 'never',
  'storage/unwritable': 'restart-process',
  'storage/corrupt': 'restart-process',
  'clock/unset': 'restart-process',
  'reader/unavailable': 'restart-process',
  'reader/protocol': 'restart-visit',
  'camera/unavailable': 'same-step',
  'touch/unavailable': 'restart-process',
  'display/unavailable': 'restart-process',
  'display/no-font': 'restart-process',
  'model/unavailable': 'restart-process',
  'model/corrupt': 'restart-process',
  'config/invalid': 'never',
  'port/in-use': 'never',
  'input/invalid': 'never',
  'visit/internal': 'restart-process',
} as const satisfies Record<string, Retry>;

export type FailureCode = keyof typeof FAILURES;
export const FAILURE_CODES = Object.keys(FAILURES) as readonly FailureCode[];

/** Facts are numbers, booleans and short fixed words: never a name, a number on the card, a PIN or an image. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

export interface FailureOptions {
  readonly facts?: Facts;
  readonly cause?: unknown;
  readonly retry?: Retry;
  /** What a developer or technician reads; must hold nothing personal. Default: the code. */
  readonly message?: string;
}

export class KioskFailure extends Error {
  override readonly name = 'KioskFailure';
  readonly code: FailureCode;
  readonly retry: Retry;
  readonly facts: Facts;

  constructor(code: FailureCode, options: FailureOptions = {}) {
    super(options.message ?? code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? FAILURES[code];
    this.facts = options.facts ?? {};
  }
}

export const isFailure = (value: unknown, code?: FailureCode): value is KioskFailure =>
  value instanceof KioskFailure && (code === undefined || value.code === code);

/** Any thrown value as a failure: a KioskFailure stays itself, everything else becomes `code` with it as cause. */
export const asFailure = (value: unknown, code: FailureCode): KioskFailure =>
  value instanceof KioskFailure ? value : new KioskFailure(code, { cause: value });
