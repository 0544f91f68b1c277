// Ports of the uplink: a byte-for-byte MQTT connection is behind link.ts; these are what the rest of the kiosk sees.

import type { KioskFailure } from '../core/failure.ts';

export interface UplinkState {
  readonly broker: 'connected' | 'lost';
  readonly terminal: 'ready' | 'lost';
  /** Messages in the outbox that are not acknowledged yet. */
  readonly backlog: number;
}

export interface Ack {
  readonly status: 'accepted' | 'duplicate' | 'rejected';
  readonly code?: string;
  readonly checkIn?: { readonly state: 'checked-in' | 'see-reception'; readonly number?: string };
}

export interface Uplink {
  start(): Promise<void>;
  /** Publishes the offline state, closes the link, flushes nothing that is not durable already. */
  stop(): Promise<void>;
  readonly state: UplinkState;
  onState(listener: (state: UplinkState) => void): () => void;
  /**
   * Seals and stores one finished visit durably, then delivers it until acknowledged.
   * Resolves when durable; `acked` resolves with the terminal's signed word (it may be hours later).
   * Throws uplink/outbox-full, storage/unwritable, clock/unset.
   */
  submit(visit: unknown): Promise<{ readonly id: string; readonly seq: number; readonly acked: Promise<Ack> }>;
  /** A signed command of the terminal, checked and not expired. */
  onCommand(listener: (command: { readonly name: string; readonly visitId?: string }) => void): () => void;
  /** Retained state of this kiosk. */
  announce(status: 'init' | 'ready' | 'busy' | 'out-of-service', faults: readonly string[]): void;
  onFailure(listener: (failure: KioskFailure) => void): () => void;
}
