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
/** Folder on the card with the kiosk's certificates and keys, as `kazashi site add-kiosk` makes it, the broker's if this box is it, and what vouches for cards. */
const KEYS_FOLDER = 'kazashi';
/** Files whose content is no secret stay readable on the card. */
const PUBLIC =
  /(?:^|\/)(?:trust\/[^/]+|ca\.pem|cert\.pem|crl\.pem|acl|mosquitto\.conf|terminal-keys\.json|[^/]+\.public\.json|kazashi\.toml)$/;

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
  /** Files on the card that should have been wiped and could not be: told, and tried again at the next start. The kiosk works all the same. */
  readonly unwiped: readonly string[];
}

type Settled = Omit<Adopted, 'keys' | 'unwiped'> & {
  /** The card's text without its secrets. */
  readonly rest?: string;
};

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

/** Files taken over, relative; and those that are not to stay on the card. */
const takeKeys = ({ card, settings }: AdoptPlaces): { readonly taken: readonly string[]; readonly secret: readonly string[] } => {
  const folder = join(card, KEYS_FOLDER);
  const taken: string[] = [];
  const secret: string[] = [];
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
    if (!PUBLIC.test(file)) secret.push(file);
  }
  return { taken, secret };
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

/** Text of the card's settings; one whose wiping was cut off is finished first. */
const textOfCard = (file: string): string | undefined => {
  const next = textOf(`${file}.kept`);
  const text = textOf(file);
  return next !== undefined && /^\0*$/.test(text ?? '') ? next : text;
};

const settle = ({ settings, network }: AdoptPlaces, text: string | undefined): Settled => {
  const place = join(settings, SETTINGS_FILE);
  const before = textOf(place);
  const effective = text ?? before;
  if (effective === undefined) return { outcome: 'none' };
  let config: KioskConfig;
  let whole: string;
  try {
    ({ config, whole } = wholeSettings(effective, keptSecrets(settings)));
  } catch (cause) {
    if (!isFailure(cause)) throw cause;
    if (before !== effective) writeDurably(place, effective);
    return { outcome: 'wrong', problem: cause.message };
  }
  if (network !== undefined) setNetwork(network, config);
  if (text === undefined) return { outcome: 'unchanged' };
  const apart = takeSecrets(text);
  const { secrets } = takeSecrets(whole);
  // Without what stood beside a secret in its line: the same text at the next start, when the card holds none.
  const settled = putSecrets(apart.text, secrets);
  if (settled !== before) {
    writeDurably(join(settings, SECRETS_FILE), JSON.stringify(secrets));
    writeDurably(place, settled);
  }
  return { outcome: settled === before ? 'unchanged' : 'adopted', rest: apart.text };
};

/** The card's settings become `rest`; at every moment of it one whole text is there. */
const replaceOnCard = (file: string, rest: string): void => {
  if (textOf(file) !== rest) {
    writeDurably(`${file}.kept`, rest);
    overwrite(file);
    writeDurably(file, rest);
  }
  if (existsSync(`${file}.kept`)) wipeFile(`${file}.kept`);
};

/** Throws what the settings' disk throws that cannot be read or written; a card that cannot be written stops nothing. */
export const adopt = (places: AdoptPlaces): Adopted => {
  const { taken: keys, secret } = takeKeys(places);
  const onCard = join(places.card, SETTINGS_FILE);
  const { rest, ...settled } = settle(places, textOfCard(onCard));
  const unwiped: string[] = [];
  const clean = (file: string, work: () => void) => {
    try {
      work();
    } catch {
      unwiped.push(relative(places.card, file));
    }
  };
  for (const file of secret) clean(file, () => wipeFile(file));
  if (rest !== undefined) clean(onCard, () => replaceOnCard(onCard, rest));
  return { ...settled, keys, unwiped };
};
