// The reader of printed card faces, as a twin: it knows what is printed on the virtual card that lies on the tray now.

import { ascii } from '../../core/bytes.ts';
import { KioskFailure } from '../../core/failure.ts';
import type { CardFaceReader } from '../ports.ts';
import type { VirtualCard } from './virtual-card.ts';

export class TwinCardFaceReader implements CardFaceReader {
  readonly #cardOnTray: () => VirtualCard | undefined;

  constructor(cardOnTray: () => VirtualCard | undefined) {
    this.#cardOnTray = cardOnTray;
  }

  /** Throws card/face-unreadable when nothing lies there or nothing is printed on it. */
  async readVerificationCode(signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    const printed = this.#cardOnTray()?.printed();
    if (printed === undefined) throw new KioskFailure('card/face-unreadable');
    return ascii(printed.verificationCode);
  }
}
