// Event-named JSON lines for the journal. A log line takes an event name and non-personal facts, never free text with data.

import { pino } from 'pino';
import type { Facts } from './failure.ts';

export interface Log {
  debug(event: string, facts?: Facts): void;
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  error(event: string, facts?: Facts): void;
  child(part: string): Log;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogSink {
  write(line: string): void;
}

/** JSON lines to `sink` (default: standard output, which systemd hands to journald). */
export const createLog = (level: LogLevel, sink: LogSink = process.stdout): Log => {
  const wrap = (logger: ReturnType<typeof pino>): Log => ({
    debug: (event, facts = {}) => logger.debug({ event, ...facts }),
    info: (event, facts = {}) => logger.info({ event, ...facts }),
    warn: (event, facts = {}) => logger.warn({ event, ...facts }),
    error: (event, facts = {}) => logger.error({ event, ...facts }),
    child: (part) => wrap(logger.child({ part })),
  });
  return wrap(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, sink));
};

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
