// The visit as the rest of the kiosk sees it: events in, screens out.
// Runs the statechart on the given clock and tells listeners whenever what a person sees has changed.

import { createActor } from 'xstate';
import type { ScreenModel } from '../core/screens.ts';
import { pressEvent, type VisitInput } from './events.ts';
import { machineIn, type VisitWorld } from './runner.ts';
import { phaseOf, screenOf, type VisitSnapshot } from './screen.ts';
import type { VisitSettings } from './settings.ts';

const TICK_MS = 1000;

export interface VisitOptions extends VisitWorld {
  readonly settings: VisitSettings;
}

export interface Visit {
  start(): void;
  /** Ends an open visit (its card session is closed) and stops all timers. */
  stop(): void;
  send(event: VisitInput): void;
  /** Calls back with every change of the screen or the phase, and at once when already started. Returns the unsubscribe function. */
  onScreen(listener: (model: ScreenModel) => void): () => void;
  readonly screen: ScreenModel;
  /** The journey's state value, dotted; `shutting-down.off` = the power may be cut. */
  readonly phase: string;
  readonly visitId: string | undefined;
  /** The step of the visit: the name of its screen; undefined while the kiosk rests. */
  readonly step: string | undefined;
  readonly remainingSeconds: number | undefined;
  /** Monotonic milliseconds of the last beat, one a second while the statechart runs. */
  readonly beatAtMs: number;
}

export const createVisit = ({ settings, ...world }: VisitOptions): Visit => {
  const { clock, log } = world;
  const machine = machineIn(world);
  const actor = createActor(machine, {
    input: { settings },
    clock: { setTimeout: (run, delayMs) => clock.setTimeout(run, delayMs), clearTimeout: (handle) => clock.clearTimeout(handle) },
  });
  const listeners = new Set<(model: ScreenModel) => void>();
  let snapshot: VisitSnapshot = actor.getSnapshot();
  let shown = '';
  let phase = '';
  let ticker: unknown;
  let beatAtMs = clock.monotonicMs();

  const model = () => screenOf(snapshot, clock.monotonicMs());
  const show = () => {
    const now = model();
    // The phase too: the last one, in which the power may be cut, looks like the one before.
    const text = `${phase} ${JSON.stringify(now)}`;
    if (text === shown) return;
    shown = text;
    for (const listener of listeners) listener(now);
  };
  actor.subscribe({
    next: (next) => {
      snapshot = next;
      if (phaseOf(next) !== phase) {
        phase = phaseOf(next);
        const { visit, closing } = next.context;
        log.info('visit.phase', {
          phase,
          ...(visit === undefined ? {} : { visit: visit.id }),
          ...(closing?.after === undefined ? {} : { after: closing.after }),
        });
      }
      show();
    },
  });
  const tick = () => {
    beatAtMs = clock.monotonicMs();
    show();
    ticker = clock.setTimeout(tick, TICK_MS);
  };

  return {
    start() {
      actor.start();
      ticker = clock.setTimeout(tick, TICK_MS);
    },
    stop() {
      clock.clearTimeout(ticker);
      // Leaving by the statechart's own edge runs the exits of an open visit.
      actor.send({ type: 'POWER.LONG' });
      actor.stop();
    },
    send(event) {
      actor.send(event.type === 'INPUT' ? pressEvent(event.input, model()) : event);
    },
    onScreen(listener) {
      listeners.add(listener);
      if (shown !== '') listener(model());
      return () => listeners.delete(listener);
    },
    get screen() {
      return model();
    },
    get phase() {
      return phaseOf(snapshot);
    },
    get beatAtMs() {
      return beatAtMs;
    },
    get visitId() {
      return snapshot.context.visit?.id;
    },
    get step() {
      return snapshot.context.visit === undefined ? undefined : model().screen;
    },
    get remainingSeconds() {
      const now = model();
      return now.timeout?.secondsLeft ?? (now.screen === 'initialising' ? now.remainingSeconds : undefined);
    },
  };
};
