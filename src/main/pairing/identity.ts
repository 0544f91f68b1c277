// Who a kiosk is at its site: the files in its data directory where no folder was carried to it. The certificate is written last: it is there,
// or the kiosk was not let in.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { KioskConfig } from '../../config/schema.ts';
import { makeDirectories } from '../../core/directories.ts';
import { KioskFailure } from '../../core/failure.ts';
import { generateKioskKeys, loadKeySet, parseKeySet, publicKeySet, storeKeySet, storeKeySets } from '../../uplink/seal-keys.ts';
import { newRequest } from '../site/authority.ts';
import type { parseAnswer } from './messages.ts';

const folderOf = ({ kiosk }: KioskConfig): string => join(kiosk.dataDirectory, 'identity');

/** With `uplink.pairing` the five files lie in the data directory, wherever none of them is named. */
export const withIdentity = (config: KioskConfig): KioskConfig => {
  if (config.uplink.pairing === undefined) return config;
  const at = folderOf(config);
  const files = {
    caFile: join(at, 'ca.pem'),
    certificateFile: join(at, 'cert.pem'),
    keyFile: join(at, 'key.pem'),
    signingKeyFile: join(at, 'kiosk.private.json'),
    terminalKeysFile: join(at, 'terminal-keys.json'),
  };
  return { ...config, uplink: { ...files, ...config.uplink } };
};

export const isPaired = (config: KioskConfig): boolean =>
  config.uplink.pairing === undefined || existsSync(join(folderOf(config), 'cert.pem'));

const write = async (file: string, text: string): Promise<void> => {
  try {
    const handle = await open(`${file}.new`, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
  } catch (cause) {
    throw new KioskFailure('storage/unwritable', { cause, message: `${file}: cannot be written` });
  }
};

/** The kiosk's own keys, made once and never leaving it, and the request for their certificate. Throws storage/unwritable. */
export const openRequest = async (config: KioskConfig) => {
  const at = folderOf(config);
  const { id } = config.kiosk;
  makeDirectories(at);
  const [signing, asked] = [join(at, 'kiosk.private.json'), join(at, 'request.pem')];
  if (!existsSync(asked)) {
    const made = await newRequest(id);
    await storeKeySet(signing, await generateKioskKeys(id));
    await write(join(at, 'key.pem'), made.key);
    await write(asked, made.request);
  }
  return { request: await readFile(asked, 'utf8'), keys: publicKeySet(await loadKeySet(signing)) };
};

/** Stores what the site answered, after a last look that it fits together. Throws uplink/untrusted, config/invalid, storage/unwritable. */
export const storeIdentity = async (config: KioskConfig, answer: ReturnType<typeof parseAnswer>): Promise<void> => {
  const at = folderOf(config);
  const [certificate, ca] = [new X509Certificate(answer.certificate), new X509Certificate(answer.ca)];
  const own = createPrivateKey(await readFile(join(at, 'key.pem'), 'utf8'));
  const mine = certificate.checkPrivateKey(own) && certificate.verify(ca.publicKey) && certificate.subject === `CN=${config.kiosk.id}`;
  if (!mine)
    throw new KioskFailure('uplink/untrusted', {
      facts: { reason: 'pairing-certificate' },
      message: 'pairing: a certificate for somebody else',
    });
  await storeKeySets(
    join(at, 'terminal-keys.json'),
    answer.terminalKeys.map((set) => parseKeySet(set, 'pairing')),
  );
  await write(join(at, 'ca.pem'), answer.ca);
  await write(join(at, 'cert.pem'), answer.certificate);
};
