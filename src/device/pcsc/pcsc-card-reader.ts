// Any desk reader that PC/SC knows, as the kiosk's card reader. One card at a time, held exclusively, so that no other program uses what a PIN opened.
// PC/SC hides the radio: a contact reader, type A and type B look alike, and only storage cards can be told by their ATR.

import type { CardReader, CardTechnology, DetectedCard } from '../../card/ports.ts';
import { hex } from '../../core/bytes.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { type FailureCode, KioskFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import type { PcscCard, PcscContext, PcscReader } from './ports.ts';

/** winscard.h: the numbers are the same on every system. */
const SCARD = { present: 0x20, mute: 0x200, exclusive: 1, t0: 1, t1: 2, leave: 0, reset: 1 } as const;
/** An answer in extended form is at most 64 kB and its status word. */
const MAX_ANSWER = 65_538;
const STATUS_LENGTH = 2;
const POLL_MS = 150;
/** Six looks are 900 ms. */
const REMOVAL_LOOKS = 6;
/** Historical bytes of a storage card (PC/SC part 3, 3.1.3.2.3): the registered application provider id, then the standard. */
const STORAGE_CARD = /804f0ca000000306(..)/;
const FELICA = '11';

const GONE = ['Card was removed', 'No smart card present', 'Card is unpowered'];
const NO_READER = ['PC/SC service not running', 'PC/SC service stopped', 'Reader unavailable', 'Unknown reader', 'No readers available'];

const textOf = (error: unknown): string => (error instanceof Error ? error.message : '');
const codeOf = (error: unknown): FailureCode => {
  const text = textOf(error);
  if (GONE.includes(text)) return 'card/removed';
  return NO_READER.includes(text) ? 'reader/unavailable' : 'reader/protocol';
};

const technologyOf = (atr: Uint8Array | null): CardTechnology => {
  const standard = STORAGE_CARD.exec(atr === null ? '' : hex(atr))?.[1];
  if (standard === undefined) return 'iso14443-4b';
  return standard === FELICA ? 'felica' : 'iso14443-a';
};

export interface PcscReaderOptions {
  readonly open: () => Promise<PcscContext>;
  readonly clock: Clock;
  readonly log: Log;
  /** Part of the reader's name; the first reader is taken where it is absent. */
  readonly name?: string;
  readonly pollMs?: number;
}

export class PcscCardReader implements CardReader {
  readonly #options: PcscReaderOptions;
  #context: PcscContext | undefined;
  #connected: PcscCard | undefined;

  constructor(options: PcscReaderOptions) {
    this.#options = options;
  }

  /** Finds the reader. Throws reader/unavailable with what to do. Who waits for a card meanwhile waits on: a self-test starts a reader in use. */
  async start(): Promise<void> {
    const context = await this.#options.open();
    this.#drop(SCARD.reset);
    this.#context?.close();
    this.#context = context;
    this.#options.log.info('reader.ready', { readers: this.#readers().length });
    this.#reader();
  }

  async stop(): Promise<void> {
    this.#drop(SCARD.reset);
    this.#context?.close();
    this.#context = undefined;
  }

  /** Throws reader/unavailable when the reader is gone. */
  async selfTest(): Promise<{ readonly reader: string }> {
    return { reader: this.#reader().name };
  }

  async waitForCard(signal: AbortSignal): Promise<DetectedCard> {
    for (;;) {
      signal.throwIfAborted();
      const reader = this.#reader();
      if ((reader.state & SCARD.present) !== 0) {
        const card = await this.#connect(reader);
        if (card !== undefined) return card;
      }
      await this.#pause(signal);
    }
  }

  async waitForRemoval(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while ((this.#reader().state & SCARD.present) !== 0) await this.#pause(signal);
    this.#drop(SCARD.leave);
  }

  /** Undefined: it was taken meanwhile. A card that does not answer its reset is a card all the same. */
  async #connect(reader: PcscReader): Promise<DetectedCard | undefined> {
    this.#drop(SCARD.reset);
    const technology = technologyOf(reader.atr);
    this.#options.log.info('reader.card-detected', { technology });
    if ((reader.state & SCARD.mute) !== 0) return { technology, transceive: () => Promise.reject(new KioskFailure('reader/protocol')) };
    let card: PcscCard;
    try {
      card = await reader.connect(SCARD.exclusive, SCARD.t0 | SCARD.t1);
    } catch (cause) {
      const code = codeOf(cause);
      if (code === 'card/removed') return undefined;
      if (textOf(cause) === 'Sharing violation') {
        const message = `the card in ${reader.name} is in use by another program: close that (a browser, gpg, OpenSC), then try again`;
        throw new KioskFailure('reader/unavailable', { cause, facts: { reason: 'shared' }, message });
      }
      return { technology, transceive: () => Promise.reject(new KioskFailure(code, { cause })) };
    }
    this.#connected = card;
    return { technology, transceive: (command, signal) => this.#transceive(card, command, signal) };
  }

  async #transceive(card: PcscCard, command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (this.#connected !== card) throw new KioskFailure('card/removed');
    let failed: unknown;
    try {
      const answer = Uint8Array.from(await card.transmit(Buffer.from(command), { maxRecvLength: MAX_ANSWER }));
      // Some drivers report success and no bytes when the card goes under a command.
      if (answer.length >= STATUS_LENGTH) return answer;
      failed = new Error('Answer without status word');
    } catch (cause) {
      failed = cause;
    }
    const code = codeOf(failed);
    const gone = code === 'reader/protocol' && (await this.#isGone(signal));
    throw new KioskFailure(gone ? 'card/removed' : code, { cause: failed, facts: { pcsc: textOf(failed) } });
  }

  /** Whether the card was taken, as far as the service has noticed: it looks a few times a second. */
  async #isGone(signal?: AbortSignal): Promise<boolean> {
    for (let look = 0; look < REMOVAL_LOOKS; look += 1) {
      if ((this.#reader().state & SCARD.present) === 0) return true;
      await sleep(this.#options.clock, this.#options.pollMs ?? POLL_MS, signal);
    }
    return false;
  }

  #readers(): readonly PcscReader[] {
    if (this.#context === undefined) throw new KioskFailure('reader/unavailable', { message: 'the reader was not started' });
    try {
      return this.#context.listReaders();
    } catch (cause) {
      throw new KioskFailure('reader/unavailable', { cause, message: `PC/SC: ${textOf(cause)}; is pcscd running?` });
    }
  }

  #reader(): PcscReader {
    const { name } = this.#options;
    const all = this.#readers();
    const reader = name === undefined ? all[0] : all.find((one) => one.name.includes(name));
    if (reader !== undefined) return reader;
    const there =
      all.length === 0
        ? 'PC/SC knows no reader: plug one in'
        : `no reader is called ${name}; there are ${all.map((one) => one.name).join(', ')}`;
    throw new KioskFailure('reader/unavailable', { facts: { readers: all.length }, message: there });
  }

  #pause(signal: AbortSignal): Promise<void> {
    return sleep(this.#options.clock, this.#options.pollMs ?? POLL_MS, signal);
  }

  #drop(disposition: number): void {
    try {
      this.#connected?.disconnect(disposition);
    } catch {
      // It is gone already.
    }
    this.#connected = undefined;
  }
}
