// The key files of a running kiosk: looked at again and again, so that a rotation needs no restart. A change that cannot be read leaves the keys
// as they were; it is tried again at the next look.

import { statSync } from 'node:fs';

const LOOK_MS = 2_000;

/** Name, time and inode of each file; one that is not there counts as such. */
const marks = (files: readonly string[]): string =>
  files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return `${file} ${found?.mtimeMs ?? 'absent'} ${found?.ino ?? ''}`;
    })
    .join('\n');

/** Calls `changed` when one of the files is new or rewritten. Answers the end of the watch. */
export const watchKeys = (files: readonly string[], changed: () => Promise<void>): (() => void) => {
  let seen = marks(files);
  let timer: NodeJS.Timeout;
  let ended = false;
  const look = async (): Promise<void> => {
    const found = marks(files);
    if (found !== seen) {
      await changed().then(
        () => {
          seen = found;
        },
        () => undefined,
      );
    }
    // A look under way when the watch ends must not wind it up again.
    if (!ended) timer.refresh();
  };
  timer = setTimeout(() => void look(), LOOK_MS).unref();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
};
