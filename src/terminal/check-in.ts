// What the terminal makes of a verified message: proof of the card, days of its certificate, and whether the patient is checked in.
// Pure decisions; must never change what the kiosk said.

import { type KeyObject, verify, X509Certificate } from 'node:crypto';
import type { VisitMessage } from '../uplink/contract/index.ts';
import { DAY_MS, japanDate } from './calendar.ts';
import type { CertificateNote, CheckInState, Proof } from './model.ts';

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

const readCertificate = (visit: VisitMessage): X509Certificate | undefined => {
  try {
    return new X509Certificate(bytes(visit.certificate.derBase64));
  } catch {
    return undefined;
  }
};

/** Whether the certificate's key made the signature. A key of another kind than the algorithm asks for makes it no proof. */
const signatureHolds = (
  key: KeyObject,
  { algorithm, challenge, signature }: Extract<VisitMessage['evidence'], { kind: 'jpki-auth' }>,
): boolean => {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const [signed, made] = [bytes(challenge), bytes(signature)];
  if (algorithm === 'RS256') return type === 'rsa' && verify('sha256', signed, key, made);
  return type === 'ec' && details?.namedCurve === 'secp384r1' && verify('sha384', signed, { key, dsaEncoding: 'ieee-p1363' }, made);
};

/** Confirms the card's own signature over the challenge (RFC 7518 RS256 or ES384), where there is one. */
const proofOf = (visit: VisitMessage, certificate: X509Certificate | undefined): Proof => {
  const { evidence } = visit;
  if (evidence.kind === 'none') return visit.method === 'staff' ? 'staff' : 'failed';
  if (evidence.kind === 'card-face') return 'kiosk';
  const key = certificate?.publicKey;
  return key !== undefined && signatureHolds(key, evidence) ? 'card-signature' : 'failed';
};

const certificateNote = (visit: VisitMessage, certificate: X509Certificate | undefined): CertificateNote => {
  const ends = Date.parse(certificate?.validTo ?? '');
  const { state } = visit.certificate;
  if (Number.isNaN(ends)) return { state };
  return { state, validTo: japanDate(ends), days: Math.floor((ends - Date.parse(visit.issuedAt)) / DAY_MS) };
};

/** Both, with the certificate read once: that is most of the work of taking a visit. */
export const judge = (visit: VisitMessage): { readonly proof: Proof; readonly certificate: CertificateNote } => {
  const certificate = readCertificate(visit);
  return { proof: proofOf(visit, certificate), certificate: certificateNote(visit, certificate) };
};

/**
 * A proven visit with a certificate in force checks in. One that expired less than three months ago allows eligibility only, and
 * reception tells the patient to renew it; every other state, a proof that fails, and an insurance that ended, was not found or is one of
 * several (資格有効性 2 to 5) need a word too. A registry that did not answer keeps nobody waiting: the list says so to reception.
 */
export const checkInState = (certificate: CertificateNote['state'], proof: Proof, validity?: string): CheckInState =>
  proof !== 'failed' && (certificate === 'valid' || certificate === 'expires-soon') && ['1', '6', undefined].includes(validity)
    ? 'checked-in'
    : 'see-reception';
