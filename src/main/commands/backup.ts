// `kazashi backup` and the way back, `kazashi restore`.

import { readFileSync } from 'node:fs';
import { parseWords, refuseWords } from '../arguments.ts';
import { openSecretSource } from '../ask-secret.ts';
import { backUpKiosk, restoreKiosk } from '../backup/backup.ts';
import type { Command } from '../command.ts';

const usage = `  kazashi backup --config FILE --to FILE [--passphrase-file FILE]
                             an encrypted image of this kiosk: settings, keys, certificates, visits that wait; also while it runs
  kazashi restore --from FILE [--passphrase-file FILE] [--replace] [--root DIR]
                             makes a box the kiosk of the image; the kiosk must be stopped, and the old box must stay off
      --replace              where the box has settings, keys or visits already: they are put aside, none is overwritten
      --root DIR             root of the box, where it is not this machine's own (/)
`;

const passphraseOf = async (file: string | undefined): Promise<Uint8Array> => {
  if (file !== undefined) {
    try {
      return Buffer.from(readFileSync(file, 'utf8').replace(/\r?\n$/, ''));
    } catch (cause) {
      return refuseWords('passphrase-file', `--passphrase-file ${file}: cannot be read (${(cause as NodeJS.ErrnoException).code})`);
    }
  }
  const source = openSecretSource();
  try {
    return await source.ask('passphrase', 'passphrase');
  } finally {
    source.close();
  }
};

const withPassphrase = async <T>(file: string | undefined, run: (passphrase: Uint8Array) => T): Promise<T> => {
  const passphrase = await passphraseOf(file);
  try {
    return run(passphrase);
  } finally {
    passphrase.fill(0);
  }
};

const now = (): string => new Date().toISOString();

export const command: Command = {
  usage,
  async run(words) {
    const { values } = parseWords(words, usage, {
      options: { config: { type: 'string' }, to: { type: 'string' }, 'passphrase-file': { type: 'string' } },
    });
    const {
      config = refuseWords('config', `backup needs --config FILE\n\n${usage}`),
      to = refuseWords('to', `backup needs --to FILE\n\n${usage}`),
    } = values;
    const files = await withPassphrase(values['passphrase-file'], (passphrase) => backUpKiosk(config, to, passphrase, now()));
    process.stdout.write(`${to}: ${files} files, read back and opened\n`);
    return 0;
  },
};

export const restoreCommand: Command = {
  usage: '',
  async run(words) {
    const { values } = parseWords(words, usage, {
      options: {
        from: { type: 'string' },
        'passphrase-file': { type: 'string' },
        replace: { type: 'boolean', default: false },
        root: { type: 'string', default: '/' },
      },
    });
    const { from = refuseWords('from', `restore needs --from FILE\n\n${usage}`), root, replace } = values;
    const aside = replace ? { asideAs: now().replace(/\D/g, '').slice(0, 14) } : {};
    const { kiosk, files } = await withPassphrase(values['passphrase-file'], (passphrase) =>
      restoreKiosk(from, passphrase, { root, ...aside }),
    );
    process.stdout.write(`${kiosk}: ${files} files are back; start the kiosk, and never the old box again\n`);
    return 0;
  },
};
