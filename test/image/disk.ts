// A disk's image from outside: where its partitions are, and what lies there.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

const SECTOR = 512;
const PIECE = 1024 * 1024;

export interface Place {
  /** In bytes. */
  readonly start: number;
  readonly bytes: number;
}

/** Finds a partition by its name. Throws when there is none. */
export const partitionsOf = (disk: string): ((name: string) => Place) => {
  const table = execFileSync('/usr/sbin/sfdisk', ['-d', disk], { encoding: 'utf8' });
  return (name) => {
    const [, start, size] = new RegExp(`start=\\s*(\\d+), size=\\s*(\\d+).*name="${name}"`).exec(table) ?? [];
    if (start === undefined || size === undefined) throw new Error(`${disk}: no partition ${name}`);
    return { start: Number(start) * SECTOR, bytes: Number(size) * SECTOR };
  };
};

/** Copies folders of the data partition into `to`, as the next start finds them, and answers which are not there. Throws when it cannot be mended. */
export const takeFolders = (disk: string, to: string, ...folders: readonly string[]): readonly string[] => {
  const { start, bytes } = partitionsOf(disk)('kazashi-data');
  const copy = join(to, 'data.img');
  const place = [`skip=${start / PIECE}`, `count=${bytes / PIECE}`];
  mkdirSync(to, { recursive: true });
  execFileSync('dd', [`if=${disk}`, `of=${copy}`, `bs=${PIECE}`, ...place, 'conv=sparse', 'status=none']);
  const mended = (how: string) => (spawnSync('/usr/sbin/e2fsck', [how, copy], { stdio: 'ignore' }).status ?? 8) < 4;
  if (!mended('-p') && !mended('-y') && !mended('-y')) throw new Error('the data partition cannot be mended');
  for (const folder of folders) execFileSync('/usr/sbin/debugfs', ['-R', `rdump ${folder} ${to}`, copy], { stdio: 'pipe' });
  rmSync(copy);
  return folders.filter((folder) => !existsSync(join(to, basename(folder))));
};

/** SHA-256 of a file, or of a place in it. */
export const digestOf = (file: string, place: Place = { start: 0, bytes: statSync(file).size }): string => {
  const handle = openSync(file, 'r');
  const hash = createHash('sha256');
  const piece = Buffer.alloc(PIECE);
  try {
    for (let done = 0; done < place.bytes; ) {
      const read = readSync(handle, piece, 0, Math.min(PIECE, place.bytes - done), place.start + done);
      if (read === 0) break;
      hash.update(piece.subarray(0, read));
      done += read;
    }
    return hash.digest('hex');
  } finally {
    closeSync(handle);
  }
};
