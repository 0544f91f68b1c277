// Everything the visit needs from the world. It knows no hardware, no pixels, no card bytes:
// a card is what a CardSession says, and secrets pass through it as buffers that the session wipes.

import type { FailureCode } from '../core/failure.ts';
import type { ConsentItem, FaceGuidance, FaceHint, Language, Method, ScreenModel } from '../core/screens.ts';

/** Trust in the user-authentication certificate at a moment (card.md 1.5; validity ends at the holder's fifth birthday after issue). */
export type CertificateState =
  | { readonly state: 'valid' }
  | { readonly state: 'expires-soon'; readonly days: number }
  | { readonly state: 'expired-in-grace'; readonly days: number }
  | { readonly state: 'expired' | 'not-yet-valid' | 'revoked' | 'untrusted' | 'tampered' };

export interface CardSummary {
  readonly certificate: CertificateState;
  /** false: 顔認証マイナンバーカード, issued without a PIN. */
  readonly hasPin: boolean;
  /** 0 = locked. Undefined when there is no PIN. */
  readonly pinTriesLeft?: number;
  /** Whether the photo of the card face could be opened, read and prepared for the match; 'no-models': the kiosk's own fault. */
  readonly photo: 'ready' | 'blocked' | 'unreadable' | 'no-models';
  /** Why the photo is closed, where the session knows. */
  readonly photoFailure?: FailureCode;
  /** Whole years at the moment of the visit; unknown if the card face stayed closed. */
  readonly ageYears?: number;
}

export type PinOutcome =
  | { readonly outcome: 'verified' }
  | { readonly outcome: 'wrong'; readonly triesLeft: number }
  | { readonly outcome: 'blocked' };

export type FaceOutcome = { readonly outcome: 'match' } | { readonly outcome: 'failed'; readonly reason: FaceHint | 'camera' };

/** Why reception is asked to look: what failed before, or the patient's own choice. */
export type LookReason = FaceHint | 'camera' | 'photo-unreadable' | 'pin-locked' | 'chosen';

/** The card on the tray during one visit. `close` wipes everything that was read. All may throw KioskFailure. */
export interface CardSession {
  /** Identifies the card and reads what a visit needs. Throws card/not-my-number, card/not-recognised, card/tampered, … */
  read(signal: AbortSignal): Promise<CardSummary>;
  /** Takes the four digits (wiped by the session). Refuses the try that would lock unless `lastTryConfirmed`. */
  verifyPin(pin: Uint8Array, options: { lastTryConfirmed: boolean }, signal: AbortSignal): Promise<PinOutcome>;
  /** Compares the camera's face with the chip's photo. */
  verifyFace(onGuidance: (guidance: FaceGuidance) => void, signal: AbortSignal): Promise<FaceOutcome>;
  /** Asks reception to look at the patient (目視確認) and approve at the terminal. Resolves when the question is shown there; rejects when it is not. */
  askReception(reason: LookReason, signal: AbortSignal): Promise<void>;
  /** The look is over or no longer wanted: what was asked goes from reception's screen. Never throws; nothing was asked, nothing happens. */
  stopAsking(): void;
  /**
   * Seals the result with the card's evidence, stores it durably, and waits for the terminal's word.
   * Aborting the signal means "wait no longer", at the end of the sending deadline: a session that has stored the result durably
   * then resolves `{ outcome: 'stored' }` (and the outbox goes on delivering); one that has not rejects, and nothing may be sent.
   */
  deliver(result: VisitOutcome, signal: AbortSignal): Promise<DeliveryOutcome>;
  /** Called exactly once per opened session, at whatever end of the visit, also while `read`, `verifyPin` or `verifyFace` runs. */
  close(): void;
}

/** What the visit adds to what the card says. */
export interface VisitOutcome {
  readonly visitId: string;
  readonly method: Method;
  readonly language: Language;
  readonly consent: Readonly<Partial<Record<ConsentItem, boolean>>>;
  readonly prescription?: 'electronic' | 'paper';
  readonly certificate: CertificateState['state'];
}

export type DeliveryOutcome =
  | { readonly outcome: 'accepted'; readonly checkIn: 'checked-in' | 'see-reception'; readonly number?: string }
  | { readonly outcome: 'rejected'; readonly code: FailureCode }
  /** Durable in the outbox, not acknowledged in time: will be sent when the terminal is back. */
  | { readonly outcome: 'stored' };

/** Four digits in the making. Never in the statechart's context: only their count is. */
export interface SecretPad {
  push(digit: number): number;
  backspace(): number;
  clear(): number;
  /** The digits as ASCII, handed over once; the pad is empty afterwards. */
  take(): Uint8Array;
}

export interface VisitPorts {
  /** Checks reader, display, camera, models, outbox. Throws the first failure that forbids service. */
  selfTest(signal: AbortSignal): Promise<void>;
  openCard(visitId: string): CardSession;
  readonly pad: SecretPad;
  /** Compares with the facility's passcode in constant time; wipes its argument. */
  checkStaffPasscode(passcode: Uint8Array): boolean;
  /** Durations of earlier starts, for an honest countdown. expectedMs: milliseconds, 0 when there is no experience yet. */
  readonly startHistory: { expectedMs(): number; record(durationMs: number): void };
  newVisitId(): string;
  /** How many sentences a screen shows in large letters, one at a time; without it every screen counts as one. */
  pages?(model: ScreenModel): number;
  sound(tone: 'card-detected' | 'key' | 'accepted' | 'error' | 'alarm-1' | 'alarm-2' | 'alarm-3'): void;
}
