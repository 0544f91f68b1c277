// `kazashi run`: the program on the box.

import { readConfig } from '../../config/read.ts';
import { systemClock } from '../../core/clock.ts';
import { createLog } from '../../core/log.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import { startBox } from '../box.ts';
import type { Command } from '../command.ts';
import { packageVersion } from '../package-version.ts';
import { serviceManager } from '../service-manager.ts';
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
    const config = readConfig(parseRunWords(words));
    const systemd = serviceManager({ environment: process.env, clock: systemClock, log: createLog(config.kiosk.logLevel) });
    const box = await startBox(config, packageVersion());
    stopOnSignals(() => {
      systemd.stopping();
      return box.stop();
    });
    systemd.ready();
    systemd.watch(() => box.ailing());
    return undefined;
  },
};
