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
  /**
   * A message in the name of `id` was signed by a key that is not here (`verified` false), or by the right one. Says something to staff and nothing
   * more: whoever can write at the broker can cause it. Kiosks without any key here are listed too, a few of them.
   */
  signed(id: string, verified: boolean): void;
  /** A kiosk without a key here has gone. */
  left(id: string): void;
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

/** Names that somebody at the broker may invent must not fill the page. */
const MOST_STRANGERS = 8;

export const createKiosks = (ids: readonly string[], hub: Hub, clock: Clock): Kiosks => {
  let known = new Set(ids);
  const states = new Map<string, KioskState>();
  const requests = new Map<string, RequestMessage>();
  const reports = new Map<string, ReportMessage>();
  let broker: 'connected' | 'lost' = 'lost';

  /** Whose newest message could not be verified for want of the key, known kiosks and others. */
  const unregistered = new Set<string>();

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
    if (!known.has(id)) return unregistered.has(id) ? { id, status: 'unknown', faults: [], unregistered: true } : undefined;
    const state = states.get(id);
    const request = pending(id);
    const report = reports.get(id);
    return {
      id,
      status: broker === 'lost' ? 'unknown' : silent.has(id) ? 'offline' : (state?.status ?? 'offline'),
      faults: state?.faults ?? [],
      ...(unregistered.has(id) ? { unregistered: true as const } : {}),
      ...(state === undefined ? {} : { at: state.at, version: state.version }),
      ...(report === undefined ? {} : { report: { at: report.at, level: report.level, findings: report.findings } }),
      ...(request === undefined ? {} : { request }),
    };
  };
  const tell = (id: string): void => {
    const kiosk = view(id);
    if (kiosk !== undefined) hub.emit({ type: 'kiosk', kiosk });
  };

  const left = (id: string): void => {
    if (!known.has(id) && unregistered.delete(id)) hub.emit({ type: 'kiosk-left', id });
  };

  return {
    has: (id) => known.has(id),
    know: (now) => {
      const before = new Set([...known, ...unregistered]);
      const touched = new Set([...now.filter((id) => !known.has(id)), ...unregistered]);
      known = new Set(now);
      // With other keys here, its next message is judged afresh.
      unregistered.clear();
      for (const id of touched) tell(id);
      for (const id of before) if (!known.has(id)) hub.emit({ type: 'kiosk-left', id });
    },
    signed: (id, verified) => {
      if (verified ? !unregistered.delete(id) : unregistered.has(id)) return;
      if (!verified) {
        if (!known.has(id) && [...unregistered].filter((one) => !known.has(one)).length >= MOST_STRANGERS) return;
        unregistered.add(id);
      }
      tell(id);
    },
    left,
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
        for (const id of [...unregistered]) left(id);
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
    views: () => [...new Set([...known, ...unregistered])].flatMap((id) => view(id) ?? []),
  };
};
