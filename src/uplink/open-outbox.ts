// The outbox with what fills and empties it: submissions in front, delivery behind.

import { join } from 'node:path';
import type { KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { type KioskChannel, kioskTopic } from './contract/index.ts';
import { Delivery } from './delivery.ts';
import { corrupt } from './durable-adapter.ts';
import type { Link } from './link.ts';
import { Outbox, type OutboxEntry } from './outbox.ts';
import type { Sealer } from './seal.ts';
import { Submissions } from './submissions.ts';
import { type CompleteOptions, fractionOf } from './uplink-options.ts';

export interface OutboxParts {
  readonly options: CompleteOptions;
  readonly log: Log;
  readonly bootId: string;
  readonly link: Pick<Link, 'publish' | 'kick'>;
  readonly sealer: Sealer;
  onFailure(failure: KioskFailure): void;
  /** Something came in or went out. */
  onChange(): void;
}

export interface OpenOutbox {
  readonly outbox: Outbox;
  readonly submissions: Submissions;
  readonly delivery: Delivery;
}

const RETRY_CAP_MS = 60_000;
const WINDOW = 32;

/** Opens what an earlier run left and takes it up again. Throws storage/unwritable. */
export const openOutbox = async ({ options, log, bootId, link, sealer, onFailure, onChange }: OutboxParts): Promise<OpenOutbox> => {
  const { dataDir, fs, outboxLimits, clock, random, site, kiosk, ackTimeoutMs } = options;
  const topic = (channel: KioskChannel): string => kioskTopic(site, kiosk, channel);
  const outbox = await Outbox.open({
    fs,
    folder: join(dataDir, 'outbox'),
    maxMessages: outboxLimits.messages,
    maxBytes: outboxLimits.bytes,
    onCorrupt: (seq) => onFailure(corrupt(seq)),
  });
  const onStored = (entry: OutboxEntry, expiryMs: number): void => {
    delivery.add(entry, expiryMs);
    onChange();
  };
  const submissions = new Submissions({ outbox, sealer, clock, random, site, kiosk, bootId, onStored });
  const delivery = new Delivery({
    clock,
    log,
    random: () => fractionOf(random),
    ackTimeoutMs,
    retryCapMs: RETRY_CAP_MS,
    window: WINDOW,
    payload: (id) => outbox.payload(id),
    publish: (entry, payload, expirySeconds) => link.publish(topic(entry.channel), payload, { qos: 1, expirySeconds }),
    remove: (id) => outbox.remove(id),
    onStalled: () => link.kick('no-puback'),
    onAcked: (entry, ack) => {
      log.info('message-acknowledged', { seq: entry.seq, status: ack.status });
      submissions.acked(entry, ack);
      onChange();
    },
    onGivenUp: (entry, failure) => {
      submissions.givenUp(entry, failure);
      onFailure(failure);
      onChange();
    },
    onTrouble: onFailure,
  });
  for (const entry of outbox.entries()) delivery.add(entry, remainingMs(entry, clock.now()));
  log.info('outbox-opened', { backlog: outbox.count, bytes: outbox.bytes, nextSeq: outbox.nextSeq });
  return { outbox, submissions, delivery };
};

/** By the wall clock, which a message of an earlier run is measured with; never more than a whole life, should that clock be wrong. */
const remainingMs = ({ expiresAt, issuedAt }: OutboxEntry, nowMs: number): number => Math.min(expiresAt - nowMs, expiresAt - issuedAt);
