// A site in one process: a real broker on a real TCP port, and a terminal that opens, dedups and signs as the contract says.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { connectAsync, type MqttClient } from 'mqtt';
import { uuidV7 } from '../../src/core/ids.ts';
import {
  type AckMessage,
  type CommandMessage,
  channelFilter,
  kioskTopic,
  parseTopic,
  type ReportMessage,
  type TerminalState,
  terminalStateTopic,
} from '../../src/uplink/contract/index.ts';
import { createOpener, type Opener, type SealedContent } from '../../src/uplink/seal.ts';
import { generateKioskKeys, generateTerminalKeys, type KeySet, publicKeySet } from '../../src/uplink/seal-keys.ts';
import { createWordSigner, type WordSigner } from '../../src/uplink/seal-word.ts';
import { createUplink, type KazashiUplink, type UplinkOptions } from '../../src/uplink/uplink.ts';
import { freePort } from '../free-port.ts';

export { visitContent } from './visit-content.ts';

export const SITE = 'clinic';
export const KIOSK = 'kiosk-1';

export interface Keys {
  readonly kiosk: KeySet;
  readonly terminal: KeySet;
}
export const makeKeys = async (): Promise<Keys> => ({ kiosk: await generateKioskKeys(KIOSK), terminal: await generateTerminalKeys() });

export class TestBroker {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #aedes: Aedes | undefined;
  #frozen = false;
  port = 0;

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async start(): Promise<void> {
    const aedes = await Aedes.createBroker();
    this.#aedes = aedes;
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      if (!this.#frozen) aedes.handle(socket);
    });
    this.#server = server;
    if (this.port === 0) this.port = await freePort();
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  /** As a hung machine: old and new sockets stay open (its kernel goes on accepting), nothing is read. Thawed, all those connections are gone. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    for (const socket of this.#sockets) {
      if (frozen) socket.pause().removeAllListeners('readable');
      else socket.destroy();
    }
  }

  /** As a crash: connections are cut, retained messages and sessions are gone. */
  async kill(): Promise<void> {
    const server = this.#server;
    const closed = new Promise<void>((resolve) => server?.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await new Promise<void>((resolve) => this.#aedes?.close(() => resolve()));
  }
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Accepts, remembers and acknowledges; can be told to misbehave. */
export class TestTerminal {
  readonly received: SealedContent[] = [];
  readonly states: { status: string; bdSeq: number; bootId: string; faults: string[] }[] = [];
  readonly health: unknown[] = [];
  readonly reports: ReportMessage[] = [];
  /** How often each id came in. */
  readonly deliveries = new Map<string, number>();
  answer: (message: SealedContent) => Partial<AckMessage> | 'silence' = () => ({});
  /** Gets what is sealed in the terminal's place when it is set. */
  look: ((topic: string, payload: Uint8Array) => Promise<void>) | undefined;
  signer: WordSigner;
  copies = 1;
  #said: TerminalState['status'] = 'ready';
  #client: MqttClient | undefined;
  readonly #opener: Opener;
  readonly #bootId = uuidV7(Date.now());
  #bdSeq = -1;
  #turn: Promise<void> = Promise.resolve();

  private constructor(opener: Opener, signer: WordSigner) {
    this.#opener = opener;
    this.signer = signer;
  }

  static async create(keys: Keys): Promise<TestTerminal> {
    return new TestTerminal(await createOpener(keys.terminal, [publicKeySet(keys.kiosk)]), await createWordSigner(keys.terminal));
  }

  state(status: TerminalState['status']): TerminalState {
    return { v: 1, bootId: this.#bootId, bdSeq: this.#bdSeq, at: new Date().toISOString(), version: '0', status };
  }

  async connect(url: string): Promise<void> {
    this.#bdSeq += 1;
    // An ack on the way when the old connection died is never answered: it must not hold up the new one.
    this.#turn = Promise.resolve();
    const will = { topic: terminalStateTopic(SITE), payload: json(this.state('offline')), qos: 1, retain: true } as const;
    const client = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0, will, clientId: 'terminal' });
    this.#client = client;
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    client.on('message', (topic, payload) => {
      // What is still on its way when the connection ends is lost with it, as it is for the product.
      this.#turn = this.#turn.then(() => this.#receive(topic, payload)).catch((error) => this.#excuse(client, error));
    });
    await client.subscribeAsync(
      [
        channelFilter(SITE, 'visit'),
        channelFilter(SITE, 'request'),
        channelFilter(SITE, 'state'),
        channelFilter(SITE, 'health'),
        channelFilter(SITE, 'report'),
      ],
      { qos: 1 },
    );
    await this.say('ready');
  }

  async say(status: TerminalState['status']): Promise<void> {
    this.#said = status;
    await this.publish(terminalStateTopic(SITE), json(this.state(status)), true);
  }

  async publish(topic: string, payload: Uint8Array, retain = false): Promise<void> {
    await this.#client?.publishAsync(topic, Buffer.from(payload), { qos: 1, retain });
  }

  async command(over: Partial<CommandMessage>): Promise<Uint8Array> {
    const now = Date.now();
    return this.signer.command({
      v: 1,
      id: uuidV7(now),
      site: SITE,
      kiosk: KIOSK,
      name: 'identify',
      issuedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + 20_000).toISOString(),
      ...over,
    });
  }

  /** As a crash: the broker sends the Will. */
  drop(): void {
    this.#client?.stream.destroy();
    this.#client = undefined;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.endAsync();
  }

  async ack(message: SealedContent, over: Partial<AckMessage>): Promise<void> {
    const { id, site, kiosk, seq } = message;
    const ack = await this.signer.ack({ v: 1, id, site, kiosk, seq, status: 'accepted', at: new Date().toISOString(), ...over });
    await this.publish(kioskTopic(SITE, KIOSK, 'ack'), ack);
  }

  #excuse(client: MqttClient, error: unknown): void {
    if (client.connected && client === this.#client) throw error;
  }

  async #receive(topic: string, payload: Buffer): Promise<void> {
    const channel = parseTopic(topic)?.channel;
    // A late Will of an earlier connection is contradicted, or a kiosk that comes later would believe it.
    if (topic === terminalStateTopic(SITE)) return JSON.parse(payload.toString()).bdSeq < this.#bdSeq ? this.say(this.#said) : undefined;
    if (channel === 'state') this.states.push(JSON.parse(payload.toString()));
    if (channel === 'report') this.reports.push(JSON.parse(payload.toString()));
    if (channel === 'health') this.health.push(JSON.parse(payload.toString()));
    if (channel !== 'visit' && channel !== 'request') return;
    if (this.look !== undefined) return this.look(topic, payload);
    const { message } = await this.#opener.open(topic, payload, Date.now());
    const before = this.deliveries.get(message.id) ?? 0;
    this.deliveries.set(message.id, before + 1);
    if (before === 0) this.received.push(message);
    const answer = this.answer(message);
    if (answer === 'silence') return;
    const status = before === 0 ? 'accepted' : 'duplicate';
    for (let copy = 0; copy < this.copies; copy += 1) await this.ack(message, { status, ...answer });
  }
}

export const temporaryFolder = (): { path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'kazashi-uplink-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

export const testUplink = (keys: Keys, url: string, dataDir: string, over: Partial<UplinkOptions> = {}): KazashiUplink =>
  createUplink({
    site: SITE,
    kiosk: KIOSK,
    brokerUrl: url,
    dataDir,
    kioskKey: keys.kiosk,
    terminalKeys: [publicKeySet(keys.terminal)],
    version: '0.0.0-test',
    // Long, so that no slow machine repeats what was only late; a test about repetitions gives its own.
    ackTimeoutMs: 20_000,
    backoff: { baseMs: 20, capMs: 100 },
    healthIntervalMs: 0,
    ...over,
  });

/** Polls until `holds`; a condition that never comes ends in the test runner's own timeout. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};
