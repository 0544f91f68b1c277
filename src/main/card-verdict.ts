// What a kiosk would do with a card that was read: serve it, or refuse it and with which words. Pure.

import type { FailureCode } from '../core/failure.ts';
import type { NoticeCode } from '../core/screens.ts';
import { certificateFailure, certificateNotice } from '../visit/decisions.ts';
import type { CardReport } from './card-report.ts';

export interface CardVerdict {
  /** Ways that this card leaves open; reception's look is the kiosk's own and not the card's. */
  readonly ways: readonly ('face' | 'pin')[];
  /** Why the kiosk refuses the card, or why none of its ways is open; absent: the kiosk serves it. */
  readonly failure?: FailureCode;
  /** What the patient is told although the visit goes on. */
  readonly notice?: NoticeCode;
}

/** The counter was read before the try that this reading made. */
const pinLocked = ({ pin, pinTry }: CardReport): boolean => pin?.triesLeft === 0 || pinTry?.outcome === 'blocked';

const waysOf = (report: CardReport): CardVerdict['ways'] => {
  const { face, photo, pin } = report;
  const ways: ('face' | 'pin')[] = [];
  if (face?.state === 'ready' && photo !== undefined && !('failure' in photo)) ways.push('face');
  if (pin?.set === true && !pinLocked(report)) ways.push('pin');
  return ways;
};

/** In the order in which a visit meets them. */
const refusalOf = ({ failure, certificate, faceSignature }: CardReport): FailureCode | undefined =>
  failure ?? certificateFailure(certificate) ?? (faceSignature === 'genuine' ? undefined : faceSignature);

/** The locked PIN first: only that one can be mended elsewhere. */
const noWayLeft = ({ pin, face, photo }: CardReport): FailureCode => {
  if (pin?.set === true) return 'pin/only-way-blocked';
  if (photo !== undefined && 'failure' in photo) return photo.failure;
  return face?.failure ?? 'face/photo-unreadable';
};

export const verdictOf = (report: CardReport): CardVerdict => {
  const refusal = refusalOf(report);
  if (refusal !== undefined) return { ways: [], failure: refusal };
  const ways = waysOf(report);
  const notice = certificateNotice(report.certificate);
  return { ways, ...(ways.length === 0 ? { failure: noWayLeft(report) } : {}), ...(notice === undefined ? {} : { notice }) };
};
