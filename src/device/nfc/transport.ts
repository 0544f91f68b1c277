// The seam between the PN532's commands and the wires that carry its frames: I²C now, a serial line (HSU) or SPI later.

import type { BusGap } from './bus-gap.ts';
import type { Frame } from './frame.ts';

export interface ReceiveOptions {
  readonly timeoutMs: number;
  /** How long the whole frame is likely to be, in bytes: a hint that saves bus time, never a limit. */
  readonly likelyLength: number;
  readonly signal?: AbortSignal;
}

/**
 * timeout: the chip had nothing to say. damaged: it spoke, but no valid frame arrived. lost: the wires failed once, then came nothing.
 * `retried`: the wires failed before, and the frame came all the same. Whoever receives counts the fault, so that it counts once.
 */
export type Received = (Frame & { readonly retried?: true }) | { readonly kind: 'timeout' | 'damaged' | 'lost' };

/** Carries whole frames. Every method may throw BusError; `receive` also the signal's reason. */
export interface Pn532Transport {
  /** The pause it keeps between transactions, where the wires ask for one. */
  readonly gap?: BusGap;
  /** Makes a sleeping or busy chip listen, and forgets what it was saying. */
  wake(): Promise<void>;
  /** Lets go of the wires: the next frame opens them anew, whatever state they or the system's driver were left in. */
  renew?(): Promise<void>;
  send(frame: Uint8Array): Promise<void>;
  receive(options: ReceiveOptions): Promise<Received>;
}

/** The wires failed: nobody answered, or a transaction broke off. `errno` is the system's word (EIO, ENXIO …). */
export class BusError extends Error {
  override readonly name = 'BusError';
  readonly errno: string;

  constructor(cause: unknown) {
    super('bus error', { cause });
    const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    this.errno = typeof code === 'string' ? code : 'unknown';
  }
}
