// What the terminal remembers of a visit, and its word on a message. Plain data, no I/O.
// Rows of these types hold personal data: they go to the database and to a logged-in page, never to a log line.

import type { AckMessage, VisitMessage } from '../uplink/contract/index.ts';

export type Consent = VisitMessage['consent'];
export type Patient = NonNullable<VisitMessage['patient']>;
export type CheckInState = NonNullable<AckMessage['checkIn']>['state'];

/** The terminal's word, remembered as it was first given; a repeat of an accepted message is told `duplicate` instead. */
export interface AckRecord {
  readonly id: string;
  readonly seq: number;
  readonly status: 'accepted' | 'rejected';
  readonly code?: string;
  readonly checkIn?: { readonly state: CheckInState; readonly number?: string };
}

/**
 * How the terminal itself could confirm that the card was there.
 * card-signature: the card's key signed the challenge (checked here). kiosk: the kiosk checked and signed for it.
 * staff: a member of staff looked. failed: the card's signature does not fit the certificate.
 */
export type Proof = 'card-signature' | 'kiosk' | 'staff' | 'failed';

export interface CertificateNote {
  /** The kiosk's judgement at the moment of the visit. */
  readonly state: VisitMessage['certificate']['state'];
  /** Last day of validity, YYYY-MM-DD in Japan; absent when the certificate cannot be read. */
  readonly validTo?: string;
  /** Whole days left at the visit; negative: days since it ended. */
  readonly days?: number;
}

export interface StoredVisit {
  readonly visitId: string;
  readonly kiosk: string;
  readonly bootId: string;
  readonly seq: number;
  /** When the kiosk finished it, milliseconds since 1970. */
  readonly at: number;
  readonly receivedAt: number;
  readonly method: VisitMessage['method'];
  readonly language: string;
  readonly result: CheckInState;
  /** Reception number of the day, in the order of arrival. */
  readonly number: string;
  /** 資格有効性 as it was answered at arrival; absent when nobody answered. */
  readonly validity?: string;
  readonly proof: Proof;
  readonly certificate: CertificateNote;
  readonly consent: Consent;
  /** 1 electronic, 2 paper */
  readonly prescription?: '1' | '2';
  /** Absent when the card face stayed closed. */
  readonly patient?: Patient;
}

export const ROLES = ['reception', 'medical', 'admin'] as const;
/**
 * reception 一般: eligibility and kiosks. medical 医療情報閲覧: the same, and the medical information of consenting patients.
 * admin 管理者: accounts, the record of who saw what, and kiosks; no patient.
 */
export type Role = (typeof ROLES)[number];

/** storage: nothing can be kept here. exchange: results do not reach the reception system's folder. */
export const TROUBLES = ['storage', 'exchange'] as const;
export type Trouble = (typeof TROUBLES)[number];
