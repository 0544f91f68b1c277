// `kazashi provision`: settings and keys onto an image or a written card, from a laptop, without root. mtools writes the FAT partition.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readConfig } from '../../config/read.ts';
import { KioskFailure } from '../../core/failure.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { settingsPartition } from '../provision/image-partition.ts';

const usage = `  kazashi provision --image FILE --config FILE [--keys DIR] [--broker DIR] [--trust DIR]
                             checks a kazashi.toml and writes it into an unpacked image or onto a written card (no root needed for an image)
      --keys DIR             the kiosk's folder as \`kazashi site add-kiosk\` made it: certificates and keys
      --broker DIR           the site's broker folder, for the kiosk that is the site's broker as well
      --trust DIR            the certificates that vouch for cards; the box has them as reader.trustAnchors = "/etc/kazashi/trust"
`;

const mtools = (tool: string, words: readonly string[]): void => {
  try {
    execFileSync(tool, words, { env: { ...process.env, MTOOLS_SKIP_CHECK: '1' }, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (cause) {
    const { code, stderr } = cause as NodeJS.ErrnoException & { stderr?: string };
    const message =
      code === 'ENOENT'
        ? `${tool} is missing: install mtools (apt-get install mtools, brew install mtools)`
        : `${tool}: ${stderr?.trim() ?? 'failed'}; nothing else was changed, run the same command again when that is mended`;
    throw new KioskFailure('storage/unwritable', { cause, message, facts: { reason: code ?? tool } });
  }
};

const folderFiles = (option: string, directory: string): readonly string[] => {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) return refuseWords(option, `--${option} ${directory}: is no folder`);
  return readdirSync(directory)
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile() && basename(file) !== 'kazashi.toml');
};

export const command: Command = {
  usage,
  async run(words) {
    const { values } = parseWords(words, usage, {
      options: {
        image: { type: 'string' },
        config: { type: 'string' },
        keys: { type: 'string' },
        broker: { type: 'string' },
        trust: { type: 'string' },
      },
    });
    const {
      image = refuseWords('image', `provision needs --image FILE\n\n${usage}`),
      config = refuseWords('config', `provision needs --config FILE\n\n${usage}`),
    } = values;
    const { site, kiosk } = readConfig(config);
    const keys = values.keys === undefined ? [] : folderFiles('keys', values.keys);
    const broker = values.broker === undefined ? [] : folderFiles('broker', values.broker);
    const own =
      values.broker === undefined || !existsSync(join(values.broker, 'conf.d')) ? [] : folderFiles('broker', join(values.broker, 'conf.d'));
    const trust = values.trust === undefined ? [] : folderFiles('trust', values.trust);
    const drive = `${resolve(image)}@@${settingsPartition(image)}`;
    const copy = (files: readonly string[], to: string): void => mtools('mcopy', ['-i', drive, '-o', '-n', '-Q', ...files, `::${to}`]);
    const folder = (name: string): void => {
      if (spawnSync('mdir', ['-i', drive, '-b', `::${name}`], { stdio: 'ignore' }).status !== 0) mtools('mmd', ['-i', drive, `::${name}`]);
    };
    const count = keys.length + broker.length + own.length + trust.length;
    if (count > 0) folder('/kazashi');
    if (keys.length > 0) copy(keys, '/kazashi/');
    for (const [name, files] of Object.entries({ broker, 'broker/conf.d': own, trust })) {
      if (files.length === 0) continue;
      folder(`/kazashi/${name}`);
      copy(files, `/kazashi/${name}/`);
    }
    // Last: a card with settings has its keys.
    copy([resolve(config)], '/kazashi.toml');
    process.stdout.write(`${image}: ${kiosk.id} at ${site.id}, ${count} files of keys and certificates\n`);
    return 0;
  },
};
