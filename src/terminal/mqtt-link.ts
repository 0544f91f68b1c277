// The terminal's connection to the broker: presence with Will, subscriptions, publishing, and its own reconnect loop.
// The only file of the terminal that imports mqtt. It decides nothing about a message and never logs one.

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { fullJitterMs } from '../core/backoff.ts';
import { type Clock, sleep } from '../core/clock.ts';
import { asFailure, KioskFailure } from '../core/failure.ts';
import { LifeSigns } from '../core/life-signs.ts';
import type { Log } from '../core/log.ts';
import {
  CONTRACT_VERSION,
  channelFilter,
  readMessage,
  type TerminalState,
  terminalStateSchema,
  terminalStateTopic,
} from '../uplink/contract/index.ts';
import type { Intake, Reply } from './intake.ts';
import { handleTogether } from './mqtt-together.ts';

export interface LinkOptions {
  /** mqtt://host:port or mqtts://host:port */
  readonly url: string;
  readonly site: string;
  /** This terminal's name where a site has several. */
  readonly name?: string;
  /** Terminals of one group take turns with visits and requests (MQTT 5.0, 4.8.2). */
  readonly share?: string;
  readonly bootId: string;
  readonly version: string;
  readonly clock: Clock;
  /** [0, 1) */
  readonly random: () => number;
  readonly log: Log;
  /** PEM files for mqtts, read again at each connect so that renewed certificates are used. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly onMessage: Intake;
  /** Whether what arrives can be kept. While it cannot, this terminal is there but not ready: kiosks take no patient for it. */
  canKeep(): boolean;
  onState(state: 'connected' | 'lost'): void;
}

export interface TerminalLink {
  /** Begins connecting; resolves at once. */
  start(): void;
  /** Publishes the offline state where that is possible, and disconnects. */
  stop(): Promise<void>;
  /** Says its state anew, because `canKeep` answers otherwise than before. */
  sayState(): void;
  /** QoS 1. Throws uplink/broker-lost when there is no connection: nothing is queued in memory. */
  publish(message: Reply, expirySeconds: number): Promise<void>;
}

// One terminal per site is no herd: a short ceiling brings a reception back soon after its broker.
const BACKOFF = { baseMs: 1000, capMs: 10_000 };
/** How often the state is said again: a kiosk tells its patients within three times as long that nobody takes their visits. */
const LIFE_SIGN_SECONDS = 3;
/** As a kiosk's: TCP, TLS and CONNACK over a wire that is seconds late. */
const CONNECT_TIMEOUT_MS = 30_000;
const ACK_EXPIRY_SECONDS = 3600;
/** Messages being worked on at the same time; beyond that the socket is not read, so that the broker feels the weight. */
const AT_ONCE = 64;
/** CONNACK codes of a broker that does not speak MQTT 5: its own 132, or 1 of MQTT 3.1.1. */
const WRONG_VERSION = new Set<unknown>([1, 132]);

const parseState = (payload: Uint8Array): TerminalState | undefined => {
  try {
    return readMessage('terminal state', terminalStateSchema, payload);
  } catch {
    return undefined;
  }
};

export const createTerminalLink = (options: LinkOptions): TerminalLink => {
  const { site, clock, log, name, share } = options;
  const stateTopic = terminalStateTopic(site, name);
  const stopping = new AbortController();
  let protocolVersion: 4 | 5 = 5;
  let bdSeq = 0;
  let live: MqttClient | undefined;
  /** The newest attempt, ready or not. */
  let attempt: MqttClient | undefined;
  let running: Promise<void> = Promise.resolve();

  const state = (status: TerminalState['status']): string => {
    const { bootId, version } = options;
    const at = new Date(clock.now()).toISOString();
    const promise = { everySeconds: LIFE_SIGN_SECONDS };
    return JSON.stringify({ v: CONTRACT_VERSION, status, bootId, bdSeq, at, version, ...promise } satisfies TerminalState);
  };
  const present = (): 'ready' | 'init' => (options.canKeep() ? 'ready' : 'init');
  const retained = { qos: 1, retain: true } as const;

  const connectOptions = (): IClientOptions => {
    const { ca, cert, key } = options.tls ?? {};
    const v5 = protocolVersion === 5;
    return {
      protocolVersion,
      clientId: `kazashi-terminal-${site}${name === undefined ? '' : `-${name}`}`,
      clean: false,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: 15,
      queueQoSZero: false,
      resubscribe: false,
      ...(v5 ? { properties: { sessionExpiryInterval: 86_400 } } : {}),
      // The delay forgives a short drop: every kiosk would go back to 「初期化しています」.
      will: {
        topic: stateTopic,
        payload: Buffer.from(state('offline')),
        ...retained,
        ...(v5 ? { properties: { willDelayInterval: 10 } } : {}),
      },
      ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
      ...(cert === undefined ? {} : { cert: readFileSync(cert) }),
      ...(key === undefined ? {} : { key: readFileSync(key) }),
    };
  };

  const publish = async ({ topic, payload }: Reply, expirySeconds: number): Promise<void> => {
    const client = live;
    if (client?.connected !== true) throw new KioskFailure('uplink/broker-lost', { message: 'not connected to the broker' });
    const properties = protocolVersion === 5 ? { properties: { messageExpiryInterval: expirySeconds } } : {};
    await client.publishAsync(topic, Buffer.from(payload), { qos: 1, ...properties });
  };

  const received = async (topic: string, payload: Uint8Array): Promise<void> => {
    try {
      const reply = await options.onMessage(topic, payload);
      // Not awaited: the PUBACK of this very publish may be read only after the handler is done.
      if (reply !== undefined) publish(reply, ACK_EXPIRY_SECONDS).catch(() => log.warn('ack-not-sent'));
    } catch (error) {
      // Nothing was stored, so nothing is acknowledged, and the kiosk keeps its copy and repeats it.
      log.error('inbox-unwritable', { code: asFailure(error, 'storage/unwritable').code });
    }
  };

  const announce = async (client: MqttClient): Promise<void> => {
    const shared = share === undefined ? '' : `$share/${share}/`;
    const filters = [
      `${shared}${channelFilter(site, 'visit')}`,
      `${shared}${channelFilter(site, 'request')}`,
      channelFilter(site, 'state'),
      channelFilter(site, 'report'),
      channelFilter(site, 'health'),
      // The first terminal's own state comes with the kiosks'.
      ...(name === undefined ? [] : [stateTopic]),
    ];
    const granted = await client.subscribeAsync(filters, { qos: 1 });
    if (granted.some(({ qos }) => qos >= 128))
      throw new KioskFailure('uplink/broker-lost', { message: 'the broker refuses the subscriptions' });
    // Ready is said only when a visit would be heard.
    await client.publishAsync(stateTopic, state(present()), retained);
    live = client;
    log.info('broker-connected', { protocolVersion, bdSeq });
    options.onState('connected');
    signs.heard(stateTopic, LIFE_SIGN_SECONDS * 1000);
    sayAgain(client);
  };

  /** Until the connection ends. The broker hands each back, so that its silence is noticed too. */
  const sayAgain = (client: MqttClient): void => {
    clock.setTimeout(() => {
      if (live !== client || stopping.signal.aborted) return;
      client.publishAsync(stateTopic, state(present()), { qos: 0, retain: true }).catch(() => undefined);
      sayAgain(client);
    }, LIFE_SIGN_SECONDS * 1000);
  };
  const signs = new LifeSigns(clock, () => {
    log.warn('broker-silent', { bdSeq });
    live?.stream.destroy();
  });

  /** A late Will of an earlier connection, which a broker may publish after the new one's word: kiosks that come later would believe it. */
  const contradict = (client: MqttClient, payload: Uint8Array): void => {
    if (live !== client || stopping.signal.aborted) return;
    const seen = parseState(payload);
    // An own word that has been overtaken by a newer one is no Will.
    if (seen !== undefined && seen.status !== 'offline') return;
    log.warn('late-will', { bdSeq: seen?.bdSeq ?? -1 });
    client.publishAsync(stateTopic, state(present()), retained).catch(() => undefined);
  };

  /** One connection, until it ends. Resolves with whether it was ever of use. */
  const connection = (): Promise<boolean> =>
    new Promise((resolve) => {
      bdSeq += 1;
      let useful = false;
      const client = mqtt.connect(options.url, connectOptions());
      attempt = client;
      // An acknowledgement is small: it must not wait for the kiosk's delayed TCP acknowledgement of the one before.
      if ('setNoDelay' in client.stream) (client.stream as Socket).setNoDelay(true);
      handleTogether(client, AT_ONCE, async ({ topic, payload }) => {
        if (topic === stateTopic) {
          signs.heard(stateTopic);
          contradict(client, payload as Uint8Array);
        }
        await received(topic, payload as Uint8Array);
      });
      client.on('connect', () => {
        announce(client).then(
          () => {
            useful = true;
          },
          (error: unknown) => {
            log.warn('broker-refused', { code: asFailure(error, 'uplink/broker-lost').code });
            client.end(true);
          },
        );
      });
      client.on('error', (error) => {
        const code = 'code' in error ? (error.code as string | number) : 'unknown';
        const fallback = protocolVersion === 5 && WRONG_VERSION.has(code);
        if (fallback) protocolVersion = 4;
        // Neither a broker without MQTT 5 nor our own goodbye is trouble.
        log[fallback || stopping.signal.aborted ? 'info' : 'warn']('broker-error', { code });
        client.end(true);
      });
      client.on('close', () => {
        client.end(true);
        if (live === client) {
          live = undefined;
          signs.forgetAll();
          options.onState('lost');
        }
        resolve(useful);
      });
    });

  const run = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const version = protocolVersion;
      let useful = false;
      try {
        useful = await connection();
      } catch (error) {
        log.error('broker-options', { code: asFailure(error, 'config/invalid').code });
      }
      failures = useful ? 0 : failures + 1;
      // Another protocol version is another question, not a repetition: it is asked at once.
      if (version === protocolVersion)
        await sleep(clock, fullJitterMs(failures, BACKOFF, options.random()), stopping.signal).catch(() => undefined);
    }
  };

  return {
    start: () => {
      running = run();
    },
    stop: async () => {
      stopping.abort();
      const client = live;
      if (client?.connected === true) {
        const bye = client.publishAsync(stateTopic, state('offline'), retained).then(() => client.endAsync());
        await Promise.race([bye.catch(() => undefined), sleep(clock, 1000)]);
      }
      attempt?.end(true);
      await Promise.race([running, sleep(clock, 500)]);
    },
    sayState: () => {
      live?.publishAsync(stateTopic, state(present()), retained).catch(() => undefined);
    },
    publish,
  };
};
