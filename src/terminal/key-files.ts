// The key files a terminal is started with, and the watch over them: a kiosk that joins, leaves or has new keys needs no restart.
// A change that cannot be read leaves the trust as it was.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { asFailure, KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { type KeySet, loadKeySet } from '../uplink/seal-keys.ts';

const LOOK_MS = 2_000;

/** A folder stands for every .json in it. Throws config/invalid naming the path that is not there. */
const filesOf = (paths: readonly string[]): readonly string[] =>
  paths.flatMap((path) => {
    try {
      if (!statSync(path).isDirectory()) return [path];
      return readdirSync(path)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => join(path, name));
    } catch (cause) {
      throw new KioskFailure('config/invalid', { cause, facts: { field: '--keys' }, message: `--keys: ${path} cannot be read` });
    }
  });

/** Whether kiosks can come later: files may be added to a folder. */
export const canGrow = (paths: readonly string[]): boolean =>
  paths.some((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());

const marks = (files: readonly string[]): string =>
  files.map((file) => `${file} ${statSync(file).mtimeMs} ${statSync(file).ino}`).join('\n');

/** Throws config/invalid naming the file. */
export const loadKeyFiles = async (paths: readonly string[]): Promise<readonly KeySet[]> => Promise.all(filesOf(paths).map(loadKeySet));

/** Calls `changed` with all key sets whenever a file of theirs is new, gone or rewritten. Answers the end of the watch. */
export const watchKeyFiles = (
  paths: readonly string[],
  clock: Clock,
  log: Log,
  changed: (sets: readonly KeySet[]) => Promise<void>,
): (() => void) => {
  let seen = marks(filesOf(paths));
  let timer: unknown;
  const look = async (): Promise<void> => {
    try {
      const found = marks(filesOf(paths));
      if (found !== seen) {
        await changed(await loadKeyFiles(paths));
        seen = found;
      }
    } catch (error) {
      log.error('keys-unreadable', { code: asFailure(error, 'config/invalid').code });
    }
    timer = clock.setTimeout(() => void look(), LOOK_MS);
  };
  timer = clock.setTimeout(() => void look(), LOOK_MS);
  return () => clock.clearTimeout(timer);
};
