// One MQTT connection that is always being kept up: the only file of the kiosk that knows mqtt.js. Every attempt is a new client with options read
// anew, so no packet store of an old connection can matter. Nothing is queued here: what is not durable elsewhere is not sent.

import { type IClientOptions, MqttClient } from 'mqtt';
import { type BackoffLimits, fullJitterMs } from '../core/backoff.ts';
import { type Clock, sleep } from '../core/clock.ts';
import { asFailure, KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { watchBroker } from './broker-watch.ts';
import { type AttemptEnd, classifyConnack } from './connack.ts';
import { openStream, type TlsFiles } from './link-stream.ts';

/** A cable that can be pulled by hand: the digital twin has one. */
export interface Cable {
  plugged(): boolean;
  onChange(listener: () => void): () => void;
}

export interface PublishOptions {
  readonly qos: 0 | 1;
  readonly retain?: boolean;
  /** MQTT 5 only. */
  readonly expirySeconds?: number;
}

export type PublishOutcome =
  | { readonly outcome: 'sent' }
  /** PUBACK 16: the broker has nobody to give it to. */
  | { readonly outcome: 'no-subscriber' }
  | { readonly outcome: 'refused'; readonly reasonCode: number }
  | { readonly outcome: 'lost' };

export interface LinkOptions {
  readonly brokerUrl: string;
  readonly clientId: string;
  readonly tls?: TlsFiles;
  readonly topics: readonly string[];
  /** Retained last word of connection number `bdSeq`. */
  will(bdSeq: number): { readonly topic: string; readonly payload: Uint8Array };
  readonly clock: Clock;
  readonly log: Log;
  /** [0, 1) */
  random(): number;
  readonly cable?: Cable;
  readonly backoff: BackoffLimits;
  /** When a person must act first (credentials, rights). */
  readonly refusedBackoff: BackoffLimits;
  /** Until CONNACK. */
  readonly connectTimeoutMs: number;
  readonly keepaliveSeconds: number;
  /** Subscribed: the moment for the birth. */
  onUp(bdSeq: number): void;
  onDown(): void;
  onMessage(topic: string, payload: Uint8Array): void;
  onFailure(failure: KioskFailure): void;
}

/**
 * TCP, TLS and CONNACK take three journeys there and back: 12 s on a wire that is two seconds late each way, and more where a packet is lost.
 * A machine that is gone is asked again by TCP meanwhile, after 1, 3, 7 and 15 s.
 */
export const CONNECT_TIMEOUT_MS = 30_000;
const WILL_DELAY_SECONDS = 10;
const SESSION_SECONDS = 30;
const GOODBYE_MS = 1_000;
/** A connection that lived this long was a good one: the next loss starts the backoff afresh. */
const STABLE_MS = 10_000;

export class Link {
  readonly #options: LinkOptions;
  #client: MqttClient | undefined;
  #protocol: 4 | 5 = 5;
  #bdSeq = -1;
  #attempt = 0;
  #up = false;
  #upSince = 0;
  #stopped = true;
  #timer: unknown;
  #unplug: () => void = () => undefined;
  /** Publishes without PUBACK: they are lost when the connection is. */
  readonly #unanswered = new Set<() => void>();
  /** Message ids whose PUBACK said 16: mqtt.js calls that a success like any other. */
  readonly #unheard = new Set<number>();
  /** Connections made after the first. */
  reconnects = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get up(): boolean {
    return this.#up;
  }

  get protocolVersion(): 4 | 5 {
    return this.#protocol;
  }

  start(): void {
    this.#stopped = false;
    this.#unplug = this.#options.cable?.onChange(() => this.#cableMoved()) ?? this.#unplug;
    this.#connect();
  }

  /** Says goodbye (the broker then does not send the Will) and stays away. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unplug();
    this.#options.clock.clearTimeout(this.#timer);
    const client = this.#client;
    if (client === undefined) return;
    const goodbye = client.endAsync(!this.#up).catch(() => undefined);
    this.#up = false;
    await Promise.race([goodbye, sleep(this.#options.clock, GOODBYE_MS)]);
    client.stream.destroy();
  }

  /** Cuts a connection that is suspected dead; the next attempt follows at once. */
  kick(reason: string): void {
    if (!this.#up) return;
    this.#options.log.warn('link-kicked', { reason });
    this.#attempt = -1;
    this.#client?.stream.destroy();
  }

  async publish(topic: string, payload: Uint8Array, options: PublishOptions): Promise<PublishOutcome> {
    const client = this.#client;
    if (client === undefined || !this.#up) return { outcome: 'lost' };
    const { qos, retain = false, expirySeconds } = options;
    const properties =
      this.#protocol === 5 && expirySeconds !== undefined ? { properties: { messageExpiryInterval: Math.max(1, expirySeconds) } } : {};
    return new Promise((resolve) => {
      let messageId = 0;
      const closed = () => resolve({ outcome: 'lost' });
      this.#unanswered.add(closed);
      client.publish(topic, Buffer.from(payload), { qos, retain, ...properties }, (error) => {
        this.#unanswered.delete(closed);
        const reasonCode = reasonCodeOf(error) ?? 0;
        if (this.#unheard.delete(messageId)) resolve({ outcome: 'no-subscriber' });
        else if (reasonCode >= 128) resolve({ outcome: 'refused', reasonCode });
        else resolve({ outcome: error ? 'lost' : 'sent' });
      });
      if (qos === 1) messageId = client.getLastMessageId();
    });
  }

  #cableMoved(): void {
    if (this.#stopped) return;
    if (this.#options.cable?.plugged() === false) {
      this.#client?.stream.destroy();
      return;
    }
    this.#options.clock.clearTimeout(this.#timer);
    this.#attempt = 0;
    if (this.#client === undefined) this.#connect();
  }

  #connect(): void {
    if (this.#stopped || this.#client !== undefined) return;
    if (this.#options.cable?.plugged() === false) return;
    this.#bdSeq += 1;
    const bdSeq = this.#bdSeq;
    let end: AttemptEnd = 'failed';
    let client: MqttClient;
    try {
      client = new MqttClient(() => openStream(this.#options.brokerUrl, this.#options.tls), this.#clientOptions(bdSeq));
      this.#client = client;
      client.connect();
    } catch (error) {
      this.#client = undefined;
      this.#options.onFailure(asFailure(error, 'config/invalid'));
      this.#again('refused');
      return;
    }
    let silent = false;
    client.stream.once('connect', () => {
      silent = true;
    });
    client.once('packetreceive', () => {
      silent = false;
    });
    client.on('error', (error) => {
      silent = false;
      end = classifyConnack(reasonCodeOf(error));
      if (end === 'refused') this.#options.onFailure(new KioskFailure('uplink/broker-lost', { facts: { reason: 'refused' } }));
      // A broker without MQTT 5 is no trouble: the next attempt speaks 3.1.1.
      const level = end === 'version' ? 'info' : 'warn';
      this.#options.log[level]('link-error', { class: end, reasonCode: reasonCodeOf(error) ?? 0, protocol: this.#protocol });
    });
    client.on('connect', () => {
      void this.#subscribe(client, bdSeq).then((granted) => {
        if (granted) return;
        end = 'refused';
        client.stream.destroy();
      });
    });
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'puback' && packet.reasonCode === 16) this.#unheard.add(packet.messageId ?? 0);
    });
    client.on('message', (topic, payload) => this.#options.onMessage(topic, payload));
    client.once('close', () => {
      client.end(true);
      this.#client = undefined;
      for (const lost of this.#unanswered) lost();
      this.#unanswered.clear();
      this.#unheard.clear();
      const wasUp = this.#up;
      this.#up = false;
      if (wasUp) {
        this.#options.log.warn('link-down', { bdSeq });
        if (this.#options.clock.monotonicMs() - this.#upSince >= STABLE_MS) this.#attempt = 0;
        this.#options.onDown();
      }
      // A broker that hangs up on a CONNECT without a word may not know this version.
      if (silent) this.#protocol = this.#protocol === 5 ? 4 : 5;
      this.#again(end);
    });
  }

  #clientOptions(bdSeq: number): IClientOptions {
    const will = this.#options.will(bdSeq);
    const five = this.#protocol === 5;
    return {
      manualConnect: true,
      reconnectPeriod: 0,
      protocolVersion: this.#protocol,
      clientId: this.#options.clientId,
      clean: !five,
      keepalive: this.#options.keepaliveSeconds,
      connectTimeout: this.#options.connectTimeoutMs,
      queueQoSZero: false,
      resubscribe: false,
      will: {
        topic: will.topic,
        payload: Buffer.from(will.payload),
        qos: 1,
        retain: true,
        ...(five ? { properties: { willDelayInterval: WILL_DELAY_SECONDS } } : {}),
      },
      ...(five ? { properties: { sessionExpiryInterval: SESSION_SECONDS } } : {}),
    };
  }

  async #subscribe(client: MqttClient, bdSeq: number): Promise<boolean> {
    try {
      const granted = await client.subscribeAsync([...this.#options.topics], { qos: 1 });
      if (granted.some(({ qos }) => qos >= 128)) throw new KioskFailure('uplink/untrusted', { facts: { reason: 'subscription-refused' } });
    } catch (error) {
      if (this.#client === client && client.connected) this.#options.onFailure(asFailure(error, 'uplink/broker-lost'));
      return false;
    }
    if (this.#client !== client || !client.connected || this.#stopped) return false;
    if (bdSeq > 0) this.reconnects += 1;
    this.#up = true;
    this.#upSince = this.#options.clock.monotonicMs();
    this.#options.log.info('link-up', { bdSeq, protocol: this.#protocol });
    watchBroker(client, this.#options.clock, () => this.kick('silent'));
    this.#options.onUp(bdSeq);
    return true;
  }

  #again(end: AttemptEnd): void {
    if (this.#stopped) return;
    if (end === 'version' && this.#protocol === 5) {
      this.#protocol = 4;
      this.#connect();
      return;
    }
    const limits = end === 'refused' ? this.#options.refusedBackoff : this.#options.backoff;
    const delayMs = this.#attempt < 0 ? 0 : fullJitterMs(this.#attempt, limits, this.#options.random());
    this.#attempt += 1;
    this.#options.log.debug('link-retry', { class: end, delayMs });
    this.#timer = this.#options.clock.setTimeout(() => this.#connect(), delayMs);
  }
}

const reasonCodeOf = (value: unknown): number | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as { code?: unknown; reasonCode?: unknown };
  return [fields.reasonCode, fields.code].find((code): code is number => typeof code === 'number');
};
