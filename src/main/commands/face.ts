// `kazashi face WORD`: measures the face match, the attack detection and the card-face reader on folders of pictures. One file per word.

import { asksForHelp, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';

/** Another word is one line here and a file that exports `faceCommand`. */
const WORDS: Readonly<Record<string, () => Promise<Command>>> = {
  code: async () => (await import('./face-code.ts')).faceCommand,
  eval: async () => (await import('./face-eval.ts')).faceCommand,
  pad: async () => (await import('./face-pad.ts')).faceCommand,
};

const usageOf = async (): Promise<string> => (await Promise.all(Object.values(WORDS).map(async (load) => (await load()).usage))).join('');

export const command: Command = {
  usage: `  kazashi face WORD          measures the pipeline on folders of pictures: ${Object.keys(WORDS).join(', ')} (kazashi face help)
`,
  helps: true,
  async run([word, ...rest]) {
    if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
      process.stdout.write(await usageOf());
      return word === undefined ? 2 : 0;
    }
    const load = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (load === undefined) return refuseWords('face', `face ${word}: allowed: ${Object.keys(WORDS).join(', ')}\n\n${await usageOf()}`);
    const chosen = await load();
    if (!asksForHelp(rest)) return chosen.run(rest);
    process.stdout.write(chosen.usage);
    return 0;
  },
};
