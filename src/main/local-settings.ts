// What a technician set at the box itself, over the configuration: loudness, brightness, the touch panel's map. Kept in the data directory.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const level = z.int().min(1).max(10).optional();
/** A map that folds the panel to a line is none. */
const affine = z
  .tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()])
  .refine(([a, b, , d, e]) => Math.abs(a * e - b * d) > 0.01)
  .optional();
const schema = z.object({ volume: level, brightness: level, touch: affine });

export type LocalSettings = z.infer<typeof schema>;

const fileIn = (directory: string): string => join(directory, 'set-here.json');

/** Nothing where there is no file, or none that can be used. */
export const readLocalSettings = (directory: string): LocalSettings => {
  try {
    return schema.parse(JSON.parse(readFileSync(fileIn(directory), 'utf8')));
  } catch {
    return {};
  }
};

/** Throws what the disk throws. */
export const keepLocalSettings = (directory: string, settings: LocalSettings): void => {
  const draft = `${fileIn(directory)}.new`;
  writeFileSync(draft, `${JSON.stringify(settings)}\n`, { mode: 0o600 });
  renameSync(draft, fileIn(directory));
};
