// `kazashi face code`: the reader of printed card faces measured on single pictures of cards on a tray.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isFailure } from '../../core/failure.ts';
import { openCardFaceNetwork } from '../../faceauth/card-face/network.ts';
import { DEFAULT_FLOOR } from '../../faceauth/card-face/pixel-card-face-reader.ts';
import { type FrameReading, readPicture } from '../../faceauth/card-face/read-frame.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';

const usage = `  kazashi face code --images DIR [--codes FILE] [--year YYYY] [--json FILE]
                             照合番号B read from pictures of cards, one at a time (the kiosk wants two that agree);
                             with DIR/codes.tsv, or FILE, of lines "picture<TAB>14 digits": right, wrong, not read
`;

/** Name and digits by line. Throws input/invalid with the line's number. */
const codesOf = (file: string): Map<string, string> =>
  new Map(
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line, i) => [line.trim(), i + 1] as const)
      .filter(([line]) => line !== '')
      .map(([line, number]) => {
        const [name = '', digits = ''] = line.split('\t');
        if (!/^\d{14}$/.test(digits))
          return refuseWords('codes', `${file}, line ${number}: a picture's name, a tab and 14 digits are needed`);
        return [name, digits];
      }),
  );

const picturesOf = (folder: string | undefined): string[] => {
  if (folder === undefined) return refuseWords('images', `face code needs --images DIR\n\n${usage}`);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return refuseWords('images', `--images: ${folder} is not a folder`);
  const found = readdirSync(folder)
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .sort();
  return found.length > 0 ? found : refuseWords('images', `--images: ${folder} holds no .jpg or .png picture`);
};

const yearOf = (word: string | undefined): number => {
  if (word === undefined) return new Date().getUTCFullYear();
  return /^\d{4}$/.test(word) ? Number(word) : refuseWords('year', `--year: found "${word}"; allowed: four digits`);
};

/** Outcome of one picture in one word. The digits themselves are shown only where the caller brought the true ones. */
const wordFor = (reading: FrameReading, truth: string | undefined): string => {
  if (reading.outcome === 'not-read') return reading.reason;
  if (truth === undefined) return 'read';
  return Buffer.from(reading.code).toString('latin1') === truth ? 'right' : 'wrong';
};

export const faceCommand: Command = {
  usage,
  async run(words) {
    const { values } = parseWords(words, usage, {
      options: { images: { type: 'string' }, codes: { type: 'string' }, year: { type: 'string' }, json: { type: 'string' } },
    });
    const pictures = picturesOf(values.images);
    const folder = values.images as string;
    const file = values.codes ?? join(folder, 'codes.tsv');
    if (values.codes !== undefined && !existsSync(file)) return refuseWords('codes', `--codes: ${file} is not there`);
    const codes = existsSync(file) ? codesOf(file) : undefined;
    const rules = { year: yearOf(values.year), floor: DEFAULT_FLOOR };
    const network = await openCardFaceNetwork();
    const outcomes: Record<string, number> = {};
    const each: { picture: string; outcome: string; sureness: number }[] = [];
    let ms = 0;
    try {
      for (const picture of pictures) {
        const bytes = readFileSync(join(folder, picture));
        const startedAt = performance.now();
        const reading = await readPicture(network, bytes, rules).catch((cause: unknown) => {
          if (!isFailure(cause, 'input/invalid')) throw cause;
          return { outcome: 'not-read', reason: 'no-picture', sureness: 0 } as const;
        });
        ms += performance.now() - startedAt;
        const outcome =
          reading.outcome === 'not-read' && reading.reason === 'no-picture'
            ? 'no-picture'
            : wordFor(reading as FrameReading, codes?.get(basename(picture)));
        if (reading.outcome === 'read') reading.code.fill(0);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        each.push({ picture, outcome, sureness: Math.round(reading.sureness * 1000) / 1000 });
        if (outcome !== 'right' && outcome !== 'read') process.stderr.write(`${outcome}: ${picture}\n`);
      }
    } finally {
      await network.close();
    }
    const accepted = (outcomes['right'] ?? 0) + (outcomes['wrong'] ?? 0) + (outcomes['read'] ?? 0);
    const result = {
      pictures: pictures.length,
      accepted,
      outcomes,
      floor: rules.floor,
      msPerPicture: Math.round(ms / pictures.length),
      each,
    };
    process.stdout.write(
      `pictures     ${pictures.length}\naccepted     ${accepted} (${((100 * accepted) / pictures.length).toFixed(2)} %), every digit at least ${rules.floor} sure\n`,
    );
    for (const [outcome, count] of Object.entries(outcomes)) process.stdout.write(`${outcome.padEnd(12)} ${count}\n`);
    process.stdout.write(`ms/picture   ${result.msPerPicture}\n`);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
    return 0;
  },
};
