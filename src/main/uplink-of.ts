// From the technician's file to the uplink: its keys, its certificates, its limits. The same for the box and for a program that is a link alone.

import { join } from 'node:path';
import type { KioskConfig } from '../config/schema.ts';
import { generateKioskKeys, type KeySet, loadKeySet, loadKeySets, publicKeySet, storeKeySet } from '../uplink/seal-keys.ts';
import type { UplinkOptions } from '../uplink/uplink.ts';
import { withIdentity } from './pairing/identity.ts';
import { watchKeys } from './watch-keys.ts';

const OUTBOX_BYTES = 64 * 1024 * 1024;

/** Own private keys, and the terminals' public ones. */
const keyFiles = ({ uplink, kiosk }: KioskConfig): readonly [string, string] => [
  uplink.signingKeyFile ?? join(kiosk.dataDirectory, 'kiosk.private.json'),
  uplink.terminalKeysFile ?? join(kiosk.dataDirectory, 'terminal-keys.json'),
];

/** This kiosk's private keys, made at the first start where no file is named, and every terminal's public ones. Throws config/invalid. */
const openKeys = async (config: KioskConfig): Promise<{ kioskKey: KeySet; terminalKeys: readonly KeySet[] }> => {
  const { uplink, kiosk } = config;
  const [own, terminals] = keyFiles(config);
  const kioskKey = await loadKeySet(own).catch(async (cause: unknown) => {
    if (uplink.signingKeyFile !== undefined) throw cause;
    const made = await generateKioskKeys(kiosk.id);
    await storeKeySet(own, made);
    await storeKeySet(join(kiosk.dataDirectory, 'kiosk.public.json'), publicKeySet(made));
    return made;
  });
  return { kioskKey, terminalKeys: await loadKeySets(terminals) };
};

/** Address, certificates and keys. Throws config/invalid naming the file. */
export const uplinkAccess = async (
  given: KioskConfig,
): Promise<Pick<UplinkOptions, 'brokerUrl' | 'tls' | 'kioskKey' | 'terminalKeys' | 'watchKeys'>> => {
  const config = withIdentity(given);
  const { broker, caFile, certificateFile, keyFile } = config.uplink;
  return {
    brokerUrl: broker,
    ...(await openKeys(config)),
    watchKeys: (renew) => watchKeys(keyFiles(config), async () => renew(await openKeys(config))),
    tls: {
      ...(caFile === undefined ? {} : { caFile }),
      ...(certificateFile === undefined ? {} : { certificateFile }),
      ...(keyFile === undefined ? {} : { keyFile }),
    },
  };
};

/** Names and limits. `dataDirectory`: where the outbox is kept. */
export const uplinkLimits = (
  { site, kiosk, uplink }: KioskConfig,
  dataDirectory: string,
): Pick<UplinkOptions, 'site' | 'kiosk' | 'dataDir' | 'ackTimeoutMs' | 'expiryMs'> & {
  outboxLimits: { messages: number; bytes: number };
} => ({
  site: site.id,
  kiosk: kiosk.id,
  dataDir: join(dataDirectory, 'uplink'),
  ackTimeoutMs: uplink.ackTimeoutSeconds * 1000,
  expiryMs: uplink.expiryHours * 3_600_000,
  outboxLimits: { messages: uplink.outboxLimit, bytes: OUTBOX_BYTES },
});
