// Reads the words of a command. Wrong words are refused with what is allowed.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { KioskFailure } from '../core/failure.ts';

/** Refuses the command line. `field` is the option's or positional's name. */
export const refuseWords = (field: string, message: string): never => {
  throw new KioskFailure('input/invalid', { message, facts: { field } });
};

export const asksForHelp = (words: readonly string[]): boolean => words.includes('--help') || words.includes('-h');

/** parseArgs of node:util, strict; throws input/invalid with the usage. */
export const parseWords = <T extends ParseArgsConfig>(words: readonly string[], usage: string, config: T) => {
  try {
    return parseArgs({ ...config, args: [...words], strict: true } as T & { args: string[]; strict: true });
  } catch (cause) {
    return refuseWords('arguments', `${reasonOf(cause, Object.keys(config.options ?? {}))}\n\n${usage}`);
  }
};

/** Node's own words, but for an unknown option: those explain what nobody asked. */
const reasonOf = (cause: unknown, options: readonly string[]): string => {
  if (!(cause instanceof Error)) return 'the arguments cannot be read';
  const option = /^Unknown option '([^']+)'/.exec(cause.message)?.[1];
  if (option === undefined) return cause.message;
  return `${option}: no such option; allowed: ${options.map((name) => `--${name}`).join(', ') || 'none'}`;
};

/** A port number from 0 to 65535. */
export const portOf = (option: string, text: string | undefined, fallback: number): number => {
  if (text === undefined) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : refuseWords(option, `--${option}: found "${text}"; allowed: a port number from 0 to 65535`);
};
