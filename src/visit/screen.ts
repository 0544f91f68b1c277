// What the statechart's state looks like to a person: a pure function of the snapshot and the time, nothing else.

import type { SnapshotFrom } from 'xstate';
import type { ScreenCommon, ScreenContent, ScreenModel, ScreenName } from '../core/screens.ts';
import type { VisitContext, VisitRecord } from './context.ts';
import { bundle, certificateNotice, faceClosed, linked, linkFailure, methodsBut, methodsOpen } from './decisions.ts';
import type { VisitMachine } from './machine.ts';

export type VisitSnapshot = SnapshotFrom<VisitMachine>;

const ALARMS = { quiet: 0, asking: 1, urging: 2, insisting: 3 } as const;

const dotted = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [entry] = Object.entries(value as Record<string, unknown>);
  if (entry === undefined) return '';
  const rest = dotted(entry[1]);
  return rest === '' ? entry[0] : `${entry[0]}.${rest}`;
};

/** The journey's state value, dotted: `visit.identify.pin.entering`. */
export const phaseOf = (snapshot: VisitSnapshot): string => dotted((snapshot.value as { readonly journey: unknown }).journey);

/** The screen a stable state stands for; every leaf of the journey names one. */
export const screenNameOf = (snapshot: VisitSnapshot): ScreenName => {
  const metas = Object.values(snapshot.getMeta()) as ({ readonly screen?: ScreenName } | undefined)[];
  return metas.find((meta) => meta?.screen !== undefined)?.screen ?? 'splash';
};

const secondsTo = (at: number, nowMs: number): number => Math.max(0, Math.ceil((at - nowMs) / 1000));

const initialising = (context: VisitContext, nowMs: number): ScreenContent => {
  const remaining = context.startsBy === undefined || (context.tested && linked(context)) ? 0 : secondsTo(context.startsBy, nowMs);
  return {
    screen: 'initialising',
    ...(remaining > 0 ? { remainingSeconds: remaining } : {}),
    ...(context.startedAt === undefined && context.tested && !linked(context) ? { lost: linkFailure(context) } : {}),
    waitingFor: [
      ...(context.tested ? [] : (['self-test'] as const)),
      ...(context.broker === true ? [] : (['broker'] as const)),
      ...(context.terminal ? [] : (['terminal'] as const)),
    ],
  };
};

const noticeIn = (visit: VisitRecord, context: VisitContext, phase: string): ScreenContent => {
  if (phase.endsWith('barred')) {
    return { screen: 'notice', code: 'pin/blocked', choices: methodsOpen(context).filter((method) => method !== 'pin') };
  }
  const certificate = visit.summary?.certificate;
  return {
    screen: 'notice',
    code: certificateNotice(certificate) ?? 'visit/internal',
    ...(certificate !== undefined && 'days' in certificate ? { days: certificate.days } : {}),
    choices: ['continue'],
  };
};

/** Screens that belong to an open visit. */
const visiting = (name: ScreenName, visit: VisitRecord, context: VisitContext, phase: string): ScreenContent => {
  const { entered, wrong } = visit;
  switch (name) {
    case 'choose-method': {
      const closed = faceClosed(context);
      return {
        screen: name,
        methods: methodsOpen(context),
        ...(visit.summary?.hasPin === true && visit.pinTriesLeft === 0 ? { pinLocked: true } : {}),
        ...(visit.summary?.hasPin === false ? { pinNotSet: true } : {}),
        ...(closed === undefined ? {} : { faceClosed: closed }),
      };
    }
    case 'face':
      return { screen: name, ...visit.guidance, methods: methodsBut(context, 'face') };
    case 'face-retry':
      return { screen: name, reason: visit.faceReason, attemptsLeft: visit.attemptsLeft, methods: methodsOpen(context) };
    case 'pin':
      return { screen: name, entered, length: 4, triesLeft: visit.pinTriesLeft, wrong, checking: phase.endsWith('checking') };
    case 'staff-check':
      return {
        screen: name,
        entered,
        length: 4,
        wrong,
        locked: visit.staffTriesLeft === 0,
        ...(visit.receptionAsked ? { receptionAsked: true } : {}),
      };
    case 'consent':
      return { screen: name, questions: bundle(context) };
    case 'consent-items':
      return { screen: name, question: visit.items[visit.index] ?? 'surgery', index: visit.index, count: visit.items.length };
    case 'notice':
      return noticeIn(visit, context, phase);
    case 'pin-last-try':
    case 'prescription':
    case 'sending':
      return { screen: name };
    default:
      return { screen: 'reading-card' };
  }
};

const resting = (name: ScreenName, context: VisitContext, phase: string, nowMs: number): ScreenContent => {
  const { closing, fault } = context;
  switch (name) {
    case 'initialising':
      return initialising(context, nowMs);
    case 'idle':
      return { screen: name, languages: context.settings.languages };
    case 'notice':
      return { screen: name, code: closing?.after ?? 'visit/internal', choices: ['continue'] };
    case 'done':
      return {
        screen: name,
        ...(closing?.recap ?? { checkIn: 'stored', shared: [] }),
        ...(closing?.taken === true && !context.card ? { cardTaken: true } : {}),
      };
    case 'take-card': {
      const alarm = ALARMS[phase.slice(phase.lastIndexOf('.') + 1) as keyof typeof ALARMS] ?? 0;
      const number = closing?.recap?.number;
      const { after } = closing ?? {};
      return { screen: name, alarm, ...(after === undefined ? {} : { after }), ...(number === undefined ? {} : { number }) };
    }
    case 'out-of-service':
      return { screen: name, ...(fault === undefined ? {} : { code: fault }) };
    case 'technician':
      return { screen: name, page: 'locked', entered: 0, length: 4 };
    case 'how-to':
    case 'shutting-down':
      return { screen: name };
    default:
      return { screen: 'splash' };
  }
};

/** Nothing is waited for any more: these say what became of the result. */
const ENDED: ReadonlySet<ScreenName> = new Set(['done', 'take-card']);

/** Where another language can be chosen after idle: in the visit, and on the word that ended it. */
const speaksOtherwise = (context: VisitContext, name: ScreenName): boolean =>
  context.visit === undefined ? name === 'notice' : name !== 'sending';

const common = (snapshot: VisitSnapshot, nowMs: number): ScreenCommon => {
  const { context } = snapshot;
  const { until, settings } = context;
  const left = until === undefined ? undefined : Math.max(0, until - nowMs);
  const during = (context.visit !== undefined || context.closing?.recap !== undefined) && !ENDED.has(screenNameOf(snapshot));
  return {
    language: context.language,
    ...(context.mode === 'standard' ? {} : { mode: context.mode }),
    ...(left === undefined
      ? {}
      : { timeout: { secondsLeft: Math.ceil(left / 1000), asking: snapshot.hasTag('asking') && left <= settings.timeouts.askMs } }),
    ...(context.choosingLanguage && speaksOtherwise(context, screenNameOf(snapshot)) ? { choosingLanguage: settings.languages } : {}),
    ...(during && !linked(context) ? { banner: linkFailure(context) } : {}),
  };
};

/** What a screen says, as far as it does not depend on the time. @param phase or its last part. */
export const contentOf = (context: VisitContext, name: ScreenName, phase: string, nowMs = 0): ScreenContent =>
  context.visit === undefined ? resting(name, context, phase, nowMs) : visiting(name, context.visit, context, phase);

/** @param nowMs monotonic milliseconds, of the clock the countdowns run on. */
export const screenOf = (snapshot: VisitSnapshot, nowMs: number): ScreenModel => {
  const { context } = snapshot;
  const name = screenNameOf(snapshot);
  const phase = phaseOf(snapshot);
  return { ...common(snapshot, nowMs), ...contentOf(context, name, phase, nowMs) };
};
