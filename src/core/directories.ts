// Making a directory: here, beside plain-file.ts, because terminal, uplink, card and main all need it and share nothing else.

import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes a directory (0700) and those above it. Where none can be made, as under /proc, Node's own recursive mkdir never returns. Throws what mkdir(2) says. */
export const makeDirectories = (path: string): void => {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path || existsSync(above)) throw error;
    makeDirectories(above);
    mkdirSync(path, { mode: 0o700 });
  }
};
