// Who belongs to whom in the demonstration: as ever with keys at both ends, or, with --unpaired, as at a real site that a new kiosk comes to.
// Then the site's folder lies in the data directory, and the kiosk waits with a code on its panel for `kazashi site pair`.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KioskConfig } from '../config/schema.ts';
import type { UplinkOptions } from '../uplink/uplink.ts';
import { isPaired } from './pairing/identity.ts';
import { SiteFolder } from './site/site-folder.ts';
import { openSiteKeys } from './twin-keys.ts';
import { uplinkAccess } from './uplink-of.ts';

type Keys = Pick<UplinkOptions, 'kioskKey' | 'terminalKeys' | 'watchKeys'>;

export interface TwinSite {
  /** What the terminal is started with. */
  readonly terminalFiles: readonly string[];
  /** Settings of the kiosk that is not let in yet; undefined when nothing stands in its way. */
  readonly unpaired?: KioskConfig;
  /** What lets it in, as typed in a shell. */
  readonly admit?: string;
  /** The kiosk's own keys; only once it is let in. Throws config/invalid. */
  keys(): Promise<Keys>;
}

export interface TwinSiteParts {
  readonly directory: string;
  readonly kioskDirectory: string;
  readonly config: KioskConfig;
  /** Where `kazashi site pair` will listen; undefined: nobody is to be paired. */
  readonly pairingPort: number | undefined;
}

/** Throws config/invalid, storage/unwritable. */
export const openTwinSite = async ({ directory, kioskDirectory, config, pairingPort }: TwinSiteParts): Promise<TwinSite> => {
  if (pairingPort === undefined) {
    const keys = await openSiteKeys(join(directory, 'keys'), config.kiosk.id);
    return { terminalFiles: keys.terminalFiles, keys: async () => ({ kioskKey: keys.kiosk, terminalKeys: [keys.terminal] }) };
  }
  const folder = join(directory, 'site');
  if (!existsSync(folder)) {
    // Of the broker's files nothing is used: the demonstration's broker has no TLS.
    const made = await SiteFolder.create(
      folder,
      { site: config.site.id, hosts: ['127.0.0.1'], port: 8883, brokerUser: 'mosquitto' },
      Date.now,
    );
    await made.addTerminal();
  }
  const here: KioskConfig = {
    ...config,
    kiosk: { ...config.kiosk, dataDirectory: kioskDirectory },
    uplink: { ...config.uplink, pairing: `http://127.0.0.1:${pairingPort}` },
  };
  return {
    terminalFiles: [join(folder, 'terminals', 'terminal', 'keys')],
    ...(isPaired(here)
      ? {}
      : { unpaired: here, admit: `npx kazashi site pair ${folder} ${config.kiosk.id} --port ${pairingPort} --listen 127.0.0.1` }),
    keys: async () => {
      const { kioskKey, terminalKeys, watchKeys } = await uplinkAccess(here);
      return { kioskKey, terminalKeys, ...(watchKeys === undefined ? {} : { watchKeys }) };
    },
  };
};
