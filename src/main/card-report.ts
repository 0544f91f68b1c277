// What a kiosk sees of the card on the reader, step by step as in a visit, as plain data. Never holds a PIN, a 照合番号 or an image; what is
// personal is masked unless it is asked for.

import { X509Certificate } from 'node:crypto';
import type { TextAttributes } from '../card/card-face.ts';
import { keyName } from '../card/key-name.ts';
import { identifyCard, type MyNumberCard } from '../card/my-number-card.ts';
import type { CardFaceReader, CardReader, CardTechnology } from '../card/ports.ts';
import { CODE_B } from '../card/profile.ts';
import type { CardReading } from '../card/reading.ts';
import { isDigits } from '../card/secrets.ts';
import { type CardTrust, type Distrust, whyUntrusted } from '../card/trust.ts';
import type { Clock } from '../core/clock.ts';
import { asFailure, type FailureCode, isFailure, KioskFailure } from '../core/failure.ts';
import type { RandomBytes } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { decodeJp2 } from '../faceauth/jp2.ts';

export interface CardReport {
  technology?: CardTechnology;
  generation?: string;
  certificate?: CardReading['certificate'] & {
    readonly validTo: string;
    readonly issuer: string;
    readonly key: string;
    readonly because?: Distrust;
  };
  pin?: { readonly set: boolean; readonly triesLeft?: number };
  face?: {
    readonly state: CardReading['photo'];
    readonly failure?: FailureCode;
    readonly codeTriesLeft?: number;
    /** Why a 照合番号B that was asked for was not presented. */
    readonly codeReason?: string;
  };
  photo?:
    | { readonly bytes: number; readonly width: number; readonly height: number }
    | { readonly bytes: number; readonly failure: FailureCode };
  holder?: { readonly name: string; readonly address: string; readonly birth: string; readonly sex: string; readonly ageYears?: number };
  /** The issuer's signature over the card face, and the card's own over a fresh challenge. */
  faceSignature?: 'genuine' | 'card/tampered' | 'card/untrusted';
  possession?: string;
  /** Only where a PIN was asked for. signed: algorithm of a signature that was checked; notSigned: why there is none. */
  pinTry?: {
    readonly outcome: string;
    readonly triesLeft?: number;
    readonly signed?: string;
    readonly notSigned?: FailureCode;
    readonly reason?: string;
  };
  /** What ended the reading; where a step of it went wrong, which one, with file and status word. */
  failure?: FailureCode;
  failureDetail?: string;
  /** Milliseconds of each step, the card's own time included. */
  ms: Record<string, number>;
}

export interface ReportParts {
  readonly reader: CardReader;
  readonly codeReader: CardFaceReader;
  /** Whether 照合番号B is typed for this reading. */
  readonly codeAsked?: boolean;
  readonly trust: CardTrust;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Names and addresses in full. */
  readonly personal: boolean;
  /** Asked for after the card was read, if it has a PIN. The report wipes it. */
  readonly askPin?: () => Promise<Uint8Array>;
  readonly lastTryConfirmed: boolean;
}

const hidden = (text: string, shown: number): string => [...text].map((char, i) => (i < shown || char === '\u3000' ? char : '○')).join('');

const describeCertificate = (der: Uint8Array) => {
  const { issuer, validTo, publicKey } = new X509Certificate(der);
  return { validTo: new Date(validTo).toISOString(), issuer: issuer.split('\n').slice(-2).join(', '), key: keyName(publicKey) };
};

const isDoubted = (state: CardReading['certificate']['state']): boolean => state === 'untrusted' || state === 'tampered';

const distrustOf = (card: MyNumberCard, { certificate, certificateDer }: CardReading, trust: CardTrust): { because?: Distrust } => {
  const because = isDoubted(certificate.state) ? whyUntrusted(certificateDer, trust, card.certificateRules) : undefined;
  return because === undefined ? {} : { because };
};

const describePhoto = async (jp2: Uint8Array): Promise<NonNullable<CardReport['photo']>> => {
  try {
    const { width, height, data } = await decodeJp2(jp2);
    data.fill(0);
    return { bytes: jp2.length, width, height };
  } catch (cause) {
    return { bytes: jp2.length, failure: asFailure(cause, 'face/photo-unreadable').code };
  }
};

const holderOf = (attributes: TextAttributes | undefined, ageYears: number | undefined, personal: boolean): CardReport['holder'] => {
  if (attributes === undefined) return undefined;
  const mask = personal ? (text: string) => text : hidden;
  return {
    name: mask(attributes.name, 1),
    address: mask(attributes.address, 3),
    birth: mask(attributes.birth, 0),
    sex: mask(attributes.sex, 0),
    ...(ageYears === undefined ? {} : { ageYears }),
  };
};

/** What a person was asked for and did not give, in the words of the refusal without its field; anything else is thrown. */
const reasonOf = (cause: unknown): string => {
  if (!isFailure(cause, 'input/invalid')) throw cause;
  return cause.message.replace(/^\w+: /, '');
};

/** The code reader as it is, and afterwards: why a code that was asked for is none. */
const heard = ({ codeReader, codeAsked }: ReportParts) => {
  let reason: string | undefined;
  const reader: CardFaceReader = {
    async readVerificationCode(signal) {
      try {
        const digits = await codeReader.readVerificationCode(signal);
        if (codeAsked === true && !isDigits(digits, CODE_B.digits)) reason = `it has ${CODE_B.digits} digits`;
        return digits;
      } catch (cause) {
        reason = reasonOf(cause);
        throw new KioskFailure('card/face-unreadable', { cause });
      }
    },
  };
  return { reader, reason: (failure: FailureCode | undefined) => (failure === 'card/face-unreadable' ? reason : undefined) };
};

/** Reads one card. A failure ends the reading and is part of the report; only an abort and a missing reader are thrown. */
export const readCardReport = async (parts: ReportParts): Promise<CardReport> => {
  const { clock, signal, log } = parts;
  const report: CardReport = { ms: {} };
  const timed = async <T>(step: string, run: () => Promise<T>): Promise<T> => {
    const began = clock.monotonicMs();
    try {
      return await run();
    } finally {
      report.ms[step] = Math.round((clock.monotonicMs() - began) * 10) / 10;
    }
  };
  const detected = await parts.reader.waitForCard(signal);
  report.technology = detected.technology;
  let card: MyNumberCard | undefined;
  try {
    card = await timed('identify', () => identifyCard(detected, { log, signal }));
    report.generation = card.generation;
    const opened = card;
    const code = heard(parts);
    const reading = await timed('read', () => opened.readSummary(code.reader, clock.now(), parts.trust, signal));
    report.certificate = {
      ...reading.certificate,
      ...describeCertificate(reading.certificateDer),
      ...distrustOf(opened, reading, parts.trust),
    };
    report.pin = { set: reading.hasPin, ...(reading.pinTriesLeft === undefined ? {} : { triesLeft: reading.pinTriesLeft }) };
    const codeReason = code.reason(reading.photoFailure);
    report.face = {
      state: reading.photo,
      ...(reading.photoFailure === undefined ? {} : { failure: reading.photoFailure }),
      ...(reading.codeTriesLeft === undefined ? {} : { codeTriesLeft: reading.codeTriesLeft }),
      ...(codeReason === undefined ? {} : { codeReason }),
    };
    const attributes = await timed('attributes', () => opened.readAttributes(signal));
    const holder = holderOf(attributes, reading.ageYears, parts.personal);
    if (holder !== undefined) report.holder = holder;
    const { photoJp2 } = reading;
    if (photoJp2 !== undefined) {
      report.photo = await timed('decode', () => describePhoto(photoJp2));
      await checkFace(opened, report, parts, timed);
    }
    if (parts.askPin !== undefined && reading.hasPin) await tryPin(opened, report, parts, parts.askPin);
  } catch (cause) {
    signal.throwIfAborted();
    const { code, message } = asFailure(cause, 'visit/internal');
    report.failure = code;
    if (code === 'card/read-failed' || code === 'card/malformed' || code === 'reader/protocol') report.failureDetail = message;
  } finally {
    card?.close();
  }
  return report;
};

const checkFace = async (
  card: MyNumberCard,
  report: CardReport,
  { random, signal }: ReportParts,
  timed: <T>(step: string, run: () => Promise<T>) => Promise<T>,
): Promise<void> => {
  const { state } = await timed('verify', () => card.judgeFaceSignature(signal));
  report.faceSignature = state === 'valid' ? 'genuine' : `card/${state}`;
  if (state !== 'valid') return;
  const { algorithm } = await timed('prove', () => card.provePossession(random(32)));
  report.possession = algorithm;
};

const tryPin = async (card: MyNumberCard, report: CardReport, parts: ReportParts, askPin: () => Promise<Uint8Array>): Promise<void> => {
  const pin = await askPin().catch((cause: unknown) => {
    report.pinTry = { outcome: 'not-given', reason: reasonOf(cause) };
  });
  if (pin === undefined) return;
  const result = await card.verifyPin(pin, { lastTryConfirmed: parts.lastTryConfirmed }).catch((cause: unknown) => {
    if (isFailure(cause, 'input/invalid')) return { outcome: 'ill-formed' } as const;
    throw cause;
  });
  report.pinTry = result;
  if (result.outcome !== 'verified') return;
  try {
    report.pinTry = { ...result, signed: (await card.signWithPin(parts.random(32))).algorithm };
  } catch (cause) {
    report.pinTry = { ...result, notSigned: asFailure(cause, 'visit/internal').code };
    throw cause;
  }
};
