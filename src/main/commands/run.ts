// `kazashi run`: the program on the box. The splash is on the panel before the rest of the program is loaded; what keeps it from starting
// is said there too, and systemd starts it again when that may have changed.

import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { paintEarly } from '../early-panel.ts';

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
    // Asked before there is a kiosk that could examine itself: no reason to end.
    let examine = (): void => undefined;
    process.on('SIGUSR2', () => examine());
    const [{ readConfig }, { systemClock }, { createLog }, { startBox }, { serviceManager }, { stopOnSignals }, { packageVersion }] =
      await Promise.all([
        import('../../config/read.ts'),
        import('../../core/clock.ts'),
        import('../../core/log.ts'),
        import('../box.ts'),
        import('../service-manager.ts'),
        import('../stop-on-signals.ts'),
        import('../package-version.ts'),
      ]);
    const systemd = serviceManager({ environment: process.env, clock: systemClock, log: createLog('info') });
    const waitingForMending = async (cause: unknown): Promise<number> => {
      const { paintStartTrouble, worthAnotherStart } = await import('../start-trouble.ts');
      try {
        await paintStartTrouble(cause, file, panel);
      } catch {
        // There is no panel to say it on: whoever started the program hears it.
        throw cause;
      }
      process.stderr.write(`kazashi: ${cause instanceof Error ? cause.message : 'the start failed'}\n`);
      stopOnSignals(async () => systemd.stopping());
      systemd.ready();
      systemd.watch(async () => undefined);
      await worthAnotherStart(cause, file, systemClock);
      return 1;
    };
    try {
      const config = readConfig(file);
      const { isPaired } = await import('../pairing/identity.ts');
      if (!isPaired(config)) {
        const { pairOnPanel } = await import('../pairing/pair-on-panel.ts');
        const given = new AbortController();
        stopOnSignals(async () => {
          systemd.stopping();
          given.abort();
        });
        systemd.ready();
        systemd.watch(async () => undefined);
        await pairOnPanel({ config, clock: systemClock, log: createLog(config.kiosk.logLevel), signal: given.signal, painted: panel });
        // With its own certificate it is another kiosk: systemd starts it as that (RestartForceExitStatus).
        return 75;
      }
      const box = await startBox(config, packageVersion(), panel);
      stopOnSignals(() => {
        systemd.stopping();
        return box.stop();
      });
      // The morning's timer (kazashi-self-test.service). SIGUSR1 belongs to Node's inspector.
      examine = () => void box.examine();
      // The box's own power button (kazashi-power-button.service).
      process.on('SIGHUP', () => box.switchOff());
      systemd.ready();
      systemd.watch(() => box.ailing());
      return undefined;
    } catch (cause) {
      return waitingForMending(cause);
    }
  },
};
