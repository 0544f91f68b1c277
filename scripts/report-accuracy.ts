// Writes docs/accuracy.md and docs/images/det.svg from measurements of the shipped pipeline. Pictures are only read.
//   npm run report:accuracy -- [--faces DIR] [--every 1] [--attacks 24] [--seed 7] [--from DIR] [--keep DIR]
// DIR of --faces holds lfw-dev/ and pairs-dev.txt. --every N takes every Nth person: some ten minutes of one processor for all of them, and as long
// for 24 attacks of each species. --keep writes the figures as faces.json and attacks.json; --from takes them from there instead of measuring
// what is there again.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { detCurve } from './accuracy/det-curve.ts';
import { IN_GROUP_THRESHOLDS } from './accuracy/in-group.ts';
import { type FaceReport, measureFaces } from './accuracy/measure.ts';
import { type Attacks, accuracyPage } from './accuracy/page.ts';
import { readManifest } from './install-models.js';

const { values } = parseArgs({
  options: {
    faces: { type: 'string', default: '../shared/faces' },
    every: { type: 'string', default: '1' },
    attacks: { type: 'string', default: '24' },
    seed: { type: 'string', default: '7' },
    from: { type: 'string' },
    keep: { type: 'string' },
  },
});

const whole = (name: 'every' | 'attacks' | 'seed'): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${name} ${values[name]}: a whole number from 1 is needed.\n`);
  process.exit(2);
};
const [every, attacks, seed] = [whole('every'), whole('attacks'), whole('seed')];
const faces = resolve(values.faces);
const keep = values.keep ?? mkdtempSync(join(tmpdir(), 'kazashi-accuracy-'));
mkdirSync(keep, { recursive: true });

const known = <T>(name: string): T | undefined => {
  const file = values.from === undefined ? undefined : join(values.from, name);
  return file !== undefined && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
};

const facesReport = async (): Promise<FaceReport> => {
  const measured = await measureFaces(faces, every);
  writeFileSync(join(keep, 'faces.json'), `${JSON.stringify(measured)}\n`);
  return measured;
};

const attacksReport = (): Attacks => {
  const file = join(keep, 'attacks.json');
  const words = ['node_modules/tsx/dist/cli.mjs', 'scripts/measure-attacks.ts', '--faces', faces, '--attacks', `${attacks}`, '--seed', `${seed}`, '--json', file]; // biome-ignore format: one row
  const { status } = spawnSync(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 2);
  return JSON.parse(readFileSync(file, 'utf8')) as Attacks;
};

const report = known<FaceReport>('faces.json') ?? (await facesReport());
const attacked = known<Attacks>('attacks.json') ?? attacksReport();
const tree = execFileSync('git', ['rev-parse', '--short=12', 'HEAD:src/faceauth'], { encoding: 'utf8' }).trim();
const det = detCurve([
  ['card chip photo, one frame', '#0b57d0', report.chip.curve],
  ['picture as it is, one frame', '#c5221f', report.plain.curve],
]);
writeFileSync('docs/images/det.svg', det);
writeFileSync('docs/accuracy.md', accuracyPage(report, attacked, { manifest: readManifest(), tree, thresholds: IN_GROUP_THRESHOLDS }));
process.stdout.write('written: docs/accuracy.md and docs/images/det.svg\n');
