// The site's side of a pairing, for one kiosk and one code that a person has typed: who proves to know it is let in. Few wrong tries end it.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isFailure, KioskFailure } from '../../core/failure.ts';
import { parseKeySet } from '../../uplink/seal-keys.ts';
import type { SiteFolder } from '../site/site-folder.ts';
import { CODE_LIFETIME_MS, fits, keyOf, type Sealed, sealWord } from './code.ts';
import { digestOf, MAX_BYTES, parseRequest, parseSealed, parseStored } from './messages.ts';

export interface AdmitOptions {
  readonly site: SiteFolder;
  readonly kiosk: string;
  /** As typed. */
  readonly code: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Ends the wait before its time. */
  readonly signal?: AbortSignal;
  onListening(port: number): void;
  /** Another kiosk, or one of another site, asked and was refused; `kiosk` is its own word for its name. Once for each. */
  onOther?(kiosk: string, site: string): void;
}

/** paired: the kiosk has stored it. admitted: it was given its certificate, and nobody knows whether it arrived. */
export type AdmitOutcome = 'paired' | 'admitted' | 'wrong-code' | 'nobody-came';

/** A mistyped code costs one of these with each look of the kiosk; a guess from the network one of 2^50. */
const WRONG_TRIES = 5;
const MOST_OTHERS = 8;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BYTES) throw new KioskFailure('uplink/malformed', { facts: { message: 'pairing', field: '(too large)' } });
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
};

/** What one kiosk is told, message by message. */
class Desk {
  readonly #options: AdmitOptions;
  #admitted: { readonly request: string; readonly key: Buffer; readonly answer: Sealed } | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #wrong = 0;
  readonly #others = new Set<string>();

  constructor(options: AdmitOptions) {
    this.#options = options;
  }

  get admitted(): boolean {
    return this.#admitted !== undefined;
  }

  get tired(): boolean {
    return this.#wrong >= WRONG_TRIES;
  }

  /** One after the other: a certificate is made once, and tries are counted before the next one. */
  take(path: string, text: string): Promise<Sealed | 'paired'> {
    const mine = this.#turn.then((): Promise<Sealed | 'paired'> => (path === '/stored' ? this.#stored(text) : this.#request(text)));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #request(text: string): Promise<Sealed> {
    const { site, kiosk, code } = this.#options;
    const sealed = parseSealed(text);
    const request = digestOf(sealed.word);
    if (this.#admitted?.request === request && fits(this.#admitted.key, 'request', sealed)) return this.#admitted.answer;
    const asked = parseRequest(sealed.word);
    // Other kiosks that wait for somebody of their own are no tries.
    if (asked.site !== site.document.site || asked.kiosk !== kiosk) {
      this.#other(asked.kiosk, asked.site);
      throw refused('kiosk');
    }
    if (this.tired) throw refused('pairing-tries');
    const key = await keyOf(code, asked);
    if (!fits(key, 'request', sealed)) {
      this.#wrong += 1;
      throw refused('pairing-code');
    }
    if (this.#admitted !== undefined) throw refused('pairing-used');
    const { certificate, ca, terminalKeys } = await site.admitKiosk(kiosk, asked.request, parseKeySet(asked.keys, 'pairing'));
    const answer = sealWord(key, 'answer', { v: 1, request, certificate, ca, terminalKeys });
    this.#admitted = { request, key, answer };
    return answer;
  }

  #other(kiosk: string, site: string): void {
    const name = `${site}/${kiosk}`;
    // Whoever invents names in the network must not fill the terminal window.
    if (this.#others.has(name) || this.#others.size >= MOST_OTHERS) return;
    this.#others.add(name);
    this.#options.onOther?.(kiosk, site);
  }

  async #stored(text: string): Promise<'paired'> {
    const sealed = parseSealed(text);
    const { request, key } = this.#admitted ?? {};
    if (key === undefined || !fits(key, 'stored', sealed) || parseStored(sealed.word).request !== request) throw refused('pairing-code');
    return 'paired';
  }
}

const refused = (reason: string): KioskFailure =>
  new KioskFailure('uplink/untrusted', { facts: { reason }, message: `pairing: ${reason}` });

/** Listens until the kiosk was let in and has stored it, tries ran out, or the time is over. Throws port/in-use, storage/unwritable. */
export const admitByCode = async (options: AdmitOptions): Promise<AdmitOutcome> => {
  const desk = new Desk(options);
  let server: Server | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<AdmitOutcome>((resolve, reject) => {
      const listening = createServer({ requestTimeout: 10_000 }, (request, reply) => {
        const tell = (status: number, body: object): void => {
          reply.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' });
          reply.end(JSON.stringify(body));
        };
        if (request.method !== 'POST' || !['/request', '/stored'].includes(request.url ?? '')) return tell(404, { error: 'not-found' });
        bodyOf(request)
          .then((text) => desk.take(request.url ?? '', text))
          .then(
            (told) => {
              reply.once('close', () => told === 'paired' && resolve('paired'));
              tell(200, told === 'paired' ? { v: 1 } : told);
            },
            (error: unknown) => {
              const code = isFailure(error) ? error.code : 'visit/internal';
              tell(code === 'uplink/untrusted' ? 403 : code === 'uplink/malformed' ? 400 : 500, { error: code });
              if (desk.tired) reply.once('close', () => resolve('wrong-code'));
              // The site's own folder, or a name that is taken: the person at this desk has to hear it.
              if (code !== 'uplink/untrusted' && code !== 'uplink/malformed') reject(error);
            },
          );
      });
      server = listening;
      listening.on('error', (cause: NodeJS.ErrnoException) =>
        reject(
          cause.code === 'EADDRINUSE'
            ? new KioskFailure('port/in-use', { cause, facts: { port: options.port }, message: `port ${options.port} is in use: choose another one with --port, and write it into the kiosk's settings` })
            : cause,
        ),
      ); // biome-ignore format: one sentence
      listening.listen(options.port, options.host, () => options.onListening((listening.address() as AddressInfo).port));
      const over = (): void => resolve(desk.admitted ? 'admitted' : 'nobody-came');
      timer = setTimeout(over, CODE_LIFETIME_MS);
      options.signal?.addEventListener('abort', over);
    });
  } finally {
    clearTimeout(timer);
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  }
};
