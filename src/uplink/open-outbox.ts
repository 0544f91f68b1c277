// The outboxes with what fills and empties them: submissions in front, delivery behind. Visits and requests have a folder each, and so a
// sequence each: the numbers of visits have no gaps where somebody asked for a look.

import { join } from 'node:path';
import { asFailure, type KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { type KioskChannel, kioskTopic } from './contract/index.ts';
import { Delivery } from './delivery.ts';
import { corrupt } from './durable-adapter.ts';
import type { Link, PublishOutcome } from './link.ts';
import { Outbox, type OutboxEntry } from './outbox.ts';
import type { Sealer } from './seal.ts';
import { type Outboxes, Submissions } from './submissions.ts';
import { type CompleteOptions, fractionOf } from './uplink-options.ts';

export interface OutboxParts {
  readonly options: CompleteOptions;
  readonly log: Log;
  readonly bootId: string;
  readonly link: Pick<Link, 'publish' | 'kick'>;
  readonly sealer: Sealer;
  onFailure(failure: KioskFailure): void;
  /** How one try to publish ended. */
  onPublished(channel: OutboxEntry['channel'], result: PublishOutcome): void;
  /** Something came in or went out. */
  onChange(): void;
}

export interface OpenOutbox {
  readonly outboxes: Outboxes;
  readonly submissions: Submissions;
  readonly delivery: Delivery;
}

const RETRY_CAP_MS = 60_000;
const WINDOW = 32;
/** Of questions that live a minute each; a link that stays away must not keep visits from being taken. */
const REQUEST_LIMITS = { maxMessages: 64, maxBytes: 1024 * 1024 } as const;

/** Opens what an earlier run left and takes it up again. Throws storage/unwritable. */
export const openOutbox = async ({
  options,
  log,
  bootId,
  link,
  sealer,
  onFailure,
  onPublished,
  onChange,
}: OutboxParts): Promise<OpenOutbox> => {
  const { dataDir, fs, outboxLimits, clock, random, site, kiosk, ackTimeoutMs } = options;
  const topic = (channel: KioskChannel): string => kioskTopic(site, kiosk, channel);
  const onCorrupt = (seq: number): void => onFailure(corrupt(seq));
  const limits = { maxMessages: outboxLimits.messages, maxBytes: outboxLimits.bytes };
  const outboxes: Outboxes = {
    visit: await Outbox.open({ fs, folder: join(dataDir, 'outbox'), ...limits, onCorrupt }),
    request: await Outbox.open({ fs, folder: join(dataDir, 'requests'), ...REQUEST_LIMITS, onCorrupt }),
  };
  await forgetQuestions(outboxes.request).catch((error) => onFailure(asFailure(error, 'storage/unwritable')));
  /** By the folder, not by the channel: an earlier version kept requests among the visits. */
  const holder = (id: string): Outbox => (outboxes.request.holds(id) ? outboxes.request : outboxes.visit);
  const onStored = (entry: OutboxEntry, expiryMs: number): void => {
    delivery.add(entry, expiryMs);
    onChange();
  };
  const submissions = new Submissions({ outboxes, sealer, clock, random, site, kiosk, bootId, onStored });
  const delivery = new Delivery({
    clock,
    log,
    random: () => fractionOf(random),
    ackTimeoutMs,
    retryCapMs: RETRY_CAP_MS,
    window: WINDOW,
    payload: (id) => holder(id).payload(id),
    publish: async (entry, payload, expirySeconds) => {
      const result = await link.publish(topic(entry.channel), payload, { qos: 1, expirySeconds });
      onPublished(entry.channel, result);
      return result;
    },
    remove: (id) => holder(id).remove(id),
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
  for (const entry of outboxes.visit.entries()) delivery.add(entry, remainingMs(entry, clock.now()));
  log.info('outbox-opened', { backlog: outboxes.visit.count, bytes: outboxes.visit.bytes, nextSeq: outboxes.visit.nextSeq });
  return { outboxes, submissions, delivery };
};

/** What an earlier run asked is wanted no longer: its visit ended with it. Their numbers stay used. */
const forgetQuestions = async (requests: Outbox): Promise<void> => {
  for (const { id } of requests.entries()) await requests.remove(id);
};

/** By the wall clock, which a message of an earlier run is measured with; never more than a whole life, should that clock be wrong. */
const remainingMs = ({ expiresAt, issuedAt }: OutboxEntry, nowMs: number): number => Math.min(expiresAt - nowMs, expiresAt - issuedAt);
