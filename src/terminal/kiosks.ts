// What is known of each configured kiosk: its retained state and the question its visit asks just now. Memory only.

import type { Clock } from '../core/clock.ts';
import { LifeSigns } from '../core/life-signs.ts';
import { type KioskState, newerState, type ReportMessage, type RequestMessage } from '../uplink/contract/index.ts';
import type { Hub, KioskView } from './hub.ts';

export interface Kiosks {
  has(id: string): boolean;
  /** The kiosks of the site from now on. */
  know(ids: readonly string[]): void;
  /** A state that arrived; an old Will of a past connection changes nothing. */
  received(id: string, state: KioskState): void;
  /** Any sign of life. */
  heard(id: string): void;
  /** What its examination of this morning found. */
  reported(id: string, report: ReportMessage): void;
  /** A question of the running visit; gone when it expires, when a visit arrives, or when `answered`. */
  asked(id: string, request: RequestMessage): void;
  /** `visitId`: only a question of that visit. */
  answered(id: string, visitId?: string): void;
  brokerIs(broker: 'connected' | 'lost'): void;
  readonly broker: 'connected' | 'lost';
  view(id: string): KioskView | undefined;
  views(): readonly KioskView[];
}

export const createKiosks = (ids: readonly string[], hub: Hub, clock: Clock): Kiosks => {
  let known = new Set(ids);
  const states = new Map<string, KioskState>();
  const requests = new Map<string, RequestMessage>();
  const reports = new Map<string, ReportMessage>();
  let broker: 'connected' | 'lost' = 'lost';

  /** Kiosks that promised signs of life and give none: their broker may not know yet. */
  const silent = new Set<string>();
  const signs = new LifeSigns(clock, (id) => {
    silent.add(id);
    requests.delete(id);
    tell(id);
  });

  const pending = (id: string): KioskView['request'] => {
    const request = requests.get(id);
    if (request === undefined || Date.parse(request.expiresAt) <= clock.now()) return undefined;
    const { ask, visitId, expiresAt, reason, patient } = request;
    return { ask, visitId, expiresAt, ...(reason === undefined ? {} : { reason }), ...(patient === undefined ? {} : { patient }) };
  };
  const view = (id: string): KioskView | undefined => {
    if (!known.has(id)) return undefined;
    const state = states.get(id);
    const request = pending(id);
    const report = reports.get(id);
    return {
      id,
      status: broker === 'lost' ? 'unknown' : silent.has(id) ? 'offline' : (state?.status ?? 'offline'),
      faults: state?.faults ?? [],
      ...(state === undefined ? {} : { at: state.at, version: state.version }),
      ...(report === undefined ? {} : { report: { at: report.at, level: report.level, findings: report.findings } }),
      ...(request === undefined ? {} : { request }),
    };
  };
  const tell = (id: string): void => {
    const kiosk = view(id);
    if (kiosk !== undefined) hub.emit({ type: 'kiosk', kiosk });
  };

  return {
    has: (id) => known.has(id),
    know: (now) => {
      const fresh = now.filter((id) => !known.has(id));
      known = new Set(now);
      for (const id of fresh) tell(id);
    },
    received: (id, state) => {
      const believed = newerState(states.get(id), state);
      states.set(id, believed);
      if (believed === state) {
        silent.delete(id);
        if (state.status === 'offline' || state.everySeconds === undefined) signs.forget(id);
        else signs.heard(id, state.everySeconds * 1000);
      }
      // A kiosk that is not busy has no visit that could still be waiting for an answer.
      if (states.get(id)?.status !== 'busy') requests.delete(id);
      tell(id);
    },
    heard: (id) => {
      const state = states.get(id);
      if (state?.everySeconds === undefined || state.status === 'offline') return;
      signs.heard(id, state.everySeconds * 1000);
      if (silent.delete(id)) tell(id);
    },
    reported: (id, report) => {
      reports.set(id, report);
      tell(id);
    },
    asked: (id, request) => {
      requests.set(id, request);
      tell(id);
    },
    answered: (id, visitId) => {
      if (visitId !== undefined && requests.get(id)?.visitId !== visitId) return;
      if (requests.delete(id)) tell(id);
    },
    brokerIs: (state) => {
      if (broker === state) return;
      broker = state;
      // What was known may be old by the time the broker is back: its retained states come again.
      if (state === 'lost') {
        states.clear();
        silent.clear();
        signs.forgetAll();
      }
      hub.emit({ type: 'broker', broker });
      for (const id of known) tell(id);
    },
    get broker() {
      return broker;
    },
    view,
    views: () => [...known].flatMap((id) => view(id) ?? []),
  };
};
