// What a visit decides from what it knows: which ways are open, what the certificate allows, what is asked, what is shared.
// Pure functions of the context; the guards and the projection both use them, so that a screen never offers what is refused.

import { FAILURES, type FailureCode } from '../core/failure.ts';
import {
  CONSENT_QUESTIONS,
  type ConsentItem,
  type ConsentQuestion,
  type FaceClosed,
  type Method,
  type NoticeCode,
} from '../core/screens.ts';
import type { Recap, VisitContext, VisitRecord } from './context.ts';
import type { CertificateState, LookReason, VisitOutcome } from './ports.ts';

/** Checkups (特定健診) concern people of 40 and over. */
const CHECKUP_AGE_YEARS = 40;

export const linked = (context: VisitContext): boolean => context.broker === true && context.terminal;

export const linkFailure = (context: VisitContext): 'uplink/broker-lost' | 'uplink/terminal-lost' =>
  context.broker ? 'uplink/terminal-lost' : 'uplink/broker-lost';

/** A fault that needs a repair or a restart takes the kiosk out of service; others concern one step or one message only. */
export const endsService = (code: FailureCode): boolean => FAILURES[code] === 'restart-process';

/** What keeps the face from being a way, whatever the facility offers. */
const faceFault = ({ summary, faceOff }: VisitRecord): FaceClosed | undefined => {
  if (faceOff !== undefined) return faceOff;
  // A wrong code, or one with few tries left, locks nothing: no city office need be asked.
  if (summary?.photo === 'blocked') return (summary.photoFailure ?? 'code/blocked') === 'code/blocked' ? 'photo-locked' : 'photo';
  if (summary?.photo === 'unreadable') return 'photo';
  return summary?.photo === 'no-models' ? 'kiosk' : undefined;
};

const open: Record<Method, (visit: VisitRecord, context: VisitContext) => boolean> = {
  face: (visit, { camera }) => camera && faceFault(visit) === undefined && visit.summary?.photo === 'ready' && visit.attemptsLeft > 0,
  pin: (visit) => visit.summary?.hasPin === true && visit.pinTriesLeft > 0,
  staff: (visit, context) => context.settings.staffCheck && visit.staffTriesLeft > 0,
};

/** Ways to be recognised that are open now, in the order they are offered. */
export const methodsOpen = (context: VisitContext): readonly Method[] => {
  const { visit } = context;
  if (visit === undefined) return [];
  return context.settings.methods.filter((method) => open[method](visit, context));
};

export const methodsBut = (context: VisitContext, current: Method): readonly Method[] =>
  methodsOpen(context).filter((method) => method !== current);

/** Why the face is not offered, to be told where it would be looked for; undefined where the facility does not offer it anyway. */
export const faceClosed = ({ settings, visit, camera }: VisitContext): FaceClosed | undefined => {
  if (visit === undefined || !settings.methods.includes('face')) return undefined;
  return faceFault(visit) ?? (camera ? undefined : 'camera');
};

const FACE_CODES = {
  photo: 'face/photo-unreadable',
  'photo-locked': 'code/blocked',
  kiosk: 'model/unavailable',
  camera: 'camera/unavailable',
} as const;

/** Why nothing at all is left to be recognised by. */
export const deadEnd = (visit: VisitRecord, { settings, camera }: VisitContext): FailureCode => {
  if (visit.summary?.hasPin === true && visit.pinTriesLeft === 0) return 'pin/only-way-blocked';
  if (visit.faceOff === undefined && visit.summary?.photo === 'blocked') return visit.summary.photoFailure ?? 'code/blocked';
  const fault = faceFault(visit);
  if (fault !== undefined) return FACE_CODES[fault];
  if (!camera && settings.methods.includes('face')) return 'camera/unavailable';
  if (visit.attemptsLeft === 0) return visit.faceReason === 'camera' ? 'camera/unavailable' : `face/${visit.faceReason}`;
  return 'pin/not-set';
};

/** Why reception is asked to look: the last thing that failed, or the patient's choice. */
export const lookReason = ({ visit, settings, camera }: VisitContext): LookReason => {
  if (visit === undefined) return 'chosen';
  if (visit.attemptsLeft < settings.faceAttempts || visit.faceReason === 'camera') return visit.faceReason;
  if (visit.summary?.hasPin === true && visit.pinTriesLeft === 0) return 'pin-locked';
  if (faceFault(visit) !== undefined) return 'photo-unreadable';
  return camera || !settings.methods.includes('face') ? 'chosen' : 'camera';
};

/** The failure of a certificate that allows nothing. */
export const certificateFailure = (certificate: CertificateState | undefined): FailureCode | undefined => {
  switch (certificate?.state) {
    case 'expired':
    case 'not-yet-valid':
    case 'revoked':
      return `certificate/${certificate.state}`;
    case 'untrusted':
    case 'tampered':
      return `card/${certificate.state}`;
    default:
      return undefined;
  }
};

/** The kind word a certificate near or just past its end deserves. */
export const certificateNotice = (certificate: CertificateState | undefined): NoticeCode | undefined =>
  certificate?.state === 'expires-soon' || certificate?.state === 'expired-in-grace' ? `certificate/${certificate.state}` : undefined;

/** Questions put to this patient: none in the grace after expiry (eligibility only), checkups only from a known age of 40. */
export const questionsAsked = (context: VisitContext): readonly ConsentQuestion[] => {
  const summary = context.visit?.summary;
  if (summary?.certificate.state === 'expired-in-grace') return [];
  return context.settings.consentQuestions.filter((question) => question !== 'checkup' || (summary?.ageYears ?? 0) >= CHECKUP_AGE_YEARS);
};

/** Operations (手術) are always asked apart from the rest. */
export const bundle = (context: VisitContext): readonly ConsentQuestion[] =>
  questionsAsked(context).filter((question) => question !== 'surgery');

export const apart = (context: VisitContext): readonly ConsentQuestion[] =>
  questionsAsked(context).filter((question) => question === 'surgery');

/** Every question asked and its answer; an unanswered one counts as no. */
export const shared = (context: VisitContext): Recap['shared'] =>
  questionsAsked(context).map((question) => ({ question, given: context.visit?.answers[question] ?? false }));

export const askPrescription = (context: VisitContext): boolean =>
  context.settings.askPrescription && context.visit?.summary?.certificate.state !== 'expired-in-grace';

/** What is handed over. Undefined while nobody has been recognised: such a visit has no outcome. */
export const outcomeOf = (context: VisitContext): VisitOutcome | undefined => {
  const { visit } = context;
  if (visit?.method === undefined || visit.summary === undefined) return undefined;
  const consent: Partial<Record<ConsentItem, boolean>> = {};
  for (const { question, given } of shared(context)) for (const item of CONSENT_QUESTIONS[question]) consent[item] = given;
  return {
    visitId: visit.id,
    method: visit.method,
    language: context.language,
    consent,
    ...(visit.prescription === undefined ? {} : { prescription: visit.prescription }),
    certificate: visit.summary.certificate.state,
  };
};

/** The recap as far as it is known before the terminal's word. */
export const recapOf = (context: VisitContext): Recap => {
  const notice = certificateNotice(context.visit?.summary?.certificate);
  return { checkIn: 'stored', shared: shared(context), ...(notice === undefined ? {} : { notice }) };
};
