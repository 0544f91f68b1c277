// The few file system calls that durability is made of, one method per system call that can fail or be cut off by a loss of power.
// The port exists so that every one of them can be made to fail in a test; the adapter adds nothing of its own.

import { open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { makeDirectories } from '../core/directories.ts';

export interface DurableFile {
  write(bytes: Uint8Array): Promise<void>;
  /** fsync(2) */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** All reject with an Error whose `code` is the errno name (ENOSPC, EIO, EROFS, …). */
export interface DurableFs {
  /** With parents, mode 0700; an existing folder is fine. */
  makeDirectory(path: string): Promise<void>;
  /** A new file, mode 0600; EEXIST when it is there already. */
  create(path: string): Promise<DurableFile>;
  /** undefined when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  list(path: string): Promise<readonly string[]>;
  rename(from: string, to: string): Promise<void>;
  /** A file that is not there is fine. */
  remove(path: string): Promise<void>;
  /** fsync(2) of the folder: makes creations, renames and removals in it durable. */
  syncDirectory(path: string): Promise<void>;
}

const code = (error: unknown): string => String((error as NodeJS.ErrnoException | undefined)?.code ?? 'UNKNOWN');

/** errno name of what a DurableFs threw. */
export const errnoName = code;

export const nodeDurableFs: DurableFs = {
  makeDirectory: async (path) => {
    makeDirectories(path);
  },
  create: async (path) => {
    const handle = await open(path, 'wx', 0o600);
    return { write: (bytes) => handle.writeFile(bytes), sync: () => handle.sync(), close: () => handle.close() };
  },
  read: async (path) => {
    try {
      return await readFile(path);
    } catch (error) {
      if (code(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  list: (path) => readdir(path),
  rename,
  // unlink(2) alone: rm() asks lstat(2) first.
  remove: async (path) => {
    try {
      await unlink(path);
    } catch (error) {
      if (code(error) !== 'ENOENT') throw error;
    }
  },
  syncDirectory: async (path) => {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
