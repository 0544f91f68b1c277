// The statechart's vocabulary: its types, the work it invokes, guards, delays and actions, by name.
// Placeholders marked `provided` touch the world: runner.ts provides them. Nothing here may do I/O.

import { assign, fromCallback, fromPromise, setup } from 'xstate';
import { asFailure, type FailureCode } from '../core/failure.ts';
import type { ScreenName } from '../core/screens.ts';
import { type Closing, freshContext, type VisitContext, type VisitRecord } from './context.ts';
import {
  apart,
  askPrescription,
  bundle,
  certificateFailure,
  certificateNotice,
  endsService,
  linked,
  methodsOpen,
  questionsAsked,
} from './decisions.ts';
import type { VisitEvent } from './events.ts';
import type { CardSummary, DeliveryOutcome, LookReason, PinOutcome, VisitOutcome, VisitPorts } from './ports.ts';
import type { VisitSettings, VisitTimeouts } from './settings.ts';

export type Tone = Parameters<VisitPorts['sound']>[0];

const provided = (): never => {
  throw new Error('the runner provides this');
};

const delay =
  (name: keyof VisitTimeouts) =>
  ({ context }: { context: VisitContext }): number =>
    context.settings.timeouts[name];

/** Of a screen whose end is counted down: as long as its countdown, which entering it has begun. */
const counted =
  (name: keyof VisitTimeouts) =>
  ({ context }: { context: VisitContext }): number =>
    context.stayMs ?? context.settings.timeouts[name];

/** What a countdown is begun for: `id` tells states of one screen apart. */
export interface Countdown {
  readonly timeout: keyof VisitTimeouts;
  readonly screen: ScreenName;
  readonly id?: string;
}

/** Whether a command means this visit: it names none, or this one. */
const isForUs = (context: VisitContext, event: VisitEvent): boolean =>
  event.type === 'COMMAND' && (event.visitId === undefined || event.visitId === context.visit?.id);

export const base = setup({
  types: {} as {
    context: VisitContext;
    events: VisitEvent;
    input: { settings: VisitSettings };
    meta: { screen: ScreenName };
    tags: 'asking' | 'showing';
  },
  actors: {
    selfTest: fromPromise<void>(provided),
    readCard: fromPromise<CardSummary>(provided),
    watchFace: fromCallback<VisitEvent>(provided),
    checkPin: fromPromise<PinOutcome, { readonly lastTryConfirmed: boolean }>(provided),
    checkPasscode: fromPromise<boolean>(provided),
    askReception: fromPromise<void, LookReason>(provided),
    deliver: fromPromise<DeliveryOutcome, VisitOutcome | undefined>(provided),
  },
  delays: {
    splash: delay('splashMs'),
    selfTest: delay('selfTestMs'),
    link: delay('linkMs'),
    idle: delay('idleMs'),
    quiet: counted('quietMs'),
    staff: counted('staffMs'),
    notice: counted('noticeMs'),
    read: delay('readMs'),
    face: delay('faceMs'),
    check: delay('checkMs'),
    sending: delay('sendingMs'),
    release: delay('releaseMs'),
    done: counted('doneMs'),
    taken: counted('takenMs'),
    alarm: delay('alarmMs'),
    grace: delay('graceMs'),
    retest: delay('retestMs'),
    howTo: counted('howToMs'),
    shutdown: delay('shutdownMs'),
  },
  guards: {
    linked: ({ context }) => linked(context),
    notLinked: ({ context }) => !linked(context),
    unfit: ({ context }) => context.fault !== undefined || !context.serving,
    offDuty: ({ context }) => !context.serving,
    fit: ({ context }) => context.fault === undefined && context.serving,
    faulty: ({ context }) => context.fault !== undefined,
    stopping: ({ context }) => context.stopping,
    untested: ({ context }) => !context.tested,
    cardPresent: ({ context }) => context.card,
    cardGone: ({ context }) => !context.card || context.closing?.taken === true,
    cardTaken: ({ context }) => context.closing?.taken === true,
    hasNumber: ({ context }) => context.closing?.recap?.number !== undefined,
    endsService: ({ event }) => event.type === 'FAULT' && endsService(event.code),
    cancels: ({ context, event }) => event.type === 'COMMAND' && event.command === 'cancel' && isForUs(context, event),
    approves: ({ context, event }) =>
      event.type === 'COMMAND' &&
      event.command === 'approve-visual' &&
      event.visitId !== undefined &&
      isForUs(context, event) &&
      context.settings.staffCheck &&
      context.settings.methods.includes('staff'),
    certificateRefused: ({ context }) => certificateFailure(context.visit?.summary?.certificate) !== undefined,
    certificateNeedsWord: ({ context }) => certificateNotice(context.visit?.summary?.certificate) !== undefined,
    noWayLeft: ({ context }) => methodsOpen(context).length === 0,
    faceOpen: ({ context }) => methodsOpen(context).includes('face'),
    pinOpen: ({ context }) => methodsOpen(context).includes('pin'),
    staffOpen: ({ context }) => methodsOpen(context).includes('staff'),
    staffLocked: ({ context }) => context.visit?.staffTriesLeft === 0,
    pinNeedsConfirmation: ({ context }) => methodsOpen(context).includes('pin') && context.visit?.pinTriesLeft === 1,
    padOpen: ({ context }) => (context.visit?.entered ?? 0) < 4,
    padFull: ({ context }) => context.visit?.entered === 4,
    nothingAsked: ({ context }) => questionsAsked(context).length === 0,
    noBundle: ({ context }) => bundle(context).length === 0,
    somethingApart: ({ context }) => apart(context).length > 0,
    moreItems: ({ context }) => context.visit !== undefined && context.visit.index + 1 < context.visit.items.length,
    notFirstItem: ({ context }) => (context.visit?.index ?? 0) > 0,
    asksPrescription: ({ context }) => askPrescription(context),
  },
  actions: {
    // Provided by the runner: the world.
    newVisit: provided,
    openCard: provided,
    closeCard: provided,
    stopWaiting: provided,
    pushDigit: provided,
    popDigit: provided,
    clearPad: provided,
    stopAsking: provided,
    recordStart: provided,
    beginStart: provided,
    sound: (_, _params: { readonly tone: Tone }) => provided(),
    log: (_, _params: { readonly event: string }) => provided(),
    startCountdown: (_, _params: Countdown) => provided(),
    // Plain memory.
    stopCountdown: assign({ until: undefined, stayMs: undefined }),
    rest: assign({
      visit: undefined,
      closing: undefined,
      until: undefined,
      stayMs: undefined,
      language: 'ja',
      mode: 'standard',
      choosingLanguage: false,
    }),
    toggleLanguages: assign({ choosingLanguage: ({ context }) => !context.choosingLanguage }),
    closeLanguages: assign({ choosingLanguage: false }),
    setLanguage: assign({
      choosingLanguage: false,
      language: ({ context, event }) =>
        event.type === 'PRESS.language' && context.settings.languages.includes(event.language) ? event.language : context.language,
    }),
    setMode: assign({ mode: ({ context, event }) => (event.type === 'PRESS.mode' ? event.mode : context.mode) }),
    noteFault: assign({ fault: ({ context, event }) => (event.type === 'FAULT' ? event.code : context.fault) }),
  },
});

export type StateConfig = Parameters<typeof base.createStateConfig>[0];

/** The record of the visit with some of it changed. */
export const amended = ({ visit }: VisitContext, change: Partial<VisitRecord>): Partial<VisitContext> => ({
  visit: visit === undefined ? undefined : { ...visit, ...change },
});

/** Changes the record of the visit on an event of the statechart. */
export const amend = (change: (visit: VisitRecord, context: VisitContext, event: VisitEvent) => Partial<VisitRecord>) =>
  base.assign(({ context, event }) => (context.visit === undefined ? {} : amended(context, change(context.visit, context, event))));

/** What is remembered when a visit ends with `code`. A code that ends service too becomes the fault that resting finds. */
export const closed = (context: VisitContext, code: FailureCode, more: Closing = {}): Partial<VisitContext> => ({
  closing: { ...more, after: code },
  fault: endsService(code) ? code : context.fault,
  // A dead reader cannot tell that the card was taken.
  card: context.card && code !== 'reader/unavailable',
});

export const closeWith = (code: FailureCode | ((context: VisitContext, event: VisitEvent) => FailureCode)) =>
  base.assign(({ context, event }) => closed(context, typeof code === 'function' ? code(context, event) : code));

/** The code of whatever an invoked piece of work threw. */
export const thrownCode = (event: { readonly error: unknown }, otherwise: FailureCode): FailureCode =>
  asFailure(event.error, otherwise).code;

export const initialContext = ({ input }: { input: { settings: VisitSettings } }): VisitContext => freshContext(input.settings);
