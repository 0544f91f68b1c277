// Live events for logged-in pages. Memory only; a listener that throws must not stop the others or the inbox.

import type { ReportMessage, RequestMessage } from '../uplink/contract/index.ts';
import type { StoredVisit, Trouble } from './model.ts';

/** A question of the visit that runs at a kiosk: for a logged-in page, never for a log. */
export interface KioskRequest extends Pick<RequestMessage, 'ask' | 'visitId' | 'expiresAt' | 'reason' | 'patient'> {}

export interface KioskView {
  readonly id: string;
  /** unknown: the broker is lost, nobody can say. */
  readonly status: 'init' | 'ready' | 'busy' | 'out-of-service' | 'offline' | 'unknown';
  readonly faults: readonly string[];
  /** Its key is not the one this terminal has, or there is none: nothing of it is taken until one of its messages verifies. */
  readonly unregistered?: true;
  /** ISO 8601 of the last state, when there was one. */
  readonly at?: string;
  readonly version?: string;
  /** What its last examination found. */
  readonly report?: Pick<ReportMessage, 'at' | 'level' | 'findings'>;
  /** A question of the visit that runs there. */
  readonly request?: KioskRequest;
}

export type TerminalEvent =
  | { readonly type: 'visit'; readonly visit: StoredVisit }
  | { readonly type: 'kiosk'; readonly kiosk: KioskView }
  | { readonly type: 'kiosk-left'; readonly id: string }
  | { readonly type: 'broker'; readonly broker: 'connected' | 'lost' }
  | { readonly type: 'troubles'; readonly troubles: readonly Trouble[] };

export interface Hub {
  emit(event: TerminalEvent): void;
  on(listener: (event: TerminalEvent) => void): () => void;
}

export const createHub = (): Hub => {
  const listeners = new Set<(event: TerminalEvent) => void>();
  return {
    emit: (event) => {
      for (const listener of [...listeners]) {
        try {
          listener(event);
        } catch {
          listeners.delete(listener);
        }
      }
    },
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
