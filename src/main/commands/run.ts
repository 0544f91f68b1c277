// `kazashi run`: the program on the box.

import { readConfig } from '../../config/read.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import { startBox } from '../box.ts';
import type { Command } from '../command.ts';
import { packageVersion } from '../package-version.ts';
import { stopOnSignals } from '../stop-on-signals.ts';

const usage = `  kazashi run --config FILE  the program on the box, with its real reader, panel and broker
`;

/** The configuration file that is named. Throws input/invalid. */
export const parseRunWords = (words: readonly string[]): string => {
  const { values } = parseWords(words, usage, { options: { config: { type: 'string' } } });
  return values.config ?? refuseWords('config', `run needs --config FILE\n\n${usage}`);
};

export const command: Command = {
  usage,
  async run(words) {
    stopOnSignals((await startBox(readConfig(parseRunWords(words)), packageVersion())).stop);
    return undefined;
  },
};
