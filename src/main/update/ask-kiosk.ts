// The running kiosk's own self-test, asked for from outside: the reader stays with the kiosk, and it waits until no patient is there.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Clock, sleep } from '../../core/clock.ts';
import { SILENT } from './state.ts';

/** Below the kiosk's own folder in /run. */
export const SELF_TEST_FILE = 'self-test.json';
const LOOK_EVERY_MS = 1000;
const ASK_EVERY_MS = 20_000;

const reportSchema = z.object({ at: z.string(), failing: z.array(z.string()) });
export type SelfTestTold = z.infer<typeof reportSchema>;

const readReport = (file: string): SelfTestTold | undefined => {
  try {
    return reportSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
};

export interface KioskQuestion {
  readonly file: string;
  readonly clock: Clock;
  /** Makes the kiosk examine itself; rejects where none runs. */
  readonly ask: () => Promise<unknown>;
}

/** SIGUSR2 as the morning's timer sends it. Never before the kiosk has said that it is ready: until it listens, the signal would end it. */
export const askBySignal = async (): Promise<void> => {
  const run = promisify(execFile);
  await run('systemctl', ['--quiet', 'is-active', 'kazashi.service']);
  await run('systemctl', ['kill', '--kill-whom=main', '--signal=SIGUSR2', 'kazashi.service']);
};

/**
 * Ids that fail now; `kiosk` alone when no report came within the time. Never rejects. Asked again and again: a kiosk that is still starting, or
 * is started anew meanwhile, has not heard; one that examines itself already goes on with that.
 */
export const failingByKiosk = async ({ file, clock, ask }: KioskQuestion, limitMs: number): Promise<readonly string[]> => {
  const before = readReport(file)?.at;
  const begun = clock.monotonicMs();
  let next = begun;
  for (;;) {
    if (clock.monotonicMs() >= next) {
      next = clock.monotonicMs() + ASK_EVERY_MS;
      await ask().catch(() => undefined);
    }
    const report = readReport(file);
    if (report !== undefined && report.at !== before) return report.failing;
    if (clock.monotonicMs() - begun >= limitMs) return [SILENT];
    await sleep(clock, LOOK_EVERY_MS);
  }
};
