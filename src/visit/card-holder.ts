// Holds the one open card session outside the statechart, whose memory is plain data.
// Closes each session exactly once; a session of an earlier visit can never be reached again.

import { KioskFailure } from '../core/failure.ts';
import type { CardSession, VisitPorts } from './ports.ts';

export class CardHolder {
  readonly #open: VisitPorts['openCard'];
  #session: CardSession | undefined;
  #patience = new AbortController();

  constructor(open: VisitPorts['openCard']) {
    this.#open = open;
  }

  open(visitId: string): void {
    this.close();
    this.#patience = new AbortController();
    this.#session = this.#open(visitId);
  }

  /** Throws visit/internal when no visit is open. */
  get session(): CardSession {
    if (this.#session === undefined) throw new KioskFailure('visit/internal', { facts: { reason: 'no-session' } });
    return this.#session;
  }

  /** Aborted when the terminal's word is awaited no longer. */
  get patience(): AbortSignal {
    return this.#patience.signal;
  }

  stopWaiting(): void {
    this.#patience.abort(new KioskFailure('uplink/not-acknowledged'));
  }

  stopAsking(): void {
    this.#session?.stopAsking();
  }

  close(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.close();
  }
}
