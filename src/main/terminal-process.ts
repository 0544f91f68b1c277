// The reception terminal as a child process of the demonstration: started, started again if it dies, stopped with us.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';

export interface TerminalProcessOptions {
  readonly port: number;
  readonly brokerUrl: string;
  readonly site: string;
  readonly directory: string;
  readonly keyFiles: readonly string[];
  /** site.contacts, shown there beside faults too. */
  readonly contacts: readonly { readonly label: string; readonly phone: string; readonly hours?: string | undefined }[];
  readonly logLevel: string;
  readonly log: Log;
}

export interface TerminalProcess {
  readonly url: string;
  stop(): Promise<void>;
}

const RESTART_MS = 1500;
const STOP_MS = 3500;

/** Beside this file: .js when built, .ts when run from source. */
export const TERMINAL_PROGRAM = fileURLToPath(import.meta.url).replace(/main[/\\]terminal-process(\.[jt]s)$/, 'terminal/main$1');

/** Resolves when the terminal's page listens. Throws port/in-use, or visit/internal with what it said. */
export const startTerminalProcess = async (options: TerminalProcessOptions): Promise<TerminalProcess> => {
  const { log } = options;
  let stopping = false;
  let child: ChildProcess;

  const launch = async (port: number): Promise<string> => {
    const args = ['--port', String(port), '--mqtt', options.brokerUrl, '--site', options.site, '--data', options.directory];
    for (const file of options.keyFiles) args.push('--keys', file);
    for (const { label, phone, hours } of options.contacts) {
      const named = hours === undefined ? label : `${label}（${hours}）`;
      args.push('--contact', `${named.replaceAll('=', '＝')}=${phone}`);
    }
    args.push('--demo', '--exit-with-parent', '--log', options.logLevel);
    // Detached: Ctrl-C reaches the parent alone, which then stops its terminal in order.
    child = spawn(process.execPath, [...process.execArgv, TERMINAL_PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const errors: string[] = [];
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (text.startsWith('{')) process.stderr.write(text);
      else errors.push(text);
    });
    const ready = once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
    const ended = once(child, 'exit').then(() => {
      const text = errors
        .join('')
        .replace(/^kazashi terminal: /, '')
        .trim();
      if (/\bport\b.*\b(taken|in use)\b/i.test(text)) {
        throw new KioskFailure('port/in-use', { facts: { port, what: 'terminal' }, message: text.replace('--port', '--terminal-port') });
      }
      throw new KioskFailure('visit/internal', { facts: { part: 'terminal' }, message: `the terminal did not start: ${text}` });
    });
    ended.catch(() => undefined);
    const [line] = await Promise.race([ready, ended]);
    const { url } = JSON.parse(String(line)) as { url: string };
    child.once('exit', (code) => {
      if (stopping) return;
      log.warn('terminal.died', { code: code ?? -1 });
      setTimeout(() => {
        if (!stopping) launch(Number(new URL(url).port)).catch(() => log.error('terminal.restart-failed'));
      }, RESTART_MS);
    });
    return url;
  };

  const url = await launch(options.port);
  return {
    url,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(killer);
    },
  };
};
