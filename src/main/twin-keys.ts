// Keys of the demonstration: made at the first start, kept in the data directory. Kiosk and terminal get each other's public half.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { generateKioskKeys, generateTerminalKeys, type KeySet, loadKeySet, publicKeySet, storeKeySet } from '../uplink/seal-keys.ts';

export interface SiteKeys {
  readonly kiosk: KeySet;
  /** Public half. */
  readonly terminal: KeySet;
  /** Files the terminal is started with: its own keys, and the kiosk's public ones. */
  readonly terminalFiles: readonly string[];
}

const openKeys = async (file: string, make: () => Promise<KeySet>): Promise<KeySet> => {
  if (existsSync(file)) return loadKeySet(file);
  const keys = await make();
  await storeKeySet(file, keys);
  return keys;
};

/** Throws config/invalid for a damaged key file, storage/unwritable. */
export const openSiteKeys = async (directory: string, kioskId: string): Promise<SiteKeys> => {
  const files = {
    kiosk: join(directory, 'kiosk.private.json'),
    kioskPublic: join(directory, 'kiosk.public.json'),
    terminal: join(directory, 'terminal.private.json'),
  };
  const kiosk = await openKeys(files.kiosk, () => generateKioskKeys(kioskId));
  const terminal = await openKeys(files.terminal, generateTerminalKeys);
  await storeKeySet(files.kioskPublic, publicKeySet(kiosk));
  return { kiosk, terminal: publicKeySet(terminal), terminalFiles: [files.terminal, files.kioskPublic] };
};
