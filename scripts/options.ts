// The options of a script: `--help` is answered with the usage, anything it does not know or cannot use ends it with a sentence and the usage.

import { closeSync, openSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

export const refuse = (usage: string, sentence: string): never => {
  process.stderr.write(`${sentence}\nusage: ${usage}\n`);
  return process.exit(2);
};

/** The values of `options`; ends the process with status 0 after `--help`, with status 2 where a word is not allowed. */
export const optionsOf = <O extends Options>(usage: string, options: O) => {
  const parsed = () => {
    try {
      return parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } }, strict: true });
    } catch (error) {
      return refuse(usage, (error as Error).message.split('. ')[0] ?? '');
    }
  };
  const { values } = parsed();
  if ((values as { help?: boolean }).help === true) {
    process.stdout.write(`usage: ${usage}\n`);
    process.exit(0);
  }
  return values;
};

/** A whole number of at most nine digits. */
export const wholeNumber = (usage: string, option: string, text: string, least: number): number =>
  /^\d{1,9}$/.test(text) && Number(text) >= least
    ? Number(text)
    : refuse(usage, `--${option} ${text}: a whole number from ${least} is needed.`);

/** Whether a report can be written there is known before it is worked for. */
export const writableFile = (usage: string, option: string, path: string): string => {
  try {
    closeSync(openSync(path, 'a'));
    return path;
  } catch (error) {
    return refuse(usage, `--${option} ${path}: cannot be written (${(error as NodeJS.ErrnoException).code}); give another file.`);
  }
};
