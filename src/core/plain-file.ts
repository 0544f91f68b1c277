// Reading a file that somebody named: asked what it is before a byte is read. A device has no end, a pipe may have no beginning.

import { readFileSync, statSync } from 'node:fs';

/** Why there are no bytes, as the end of a sentence that begins with the file's name; `reason`: errno name, or what is wrong with it. */
export interface NoFile {
  readonly fault: string;
  readonly reason: string;
}

/** The bytes of a plain file of at most `limit` bytes. */
export const readPlainFile = (path: string, limit: number): Uint8Array | NoFile => {
  try {
    const about = statSync(path);
    if (about.isDirectory()) return { fault: 'is a directory, not a file', reason: 'EISDIR' };
    if (!about.isFile()) return { fault: 'is no plain file', reason: 'not-plain' };
    if (about.size > limit) return { fault: `${about.size} bytes; at most ${limit} are allowed`, reason: 'too-large' };
    const bytes = readFileSync(path);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    return { fault: reason === 'ENOENT' ? 'is missing' : 'cannot be read', reason };
  }
};
