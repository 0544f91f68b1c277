// `kazashi terminal …`: the reception terminal by the same word as everything else. Its options are its own program's.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from '../command.ts';
import { TERMINAL_PROGRAM } from '../terminal-process.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export const command: Command = {
  usage: '  kazashi terminal …       the reception terminal; --help says its options\n',
  helps: true,
  async run(words) {
    const child = spawn(process.execPath, [...process.execArgv, TERMINAL_PROGRAM, ...words], { stdio: 'inherit' });
    // It stops in order; this process ends with it.
    for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
    const [status] = (await once(child, 'exit')) as [number | null];
    return status ?? 1;
  },
};
