// The delivery rule: a stored message is published until the terminal's signed word with the same id is there, or it has expired.
// PUBACK is not delivery. Works on ids only: what is stored, published and deleted is behind its ports.

import { type BackoffLimits, fullJitterMs } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import { asFailure, isFailure, KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import type { AckMessage } from './contract/index.ts';
import { corrupt } from './durable-adapter.ts';
import type { PublishOutcome } from './link.ts';
import type { OutboxEntry } from './outbox.ts';

export interface DeliveryOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** [0, 1) */
  random(): number;
  readonly ackTimeoutMs: number;
  /** Longest wait between two tries of one message. */
  readonly retryCapMs: number;
  /** Messages that may wait for their ack at the same time. */
  readonly window: number;
  payload(id: string): Promise<Uint8Array | undefined>;
  publish(entry: OutboxEntry, payload: Uint8Array, expirySeconds: number): Promise<PublishOutcome>;
  /** Deletes from the outbox. */
  remove(id: string): Promise<void>;
  /** Not even a PUBACK in time: the connection is dead, whatever its socket says. */
  onStalled(): void;
  onAcked(entry: OutboxEntry, ack: AckMessage): void;
  onGivenUp(entry: OutboxEntry, failure: KioskFailure): void;
  onTrouble(failure: KioskFailure): void;
}

interface Pending {
  readonly entry: OutboxEntry;
  /** Monotonic milliseconds. */
  readonly deadline: number;
  attempt: number;
  timer: unknown;
  state: 'idle' | 'queued' | 'in-flight' | 'backing-off';
}

/** setTimeout's limit (2^31 - 1 ms) kept at a distance. */
const LONGEST_TIMER_MS = 86_400_000;

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #pending = new Map<string, Pending>();
  #queue: Pending[] = [];
  #inFlight = 0;
  /** Ends when everything taken up so far was read: flash may answer out of order, the terminal shall not see that. */
  #turn: Promise<void> = Promise.resolve();
  #open = false;
  #expiryTimer: unknown;
  #nextExpiry = Number.POSITIVE_INFINITY;
  retries = 0;
  expired = 0;
  acknowledged = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  get backlog(): number {
    return this.#pending.size;
  }

  /** Takes a stored message over. `remainingMs`: how long it is still worth delivering, from now on, by the monotonic clock. */
  add(entry: OutboxEntry, remainingMs: number): void {
    const deadline = this.#options.clock.monotonicMs() + remainingMs;
    const pending: Pending = { entry, deadline, attempt: 0, timer: undefined, state: 'idle' };
    this.#pending.set(entry.id, pending);
    if (deadline < this.#nextExpiry) this.#watchExpiry();
    this.#enqueue(pending);
    this.#pump();
  }

  /** Open: broker and terminal are there, so everything pending goes out at once, in the order it was taken over. Closed: nothing does. */
  setOpen(open: boolean): void {
    if (open === this.#open) return;
    this.#open = open;
    for (const pending of this.#pending.values()) this.#rest(pending);
    this.#queue = [];
    if (!open) return;
    for (const pending of this.#pending.values()) {
      pending.attempt = 0;
      this.#enqueue(pending);
    }
    this.#pump();
  }

  /** A verified ack. False when it speaks of nothing that is pending: a repetition, or another sequence number. */
  async acknowledge(ack: AckMessage): Promise<boolean> {
    const pending = this.#pending.get(ack.id);
    if (pending === undefined || pending.entry.seq !== ack.seq) return false;
    this.acknowledged += 1;
    await this.#settle(pending);
    this.#options.onAcked(pending.entry, ack);
    return true;
  }

  stop(): void {
    this.setOpen(false);
    this.#options.clock.clearTimeout(this.#expiryTimer);
  }

  #enqueue(pending: Pending): void {
    if (!this.#open) return;
    pending.state = 'queued';
    this.#queue.push(pending);
  }

  #rest(pending: Pending): void {
    this.#options.clock.clearTimeout(pending.timer);
    if (pending.state === 'in-flight') this.#inFlight -= 1;
    pending.state = 'idle';
  }

  #pump(): void {
    while (this.#open && this.#inFlight < this.#options.window) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      if (next.state === 'queued') void this.#send(next).catch((error) => this.#options.onTrouble(asFailure(error, 'visit/internal')));
    }
  }

  async #send(pending: Pending): Promise<void> {
    const { clock, log, ackTimeoutMs } = this.#options;
    pending.state = 'in-flight';
    pending.attempt += 1;
    const attempt = pending.attempt;
    this.#inFlight += 1;
    if (attempt > 1) this.retries += 1;
    const current = () => pending.state === 'in-flight' && pending.attempt === attempt;
    let answered = false;
    pending.timer = clock.setTimeout(() => {
      if (!answered) this.#options.onStalled();
      if (current()) this.#backOff(pending);
    }, ackTimeoutMs);
    const reading = this.#options.payload(pending.entry.id);
    const earlier = this.#turn;
    this.#turn = reading.then(
      () => earlier,
      () => earlier,
    ) as Promise<void>;
    await earlier;
    const payload = await reading;
    if (!current()) return;
    if (payload === undefined) return this.#giveUp(pending, corrupt(pending.entry.seq));
    const outcome = await this.#options.publish(pending.entry, payload, Math.ceil((pending.deadline - clock.monotonicMs()) / 1000));
    answered = true;
    log.debug('message-published', { seq: pending.entry.seq, attempt, outcome: outcome.outcome });
    if (outcome.outcome === 'refused' && current()) {
      log.warn('message-refused', { seq: pending.entry.seq, reasonCode: outcome.reasonCode });
      this.#backOff(pending);
    }
  }

  #backOff(pending: Pending): void {
    const { clock, random, ackTimeoutMs, retryCapMs } = this.#options;
    const limits: BackoffLimits = { baseMs: ackTimeoutMs, capMs: retryCapMs };
    this.#rest(pending);
    pending.state = 'backing-off';
    pending.timer = clock.setTimeout(
      () => {
        this.#enqueue(pending);
        this.#pump();
      },
      fullJitterMs(pending.attempt - 1, limits, random()),
    );
    this.#pump();
  }

  async #settle(pending: Pending): Promise<void> {
    this.#rest(pending);
    this.#pending.delete(pending.entry.id);
    this.#pump();
    try {
      await this.#options.remove(pending.entry.id);
    } catch (error) {
      this.#options.onTrouble(asFailure(error, 'storage/unwritable'));
    }
  }

  async #giveUp(pending: Pending, failure: KioskFailure): Promise<void> {
    if (isFailure(failure, 'uplink/not-acknowledged')) this.expired += 1;
    await this.#settle(pending);
    this.#options.onGivenUp(pending.entry, failure);
  }

  #watchExpiry(): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#expiryTimer);
    let earliest = Number.POSITIVE_INFINITY;
    for (const pending of this.#pending.values()) {
      if (pending.deadline > clock.monotonicMs()) earliest = Math.min(earliest, pending.deadline);
      else {
        const failure = new KioskFailure('uplink/not-acknowledged', { facts: { seq: pending.entry.seq, attempts: pending.attempt } });
        void this.#giveUp(pending, failure).catch((error) => this.#options.onTrouble(asFailure(error, 'visit/internal')));
      }
    }
    this.#nextExpiry = earliest;
    if (earliest === Number.POSITIVE_INFINITY) return;
    this.#expiryTimer = clock.setTimeout(() => this.#watchExpiry(), Math.min(LONGEST_TIMER_MS, earliest - clock.monotonicMs()));
  }
}
