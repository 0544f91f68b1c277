// `kazashi run`: the program on the box. The splash is on the panel before the rest of the program is loaded.

import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { paintEarly } from '../early-panel.ts';
import { packageVersion } from '../package-version.ts';

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
    const file = parseRunWords(words);
    const panel = paintEarly(file);
    const [{ readConfig }, { systemClock }, { createLog }, { startBox }, { serviceManager }, { stopOnSignals }] = await Promise.all([
      import('../../config/read.ts'),
      import('../../core/clock.ts'),
      import('../../core/log.ts'),
      import('../box.ts'),
      import('../service-manager.ts'),
      import('../stop-on-signals.ts'),
    ]);
    const config = readConfig(file);
    const systemd = serviceManager({ environment: process.env, clock: systemClock, log: createLog(config.kiosk.logLevel) });
    const box = await startBox(config, packageVersion(), panel);
    stopOnSignals(() => {
      systemd.stopping();
      return box.stop();
    });
    systemd.ready();
    systemd.watch(() => box.ailing());
    return undefined;
  },
};
