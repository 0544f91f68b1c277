// How the last copies of this machine's data went (G10), in a small file beside the database: the command that copies is another process than the
// one whose page tells of it. Nothing about a person stands there. A file that cannot be read counts as none: this is a courtesy, not evidence.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const copiesSchema = z.object({
  /** ISO 8601. The newest copy that was checked. */
  madeAt: z.iso.datetime().optional(),
  /** The newest try, where it failed. */
  failedAt: z.iso.datetime().optional(),
  /** Staff want to hear no more of failures, until the next copy succeeds. */
  silenced: z.boolean().default(false),
});
export type Copies = z.output<typeof copiesSchema>;

export interface CopyRecord {
  read(): Copies;
  made(at: string): void;
  failed(at: string): void;
  /** Without effect before the first copy exists: a machine that has none must not be quiet about it. */
  silence(): void;
}

/** The record in a terminal's data directory. Never throws: a copy that was made is made, noted or not. */
export const createCopyRecord = (directory: string): CopyRecord => {
  const file = join(directory, 'copies.json');
  const read = (): Copies => {
    try {
      return copiesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      return { silenced: false };
    }
  };
  const write = (copies: Copies): void => {
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify(copies)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch {
      // The disk that cannot be written shows elsewhere.
    }
  };
  return {
    read,
    made: (at) => write({ madeAt: at, silenced: false }),
    failed: (at) => write({ ...read(), failedAt: at }),
    silence: () => {
      const copies = read();
      if (copies.madeAt !== undefined) write({ ...copies, silenced: true });
    },
  };
};
