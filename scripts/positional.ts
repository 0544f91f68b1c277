// Words after a script's name. An option the script does not know ends it with its usage: `--help` must never become a file's name.

import { parseArgs } from 'node:util';

/** The words; ends the process with status 2 and `usage` when one begins with a hyphen. */
export const positional = (usage: string): string[] => {
  try {
    return parseArgs({ allowPositionals: true, strict: true, options: {} }).positionals;
  } catch {
    process.stderr.write(`usage: ${usage}\n`);
    return process.exit(2);
  }
};
