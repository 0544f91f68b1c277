// Which files make a kiosk the one it is: its settings, the keys and certificates they name, and what it keeps of its own, the outbox above all.
// What it can make again (drawn fonts, the lock) is left out.

import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { KioskConfig } from '../../config/schema.ts';

export const contentSchema = z.strictObject({
  dataDirectory: z.string(),
  files: z.array(z.strictObject({ path: z.string().startsWith('/'), mode: z.int(), bytes: z.base64() })).min(1),
});
export type KioskFiles = z.infer<typeof contentSchema>;

const MADE_AGAIN = /(?:^|\/)(?:fonts|lock|[^/]+\.(?:new|tmp))(?:\/|$)/;

const below = (folder: string): readonly string[] => {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !MADE_AGAIN.test(name))
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true);
};

/** Everything of the kiosk with this settings file, also while it runs: each message of the outbox is a file of its own. Throws what the disk throws. */
export const collectKiosk = (configFile: string, { kiosk, uplink, reader }: KioskConfig): KioskFiles => {
  const settings = dirname(resolve(configFile));
  const named = [uplink.caFile, uplink.certificateFile, uplink.keyFile, uplink.signingKeyFile, uplink.terminalKeysFile];
  const paths = new Set([
    resolve(configFile),
    ...[join(settings, 'secrets.json')].filter((path) => existsSync(path)),
    ...named.filter((path) => path !== undefined).map((path) => resolve(path)),
    ...below(join(settings, 'broker')),
    ...(reader.trustAnchors === undefined ? [] : below(resolve(reader.trustAnchors))),
    ...below(resolve(kiosk.dataDirectory)),
  ]);
  const files = [...paths].flatMap((path) => {
    try {
      return [{ path, mode: lstatSync(path).mode & 0o777, bytes: readFileSync(path).toString('base64') }];
    } catch (error) {
      // A message that was delivered meanwhile needs no backup.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && path.startsWith(resolve(kiosk.dataDirectory))) return [];
      throw error;
    }
  });
  return { dataDirectory: resolve(kiosk.dataDirectory), files };
};
