// The report of a card in words, as `kazashi card read` prints it.

import type { Distrust } from '../card/trust.ts';
import type { FailureCode } from '../core/failure.ts';
import type { NoticeCode } from '../core/screens.ts';
import { messagesFor } from '../display/languages/language.ts';
import type { CardReport } from './card-report.ts';
import type { CardVerdict } from './card-verdict.ts';
import { line } from './lines.ts';

const TECHNOLOGY: Readonly<Record<NonNullable<CardReport['technology']>, string>> = {
  'iso14443-4b': 'ISO/IEC 14443-4 type B',
  'iso14443-3b': 'ISO/IEC 14443-3 type B, no ISO-DEP',
  'iso14443-a': 'ISO/IEC 14443 type A',
  felica: 'FeliCa',
};

/** What the kiosk shows. */
const wordsOf = (code: FailureCode | NoticeCode): string => {
  const [ja, en] = [messagesFor('ja').failures[code], messagesFor('en').failures[code]];
  return `patient: ${ja.title} ${ja.action}\n         ${en.title}. ${en.action}\nstaff:   ${en.staff}`;
};

const failureText = (code: FailureCode | NoticeCode): string => `${code}\n${wordsOf(code)}`;

const DISTRUST: Readonly<Record<Distrust, string>> = {
  issuer: 'no configured authority issued it (--trust DIR)',
  signature: 'it names the key of a configured authority, which did not sign it',
  algorithm: 'a configured authority issued it, but signed it with an algorithm that this generation of cards does not use',
  usage: 'a configured authority issued it, but not for user authentication (key usage)',
  policy: 'a configured authority issued it, but under another policy than user authentication',
};

const certificateText = (certificate: NonNullable<CardReport['certificate']>): string => {
  const left = 'days' in certificate ? ` (${certificate.days} days)` : '';
  const state = {
    valid: 'valid',
    'expires-soon': `expires soon${left}`,
    'expired-in-grace': `expired, still in its grace${left}`,
    expired: 'expired',
    'not-yet-valid': 'not valid yet',
    revoked: 'revoked',
    untrusted: `untrusted: ${DISTRUST[certificate.because ?? 'issuer']}`,
    tampered: `tampered with: ${DISTRUST[certificate.because ?? 'signature']}`,
  }[certificate.state];
  return `${state}\nuntil ${certificate.validTo.slice(0, 10)}, ${certificate.key}\nissued by ${certificate.issuer}`;
};

const triesLeftText = (tries: number | undefined): string => `${tries} ${tries === 1 ? 'try' : 'tries'} left`;

const pinText = ({ set, triesLeft }: NonNullable<CardReport['pin']>, ways: CardVerdict['ways']): string => {
  if (!set) return 'none: a 顔認証マイナンバーカード';
  // The words name the other ways: where none is open the verdict has its own.
  if (triesLeft === 0) return `locked: only the city office unlocks it${ways.length === 0 ? '' : `\n${wordsOf('pin/blocked')}`}`;
  return triesLeftText(triesLeft);
};

/** Where another way is open the kiosk only says beside it why there is no face; where none is, the verdict has its words. */
const closedWords = (failure: FailureCode, ways: CardVerdict['ways']): string => {
  if (ways.length === 0) return '';
  const why = failure === 'code/blocked' ? 'photo-locked' : 'photo';
  const [ja, en] = [messagesFor('ja').method.faceClosed[why], messagesFor('en').method.faceClosed[why]];
  return `\npatient: ${ja}\n         ${en}`;
};

const faceText = ({ state, failure, codeTriesLeft, codeReason }: NonNullable<CardReport['face']>, ways: CardVerdict['ways']): string => {
  if (state === 'ready') return 'opened by 照合番号B (not shown)';
  const tries = codeTriesLeft === undefined ? '' : `, ${triesLeftText(codeTriesLeft)}`;
  const unread =
    codeReason === undefined ? 'no 照合番号B was read (--code asks for its 14 digits)' : `照合番号B was not presented: ${codeReason}`;
  const why = failure === 'card/face-unreadable' ? `: ${unread}` : '';
  const words = failure === undefined ? '' : closedWords(failure, ways);
  return `closed: ${failure ?? state}${tries}${why}${words}`;
};

const photoText = (photo: NonNullable<CardReport['photo']>, ways: CardVerdict['ways']): string =>
  'failure' in photo
    ? `JPEG 2000, ${photo.bytes} bytes: ${photo.failure}${closedWords(photo.failure, ways)}`
    : `JPEG 2000, ${photo.bytes} bytes, ${photo.width} × ${photo.height}, decodes (not shown)`;

const pinTryText = (
  { outcome, triesLeft, signed, notSigned, reason }: NonNullable<CardReport['pinTry']>,
  before: number | undefined,
): string => {
  if (outcome === 'verified' && signed === undefined)
    return `accepted, but no signature of the card's authentication key came that its certificate verifies: ${notSigned}`;
  if (outcome === 'not-given') return `not presented: ${reason}`;
  if (outcome === 'verified')
    return `accepted; the card signed a challenge with its authentication key (${signed}), verified by its certificate`;
  if (outcome === 'unconfirmed') return `not presented: ${triesLeftText(triesLeft)}, a wrong one locks the card; --last-try presents it`;
  if (outcome === 'ill-formed') return 'not presented: a PIN is four digits';
  if (outcome === 'blocked') return before === 0 ? 'refused: locked' : 'wrong: that was the last try, it is locked now';
  return `wrong, ${triesLeftText(triesLeft)}`;
};

const WAYS: Readonly<Record<CardVerdict['ways'][number], string>> = { face: 'face', pin: 'PIN' };

const verdictText = ({ ways, failure, notice }: CardVerdict): string => {
  if (failure !== undefined) return failureText(failure);
  return [`goes on: ${ways.map((way) => WAYS[way]).join(' or ')}`, ...(notice === undefined ? [] : [failureText(notice)])].join('\n');
};

/** Lines of a label and what was found; the last but one is what the kiosk does with it. */
export const cardReportText = (
  report: CardReport,
  verdict: CardVerdict,
  { personal, desk = false }: { personal: boolean; desk?: boolean },
): string => {
  const { technology, generation, certificate, pin, face, photo, holder, faceSignature, possession, pinTry, failureDetail, ms } = report;
  const rows: string[] = [];
  const add = (label: string, value: string | undefined): void => {
    if (value !== undefined) rows.push(line(label, value));
  };
  add('in the field', technology && `${TECHNOLOGY[technology]}${desk ? ' (of a desk reader: any card, it does not tell)' : ''}`);
  add('card', generation && `My Number Card, generation ${generation}`);
  add('certificate', certificate && certificateText(certificate));
  add('PIN', pin && `${pinText(pin, verdict.ways)}${pinTry === undefined || pinTry.triesLeft === pin.triesLeft ? '' : ', before the try'}`);
  add('card face', face && faceText(face, verdict.ways));
  add('photo', photo && photoText(photo, verdict.ways));
  add('holder', holder && `${holder.name}   ${holder.address}   born ${holder.birth}, sex ${holder.sex}`);
  add('age', holder?.ageYears === undefined ? undefined : `${holder.ageYears}`);
  add('face signature', faceSignature === 'genuine' ? 'genuine: the issuer signed photo, name, address, birth and key' : faceSignature);
  add('possession', possession && `proved: the card signed a fresh challenge with its face key (${possession})`);
  add('PIN try', pinTry && pinTryText(pinTry, pin?.triesLeft));
  add('what failed', failureDetail);
  add('the kiosk says', verdictText(verdict));
  add(
    'milliseconds',
    Object.entries(ms)
      .map(([step, value]) => `${step} ${value}`)
      .join(', '),
  );
  if (holder !== undefined && !personal) rows.push('(○: personal, masked; --personal shows it)\n');
  return rows.join('');
};
