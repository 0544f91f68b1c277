// How a visit is written to and read from its row. The only place that knows the columns.

import type { VisitMessage } from '../../uplink/contract/index.ts';
import { checkInState, judge } from '../check-in.ts';
import type { EligibilityAnswer } from '../eligibility/ports.ts';
import type { StoredVisit } from '../model.ts';

/** A message whose seal was opened and whose signer is known. */
export interface SealedVisit {
  readonly message: VisitMessage;
  /** `expiresAt` was over when it arrived. */
  readonly expired: boolean;
  /** The sealed bytes as they came: the kiosk's signature stays provable. */
  readonly sealed: Uint8Array;
  /** What the registry said of the holder at arrival; absent when it could not be asked. */
  readonly eligibility?: EligibilityAnswer;
}

interface VisitRow {
  visit_id: string;
  kiosk: string;
  boot_id: string;
  seq: number;
  at: number;
  received_at: number;
  method: StoredVisit['method'];
  language: string;
  result: StoredVisit['result'];
  number: string;
  proof: StoredVisit['proof'];
  certificate: string;
  consent: string;
  prescription: '1' | '2' | null;
  patient: string | null;
  validity: string | null;
}

/** Columns of a listed visit, in this order. */
export const VISIT_COLUMNS =
  'visit_id, kiosk, boot_id, seq, at, received_at, method, language, result, number, proof, certificate, consent, prescription, patient, validity';

export const ADD_VISIT = `INSERT INTO visits (${VISIT_COLUMNS}, message_id)
  VALUES (${'?, '.repeat(VISIT_COLUMNS.split(', ').length)}?) RETURNING row`;
export const ADD_EVIDENCE = 'INSERT INTO evidence (row, evidence, sealed, eligibility) VALUES (?, ?, ?, ?)';

export const fromRow = (value: unknown): StoredVisit => {
  const row = value as VisitRow;
  return {
    visitId: row.visit_id,
    kiosk: row.kiosk,
    bootId: row.boot_id,
    seq: row.seq,
    at: row.at,
    receivedAt: row.received_at,
    method: row.method,
    language: row.language,
    result: row.result,
    number: row.number,
    proof: row.proof,
    certificate: JSON.parse(row.certificate),
    consent: JSON.parse(row.consent),
    ...(row.prescription === null ? {} : { prescription: row.prescription }),
    ...(row.validity === null ? {} : { validity: row.validity }),
    ...(row.patient === null ? {} : { patient: JSON.parse(row.patient) }),
  };
};

/** What the terminal makes of a message at its arrival. */
export const toStored = (message: VisitMessage, number: string, receivedAt: number, validity?: string): StoredVisit => {
  const { proof, certificate } = judge(message);
  return {
    visitId: message.visitId,
    kiosk: message.kiosk,
    bootId: message.bootId,
    seq: message.seq,
    at: Date.parse(message.issuedAt),
    receivedAt,
    method: message.method,
    language: message.language,
    result: checkInState(message.certificate.state, proof, validity),
    number,
    proof,
    certificate,
    consent: message.consent,
    ...(message.prescription === undefined ? {} : { prescription: message.prescription }),
    ...(validity === undefined ? {} : { validity }),
    ...(message.patient === undefined ? {} : { patient: message.patient }),
  };
};

/** Values for ADD_VISIT. */
export const rowValues = (visit: StoredVisit, messageId: string): readonly unknown[] => [
  visit.visitId,
  visit.kiosk,
  visit.bootId,
  visit.seq,
  visit.at,
  visit.receivedAt,
  visit.method,
  visit.language,
  visit.result,
  visit.number,
  visit.proof,
  JSON.stringify(visit.certificate),
  JSON.stringify(visit.consent),
  visit.prescription ?? null,
  visit.patient === undefined ? null : JSON.stringify(visit.patient),
  visit.validity ?? null,
  messageId,
];

/** Values for ADD_EVIDENCE, after the row. */
export const evidenceValues = ({ message, sealed, eligibility }: SealedVisit): readonly unknown[] => [
  // The certificate belongs to the evidence: without it the card's signature proves nothing later.
  JSON.stringify({ ...message.evidence, certificate: message.certificate.derBase64 }),
  Buffer.from(sealed),
  eligibility === undefined ? null : JSON.stringify(eligibility),
];
