// At the box's start: what a technician put on the card becomes the kiosk's settings. Secrets and keys move to the data partition first,
// durably, and are wiped from the card after; a loss of power in between makes the same again. A wrong file changes nothing but what the
// panel says: the kiosk reads it, refuses it with line and sentence, and the card is as it was.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseConfig } from '../../config/read.ts';
import type { KioskConfig } from '../../config/schema.ts';
import { isFailure } from '../../core/failure.ts';
import { overwrite, wipeFile, writeDurably } from './durable.ts';
import { networkFile, timeFile } from './network-files.ts';
import { putSecrets, type Secrets, takeSecrets } from './secrets.ts';

export const SETTINGS_FILE = 'kazashi.toml';
const SECRETS_FILE = 'secrets.json';
/** Folder on the card with the kiosk's certificates and keys, as `kazashi site add-kiosk` makes it, and the broker's if this box is it. */
const KEYS_FOLDER = 'kazashi';
/** Files whose content is no secret stay readable on the card. */
const PUBLIC = /(?:^|\/)(?:ca\.pem|cert\.pem|crl\.pem|acl|mosquitto\.conf|terminal-keys\.json|[^/]+\.public\.json|kazashi\.toml)$/;

export interface AdoptPlaces {
  /** The card's FAT partition, writable. */
  readonly card: string;
  /** Where the kiosk reads its settings: /etc/kazashi, on the data partition. */
  readonly settings: string;
  /** /run/systemd; undefined: the network is not set. */
  readonly network?: string;
}

export interface Adopted {
  readonly outcome: 'adopted' | 'unchanged' | 'wrong' | 'none';
  /** Files of keys taken over, relative. */
  readonly keys: readonly string[];
  /** Why the settings are wrong. */
  readonly problem?: string;
}

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const filesBelow = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => join(folder, name))
        .filter((file) => statSync(file).isFile())
    : [];

const keptSecrets = (settings: string): Secrets => {
  try {
    return JSON.parse(textOf(join(settings, SECRETS_FILE)) ?? '{}') as Secrets;
  } catch {
    // Half a file cannot be there (it is renamed into its place); a damaged one holds nothing to keep.
    return {};
  }
};

const takeKeys = ({ card, settings }: AdoptPlaces): readonly string[] => {
  const folder = join(card, KEYS_FOLDER);
  const taken: string[] = [];
  for (const file of filesBelow(folder)) {
    const name = relative(folder, file);
    // The folder's own settings are for a kiosk that is set up by hand: here the card's are read.
    if (name === SETTINGS_FILE) continue;
    const bytes = readFileSync(file);
    const place = join(settings, name);
    if (!existsSync(place) || !readFileSync(place).equals(bytes)) {
      writeDurably(place, bytes);
      taken.push(name);
    }
    bytes.fill(0);
    if (!PUBLIC.test(file)) wipeFile(file);
  }
  return taken;
};

const setNetwork = (directory: string, config: KioskConfig): void => {
  writeDurably(join(directory, 'network/10-kazashi.network'), networkFile(config.network), 0o644);
  const time = timeFile(config.network);
  if (time !== undefined) writeDurably(join(directory, 'timesyncd.conf.d/kazashi.conf'), time, 0o644);
};

/** The card's settings with what the kiosk keeps of them. Throws config/invalid. */
const wholeSettings = (text: string, kept: Secrets): { whole: string; config: KioskConfig } => {
  const whole = putSecrets(text, kept);
  return { whole, config: parseConfig(whole, SETTINGS_FILE) };
};

/** Throws what a disk throws that cannot be read or written. */
export const adopt = (places: AdoptPlaces): Adopted => {
  const { card, settings, network } = places;
  const keys = takeKeys(places);
  const onCard = join(card, SETTINGS_FILE);
  const place = join(settings, SETTINGS_FILE);
  // A cut while the card was being wiped leaves its next text beside it.
  const next = textOf(`${onCard}.kept`);
  if (next !== undefined && /^\0*$/.test(textOf(onCard) ?? '')) writeDurably(onCard, next);
  const text = textOf(onCard);
  const before = textOf(place);
  const effective = text ?? before;
  if (effective === undefined) return { outcome: 'none', keys };
  const kept = keptSecrets(settings);
  let config: KioskConfig;
  let whole: string;
  try {
    ({ config, whole } = wholeSettings(effective, kept));
  } catch (cause) {
    if (!isFailure(cause)) throw cause;
    if (before !== effective) writeDurably(place, effective);
    return { outcome: 'wrong', keys, problem: cause.message };
  }
  if (network !== undefined) setNetwork(network, config);
  if (text === undefined) return { outcome: 'unchanged', keys };
  const apart = takeSecrets(text);
  const { secrets } = takeSecrets(whole);
  // Without what stood beside a secret in its line: the same text at the next start, when the card holds none.
  const settled = putSecrets(apart.text, secrets);
  if (settled !== before) {
    writeDurably(join(settings, SECRETS_FILE), JSON.stringify(secrets));
    writeDurably(place, settled);
  }
  if (apart.text !== text) {
    writeDurably(`${onCard}.kept`, apart.text);
    overwrite(onCard);
    writeDurably(onCard, apart.text);
    wipeFile(`${onCard}.kept`);
  }
  return { outcome: settled === before ? 'unchanged' : 'adopted', keys };
};
