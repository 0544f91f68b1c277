// The command line: what to run and where. Wrong words are refused with what is allowed.

import { parseArgs } from 'node:util';
import { KioskFailure } from '../core/failure.ts';

export interface TwinArguments {
  readonly command: 'twin';
  readonly headless: boolean;
  readonly port: number;
  readonly terminalPort: number;
  readonly mqttPort: number;
  readonly data?: string;
  readonly config?: string;
}

export interface RunArguments {
  readonly command: 'run';
  readonly config: string;
}

export type Arguments = TwinArguments | RunArguments | { readonly command: 'help' };

export const HELP = `kazashi, the controller of a face-authentication card reader

  kazashi [twin]   the whole appliance and a reception terminal on this computer, with simulated hardware
      --headless             open no browser; print one line of JSON when ready
      --port N               page of the appliance (8080; 0 = any free port)
      --terminal-port N      page of the reception terminal (8090)
      --mqtt-port N          broker (1883, or the next free port)
      --data DIR             keep all state here (default: a fresh temporary directory)
      --config FILE          settings, see docs/configuration.md
  kazashi run --config FILE  the program on the box, with its real reader, panel and broker
`;

const refuse = (field: string, message: string): never => {
  throw new KioskFailure('input/invalid', { message: `${message}\n\n${HELP}`, facts: { field } });
};

const portOf = (option: string, text: string | undefined, fallback: number): number => {
  if (text === undefined) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : refuse(option, `--${option}: found "${text}"; allowed: a port number from 0 to 65535`);
};

const OPTIONS = {
  headless: { type: 'boolean' },
  port: { type: 'string' },
  'terminal-port': { type: 'string' },
  'mqtt-port': { type: 'string' },
  data: { type: 'string' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const parse = (words: readonly string[]) => {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    return refuse('arguments', cause instanceof Error ? cause.message : 'the arguments cannot be read');
  }
};

/** Reads the words after `kazashi`. Throws input/invalid with what is allowed. */
export const parseArguments = (words: readonly string[]): Arguments => {
  const { values, positionals } = parse(words);
  const command = positionals[0] ?? 'twin';
  if (values.help === true || command === 'help') return { command: 'help' };
  if (positionals.length > 1) return refuse('arguments', `one command at a time; found ${positionals.join(' ')}`);
  if (command === 'run') {
    if (values.config === undefined) return refuse('config', 'run needs --config FILE');
    return { command, config: values.config };
  }
  if (command !== 'twin') return refuse('command', `found "${command}"; allowed: twin, run`);
  return {
    command,
    headless: values.headless ?? false,
    port: portOf('port', values.port, 8080),
    terminalPort: portOf('terminal-port', values['terminal-port'], 8090),
    mqttPort: portOf('mqtt-port', values['mqtt-port'], 1883),
    ...(values.data === undefined ? {} : { data: values.data }),
    ...(values.config === undefined ? {} : { config: values.config }),
  };
};
