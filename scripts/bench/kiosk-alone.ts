// Memory and event loop of the kiosk alone, in a process of its own, for comparison with the demonstration.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NODE_FLAGS, ROOT } from './built.ts';
import type { Site } from './site.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('scripts/bench-kiosk.js', ROOT));

export interface Alone {
  readonly rssMb: number;
  /** How late the event loop came to a timer between the card and the consent, in ms. */
  readonly loopMs: { readonly p99: number; readonly max: number };
}

/** The kiosk of `site` must have been stopped: both are the same one to the terminal. */
export const kioskAlone = async (
  { directory, brokerUrl }: Pick<Site, 'directory' | 'brokerUrl'>,
  environment: NodeJS.ProcessEnv,
): Promise<Alone> => {
  const { stdout } = await run(process.execPath, [...NODE_FLAGS, PROGRAM, directory, brokerUrl], {
    env: { ...process.env, ...environment },
  });
  return JSON.parse(stdout) as Alone;
};
