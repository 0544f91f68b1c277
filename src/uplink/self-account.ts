// What the kiosk says of itself over the link: its state (retained, said anew at every connection), what an examination found, and its numbers.
// Knows what the broker refused of it, and says that too.

import type { Clock } from '../core/clock.ts';
import type { KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import type { HealthMessage, KioskChannel, KioskState, ReportMessage } from './contract/index.ts';
import type { Link, PublishOutcome } from './link.ts';
import { KioskPresence, type KioskPresenceOptions } from './presence.ts';
import { Rights } from './rights.ts';

export interface SelfAccountOptions extends Pick<KioskPresenceOptions, 'bootId' | 'version'> {
  readonly clock: Clock;
  readonly log: Log;
  /** How often the numbers go out; 0 = never. */
  readonly healthIntervalMs: number;
  topic(channel: KioskChannel): string;
  readonly publish: Link['publish'];
  /** The link is up and the data folder is open: there is something to say, and somebody to say it to. */
  speaking(): boolean;
  health(): HealthMessage;
  /** A channel was refused for want of a right; told once for each. */
  readonly onRefused: (failure: KioskFailure) => void;
}

const RETAINED = { qos: 1, retain: true } as const;
const encode = (message: object): Uint8Array => new TextEncoder().encode(JSON.stringify(message));

export class SelfAccount {
  readonly #options: SelfAccountOptions;
  readonly #presence: KioskPresence;
  readonly #rights: Rights;
  #bdSeq = 0;
  /** Not at the broker yet. */
  #report: ReportMessage | undefined;
  #timer: unknown;

  constructor(options: SelfAccountOptions) {
    const { bootId, version, healthIntervalMs, clock } = options;
    this.#options = options;
    const promise = healthIntervalMs > 0 ? { everySeconds: Math.ceil(healthIntervalMs / 1000) } : {};
    this.#presence = new KioskPresence({ bootId, version, ...promise, now: () => clock.now() });
    this.#rights = new Rights(options.onRefused);
  }

  /** Channels whose last message the broker refused for want of a right. */
  get forbidden(): readonly KioskChannel[] {
    return this.#rights.forbidden;
  }

  /** The Will of connection `bdSeq`. */
  will(bdSeq: number): { topic: string; payload: Uint8Array } {
    return { topic: this.#options.topic('state'), payload: this.#presence.offline(bdSeq) };
  }

  /** A connection is there: birth, and whatever an examination found meanwhile. */
  connected(bdSeq: number): void {
    this.#bdSeq = bdSeq;
    this.#sayState();
    this.#sayReport();
  }

  announce(status: KioskState['status'], faults: readonly string[]): void {
    this.#presence.set(status, faults);
    this.#sayState();
  }

  /** The state that stands at the broker; one that calls this living connection dead is said anew. Throws uplink/malformed. */
  heard(payload: Uint8Array): void {
    if (this.#presence.contradicted(payload, this.#bdSeq)) this.#sayState();
  }

  report(found: Omit<ReportMessage, 'v'>): void {
    this.#report = { v: 1, ...found };
    this.#sayReport();
  }

  startHealth(): void {
    const { clock, healthIntervalMs, topic, publish, health } = this.#options;
    if (healthIntervalMs <= 0) return;
    this.#timer = clock.setTimeout(() => {
      void publish(topic('health'), encode(health()), { qos: 0 }).catch(() => undefined);
      this.startHealth();
    }, healthIntervalMs);
  }

  stopHealth(): void {
    this.#options.clock.clearTimeout(this.#timer);
  }

  /** The last word of a clean end, in place of the Will. */
  goodbye(): void {
    const { topic, payload } = this.will(this.#bdSeq);
    void this.#options.publish(topic, payload, RETAINED);
  }

  /** How a message on a channel ended: whoever stands at the terminal, or at the technician menu, is told what the broker forbids. */
  published(channel: KioskChannel, result: PublishOutcome): void {
    if (!this.#rights.note(channel, result)) return;
    this.#presence.setStanding(this.forbidden.length > 0 ? ['uplink/rules-outdated'] : []);
    this.#sayState();
  }

  #sayState(): void {
    const { log, publish, speaking, topic } = this.#options;
    if (!speaking()) return;
    void publish(topic('state'), this.#presence.birth(this.#bdSeq), RETAINED).then((result) => {
      if (result.outcome === 'refused') log.error('state-refused', { reasonCode: result.reasonCode });
      this.published('state', result);
    });
  }

  #sayReport(): void {
    const { log, publish, speaking, topic } = this.#options;
    const report = this.#report;
    if (report === undefined || !speaking()) return;
    void publish(topic('report'), encode(report), RETAINED).then((result) => {
      // A broker whose rules are older than this message refuses it. It is said again at the next connection: the rules may be new by then.
      if (result.outcome === 'refused') log.warn('report-refused', { reasonCode: result.reasonCode });
      else if (result.outcome !== 'lost' && this.#report === report) this.#report = undefined;
      this.published('report', result);
    });
  }
}
