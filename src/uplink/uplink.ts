// The uplink put together: seal → outbox → link, acks back, presence both ways. Implements the port `Uplink` and owns the data folder.
// A visit that was accepted here is on flash; nothing leaves or is stored that is not sealed.

import { asFailure, KioskFailure } from '../core/failure.ts';
import { uuidV7 } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { CommandGate } from './commands.ts';
import {
  type HealthMessage,
  type KioskChannel,
  kioskTopic,
  MAX_PAYLOAD_BYTES,
  parseTopic,
  type ReportMessage,
  type RequestContent,
  TERMINAL,
  terminalStateFilters,
} from './contract/index.ts';
import { unwritable } from './durable-adapter.ts';
import { CONNECT_TIMEOUT_MS, Link } from './link.ts';
import { type Listener, Listeners } from './listeners.ts';
import { takeLock } from './lock.ts';
import { type OpenOutbox, openOutbox } from './open-outbox.ts';
import type { Uplink, UplinkState } from './ports.ts';
import { TerminalPresence } from './presence.ts';
import { createSealer, type Sealer } from './seal.ts';
import { createWordVerifier, type WordVerifier } from './seal-word.ts';
import { SelfAccount } from './self-account.ts';
import type { Submission } from './submissions.ts';
import { type CompleteOptions, fractionOf, type UplinkOptions, withDefaults } from './uplink-options.ts';

export type { UplinkOptions };

export interface KazashiUplink extends Uplink {
  /** Sealed question to the terminal during a visit, delivered like a visit but worth only `expiryMs` (default 60 s). Throws as submit. */
  request(content: RequestContent, expiryMs?: number): Promise<Submission>;
  /** Retained at the broker: what an examination of this kiosk found. Said again at the next connection when there is none now. */
  report(found: Omit<ReportMessage, 'v'>): void;
  /** Channels that the broker does not let this kiosk write: its rules are older than this program. Empty where the broker cannot tell (MQTT 3.1.1). */
  readonly forbidden: readonly KioskChannel[];
  /** Numbers of this run, as in the health messages. */
  health(): HealthMessage;
}

interface Opened extends OpenOutbox {
  release(): Promise<void>;
}

type Command = { readonly name: string; readonly visitId?: string };

const REQUEST_EXPIRY_MS = 60_000;
class MqttUplink implements KazashiUplink {
  readonly #options: CompleteOptions;
  readonly #log: Log;
  readonly #bootId: string;
  readonly #self: SelfAccount;
  readonly #terminal: TerminalPresence;
  readonly #gate = new CommandGate();
  readonly #link: Link;
  readonly #states = new Listeners<UplinkState>();
  readonly #commands = new Listeners<Command>();
  readonly #failures = new Listeners<KioskFailure>();
  readonly #startedAt: number;
  #opened: Opened | undefined;
  /** Of the keys as they are now. */
  #sealer: Sealer | undefined;
  #verifier: WordVerifier | undefined;
  #unwatch: () => void = () => undefined;
  #state: UplinkState = { broker: 'lost', terminal: 'lost', backlog: 0 };

  constructor(given: UplinkOptions) {
    const options = withDefaults(given);
    const { clock, random, site } = options;
    this.#options = options;
    this.#log = options.log.child('uplink');
    this.#startedAt = clock.monotonicMs();
    this.#bootId = uuidV7(clock.now(), random);
    this.#self = new SelfAccount({
      bootId: this.#bootId,
      version: options.version,
      clock,
      log: this.#log,
      healthIntervalMs: options.healthIntervalMs,
      topic: (channel) => this.#topic(channel),
      publish: (topic, payload, how) => this.#link.publish(topic, payload, how),
      speaking: () => this.#link.up && this.#opened !== undefined,
      health: () => this.health(),
      onRefused: (failure) => this.#fail(failure),
    });
    this.#terminal = new TerminalPresence(clock, () => {
      this.#log.warn('terminal-silent');
      this.#refresh();
    });
    this.#link = new Link({
      brokerUrl: options.brokerUrl,
      clientId: `kazashi-${site}-${options.kiosk}`,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      ...(options.cable === undefined ? {} : { cable: options.cable }),
      topics: [this.#topic('ack'), this.#topic('command'), this.#topic('state'), ...terminalStateFilters(site)],
      will: (bdSeq) => this.#self.will(bdSeq),
      clock,
      log: this.#log,
      random: () => fractionOf(random),
      backoff: options.backoff,
      refusedBackoff: options.refusedBackoff,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      keepaliveSeconds: 15,
      onUp: (bdSeq) => {
        this.#self.connected(bdSeq);
        this.#refresh();
      },
      onDown: () => {
        this.#terminal.forget();
        this.#refresh();
      },
      onMessage: (topic, payload) => {
        void this.#receive(topic, payload).catch((error) => this.#fail(asFailure(error, 'uplink/malformed')));
      },
      onFailure: (failure) => this.#fail(failure),
    });
  }

  get forbidden(): readonly KioskChannel[] {
    return this.#self.forbidden;
  }

  get state(): UplinkState {
    return this.#state;
  }

  onState(listener: Listener<UplinkState>): () => void {
    return this.#states.add(listener);
  }

  onCommand(listener: Listener<Command>): () => void {
    return this.#commands.add(listener);
  }

  onFailure(listener: Listener<KioskFailure>): () => void {
    return this.#failures.add(listener);
  }

  async start(): Promise<void> {
    const { dataDir, fs, processes } = this.#options;
    await fs.makeDirectory(dataDir).catch((error: unknown) => {
      throw unwritable('make', error);
    });
    const release = await takeLock(fs, dataDir, processes);
    try {
      this.#opened = await this.#open(release);
    } catch (error) {
      await release();
      throw error;
    }
    this.#refresh();
    this.#link.start();
    this.#unwatch =
      this.#options.watchKeys?.(async (keys) => {
        await this.#useKeys(keys);
        this.#log.info('keys-read', { terminals: keys.terminalKeys.length });
      }) ?? this.#unwatch;
    this.#self.startHealth();
  }

  async stop(): Promise<void> {
    const opened = this.#opened;
    if (opened === undefined) return;
    this.#opened = undefined;
    this.#self.stopHealth();
    this.#unwatch();
    await opened.submissions.close();
    opened.delivery.stop();
    this.#self.goodbye();
    await this.#link.stop();
    await opened.release();
    this.#terminal.forget();
    this.#setState({ broker: 'lost', terminal: 'lost', backlog: opened.delivery.backlog });
  }

  submit(visit: unknown): Promise<Submission> {
    return this.#running().then(({ submissions }) => submissions.submit('visit', visit, this.#options.expiryMs));
  }

  request(content: RequestContent, expiryMs: number = REQUEST_EXPIRY_MS): Promise<Submission> {
    return this.#running().then(({ submissions }) => submissions.submit('request', content, expiryMs));
  }

  announce(status: 'init' | 'ready' | 'busy' | 'out-of-service', faults: readonly string[]): void {
    this.#self.announce(status, faults);
  }

  report(found: Omit<ReportMessage, 'v'>): void {
    this.#self.report(found);
  }

  health(): HealthMessage {
    const { clock } = this.#options;
    return {
      v: 1,
      uptimeSeconds: Math.round((clock.monotonicMs() - this.#startedAt) / 1000),
      rssBytes: process.memoryUsage.rss(),
      backlog: this.#opened?.delivery.backlog ?? 0,
      backlogBytes: Object.values(this.#opened?.outboxes ?? {}).reduce((sum, { bytes }) => sum + bytes, 0),
      submitted: this.#opened?.submissions.submitted ?? 0,
      acknowledged: this.#opened?.delivery.acknowledged ?? 0,
      retries: this.#opened?.delivery.retries ?? 0,
      expired: this.#opened?.delivery.expired ?? 0,
      reconnects: this.#link.reconnects,
    };
  }

  #topic(channel: KioskChannel): string {
    return kioskTopic(this.#options.site, this.#options.kiosk, channel);
  }

  async #running(): Promise<Opened> {
    if (this.#opened !== undefined) return this.#opened;
    throw unwritable('submit', { code: 'NOT_STARTED' });
  }

  async #open(release: () => Promise<void>): Promise<Opened> {
    await this.#useKeys(this.#options);
    const open = await openOutbox({
      options: this.#options,
      log: this.#log,
      bootId: this.#bootId,
      link: this.#link,
      sealer: { seal: (message) => (this.#sealer as Sealer).seal(message) },
      onFailure: (failure) => this.#fail(failure),
      onPublished: (channel, result) => this.#self.published(channel, result),
      onChange: () => this.#refresh(),
    });
    return { ...open, release };
  }

  /** What is sealed from now on is signed with these; what waits stays as it was sealed. */
  async #useKeys({ kioskKey, terminalKeys }: Pick<UplinkOptions, 'kioskKey' | 'terminalKeys'>): Promise<void> {
    const [sealer, verifier] = await Promise.all([createSealer(kioskKey, terminalKeys), createWordVerifier(terminalKeys)]);
    [this.#sealer, this.#verifier] = [sealer, verifier];
  }

  async #receive(topic: string, payload: Uint8Array): Promise<void> {
    const { site, kiosk, clock } = this.#options;
    const opened = this.#opened;
    const verifier = this.#verifier;
    if (opened === undefined || verifier === undefined) return;
    // Whoever holds the broker could make this process parse what no broker of a site lets through.
    if (payload.length > MAX_PAYLOAD_BYTES)
      throw new KioskFailure('uplink/malformed', { facts: { reason: 'too-large', bytes: payload.length } });
    if (parseTopic(topic)?.kiosk === TERMINAL) {
      // Whatever waits for an ack goes out again at once: a repetition is harmless, waiting for its time-out is not.
      if (this.#terminal.receive(topic, payload)) opened.delivery.setOpen(false);
      return this.#refresh();
    }
    switch (topic) {
      case this.#topic('state'):
        return this.#self.heard(payload);
      case this.#topic('ack'): {
        const ack = await verifier.ack(payload, { site, kiosk });
        if (!(await opened.delivery.acknowledge(ack))) this.#log.debug('ack-repeated', { seq: ack.seq });
        return;
      }
      case this.#topic('command'): {
        const command = await verifier.command(payload, { site, kiosk }, clock.now());
        if (!this.#gate.admit(command, clock.now())) return;
        this.#log.info('command', { name: command.name });
        this.#commands.tell({ name: command.name, ...(command.visitId === undefined ? {} : { visitId: command.visitId }) });
      }
    }
  }

  #refresh(): void {
    const broker = this.#link.up ? 'connected' : 'lost';
    const terminal = this.#link.up && this.#terminal.ready ? 'ready' : 'lost';
    this.#opened?.delivery.setOpen(terminal === 'ready');
    this.#setState({ broker, terminal, backlog: this.#opened?.delivery.backlog ?? 0 });
  }

  #setState(next: UplinkState): void {
    const { broker, terminal, backlog } = this.#state;
    if (broker === next.broker && terminal === next.terminal && backlog === next.backlog) return;
    this.#state = next;
    this.#log.debug('uplink-state', { ...next });
    this.#states.tell(next);
  }

  #fail(failure: KioskFailure): void {
    this.#log.warn('uplink-failure', { code: failure.code, ...failure.facts });
    this.#failures.tell(failure);
  }
}

/** An uplink that is not started yet. Throws config/invalid for ids that cannot stand in a topic. */
export const createUplink = (options: UplinkOptions): KazashiUplink => new MqttUplink(options);
