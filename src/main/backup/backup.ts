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

/** The kiosk's own things that are there already: its identity, and what waits for delivery. */
const identityIn = (directory: string): readonly string[] => {
  const [key, outbox] = [join(directory, 'kiosk.private.json'), join(directory, 'uplink/outbox')];
  return [...(existsSync(key) ? [key] : []), ...(existsSync(outbox) ? readdirSync(outbox).map((name) => join(outbox, name)) : [])];
};

/** Files of the box that are neither the image's nor may be lost, wherever they are. What is the same already is in nobody's way. */
const inTheWay = (root: string, place: string, files: KioskFiles['files']): readonly string[] => {
  const wanted = new Map(files.map(({ path, bytes }) => [join(root, path), Buffer.from(bytes, 'base64')]));
  const there = [...new Set([...identityIn(place), ...[...wanted.keys()].filter((path) => existsSync(path))])];
  return there.filter((path) => wanted.get(path)?.equals(readFileSync(path)) !== true);
};

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
  /** Puts aside what is there, under a name that ends so; undefined: a box with settings, keys or visits of another is refused. */
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
  try {
    const occupied = inTheWay(root, place, files);
    if (occupied.length > 0 && asideAs === undefined)
      throw new KioskFailure('input/invalid', {
        message: `${occupied[0]}${occupied.length > 1 ? ` and ${occupied.length - 1} more` : ''}: this box is a kiosk already; stop it and give --replace, which puts what is there aside`,
        facts: { field: 'replace' },
      });
    if (occupied.length > 0) {
      const aside = (path: string) => renameSync(path, `${path}.before-${asideAs}`);
      // Its content, not the directory itself: that may be a partition.
      const content = existsSync(place) ? readdirSync(place).filter((one) => !one.includes('.before-')) : [];
      for (const name of content) aside(join(place, name));
      for (const path of occupied.filter((one) => !one.startsWith(`${place}/`))) aside(path);
    }
    for (const { path, mode, bytes } of files) writeDurably(join(root, path), Buffer.from(bytes, 'base64'), mode);
    if (process.getuid?.() === 0 && existsSync(place)) {
      const { uid, gid } = statSync(place);
      for (const { path } of files.filter((one) => one.path.startsWith(`${dataDirectory}/`)))
        for (let at = join(root, path); at.length > place.length; at = dirname(at)) chownSync(at, uid, gid);
    }
  } catch (cause) {
    if (isFailure(cause)) throw cause;
    throw new KioskFailure('storage/unwritable', { cause, message: `${root}: cannot be written (${reasonOf(cause)}); run the same command again`, facts: { reason: reasonOf(cause) } }); // biome-ignore format: one sentence
  }
  return { kiosk: head.kiosk, files: files.length };
};
