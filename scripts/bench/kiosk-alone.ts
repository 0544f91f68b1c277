// Memory of the kiosk alone, in a process of its own, for comparison with the demonstration.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NODE_FLAGS, ROOT } from './built.ts';
import type { Site } from './site.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('scripts/bench-kiosk.js', ROOT));

/** MB. The kiosk of `site` must have been stopped: both are the same one to the terminal. */
export const kioskAloneMb = async (
  { directory, brokerUrl }: Pick<Site, 'directory' | 'brokerUrl'>,
  environment: NodeJS.ProcessEnv,
): Promise<number> => {
  const { stdout } = await run(process.execPath, [...NODE_FLAGS, PROGRAM, directory, brokerUrl], {
    env: { ...process.env, ...environment },
  });
  return (JSON.parse(stdout) as { rssMb: number }).rssMb;
};
