// `kazashi adopt`: run by the image as root before everything that needs settings.

import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { adopt } from '../provision/adopt.ts';

const usage = `  kazashi adopt --card DIR --settings DIR [--network DIR]
                             at the start of the image: settings and keys of the card's FAT partition become the kiosk's, secrets are wiped
                             from the card; a wrong file is left for the panel to say
`;

export const command: Command = {
  usage,
  async run(words) {
    const { values } = parseWords(words, usage, {
      options: { card: { type: 'string' }, settings: { type: 'string' }, network: { type: 'string' } },
    });
    const {
      card = refuseWords('card', `adopt needs --card DIR\n\n${usage}`),
      settings = refuseWords('settings', `adopt needs --settings DIR\n\n${usage}`),
      network,
    } = values;
    const { outcome, keys, problem, unwiped } = adopt({ card, settings, ...(network === undefined ? {} : { network }) });
    process.stdout.write(`settings ${outcome}, ${keys.length} key files taken over\n`);
    for (const file of unwiped) process.stderr.write(`${file}: could not be wiped from the card; make the card writable, or destroy it\n`);
    if (problem !== undefined) process.stderr.write(`${problem}\n`);
    return 0;
  },
};
