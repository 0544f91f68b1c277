// Builds one reception terminal of its parts and owns their life: database, HTTP, broker link. Knows no command line and no signals.

import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../core/clock.ts';
import { KioskFailure } from '../core/failure.ts';
import { uuidV7 } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { COMMAND_LIFETIME_MS, CONTRACT_VERSION, kioskTopic, TERMINAL } from '../uplink/contract/index.ts';
import { createOpener } from '../uplink/seal.ts';
import type { KeySet } from '../uplink/seal-keys.ts';
import { createWordSigner } from '../uplink/seal-word.ts';
import { DAY_MS } from './calendar.ts';
import { createLibsqlRegistry } from './eligibility/libsql-registry.ts';
import type { EligibilityRegistry } from './eligibility/ports.ts';
import { createFolderRegistry } from './exchange/folder.ts';
import { createHandover } from './exchange/handover.ts';
import { createGuard } from './http/guard.ts';
import type { CommandOrder } from './http/kiosk-routes.ts';
import { createServer, type HttpsFiles } from './http/server.ts';
import type { Contact, DemoAccount } from './http/session-routes.ts';
import { createHub } from './hub.ts';
import { createIntake } from './intake.ts';
import { createKiosks } from './kiosks.ts';
import { createTerminalLink, type LinkOptions } from './mqtt-link.ts';
import { createSessions } from './sessions.ts';
import { createAccounts } from './store/accounts.ts';
import { createAudit } from './store/audit.ts';
import { createCopyRecord } from './store/copies.ts';
import { createInbox } from './store/inbox.ts';
import { createLockout } from './store/lockout.ts';
import { openDatabase } from './store/schema.ts';
import { createSessionRows } from './store/session-rows.ts';
import { createStorageWatch, isUnwritable } from './store/storage-watch.ts';
import { createTroubles } from './troubles.ts';

/** Made anew at every start of a demonstration; a real terminal has none of them. */
export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  { id: 'reception', role: 'reception', password: 'reception' },
  { id: 'medical', role: 'medical', password: 'medical-demo' },
  { id: 'admin', role: 'admin', password: 'admin-demo' },
];

export interface TerminalOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly mqttUrl: string;
  readonly tls?: NonNullable<LinkOptions['tls']>;
  readonly site: string;
  /** This terminal's name where a site has several. */
  readonly name?: string;
  /** Group of terminals that take turns (shared subscription). */
  readonly share?: string;
  /** Directory of the database, made if need be. */
  readonly dataDirectory: string;
  /** The terminal's own private key set. */
  readonly terminalKeys: KeySet;
  /** Public key sets of the kiosks; their owners are the kiosks this terminal knows. */
  readonly kioskKeys: readonly KeySet[];
  readonly demo: boolean;
  readonly version: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly registry?: EligibilityRegistry;
  readonly contacts?: readonly Contact[];
  readonly https?: HttpsFiles;
  /** Where results go for the reception system, and whose they are (医療機関コード). */
  readonly exchange?: { readonly folder?: string; readonly institution: string; readonly from?: string };
}

/** No institution has this code. */
const NO_INSTITUTION = '0000000000';

export interface Terminal {
  /** http://host:port */
  readonly url: string;
  /** For tests: requests without a socket. */
  readonly app: FastifyInstance;
  /** Keys that were rotated, kiosks that came or went: in force for the next message. */
  trust(keys: { readonly terminalKeys: KeySet; readonly kioskKeys: readonly KeySet[] }): Promise<void>;
  /** Publishes the offline state, ends the pages' streams, closes the database. */
  stop(): Promise<void>;
}

/** Eligibility can be looked back at for two years (G5); what is older is deleted. */
const KEEP_VISITS_MS = 2 * 366 * DAY_MS;

const listen = async (app: FastifyInstance, scheme: 'http' | 'https', host: string, port: number): Promise<string> => {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new KioskFailure('port/in-use', {
      cause,
      facts: { port },
      message: `port ${port} is in use: stop the program that uses it, or choose another one with --port`,
    });
  }
  const found = (app.server.address() as AddressInfo).port;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${found}`;
};

/** Starts a terminal. Throws port/in-use, storage/unwritable, storage/corrupt, config/invalid. */
export const startTerminal = async (options: TerminalOptions): Promise<Terminal> => {
  const { site, clock, log, kioskKeys } = options;
  const now = () => clock.now();
  let opener = await createOpener(options.terminalKeys, kioskKeys);
  let signer = await createWordSigner(options.terminalKeys);
  const db = openDatabase(options.dataDirectory);
  const inbox = createInbox(db, now);
  const accounts = createAccounts(db);
  if (options.demo) for (const { id, role, password } of DEMO_ACCOUNTS) await accounts.put(id, role, password);
  const audit = createAudit(db, now);
  const { folder, institution = NO_INSTITUTION, from } = options.exchange ?? {};
  const registry = options.registry ?? (from === undefined ? createLibsqlRegistry(db) : createFolderRegistry(from));
  const hub = createHub();
  const troubles = createTroubles(hub);
  const handover = createHandover({
    db,
    inbox,
    folder,
    institution,
    log: log.child('handover'),
    clock,
    random: options.random,
    onFailing: (failing) => troubles.set('exchange', failing),
  });
  const kiosks = createKiosks([...new Set(kioskKeys.map(({ owner }) => owner))], hub, clock);

  const storage = createStorageWatch({
    db,
    directory: options.dataDirectory,
    clock,
    log: log.child('storage'),
    onChange: (writable) => {
      troubles.set('storage', !writable);
      link.sayState();
    },
  });
  const intake = createIntake({
    site,
    opener: { open: (...message) => opener.open(...message) },
    signer: { ack: (message) => signer.ack(message), command: (message) => signer.command(message) },
    inbox,
    kiosks,
    hub,
    registry,
    handover,
    log: log.child('intake'),
    now,
  });

  const link = createTerminalLink({
    url: options.mqttUrl,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    site,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.share === undefined ? {} : { share: options.share }),
    bootId: randomUUID(),
    version: options.version,
    clock,
    random: options.random,
    log: log.child('link'),
    onMessage: async (topic, payload) => {
      try {
        return await intake(topic, payload);
      } catch (error) {
        storage.met(error);
        throw error;
      }
    },
    canKeep: () => storage.writable,
    onState: kiosks.brokerIs,
  });

  const command = async ({ kiosk, name, visitId }: CommandOrder) => {
    const issued = now();
    const id = uuidV7(issued);
    const expiresAt = new Date(issued + COMMAND_LIFETIME_MS).toISOString();
    const times = { issuedAt: new Date(issued).toISOString(), expiresAt };
    const visit = visitId === undefined ? {} : { visitId };
    const payload = await signer.command({ v: CONTRACT_VERSION, id, site, kiosk, name, ...visit, ...times });
    await link.publish({ topic: kioskTopic(site, kiosk, 'command'), payload }, COMMAND_LIFETIME_MS / 1000);
    return { id, expiresAt };
  };

  const purge = (): void => {
    try {
      const dropped = inbox.purge(KEEP_VISITS_MS);
      // The head of the record of who saw what, outside the database: rows cut off at its end would show.
      log.info('purged', { ...dropped, ...audit.head() });
    } catch (error) {
      if (!isUnwritable(error)) throw error;
      // What is too old goes the next day; a full disk must not end the program that says so.
      log.error('not-purged', { code: 'storage/unwritable' });
      storage.met(error);
    }
    purging = clock.setTimeout(purge, DAY_MS);
  };
  let purging: unknown;

  const sessions = createSessions(() => clock.monotonicMs(), createSessionRows(db), now);
  const app = await createServer({
    guard: createGuard(sessions, options.https !== undefined),
    sessions,
    accounts,
    inbox,
    registry,
    kiosks,
    hub,
    troubles,
    storageMet: storage.met,
    clock,
    site,
    demoAccounts: options.demo ? DEMO_ACCOUNTS : [],
    lockout: createLockout(db, now),
    audit,
    handover,
    copies: createCopyRecord(options.dataDirectory),
    contacts: options.contacts ?? [],
    certificates: options.https?.clientCa !== undefined,
    ...(options.https === undefined ? {} : { https: options.https }),
    command,
    now,
    log: log.child('http'),
  });
  try {
    const url = await listen(app, options.https === undefined ? 'http' : 'https', options.host, options.port);
    storage.start();
    purge();
    handover.start();
    link.start();
    return {
      url,
      app,
      trust: async (keys) => {
        const [nextOpener, nextSigner] = [await createOpener(keys.terminalKeys, keys.kioskKeys), await createWordSigner(keys.terminalKeys)];
        [opener, signer] = [nextOpener, nextSigner];
        kiosks.know(keys.kioskKeys.map(({ owner }) => owner));
        log.info('keys-read', { kiosks: keys.kioskKeys.length });
      },
      stop: async () => {
        clock.clearTimeout(purging);
        storage.stop();
        handover.stop();
        await link.stop();
        await app.close();
        db.close();
      },
    };
  } catch (error) {
    clock.clearTimeout(purging);
    storage.stop();
    handover.stop();
    await app.close();
    db.close();
    throw error;
  }
};

/** Splits the given key sets into the terminal's own and the kiosks'. `kiosksMayCome`: none yet is fine. Throws config/invalid. */
export const sortKeys = (sets: readonly KeySet[], kiosksMayCome = false): { terminalKeys: KeySet; kioskKeys: readonly KeySet[] } => {
  const own = sets.filter(({ owner }) => owner === TERMINAL);
  const [terminalKeys] = own;
  if (terminalKeys === undefined || own.length > 1) {
    throw new KioskFailure('config/invalid', {
      facts: { field: '--keys', found: own.length },
      message: `--keys: exactly one file must hold the terminal's own keys (owner "${TERMINAL}"), found ${own.length}`,
    });
  }
  const kioskKeys = sets.filter(({ owner }) => owner !== TERMINAL);
  if (kioskKeys.length === 0 && !kiosksMayCome) {
    throw new KioskFailure('config/invalid', {
      facts: { field: '--keys' },
      message: '--keys: no file of a kiosk; give the public keys of each kiosk',
    });
  }
  return { terminalKeys, kioskKeys };
};
