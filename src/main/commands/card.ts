// `kazashi card`: virtual cards as directories of plain files, and what a kiosk sees of any card.

import { asksForHelp, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';

const ACTIONS: Readonly<Record<string, () => Promise<Command>>> = {
  make: async () => (await import('./card-make.ts')).command,
  show: async () => (await import('./card-show.ts')).command,
  serve: async () => (await import('./card-serve.ts')).command,
  read: async () => (await import('./card-read.ts')).command,
};

const usage = `  kazashi card make DIR     a virtual My Number Card as a directory of plain files to read and edit
  kazashi card show DIR     prints such a directory
  kazashi card serve DIR    puts it into a virtual PC/SC reader, for any card software
  kazashi card read         what the kiosk sees of a card, secrets masked
      (kazashi card make --help and so on: every option)
`;

export const command: Command = {
  usage,
  helps: true,
  async run([action, ...words]) {
    if (action === '--help' || action === '-h') {
      process.stdout.write(usage);
      return 0;
    }
    const load = action !== undefined && Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (load === undefined) {
      return refuseWords(
        'action',
        `card: found ${action === undefined ? 'nothing' : `"${action}"`}; allowed: ${Object.keys(ACTIONS).join(', ')}\n\n${usage}`,
      );
    }
    const chosen = await load();
    if (!asksForHelp(words)) return chosen.run(words);
    process.stdout.write(chosen.usage);
    return 0;
  },
};
