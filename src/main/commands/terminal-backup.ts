// `kazashi terminal-backup` and the way back, `kazashi terminal-restore`.

import { backUp, restore } from '../../terminal/store/backup.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';

const usage = `  kazashi terminal-backup --data DIR --to FILE      copies a terminal's database, also while it runs; in a folder each copy gets a name of its own
  kazashi terminal-restore --data DIR --from FILE   puts a copy back; the terminal must be stopped, what was there is kept beside it
`;
const OPTIONS = { data: { type: 'string' }, to: { type: 'string' }, from: { type: 'string' } } as const;

const given = (words: readonly string[], other: 'to' | 'from'): readonly [string, string] => {
  const { values } = parseWords(words, usage, { options: OPTIONS });
  const { data, [other]: file } = values;
  if (data === undefined) return refuseWords('data', `--data DIR is missing\n\n${usage}`);
  if (file === undefined) return refuseWords(other, `--${other} FILE is missing\n\n${usage}`);
  return [data, file];
};

export const command: Command = {
  usage,
  async run(words) {
    const [data, file] = given(words, 'to');
    const copy = backUp(data, file);
    process.stdout.write(`${copy.file}: ${copy.visits} visits\n`);
    return undefined;
  },
};

export const restoreCommand: Command = {
  usage: '',
  async run(words) {
    const [data, file] = given(words, 'from');
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    process.stdout.write(`${data}: ${restore(file, data, stamp)} visits\n`);
    return undefined;
  },
};
