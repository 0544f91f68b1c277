#!/usr/bin/env node
// The program: reads the command line and the configuration, starts what was asked for, stops in order on SIGTERM and Ctrl-C.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseConfig, readConfig } from './config/read.ts';
import { isFailure } from './core/failure.ts';
import { createLog } from './core/log.ts';
import { type Arguments, HELP, parseArguments, type TwinArguments } from './main/arguments.ts';
import { startBox } from './main/box.ts';
import { DEMO_PASSCODE, startTwin } from './main/twin.ts';

const packageVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return String((manifest as { version: unknown }).version);
};

/** A stop that takes longer than this has failed. */
const STOP_LIMIT_MS = 4500;
const PARENT_WATCH_MS = 500;

const stopOnSignals = (stop: () => Promise<void>): void => {
  let stopping = false;
  const end = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  // npm dies of SIGTERM without passing it on: then our parent changes, and nobody would stop us.
  const parent = process.ppid;
  if (process.env['npm_lifecycle_event'] === undefined) return;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_WATCH_MS).unref();
};

const openBrowser = (url: string): void => {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
};

const runTwin = async (words: TwinArguments): Promise<void> => {
  const config = words.config === undefined ? parseConfig('', 'defaults') : readConfig(words.config);
  // Standard output belongs to the ready line. Without a configuration a visitor wants to hear of trouble only.
  const level = words.config === undefined ? 'warn' : config.kiosk.logLevel;
  const log = createLog(level, process.stderr);
  const twin = await startTwin(words, config, packageVersion(), log, level, (url) => {
    if (!words.headless) openBrowser(url);
  });
  stopOnSignals(twin.stop);
  if (words.headless) {
    process.stdout.write(`${JSON.stringify(twin.ready)}\n`);
    return;
  }
  process.stdout.write(
    [
      '',
      `  appliance            ${twin.ready.twin}`,
      `  reception terminal   ${twin.ready.terminal}   (reception / reception)`,
      `  broker               ${twin.ready.mqtt}`,
      '',
      `  PIN of the cards 1234, passcode of the staff ${config.visit.staffPasscode ?? DEMO_PASSCODE}. Ctrl-C stops everything.`,
      '',
    ].join('\n'),
  );
};

const run = async (words: Arguments): Promise<void> => {
  if (words.command === 'help') process.stdout.write(HELP);
  else if (words.command === 'twin') await runTwin(words);
  else stopOnSignals((await startBox(readConfig(words.config), packageVersion())).stop);
};

try {
  await run(parseArguments(process.argv.slice(2)));
} catch (failure) {
  if (!isFailure(failure)) throw failure;
  process.stderr.write(`kazashi: ${failure.message}\n`);
  process.exit(1);
}
