// `kazashi [twin]`: the whole appliance and a reception terminal on this computer, with simulated hardware.

import { spawn } from 'node:child_process';
import { parseConfig, readConfig } from '../../config/read.ts';
import { createLog } from '../../core/log.ts';
import { parseWords, portOf, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { packageVersion } from '../package-version.ts';
import { stopOnSignals } from '../stop-on-signals.ts';
import { DEMO_PASSCODE, startTwin, type TwinArguments } from '../twin.ts';

const usage = `  kazashi [twin]   the whole appliance and a reception terminal on this computer, with simulated hardware
      --headless             open no browser; print one line of JSON when ready
      --port N               page of the appliance (8080; 0 = any free port)
      --terminal-port N      page of the reception terminal (8090)
      --mqtt-port N          broker (1883, or the next free port)
      --data DIR             keep all state here (default: a fresh temporary directory)
      --unpaired             a new kiosk: its panel shows a code until you let it in, by the command that is printed
      --config FILE          settings, see docs/configuration.md
      --reader pcsc          a desk reader and a card of your own instead of the simulated ones; its trust: reader.trustAnchors
`;

const OPTIONS = {
  headless: { type: 'boolean' },
  port: { type: 'string' },
  'terminal-port': { type: 'string' },
  'mqtt-port': { type: 'string' },
  data: { type: 'string' },
  config: { type: 'string' },
  reader: { type: 'string' },
  unpaired: { type: 'boolean' },
} as const;

/** Throws input/invalid. */
export const parseTwinWords = (words: readonly string[]): TwinArguments => {
  const { values, positionals } = parseWords(words, usage, { options: OPTIONS, allowPositionals: true });
  if (positionals.length > 0)
    return refuseWords('command', `found "${positionals.join(' ')}" after the options; a command is the first word, see kazashi --help`);
  if (values.reader !== undefined && values.reader !== 'pcsc' && values.reader !== 'twin') {
    return refuseWords('reader', `--reader: found "${values.reader}"; allowed: twin (the simulated reader), pcsc (a desk reader)`);
  }
  return {
    headless: values.headless ?? false,
    port: portOf('port', values.port, 8080),
    terminalPort: portOf('terminal-port', values['terminal-port'], 8090),
    mqttPort: portOf('mqtt-port', values['mqtt-port'], 1883),
    ...(values.reader === undefined ? {} : { reader: values.reader }),
    ...(values.unpaired === true ? { unpaired: true } : {}),
    ...(values.data === undefined ? {} : { data: values.data }),
    ...(values.config === undefined ? {} : { config: values.config }),
  };
};

const openBrowser = (url: string): void => {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
};

export const command: Command = {
  usage,
  async run(given) {
    const words = parseTwinWords(given);
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
      return undefined;
    }
    process.stdout.write(
      [
        '',
        `  appliance            ${twin.ready.twin}`,
        `  reception terminal   ${twin.ready.terminal}   (reception / reception)`,
        `  broker               ${twin.ready.mqtt}`,
        '',
        ...(twin.ready.admit === undefined
          ? []
          : ['  The kiosk is new and shows a code. In another shell, then type the code:', `  ${twin.ready.admit}`, '']),
        `  PIN of the cards 1234, passcode of the staff ${config.visit.staffPasscode ?? DEMO_PASSCODE}. Ctrl-C stops everything.`,
        '',
      ].join('\n'),
    );
    return undefined;
  },
};
