// What a technician set at the box itself, over the configuration: loudness and brightness. Kept in the data directory.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const level = z.int().min(1).max(10).optional();
const schema = z.object({ volume: level, brightness: level });

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
