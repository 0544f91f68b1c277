// `kazashi face eval`: one-to-one verification measured on a folder of pictures and a list of pairs, with the shipped stages.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCardPhoto } from '../../card/twin/jp2.ts';
import { isFailure } from '../../core/failure.ts';
import { type ChipEncoder, embedBoth } from '../../faceauth/evaluation/embed-pictures.ts';
import { type EmbeddedPicture, measureVerification, type NamedPair } from '../../faceauth/evaluation/verification.ts';
import { loadFaceModels } from '../../faceauth/models.ts';
import { toCardPhoto } from '../../faceauth/pictures.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';

const usage = `  kazashi face eval --images DIR --pairs FILE [--chip 240x320] [--json FILE]
                             accuracy, EER and TAR at FAR 1e-2 to 1e-5; FILE holds lines of: path TAB path TAB 1 or 0
      --chip WxH             the first picture of a pair as a card's chip holds it: grey, small, JPEG 2000
`;

/** Pairs of a tab-separated list. Throws input/invalid with the line that is wrong. */
export const parsePairs = (file: string, text: string): NamedPair[] => {
  const pairs = text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === '') return [];
    const [a, b, is, ...rest] = line.split('\t');
    if (!a || !b || (is !== '1' && is !== '0') || rest.length > 0)
      return refuseWords('pairs', `${file}, line ${i + 1}: found "${line.slice(0, 80)}"; needed: path TAB path TAB 1 or 0`);
    return [{ a, b, genuine: is === '1' }];
  });
  return pairs.length > 0 ? pairs : refuseWords('pairs', `${file} holds no pairs`);
};

const chipOf = (text: string | undefined): ChipEncoder | undefined => {
  if (text === undefined) return undefined;
  const [, width, height] =
    /^(\d{2,4})x(\d{2,4})$/.exec(text) ?? refuseWords('chip', `--chip: found "${text}"; allowed: WIDTHxHEIGHT, such as 240x320`);
  return async (picture) => encodeCardPhoto(await toCardPhoto(picture, Number(width), Number(height)));
};

const percent = (value: number | undefined): string => (value === undefined ? '-' : `${(100 * value).toFixed(2)} %`);

export const faceCommand: Command = {
  usage,
  async run(words) {
    const { values } = parseWords(words, usage, {
      options: { images: { type: 'string' }, pairs: { type: 'string' }, chip: { type: 'string' }, json: { type: 'string' } },
    });
    const folder = values.images ?? refuseWords('images', `face eval needs --images DIR\n\n${usage}`);
    const list = values.pairs ?? refuseWords('pairs', `face eval needs --pairs FILE\n\n${usage}`);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) refuseWords('images', `--images: ${folder} is not a folder`);
    if (!existsSync(list)) refuseWords('pairs', `--pairs: ${list} does not exist`);
    const chip = chipOf(values.chip);
    const pairs = parsePairs(list, readFileSync(list, 'utf8'));
    const paths = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
    const missing = paths.find((path) => !existsSync(join(folder, path)));
    if (missing !== undefined) refuseWords('images', `${join(folder, missing)} is named in ${list} and does not exist`);
    const models = await loadFaceModels();
    try {
      const pictures = new Map<string, EmbeddedPicture>();
      const startedAt = performance.now();
      for (const path of paths) {
        const both = await embedBoth(models, readFileSync(join(folder, path)), chip).catch((cause: unknown) => {
          if (!isFailure(cause, 'input/invalid')) throw cause;
          process.stderr.write(`unreadable: ${path}\n`);
          return { card: undefined, frame: undefined };
        });
        pictures.set(path, both);
        if (process.stderr.isTTY && pictures.size % 50 === 0) process.stderr.write(`\r${pictures.size} of ${paths.length} pictures`);
      }
      const msPerPicture = (performance.now() - startedAt) / paths.length;
      const { models: entries, name } = models.manifest;
      const measured = measureVerification(pairs, pictures, [...pictures.values()].find(({ frame }) => frame)?.frame?.length ?? 512);
      const result = { pack: name, embedder: entries.embed.sha256, chip: values.chip ?? null, msPerPicture, ...measured };
      process.stdout.write(`pictures             ${result.pictures} of ${result.people} people
failures to enrol    ${result.failuresToEnrol.card} as card photo, ${result.failuresToEnrol.frame} as camera frame
pairs                ${result.pairs.genuine} genuine, ${result.pairs.impostor} impostor; ${result.impostorPairs} impostor pairs over all pictures
accuracy             ${percent(result.accuracy)}
EER                  ${percent(result.eer)}${result.eerThreshold === undefined ? '' : ` at ${result.eerThreshold.toFixed(3)}`}
FAR        TAR        threshold
${result.rates.map(({ far, tar, threshold }) => `${far.toExponential(0).padEnd(10)} ${percent(tar).padEnd(10)} ${threshold.toFixed(3)}`).join('\n')}
`);
      if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
      return 0;
    } finally {
      await models.close();
    }
  },
};
