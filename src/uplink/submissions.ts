// From a visit's or request's content to a sealed message on flash, one after the other so that seq has no two owners; and the promises of those who wait
// for the terminal's word. Knows no network.

import type { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { KioskFailure } from '../core/failure.ts';
import { type RandomBytes, uuidV7 } from '../core/ids.ts';
import {
  type AckMessage,
  parseMessage,
  type RequestContent,
  requestContentSchema,
  type VisitContent,
  visitContentSchema,
} from './contract/index.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import type { Ack, Uplink } from './ports.ts';
import type { SealedContent, Sealer } from './seal.ts';

export type Submission = Awaited<ReturnType<Uplink['submit']>>;

/** Each with a sequence of its own. */
export type Outboxes = Readonly<Record<OutboxEntry['channel'], Outbox>>;

export interface SubmissionsOptions {
  readonly outboxes: Outboxes;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly site: string;
  readonly kiosk: string;
  readonly bootId: string;
  /** Called with everything that became durable. */
  onStored(entry: OutboxEntry, expiryMs: number): void;
}

const SCHEMAS = { visit: visitContentSchema, request: requestContentSchema } as const;

/** An earlier wall clock was never set: a Raspberry Pi has none that runs without power. */
const EARLIEST_CLOCK_MS = Date.UTC(2026, 0, 1);
/** Room that must be left before sealing: a sealed visit with its certificate, for a few recipients, stays below this. */
const TYPICAL_BYTES = 16_384;

const ackOf = ({ status, code, checkIn }: AckMessage): Ack => ({
  status,
  ...(code === undefined ? {} : { code }),
  ...(checkIn === undefined
    ? {}
    : { checkIn: { state: checkIn.state, ...(checkIn.number === undefined ? {} : { number: checkIn.number }) } }),
});

export class Submissions {
  readonly #options: SubmissionsOptions;
  readonly #waiting = new Map<string, { resolve(ack: Ack): void; reject(failure: KioskFailure): void }>();
  #turn: Promise<unknown> = Promise.resolve();
  submitted = 0;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
  }

  /** Throws uplink/malformed (facts.field), uplink/outbox-full, storage/unwritable, clock/unset. */
  async submit(channel: OutboxEntry['channel'], content: unknown, expiryMs: number): Promise<Submission> {
    const checked = parseMessage<z.ZodType<VisitContent | RequestContent>>(channel, SCHEMAS[channel], content);
    const mine = this.#turn.then(() => this.#store(channel, checked, expiryMs));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  acked(entry: OutboxEntry, ack: AckMessage): void {
    this.#waiting.get(entry.id)?.resolve(ackOf(ack));
    this.#waiting.delete(entry.id);
  }

  givenUp(entry: OutboxEntry, failure: KioskFailure): void {
    this.#waiting.get(entry.id)?.reject(failure);
    this.#waiting.delete(entry.id);
  }

  /** Waits for what is being stored, then lets everybody go: what is stored will be sent after the next start. */
  async close(): Promise<void> {
    await this.#turn;
    const failure = new KioskFailure('uplink/not-acknowledged', { facts: { reason: 'stopped' } });
    for (const { reject } of this.#waiting.values()) reject(failure);
    this.#waiting.clear();
  }

  async #store(channel: OutboxEntry['channel'], content: VisitContent | RequestContent, expiryMs: number): Promise<Submission> {
    const { outboxes, sealer, clock, random, site, kiosk, bootId, onStored } = this.#options;
    const outbox = outboxes[channel];
    const issuedAt = clock.now();
    if (issuedAt < EARLIEST_CLOCK_MS)
      throw new KioskFailure('clock/unset', { message: 'the clock was never set: connect the kiosk to a time server' });
    outbox.assertRoom(TYPICAL_BYTES);
    const expiresAt = issuedAt + expiryMs;
    const id = uuidV7(issuedAt, random);
    const seq = outbox.nextSeq;
    const times = { issuedAt: new Date(issuedAt).toISOString(), expiresAt: new Date(expiresAt).toISOString() };
    const message = { v: 1, id, site, kiosk, seq, bootId, ...times, type: channel, ...content } as SealedContent;
    const entry = await outbox.append({ id, seq, channel, issuedAt, expiresAt, sealed: await sealer.seal(message) });
    this.submitted += 1;
    const acked = new Promise<Ack>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    // Whoever does not wait must not bring the process down.
    acked.catch(() => undefined);
    onStored(entry, expiryMs);
    return { id, seq, acked };
  }
}
