// A kiosk into one sealed file, and out of it onto a new box that goes on as the same kiosk.

import { chownSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { readConfig } from '../../config/read.ts';
import { isFailure, KioskFailure } from '../../core/failure.ts';
import { renameDurably, writeDurably } from '../provision/durable.ts';
import { collectKiosk, contentSchema, type KioskFiles } from './kiosk-files.ts';
import { openBackup, sealBackup } from './sealed-file.ts';

/** The sentence of the users' quick guide. */
const SENTENCE = 'システムイメージ作成に失敗しました。';

const reasonOf = (cause: unknown): string => (cause as NodeJS.ErrnoException).code ?? 'unknown';

const quietlyRemove = (file: string): void => {
  try {
    rmSync(file, { force: true });
  } catch {
    // The disk that could not be written: its own failure is the one to tell.
  }
};

/** Writes beside `to`, reads it back and opens it, then puts it in its place. Answers how many files it holds. Throws input/invalid, config/invalid, storage/unwritable with the guide's sentence. */
export const backUpKiosk = (configFile: string, to: string, passphrase: Uint8Array, at: string): number => {
  const config = readConfig(configFile);
  // Only what was read back takes the place of an older image.
  const draft = `${to}.tmp`;
  try {
    const kiosk = collectKiosk(configFile, config);
    const content = Buffer.from(JSON.stringify(kiosk));
    writeDurably(draft, sealBackup({ site: config.site.id, kiosk: config.kiosk.id, at }, content, passphrase));
    const again = openBackup(readFileSync(draft), passphrase, draft).content;
    if (!content.equals(again)) throw Object.assign(new Error('differs'), { code: 'EIO' });
    renameDurably(draft, to);
    return kiosk.files.length;
  } catch (cause) {
    quietlyRemove(draft);
    if (isFailure(cause) && cause.facts['field'] === 'passphrase') throw cause;
    throw new KioskFailure('storage/unwritable', {
      cause,
      message: `${SENTENCE} ${to}: ${isFailure(cause) ? cause.message : reasonOf(cause)}; use another disk, an older image was not touched`,
      facts: { reason: reasonOf(cause) },
    });
  }
};

/** The kiosk's own things that are there already. */
const identityIn = (directory: string): boolean =>
  existsSync(join(directory, 'kiosk.private.json')) ||
  (existsSync(join(directory, 'uplink/outbox')) && readdirSync(join(directory, 'uplink/outbox')).length > 0);

const parsed = (content: Uint8Array, name: string): KioskFiles => {
  const { data } = contentSchema.safeParse(JSON.parse(Buffer.from(content).toString('utf8')));
  if (data === undefined || data.files.some(({ path }) => normalize(path) !== path))
    throw new KioskFailure('input/invalid', {
      message: `${name}: its content is not a kiosk's; nothing was changed`,
      facts: { field: 'from' },
    });
  return data;
};

export interface RestoreOptions {
  /** Where the box's root is: "/" on the box itself. */
  readonly root: string;
  /** Puts aside what is there, under a name that ends so; undefined: a box that is a kiosk already is refused. */
  readonly asideAs?: string;
}

/** Puts every file where it was; the kiosk must be stopped. Throws input/invalid, storage/unwritable. */
export const restoreKiosk = (
  from: string,
  passphrase: Uint8Array,
  { root, asideAs }: RestoreOptions,
): { readonly kiosk: string; readonly files: number } => {
  let sealed: Uint8Array;
  try {
    sealed = readFileSync(from);
  } catch (cause) {
    throw new KioskFailure('input/invalid', {
      cause,
      message: `--from ${from}: cannot be read (${reasonOf(cause)})`,
      facts: { field: 'from' },
    });
  }
  const { head, content } = openBackup(sealed, passphrase, from);
  const { dataDirectory, files } = parsed(content, from);
  const place = join(root, dataDirectory);
  const occupied = identityIn(place);
  if (occupied && asideAs === undefined)
    throw new KioskFailure('input/invalid', {
      message: `${place}: this box is a kiosk already; stop it and give --replace, which puts what is there aside`,
      facts: { field: 'replace' },
    });
  try {
    // Its content, not the directory itself: that may be a partition.
    if (occupied && asideAs !== undefined)
      for (const name of readdirSync(place).filter((one) => !one.includes('.before-')))
        renameSync(join(place, name), join(place, `${name}.before-${asideAs}`));
    for (const { path, mode, bytes } of files) writeDurably(join(root, path), Buffer.from(bytes, 'base64'), mode);
    if (process.getuid?.() === 0 && existsSync(place)) {
      const { uid, gid } = statSync(place);
      for (const { path } of files.filter((one) => one.path.startsWith(`${dataDirectory}/`)))
        for (let at = join(root, path); at.length > place.length; at = dirname(at)) chownSync(at, uid, gid);
    }
  } catch (cause) {
    throw new KioskFailure('storage/unwritable', { cause, message: `${root}: cannot be written (${reasonOf(cause)}); run the same command again`, facts: { reason: reasonOf(cause) } }); // biome-ignore format: one sentence
  }
  return { kiosk: head.kiosk, files: files.length };
};
