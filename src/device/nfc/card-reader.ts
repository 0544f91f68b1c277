// The card reader as the visit uses it: finds a card, carries its APDUs, notices when it is taken, and outlives a reader
// that is unplugged and plugged again. Keeps no byte of what passes through it.

import type { CardReader, DetectedCard } from '../../card/ports.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { type FailureCode, isFailure, KioskFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { withDeadline } from '../../core/with-signal.ts';
import { type CardLink, firmwareLink } from './card-link.ts';
import { CHIP_TIMEOUT, chipFailure } from './chip-error.ts';
import type { PollName } from './commands.ts';
import type { Firmware, Pn532Driver } from './driver.ts';
import { FastPath } from './fast-path.ts';
import { KeptChip } from './kept-chip.ts';
import { fieldIsEmpty, isPresent, pollFor, refound } from './presence.ts';
import { type Subscribe, waitFor } from './signals.ts';
import type { Target } from './target.ts';

export interface Pn532CardReaderOptions {
  readonly driver: Pn532Driver;
  readonly clock: Clock;
  readonly log: Log;
  /** Pause between two looks for a card. */
  readonly pollMs?: number;
  /** How long a card may be silent before it is asked whether it is still there. */
  readonly presenceMs?: number;
  /** Tries to bring the chip back before the reader counts as unavailable, and the pause between them (it doubles). */
  readonly initTries?: number;
  readonly initPauseMs?: number;
  /** Longest time of one APDU and its answer, however many blocks it comes in: a card cannot hold a visit for ever. A signature takes a second. */
  readonly apduMs?: number;
  /** auto (default): the host keeps the block protocol, at the fastest rate that works. off: always the chip's own. */
  readonly fastPath?: 'auto' | 'off';
}

/** A card is present, there is none, or nobody knows (before the first look, after a lost session). */
type Present = { readonly target: Target; readonly link: CardLink | undefined; readonly left: AbortController; lastHeard: number };
type Presence = Present | 'none' | 'unknown';

/** Type B is looked for every time; the others, which only need telling apart, take turns. */
const OTHER_POLLS: readonly PollName[] = ['a', 'f212', 'f424'];

const onAbort =
  (signal: AbortSignal): Subscribe =>
  (wake) => {
    signal.addEventListener('abort', wake, { once: true });
    return () => signal.removeEventListener('abort', wake);
  };

export class Pn532CardReader implements CardReader {
  readonly #driver: Pn532Driver;
  readonly #chip: KeptChip;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pollMs: number;
  readonly #presenceMs: number;
  readonly #apduMs: number;
  readonly #fastPath: FastPath | undefined;
  #presence: Presence = 'unknown';
  #turn = 0;

  constructor(options: Pn532CardReaderOptions) {
    this.#driver = options.driver;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#pollMs = options.pollMs ?? 60;
    this.#presenceMs = options.presenceMs ?? 150;
    this.#apduMs = options.apduMs ?? 60_000;
    this.#chip = new KeptChip({
      ...options,
      initTries: options.initTries ?? 3,
      initPauseMs: options.initPauseMs ?? 100,
      onLost: () => this.#lose('unknown'),
    });
    this.#fastPath = options.fastPath === 'off' ? undefined : new FastPath(options.driver, options.log);
  }

  /** Brings the chip up. Throws reader/unavailable. May be called again after a failure or a stop. */
  async start(signal?: AbortSignal): Promise<void> {
    this.#fastPath?.forgive();
    await this.#chip.start(signal);
  }

  /** Field off; whoever still waits gets reader/unavailable. The bus stays with its owner. */
  stop(): Promise<void> {
    return this.#chip.stop();
  }

  /** Asks the chip who it is and lets it echo a pattern. Does not disturb a card. Throws reader/unavailable, reader/protocol. */
  selfTest(signal?: AbortSignal): Promise<Firmware> {
    return this.#chip.withStop(signal, (stop) =>
      this.#chip.use(async () => {
        await this.#driver.communicationTest(stop);
        return this.#driver.firmware(stop);
      }, stop),
    );
  }

  async waitForCard(signal: AbortSignal): Promise<DetectedCard> {
    let fresh = this.#presence === 'none';
    return this.#chip.insist(signal, async (stop) => {
      const present = await this.#chip.use(() => this.#look(fresh, stop), stop);
      fresh = true;
      if (present === undefined) await sleep(this.#clock, this.#pollMs, stop);
      return present && this.#card(present);
    });
  }

  async waitForRemoval(signal: AbortSignal): Promise<void> {
    await this.#chip.insist(signal, async (stop) => ((await this.#watch(stop)) ? true : undefined));
  }

  /** One round of polls. A field that is not known to be fresh starts anew first, or a card left active would not answer. */
  async #look(fresh: boolean, stop: AbortSignal): Promise<Present | undefined> {
    if (!fresh) {
      this.#lose('unknown');
      await this.#driver.resetField(stop);
    }
    const other = OTHER_POLLS[this.#turn++ % OTHER_POLLS.length] ?? 'a';
    const target = (await pollFor(this.#driver, 'b', stop)) ?? (await pollFor(this.#driver, other, stop));
    if (target === undefined) return undefined;
    const speaks = target.isoDep && target.several !== true;
    const fast = speaks ? await this.#fastPath?.open(target, stop) : undefined;
    if (fast === 'gone') return undefined;
    const link = fast ?? (speaks ? firmwareLink(this.#driver) : undefined);
    const present: Present = { target, link, left: new AbortController(), lastHeard: this.#clock.monotonicMs() };
    this.#presence = present;
    this.#log.info('reader.card-detected', { technology: target.technology });
    return present;
  }

  #card(present: Present): DetectedCard {
    const { answerBytes } = present.link ?? {};
    const { technology, several } = present.target;
    return {
      technology,
      ...(several === undefined ? {} : { several }),
      transceive: (command, signal) => this.#transceive(present, command, signal),
      ...(answerBytes === undefined ? {} : { answerBytes }),
    };
  }

  #transceive(present: Present, command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#chip.withStop(signal, async (stop) => {
      try {
        return await this.#chip.use(() => this.#exchange(present, command, stop), stop);
      } catch (error) {
        if (!isFailure(error, 'reader/unavailable') || this.#chip.down || stop.aborted) throw error;
        // The bus stumbled: if the chip comes back, only this card's session is lost, not the reader.
        await this.#chip.use(async () => undefined, stop);
        throw new KioskFailure('reader/protocol', { facts: { ...error.facts, restarted: true }, cause: error });
      }
    });
  }

  async #exchange(present: Present, command: Uint8Array, stop: AbortSignal): Promise<Uint8Array> {
    const { target, link } = present;
    if (this.#presence !== present) throw new KioskFailure('card/removed');
    if (link === undefined) throw new KioskFailure('reader/protocol', { facts: { technology: target.technology, isoDep: false } });
    try {
      const limit = { clock: this.#clock, limitMs: this.#apduMs, late: chipFailure(CHIP_TIMEOUT), signal: stop };
      const answer = await withDeadline(limit, (signal) => link.transceive(command, signal));
      this.#fastPath?.worked();
      return answer;
    } catch (error) {
      throw await this.#explain(error, present, stop);
    } finally {
      present.lastHeard = this.#clock.monotonicMs();
    }
  }

  /** Why an exchange failed, asked of the card itself: gone (card/removed), or there but dead, moved or misheard (reader/protocol). */
  async #explain(error: unknown, { target, link }: Present, stop: AbortSignal): Promise<unknown> {
    if (stop.aborted || !isFailure(error) || error.code === 'reader/unavailable') return error;
    const again = (code: FailureCode) => new KioskFailure(code, { facts: error.facts, cause: error });
    if (await isPresent(this.#driver, target, link, stop)) {
      this.#fastPath?.broke();
      return again('reader/protocol');
    }
    const there = await refound(this.#driver, target, stop);
    if (there) this.#fastPath?.broke();
    this.#lose(there ? 'unknown' : 'none');
    return again(there ? 'reader/protocol' : 'card/removed');
  }

  /** One step of the watch; true once the field is empty. */
  async #watch(stop: AbortSignal): Promise<boolean> {
    stop.throwIfAborted();
    const presence = this.#presence;
    if (presence === 'none') return true;
    if (presence === 'unknown') {
      const empty = await this.#chip.use(async () => this.#presence === 'unknown' && (await fieldIsEmpty(this.#driver, stop)), stop);
      if (empty) this.#lose('none');
      else await sleep(this.#clock, this.#presenceMs, stop);
      return empty;
    }
    const quietLeft = () => this.#presenceMs - (this.#clock.monotonicMs() - presence.lastHeard);
    if (quietLeft() > 0) {
      await waitFor(this.#clock, quietLeft(), onAbort(presence.left.signal), stop);
      return false;
    }
    await this.#chip.use(async () => {
      if (this.#presence !== presence || quietLeft() > 0) return;
      if (await isPresent(this.#driver, presence.target, presence.link, stop)) presence.lastHeard = this.#clock.monotonicMs();
      else this.#lose('none');
    }, stop);
    return false;
  }

  #lose(next: 'none' | 'unknown'): void {
    if (typeof this.#presence !== 'string') {
      this.#presence.left.abort();
      this.#log.info('reader.card-left', { known: next === 'none' });
    }
    this.#presence = next;
  }
}
