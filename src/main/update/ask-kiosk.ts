// The running kiosk's own self-test, asked for from outside: the reader stays with the kiosk, and it waits until no patient is there.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Clock, sleep } from '../../core/clock.ts';

/** Below the kiosk's own folder in /run. */
export const SELF_TEST_FILE = 'self-test.json';
/** What is said of a kiosk that does not answer. */
export const SILENT = 'kiosk';
const LOOK_EVERY_MS = 1000;

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

/** SIGUSR2 as the morning's timer sends it. */
export const askBySignal = (): Promise<unknown> =>
  promisify(execFile)('systemctl', ['kill', '--kill-whom=main', '--signal=SIGUSR2', 'kazashi.service']);

/** Ids that fail now; `kiosk` alone when no report came within the time. Never rejects. */
export const failingByKiosk = async ({ file, clock, ask }: KioskQuestion, limitMs: number): Promise<readonly string[]> => {
  const before = readReport(file)?.at;
  const end = clock.monotonicMs() + limitMs;
  const asked = await ask().then(
    () => true,
    () => false,
  );
  if (!asked) return [SILENT];
  for (;;) {
    const report = readReport(file);
    if (report !== undefined && report.at !== before) return report.failing;
    if (clock.monotonicMs() >= end) return [SILENT];
    await sleep(clock, LOOK_EVERY_MS);
  }
};
