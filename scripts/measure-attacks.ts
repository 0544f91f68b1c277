// Measures presentation attack detection as the kiosk decides: APCER per species over generated attacks moved by a hand, BPCER over people who sway
// a little as everybody does, and over stills (ISO/IEC 30107-3). Each is watched until the kiosk would act, at most LOOPS times through its motion.
//   npm run bench:attacks -- [--people 300] [--swaying 100] [--attacks 24] [--frames 12] [--seed 1] [--faces DIR] [--json FILE]
// DIR holds lfw-dev/ and pairs-dev.txt. Pictures are only read. `--attacks` counts per species; each shows another person, and the seeds differ
// from those the weights were fitted to.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { FaceHint } from '../src/core/screens.ts';
import { SpoofEvidence } from '../src/faceauth/antispoof/spoof-evidence.ts';
import { ATTACK_SPECIES, type AttackSpecies, planAttack, seededRandom } from '../src/faceauth/camera/attack-plan.ts';
import { composeAttack } from '../src/faceauth/camera/attacks.ts';
import { FRAME, stagePerson } from '../src/faceauth/camera/staging.ts';
import { planSway, swayPerson } from '../src/faceauth/camera/swaying-person.ts';
import { type Look, lookAt } from '../src/faceauth/look.ts';
import { loadFaceModels } from '../src/faceauth/models.ts';
import { decodePicture, encodeJpeg } from '../src/faceauth/pictures.ts';
import type { Picture } from '../src/faceauth/ports.ts';
import { ALL_SCALES, detectFaces, findLandmarks, fivePoints } from '../src/faceauth/stages.ts';
import { DEFAULT_LIVENESS_THRESHOLD, ENOUGH_FRAMES } from '../src/faceauth/verifier.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '300' },
    swaying: { type: 'string', default: '100' },
    attacks: { type: 'string', default: '24' },
    frames: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
    faces: { type: 'string', default: '../shared/faces' },
    json: { type: 'string' },
  },
});

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};
const count = (name: 'people' | 'swaying' | 'attacks' | 'frames' | 'seed'): number => {
  const value = Number(values[name]);
  return Number.isInteger(value) && value >= 1 ? value : fail(`--${name} ${values[name]}: a whole number from 1 is needed.`);
};
const [people, swaying, attacks, frames, seed] = [count('people'), count('swaying'), count('attacks'), count('frames'), count('seed')];
const folder = resolve(values.faces);
const list = join(folder, 'pairs-dev.txt');
if (!existsSync(list)) fail(`${list} does not exist. Name a folder with lfw-dev/ and pairs-dev.txt by --faces.`);

const paths = [
  ...new Set(
    readFileSync(list, 'utf8')
      .trim()
      .split('\n')
      .flatMap((line) => line.split('\t').slice(0, 2)),
  ),
];
const at = (index: number, of: number): string => paths[Math.floor((index * paths.length) / of)] as string;
const read = (path: string) => decodePicture(readFileSync(join(folder, 'lfw-dev', path)));
const models = await loadFaceModels();
const cueMs: number[] = [];

/** How often a motion is watched again: frames of a visit of a few seconds. */
const LOOPS = 4;

interface Judged {
  /** Liveness by the first good frame, and by what the kiosk would decide on. */
  readonly first: number;
  readonly last: number;
}

/** undefined: not enough good frames for the kiosk to decide on. */
const judge = async (shown: readonly Picture[]): Promise<Judged | undefined> => {
  const spoof = new SpoofEvidence();
  // A look depends on the hint before it: what was told holds on by a margin, as at the kiosk.
  const looks = new Map<string, { readonly picture: Picture; readonly look: Look }>();
  let before: FaceHint | undefined;
  let first: number | undefined;
  let telling = 0;
  for (let i = 0; i < LOOPS * shown.length; i++) {
    const place = `${i % shown.length} ${before ?? ''}`;
    const known = looks.get(place);
    const picture = known?.picture ?? (await decodePicture(await encodeJpeg(shown[i % shown.length] as Picture)));
    const look = known?.look ?? (await lookAt(models, picture, { scales: ALL_SCALES, ...(before === undefined ? {} : { before }) }));
    looks.set(place, { picture, look });
    before = look.hint;
    if (look.embedding === undefined) continue;
    look.embedding.fill(0);
    const words = look.face.words.filter(({ scale }) => spoof.nextScales.includes(scale));
    const startedAt = performance.now();
    spoof.observe(picture, { ...look.face, words });
    cueMs.push(performance.now() - startedAt);
    first ??= spoof.liveness;
    telling++;
    if (telling >= ENOUGH_FRAMES && spoof.settled(telling) && spoof.liveness >= DEFAULT_LIVENESS_THRESHOLD) break;
  }
  return first === undefined || telling < ENOUGH_FRAMES ? undefined : { first, last: spoof.liveness };
};

/** Liveness by everything one picture can tell; undefined when it is not good enough to be judged. */
const judgeStill = async (still: Picture): Promise<number | undefined> => {
  const picture = await decodePicture(await encodeJpeg(still));
  const look = await lookAt(models, picture);
  if (look.embedding === undefined) return undefined;
  look.embedding.fill(0);
  const spoof = new SpoofEvidence();
  spoof.observeStill(picture, look.face);
  return spoof.liveness;
};

/** Attacks of one species: how many were judged, and how many passed by one frame and by all. */
const measureSpecies = async (species: AttackSpecies, index: number) => {
  const row = { species, shown: attacks, judged: 0, passedFirst: 0, passed: 0, scores: [] as number[] };
  for (let i = 0; i < attacks; i++) {
    const picture = await read(at(i * ATTACK_SPECIES.length + index, attacks * ATTACK_SPECIES.length));
    const [face] = await detectFaces(models, picture);
    const five = face === undefined ? undefined : fivePoints(await findLandmarks(models, picture, face.box));
    const plan = planAttack(species, seededRandom(seed * 1_000_000 + i * ATTACK_SPECIES.length + index));
    const eyes = five === undefined ? {} : { eyes: { left: five[0], right: five[1] } };
    const result = await judge(await composeAttack(picture, plan, { ...FRAME, frames, ...eyes }));
    if (result === undefined) continue;
    row.judged++;
    row.scores.push(result.last);
    if (result.first >= DEFAULT_LIVENESS_THRESHOLD) row.passedFirst++;
    if (result.last >= DEFAULT_LIVENESS_THRESHOLD) row.passed++;
  }
  return { ...row, apcerFirst: row.passedFirst / Math.max(1, row.judged), apcer: row.passed / Math.max(1, row.judged) };
};

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`.padStart(8);

const species: Awaited<ReturnType<typeof measureSpecies>>[] = [];
for (const [index, name] of ATTACK_SPECIES.entries()) species.push(await measureSpecies(name, index));
const stills: number[] = [];
for (let i = 0; i < people; i++) {
  const result = await judgeStill(await stagePerson(await read(at(i, people))));
  if (result !== undefined) stills.push(result);
}
const living: number[] = [];
for (let i = 0; i < swaying; i++) {
  const picture = await stagePerson(await read(at(i, swaying)));
  const [face] = await detectFaces(models, picture);
  if (face === undefined) continue;
  const sway = planSway(seededRandom(seed * 1_000_000 + 500_000 + i));
  const result = await judge(swayPerson(picture, fivePoints(await findLandmarks(models, picture, face.box)), sway, frames));
  if (result !== undefined) living.push(result.last);
}
const below = (values: readonly number[], threshold: number): number => values.filter((value) => value < threshold).length / Math.max(1, values.length); // biome-ignore format: one row
const bpcer = below(living, DEFAULT_LIVENESS_THRESHOLD);
const bpcerStill = below(stills, DEFAULT_LIVENESS_THRESHOLD);
/** What a threshold over the same evidence would trade: refused people against passed attacks, all species and the worst. */
const trade = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5].map((threshold) => {
  const passed = species.map(({ scores }) => scores.filter((value) => value >= threshold).length / Math.max(1, scores.length));
  const all = species.flatMap(({ scores }) => scores);
  return {
    threshold,
    bpcer: below(living, threshold),
    apcer: all.filter((value) => value >= threshold).length / Math.max(1, all.length),
    worstApcer: Math.max(...passed),
  };
});
cueMs.sort((a, b) => a - b);
const result = {
  threshold: DEFAULT_LIVENESS_THRESHOLD,
  frames,
  seed,
  species,
  worstApcer: Math.max(...species.map(({ apcer }) => apcer)),
  bpcer,
  people: living.length,
  bpcerStill,
  stills: stills.length,
  trade,
  cueMs: cueMs[cueMs.length >> 1] ?? 0,
};

process.stdout.write(`Liveness threshold ${result.threshold}; attacks and people ${frames} frames of a motion, at most ${LOOPS} times
species         shown, n judged  APCER one frame     APCER decided
${species.map((row) => `${row.species.padEnd(20)} ${`${row.shown}, ${row.judged}`.padStart(9)}  ${percent(row.apcerFirst).padStart(15)}  ${percent(row.apcer).padStart(16)}`).join('\n')}
people, swaying (BPCER) ${String(living.length).padStart(6)}  ${''.padStart(15)}  ${percent(bpcer).padStart(16)}
people, stills (BPCER)  ${String(stills.length).padStart(6)}  ${percent(bpcerStill).padStart(15)}
threshold      BPCER     APCER     worst species
${trade.map((row) => `${row.threshold.toFixed(2).padEnd(10)} ${percent(row.bpcer)}  ${percent(row.apcer)}  ${percent(row.worstApcer)}`).join('\n')}
cues per frame ${result.cueMs.toFixed(1)} ms median
`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
await models.close();
