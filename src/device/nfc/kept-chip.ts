// Keeps the chip at work: one job at a time, brought up before the first and again after a fault, a few times in a row, until it is stopped.
// Knows no cards.

import { type Clock, sleep } from '../../core/clock.ts';
import { isFailure, KioskFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { withSignal } from '../../core/with-signal.ts';
import type { Pn532Driver } from './driver.ts';
import { Queue } from './queue.ts';

export interface KeptChipOptions {
  readonly driver: Pn532Driver;
  readonly clock: Clock;
  readonly log: Log;
  /** Tries to bring the chip up before the reader counts as unavailable, and the pause between them (it doubles). */
  readonly initTries: number;
  readonly initPauseMs: number;
  /** The chip was started anew or went away: whatever was known of the field no longer holds. */
  readonly onLost: () => void;
}

const isReaderFailure = (error: unknown): boolean => isFailure(error, 'reader/unavailable') || isFailure(error, 'reader/protocol');

const unavailable = (error: unknown): KioskFailure =>
  isFailure(error, 'reader/unavailable')
    ? error
    : new KioskFailure('reader/unavailable', {
        cause: error,
        facts: isFailure(error) ? error.facts : {},
        message: 'the reader does not work: check its cable and its board',
      });

export class KeptChip {
  readonly #options: KeptChipOptions;
  readonly #queue = new Queue();
  #ready = false;
  #stopped = new AbortController();
  /** The last attempt to bring the chip up failed for good. */
  #down = false;

  constructor(options: KeptChipOptions) {
    this.#options = options;
  }

  get down(): boolean {
    return this.#down;
  }

  /** Brings the chip up anew. Throws reader/unavailable. May be called again after a failure or a stop. */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.#stopped.signal.aborted) this.#stopped = new AbortController();
    this.#ready = false;
    await this.withStop(signal, (stop) => this.use(async () => undefined, stop));
  }

  /** Field off; whoever still waits gets reader/unavailable. */
  async stop(): Promise<void> {
    this.#stopped.abort(new KioskFailure('reader/unavailable', { message: 'the reader was stopped' }));
    await this.#queue.run(async () => {
      if (this.#ready) await this.#options.driver.fieldOff().catch(() => undefined);
      this.#options.onLost();
      this.#ready = false;
    });
  }

  /** Runs a job with a signal that ends it with the caller's, or when the chip is stopped. */
  withStop<T>(signal: AbortSignal | undefined, job: (stop: AbortSignal) => Promise<T>): Promise<T> {
    return withSignal([signal, this.#stopped.signal], job);
  }

  /** Runs a job alone on a chip that is up. */
  use<T>(job: () => Promise<T>, stop: AbortSignal): Promise<T> {
    return this.#queue.run(async () => {
      stop.throwIfAborted();
      if (!this.#ready) await this.#bringUp(stop);
      try {
        return await job();
      } catch (error) {
        if (isFailure(error) && !stop.aborted) this.#options.log.info('reader.failed', { code: error.code, ...error.facts });
        if (isFailure(error, 'reader/unavailable') && !stop.aborted) {
          this.#ready = false;
          this.#options.onLost();
        }
        throw error;
      }
    });
  }

  /** Repeats a step until it gives something. A chip that stumbles is brought up again, a few times in a row. */
  insist<T>(signal: AbortSignal, step: (stop: AbortSignal) => Promise<T | undefined>): Promise<T> {
    return this.withStop(signal, async (stop) => {
      for (let failures = 0; ; ) {
        try {
          const found = await step(stop);
          if (found !== undefined) return found;
          failures = 0;
        } catch (error) {
          failures += 1;
          if (stop.aborted || !isReaderFailure(error)) throw error;
          if (this.#down || failures >= this.#options.initTries) throw unavailable(error);
          this.#ready = false;
        }
      }
    });
  }

  async #bringUp(stop: AbortSignal): Promise<void> {
    const { driver, clock, log, initTries, initPauseMs, onLost } = this.#options;
    onLost();
    for (let attempt = 1; ; attempt += 1) {
      try {
        const firmware = await driver.initialise(stop);
        this.#ready = true;
        this.#down = false;
        log.info('reader.ready', { version: firmware.version, revision: firmware.revision, attempt });
        return;
      } catch (error) {
        if (stop.aborted) throw error;
        log.warn('reader.start-failed', { attempt, ...(isFailure(error) ? { code: error.code, ...error.facts } : {}) });
        // A line that was opened once may stay deaf until it is opened again, and a chip behind it does not answer any number of tries.
        await driver.renewWires().catch(() => undefined);
        this.#down = attempt >= initTries;
        if (this.#down) throw unavailable(error);
      }
      await sleep(clock, initPauseMs * 2 ** (attempt - 1), stop);
    }
  }
}
