// Watches the tray from start to stop: tells when a card is placed and when it is gone, and keeps the card that lies there.
// A reader that does not answer is told as a fault and tried again; nothing here ends the process.

import type { CardReader, DetectedCard } from '../card/ports.ts';
import { type Clock, sleep } from '../core/clock.ts';
import { asFailure, type FailureCode } from '../core/failure.ts';
import type { Log } from '../core/log.ts';

export interface CardTrayListener {
  placed(): void;
  removed(): void;
  /** The reader works again after `failed`. */
  recovered(): void;
  failed(code: FailureCode): void;
}

const RETRY_MS = 1000;

export interface CardTray {
  readonly card: DetectedCard | undefined;
  stop(): Promise<void>;
}

export const watchCardTray = (
  reader: CardReader & { start(signal?: AbortSignal): Promise<void> },
  listener: CardTrayListener,
  clock: Clock,
  log: Log,
): CardTray => {
  const stopping = new AbortController();
  const { signal } = stopping;
  let card: DetectedCard | undefined;
  let broken = false;

  const leave = (): void => {
    if (card === undefined) return;
    card = undefined;
    listener.removed();
  };

  const oneCard = async (): Promise<void> => {
    const found = await reader.waitForCard(signal);
    if (broken) {
      broken = false;
      listener.recovered();
    }
    card = found;
    log.debug('tray.card', { technology: found.technology });
    listener.placed();
    await reader.waitForRemoval(signal);
    leave();
  };

  const recover = async (cause: unknown): Promise<void> => {
    const { code } = asFailure(cause, 'reader/unavailable');
    // A reader that does not answer cannot tell that the card was taken: the visit ends by the reader's fault, not by the patient's.
    if (code === 'reader/unavailable') card = undefined;
    else leave();
    if (!broken) log.warn('tray.reader-failed', { code });
    broken = true;
    listener.failed(code);
    await sleep(clock, RETRY_MS, signal);
    await reader.start(signal);
    broken = false;
    listener.recovered();
  };

  const run = async (): Promise<void> => {
    let failed: { cause: unknown } | undefined;
    while (!signal.aborted) {
      try {
        if (failed === undefined) await oneCard();
        else await recover(failed.cause);
        failed = undefined;
      } catch (cause) {
        failed = { cause };
      }
    }
  };
  const running = run();

  return {
    get card() {
      return card;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
};
