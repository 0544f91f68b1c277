// Files that are there after a loss of power, whole or not at all; and files that are not to be read again.

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, statSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** Rename within a folder, then fsync of it. Throws what the disk throws. */
export const renameDurably = (from: string, to: string): void => {
  renameSync(from, to);
  syncFolder(dirname(to));
};

/** Temporary file, fsync, rename, fsync of the folder, which is made with the same reach when it is missing. Throws what the disk throws. */
export const writeDurably = (file: string, bytes: Uint8Array | string, mode = 0o600): void => {
  mkdirSync(dirname(file), { recursive: true, mode: mode === 0o644 ? 0o755 : 0o700 });
  const handle = openSync(`${file}.new`, 'w', mode);
  try {
    writeFileSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameDurably(`${file}.new`, file);
};

/** Zeroes over the content, fsync. What a flash chip keeps in blocks that it has set aside is out of reach. */
export const overwrite = (file: string): void => {
  const handle = openSync(file, 'r+');
  try {
    writeSync(handle, Buffer.alloc(statSync(file).size), 0, undefined, 0);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** Overwrites and removes. */
export const wipeFile = (file: string): void => {
  overwrite(file);
  unlinkSync(file);
  syncFolder(dirname(file));
};
