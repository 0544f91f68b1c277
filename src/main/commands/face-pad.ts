// `kazashi face pad`: presentation attack detection measured on single pictures of living people and of attacks (ISO/IEC 30107-3).

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFailure } from '../../core/failure.ts';
import { judgeStill } from '../../faceauth/evaluation/judge-still.ts';
import { equalError, rocArea } from '../../faceauth/evaluation/rates.ts';
import { type FaceModels, loadFaceModels } from '../../faceauth/models.ts';
import { DEFAULT_LIVENESS_THRESHOLD } from '../../faceauth/verifier.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';

const usage = `  kazashi face pad --live DIR --spoof DIR [--json FILE]
                             attack detection on single pictures: AUC, EER, APCER and BPCER at the shipped threshold
`;

/** Paths of the JPEG and PNG files below `folder`, sorted. Throws input/invalid when there are none. */
const picturesBelow = (option: string, folder: string | undefined): string[] => {
  if (folder === undefined) return refuseWords(option, `face pad needs --${option} DIR\n\n${usage}`);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return refuseWords(option, `--${option}: ${folder} is not a folder`);
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jpe?g|png)$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
  return found.length > 0 ? found : refuseWords(option, `--${option}: ${folder} holds no .jpg or .png picture`);
};

interface Judged {
  readonly scores: readonly number[];
  readonly noFace: readonly string[];
  readonly unreadable: readonly string[];
}

const judgeAll = async (models: FaceModels, files: readonly string[]): Promise<Judged> => {
  const [scores, noFace, unreadable] = [[] as number[], [] as string[], [] as string[]];
  for (const file of files) {
    try {
      const score = await judgeStill(models, readFileSync(file));
      if (score === undefined) noFace.push(file);
      else scores.push(score);
    } catch (cause) {
      if (!isFailure(cause, 'input/invalid')) throw cause;
      unreadable.push(file);
    }
  }
  return { scores, noFace, unreadable };
};

export const faceCommand: Command = {
  usage,
  async run(words) {
    const { values } = parseWords(words, usage, {
      options: { live: { type: 'string' }, spoof: { type: 'string' }, json: { type: 'string' } },
    });
    const [liveFiles, spoofFiles] = [picturesBelow('live', values.live), picturesBelow('spoof', values.spoof)];
    const models = await loadFaceModels();
    try {
      const live = await judgeAll(models, liveFiles);
      const spoof = await judgeAll(models, spoofFiles);
      const threshold = DEFAULT_LIVENESS_THRESHOLD;
      const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
      const result = {
        threshold,
        live: { n: live.scores.length, noFace: live.noFace.length, unreadable: live.unreadable.length },
        spoof: { n: spoof.scores.length, noFace: spoof.noFace.length, unreadable: spoof.unreadable.length },
        auc: rocArea(live.scores, spoof.scores),
        ...equalError(live.scores, spoof.scores),
        apcer: share(spoof.scores.filter((score) => score >= threshold).length, spoof.scores.length),
        bpcer: share(live.scores.filter((score) => score < threshold).length, live.scores.length),
      };
      const percent = (value: number | null | undefined) => (value === null || value === undefined ? '-' : `${(100 * value).toFixed(2)} %`);
      process.stdout.write(`pictures judged   ${result.live.n} live, ${result.spoof.n} spoof
without a face    ${result.live.noFace} live, ${result.spoof.noFace} spoof
unreadable        ${result.live.unreadable} live, ${result.spoof.unreadable} spoof
AUC               ${result.auc?.toFixed(4) ?? '-'}
EER               ${percent(result.eer)} at ${result.eerThreshold?.toFixed(3) ?? '-'}
APCER at ${threshold.toFixed(2)}     ${percent(result.apcer)}
BPCER at ${threshold.toFixed(2)}     ${percent(result.bpcer)}
`);
      for (const file of [...live.unreadable, ...spoof.unreadable]) process.stderr.write(`unreadable: ${file}\n`);
      if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
      return 0;
    } finally {
      await models.close();
    }
  },
};
