// Every message that reaches the terminal, from bytes on a topic to an effect: open, check, store, then answer. Messages are opened beside
// each other, and stored in the order of their arrival, those that are ready together in one transaction.
// It never throws for a bad message, never logs content, and answers only a signer it knows.

import { isFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import {
  kioskStateSchema,
  kioskTopic,
  MAX_PAYLOAD_BYTES,
  type ParsedTopic,
  parseTopic,
  type RequestMessage,
  readMessage,
  reportSchema,
  type VisitMessage,
} from '../uplink/contract/index.ts';
import type { Opener } from '../uplink/seal.ts';
import type { WordSigner } from '../uplink/seal-word.ts';
import { japanDate } from './calendar.ts';
import type { EligibilityAnswer, EligibilityRegistry } from './eligibility/ports.ts';
import type { Handover } from './exchange/handover.ts';
import type { Hub } from './hub.ts';
import type { Kiosks } from './kiosks.ts';
import type { Decision, Inbox } from './store/inbox.ts';
import type { SealedVisit } from './store/visit-rows.ts';

export interface Reply {
  readonly topic: string;
  readonly payload: Uint8Array;
}

export interface IntakeParts {
  readonly site: string;
  readonly opener: Opener;
  readonly signer: WordSigner;
  readonly inbox: Inbox;
  readonly kiosks: Kiosks;
  readonly hub: Hub;
  readonly registry: EligibilityRegistry;
  readonly handover: Handover;
  readonly log: Log;
  now(): number;
}

/**
 * Takes one message; what it resolves with is to be published, and everything it says is durable by then.
 * Rejects only when the inbox cannot be written (storage/unwritable): then nothing may be acknowledged.
 */
export type Intake = (topic: string, payload: Uint8Array) => Promise<Reply | undefined>;

/** Reasons and field names only: an unsigned message must not write its own text into a log. */
const fixedWord = (reason: unknown): string => (/^[A-Za-z.-]{1,40}$/.test(String(reason)) ? String(reason) : 'malformed');

/** A registry that does not answer in this time must not keep a patient waiting. */
const REGISTRY_MS = 2000;

export const createIntake = ({ site, opener, signer, inbox, kiosks, hub, registry, handover, log, now }: IntakeParts): Intake => {
  const eligibilityOf = async ({ patient }: VisitMessage, day: string): Promise<EligibilityAnswer | undefined> => {
    let giveUp: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      giveUp = setTimeout(() => resolve(undefined), REGISTRY_MS);
    });
    try {
      return await Promise.race([registry.byCard(patient, day), late]);
    } catch {
      log.warn('registry-failed');
      return undefined;
    } finally {
      clearTimeout(giveUp);
    }
  };

  const refuse = (place: ParsedTopic | undefined, code: string, reason: string, bytes: number): undefined => {
    const kiosk = place !== undefined && kiosks.has(place.kiosk) ? { kiosk: place.kiosk } : {};
    inbox.logReject({ ...kiosk, code, reason, bytes });
    log.warn('message-refused', { ...kiosk, code, reason, bytes });
  };

  const reply = async (kiosk: string, decision: Decision): Promise<Reply> => {
    const { status, ...word } = decision.ack;
    // A repeat of an accepted message hears "duplicate"; a rejected one stays rejected, for the kiosk deletes on "duplicate".
    const told = !decision.fresh && status === 'accepted' ? 'duplicate' : status;
    const payload = await signer.ack({ v: 1, ...word, site, kiosk, status: told, at: new Date(now()).toISOString() });
    log.info('message-answered', { kiosk, seq: word.seq, status: told, ...(word.code === undefined ? {} : { code: word.code }) });
    return { topic: kioskTopic(site, kiosk, 'ack'), payload };
  };

  /** Everything that may wait: what it resolves with takes effect when its turn has come. */
  const prepare = async (place: ParsedTopic, topic: string, payload: Uint8Array): Promise<() => Promise<Reply | undefined>> => {
    if (place.channel === 'state') {
      const state = payload.length > 0 ? readMessage('state', kioskStateSchema, payload) : undefined;
      return async () => {
        await inbox.grouped.after();
        if (state !== undefined) kiosks.received(place.kiosk, state);
        return undefined;
      };
    }
    if (place.channel === 'report') {
      const report = payload.length > 0 ? readMessage('report', reportSchema, payload) : undefined;
      return async () => {
        if (report !== undefined) kiosks.reported(place.kiosk, report);
        return undefined;
      };
    }
    const { message, expired } = await opener.open(topic, payload, now());
    kiosks.signed(place.kiosk, true);
    if (message.type === 'request') return () => answerRequest(place, message, expired);
    const eligibility = expired ? undefined : await eligibilityOf(message, japanDate(Date.parse(message.issuedAt)));
    return () => takeVisit(place, { message, expired, sealed: payload, ...(eligibility === undefined ? {} : { eligibility }) });
  };

  const answerRequest = async (place: ParsedTopic, message: RequestMessage, expired: boolean): Promise<Reply> => {
    const word = expired ? ({ status: 'rejected', code: 'uplink/not-acknowledged' } as const) : ({ status: 'accepted' } as const);
    const decision = await inbox.grouped.answer(message, word);
    if (decision.fresh && decision.ack.status === 'accepted') {
      if (message.ask === 'withdraw') kiosks.answered(place.kiosk, message.visitId);
      else kiosks.asked(place.kiosk, message);
    }
    return reply(place.kiosk, decision);
  };

  const takeVisit = async (place: ParsedTopic, visit: SealedVisit): Promise<Reply> => {
    const decision = await inbox.grouped.accept(visit);
    if (decision.visit !== undefined) {
      kiosks.answered(place.kiosk, visit.message.visitId);
      hub.emit({ type: 'visit', visit: decision.visit });
      handover.arrived(decision.visit, visit.eligibility);
    } else if (decision.fresh) {
      inbox.logReject({
        kiosk: place.kiosk,
        code: decision.ack.code ?? 'uplink/rejected',
        reason: 'not-acceptable',
        bytes: visit.sealed.length,
      });
    }
    return reply(place.kiosk, decision);
  };

  /** A kiosk of which no key is here: staff hear that it is there, so that somebody brings its key. Its own words are not believed. */
  const strange = ({ kiosk, channel }: ParsedTopic, payload: Uint8Array): void => {
    if (channel === 'visit' || channel === 'request') kiosks.signed(kiosk, false);
    if (channel !== 'state') return;
    try {
      const there = payload.length > 0 && readMessage('state', kioskStateSchema, payload).status !== 'offline';
      if (there) kiosks.signed(kiosk, false);
      else kiosks.left(kiosk);
    } catch {
      // Not even a state: it is refused below like everything of it.
    }
  };

  /** Ends when everything that came so far has been given to the inbox. */
  let earlier: Promise<unknown> = Promise.resolve();
  const inOrder = async (prepared: Promise<() => Promise<Reply | undefined>>): Promise<Reply | undefined> => {
    // Wrapped, so that the next one waits for its being given to the inbox, not for its commit: they share that.
    const mine = Promise.allSettled([prepared, earlier]).then(async () => ({ taken: (await prepared)() }));
    earlier = mine.catch(() => undefined);
    const { taken } = await mine;
    return taken;
  };

  return async (topic, payload) => {
    const place = parseTopic(topic);
    if (place === undefined || place.site !== site) return refuse(undefined, 'uplink/malformed', 'topic', payload.length);
    // The filter for kiosk states matches the terminal's own; acks and commands are this side's own words.
    if (place.kiosk === 'terminal') return undefined;
    if (!kiosks.has(place.kiosk)) strange(place, payload);
    if (!kiosks.has(place.kiosk)) return refuse(place, 'uplink/untrusted', 'kiosk-unknown', payload.length);
    if (payload.length > MAX_PAYLOAD_BYTES) return refuse(place, 'uplink/malformed', 'too-large', payload.length);
    try {
      if (place.channel === 'health') kiosks.heard(place.kiosk);
      if (place.channel !== 'state' && place.channel !== 'report' && place.channel !== 'visit' && place.channel !== 'request')
        return undefined;
      return await inOrder(prepare(place, topic, payload));
    } catch (error) {
      if (!isFailure(error, 'uplink/malformed') && !isFailure(error, 'uplink/untrusted')) throw error;
      const { reason, field } = error.facts;
      if (reason === 'key-unknown') kiosks.signed(place.kiosk, false);
      return refuse(place, error.code, fixedWord(reason ?? field), payload.length);
    }
  };
};
