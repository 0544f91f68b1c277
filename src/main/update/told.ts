// What an update is at, for the kiosk, which may not look into the update's own folder: one file below /run that everybody may read. It is
// written anew at every start and at every step, so that the self-test on the panel and the terminal say it.

import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

export const TOLD_FILE = 'run/kazashi-update/told.json';

const outcome = z.object({
  version: z.string(),
  result: z.enum(['confirmed', 'returned', 'interrupted']),
  at: z.string(),
  reason: z.string().optional(),
});
const toldSchema = z.object({
  phase: z.enum(['idle', 'writing', 'trying']),
  /** Of the update that is under way. */
  version: z.string().optional(),
  last: outcome.optional(),
  /** Why the bundle that was offered last was not taken. */
  refused: z.string().optional(),
});
export type UpdateTold = z.infer<typeof toldSchema>;

/** undefined: nothing was told since the box was started, or nothing that can be read. */
export const readTold = (root: string): UpdateTold | undefined => {
  try {
    return toldSchema.safeParse(JSON.parse(readFileSync(join(root, TOLD_FILE), 'utf8'))).data;
  } catch {
    return undefined;
  }
};

/** Whole or not at all, readable by all. Throws what the disk throws. */
export const writeTold = async (told: UpdateTold, root = '/'): Promise<void> => {
  const file = join(root, TOLD_FILE);
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  await writeFile(`${file}.new`, JSON.stringify(toldSchema.parse(told)), { mode: 0o644 });
  await rename(`${file}.new`, file);
};
