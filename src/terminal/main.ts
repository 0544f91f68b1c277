// The terminal as a process: command line, ready line, signals, exit status. Standard output carries the ready line and nothing else.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { systemClock } from '../core/clock.ts';
import { isFailure } from '../core/failure.ts';
import { createLog } from '../core/log.ts';
import type { KeySet } from '../uplink/seal-keys.ts';
import { canGrow, loadKeyFiles, watchKeyFiles } from './key-files.ts';
import { HELP, type RunOptions, readCommandLine } from './options.ts';
import { createAccounts } from './store/accounts.ts';
import { openDatabase } from './store/schema.ts';
import { sortKeys, startTerminal } from './terminal.ts';

/** A stop that takes longer than this has failed; whoever started us waits three seconds. */
const STOP_LIMIT_MS = 2500;

const packageVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String((manifest as { version: unknown }).version);
};

const addAccount = async (id: string, role: string, data: string): Promise<void> => {
  const db = openDatabase(data);
  try {
    let password = '';
    for await (const line of createInterface({ input: process.stdin })) {
      password = line;
      break;
    }
    await createAccounts(db).put(id, role, password);
    process.stdout.write(`account ${id} (${role}) is ready\n`);
  } finally {
    db.close();
  }
};

const run = async (options: RunOptions): Promise<void> => {
  const log = createLog(options.log, process.stderr);
  // A new site has a terminal before its first kiosk is paired.
  const sorted = (sets: readonly KeySet[]) => sortKeys(sets, canGrow(options.keys));
  const keys = sorted(await loadKeyFiles(options.keys));
  const terminal = await startTerminal({
    host: options.host,
    port: options.port,
    mqttUrl: options.mqtt,
    tls: options.tls,
    site: options.site,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.share === undefined ? {} : { share: options.share }),
    dataDirectory: options.data,
    ...keys,
    demo: options.demo,
    contacts: options.contacts,
    exchange: options.exchange,
    ...(options.https === undefined ? {} : { https: options.https }),
    version: packageVersion(),
    clock: systemClock,
    random: Math.random,
    log,
  });
  const unwatch = watchKeyFiles(options.keys, systemClock, log, (sets) => terminal.trust(sorted(sets)));
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    unwatch();
    log.info('stopping', { why });
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    terminal.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (options.exitWithParent)
    process.stdin
      .on('end', () => stop('parent-gone'))
      .on('error', () => stop('parent-gone'))
      .resume();
  process.stdout.write(`${JSON.stringify({ ready: true, url: terminal.url })}\n`);
};

try {
  const command = readCommandLine(process.argv.slice(2));
  if (command.kind === 'help') process.stdout.write(HELP);
  else if (command.kind === 'add-account') await addAccount(command.id, command.role, command.data);
  else await run(command);
} catch (error) {
  if (!isFailure(error)) throw error;
  process.stderr.write(`kazashi terminal: ${error.message}\n`);
  process.exit(1);
}
