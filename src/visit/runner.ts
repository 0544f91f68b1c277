// Joins the statechart to the world: every port is called from here and nowhere else in this folder.
// A port that only makes a sound or keeps a record must not end a visit: its failure is logged.

import { assign, fromCallback, fromPromise } from 'xstate';
import type { Clock } from '../core/clock.ts';
import { asFailure, KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { withSignal } from '../core/with-signal.ts';
import { CardHolder } from './card-holder.ts';
import { freshVisit } from './context.ts';
import type { VisitEvent } from './events.ts';
import { type VisitMachine, visitMachine } from './machine.ts';
import type { CardSummary, DeliveryOutcome, LookReason, PinOutcome, VisitOutcome, VisitPorts } from './ports.ts';
import { contentOf } from './screen.ts';
import type { Countdown, Tone } from './setup.ts';

export interface VisitWorld {
  readonly ports: VisitPorts;
  readonly clock: Clock;
  readonly log: Log;
}

/** The work that the statechart invokes. Each piece is aborted when its state is left. */
const actorsOf = ({ ports }: VisitWorld, holder: CardHolder) => ({
  selfTest: fromPromise<void>(({ signal }) => ports.selfTest(signal)),
  readCard: fromPromise<CardSummary>(async ({ signal }) => holder.session.read(signal)),
  watchFace: fromCallback<VisitEvent>(({ sendBack }) => {
    const stop = new AbortController();
    const say = (event: VisitEvent) => {
      if (!stop.signal.aborted) sendBack(event);
    };
    const watch = async () => holder.session.verifyFace((guidance) => say({ type: 'FACE.HINT', guidance }), stop.signal);
    watch().then(
      (outcome) => say({ type: 'FACE.DONE', outcome }),
      (cause) => say({ type: 'FACE.FAILED', code: asFailure(cause, 'visit/internal').code }),
    );
    return () => stop.abort(new KioskFailure('visit/cancelled'));
  }),
  checkPin: fromPromise<PinOutcome, { readonly lastTryConfirmed: boolean }>(async ({ input, signal }) =>
    holder.session.verifyPin(ports.pad.take(), input, signal),
  ),
  checkPasscode: fromPromise<boolean>(async () => ports.checkStaffPasscode(ports.pad.take())),
  askReception: fromPromise<void, LookReason>(async ({ input, signal }) => holder.session.askReception(input, signal)),
  deliver: fromPromise<DeliveryOutcome, VisitOutcome | undefined>(async ({ input, signal }) => {
    if (input === undefined) throw new KioskFailure('visit/internal', { facts: { reason: 'nobody-recognised' } });
    return withSignal([signal, holder.patience], (given) => holder.session.deliver(input, given));
  }),
});

/** The statechart with the world behind it. */
export const machineIn = (world: VisitWorld): VisitMachine => {
  const { ports, clock, log } = world;
  const holder = new CardHolder((visitId) => ports.openCard(visitId));
  const quietly = (what: string, run: () => void) => {
    try {
      run();
    } catch (cause) {
      log.warn('visit.port-failed', { port: what, code: asFailure(cause, 'visit/internal').code });
    }
  };
  return visitMachine.provide({
    actors: actorsOf(world, holder),
    actions: {
      newVisit: assign({ visit: ({ context }) => freshVisit(ports.newVisitId(), context.settings) }),
      openCard: ({ context }) => {
        if (context.visit !== undefined) holder.open(context.visit.id);
      },
      closeCard: () => {
        quietly('card', () => holder.close());
        quietly('pad', () => ports.pad.clear());
      },
      stopWaiting: () => holder.stopWaiting(),
      pushDigit: ({ event }) => {
        if (event.type === 'PRESS.digit') ports.pad.push(event.digit);
      },
      popDigit: () => {
        ports.pad.backspace();
      },
      clearPad: () => ports.pad.clear(),
      stopAsking: () => holder.stopAsking(),
      beginStart: assign({
        startedAt: () => clock.monotonicMs(),
        startsBy: () => {
          const expectedMs = ports.startHistory.expectedMs();
          return expectedMs > 0 ? clock.monotonicMs() + expectedMs : undefined;
        },
      }),
      recordStart: ({ context }) => {
        const { startedAt } = context;
        if (startedAt !== undefined) quietly('startHistory', () => ports.startHistory.record(clock.monotonicMs() - startedAt));
      },
      startCountdown: assign(({ context }, { timeout, screen, id = '' }: Countdown) => {
        const { mode, language, settings } = context;
        const pages = mode === 'large' ? (ports.pages?.({ ...contentOf(context, screen, id), language, mode }) ?? 1) : 1;
        const stayMs = settings.timeouts[timeout] + Math.max(0, pages - 1) * settings.timeouts.pageMs;
        return { stayMs, until: clock.monotonicMs() + stayMs };
      }),
      sound: (_, { tone }: { readonly tone: Tone }) => quietly('sound', () => ports.sound(tone)),
      log: ({ context }, { event }: { readonly event: string }) =>
        log.info(event, context.visit === undefined ? {} : { visit: context.visit.id }),
    },
  });
};
