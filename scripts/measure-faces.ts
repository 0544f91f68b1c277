// Measures the real pipeline on a folder of pictures: FRR and FAR at the threshold, BPCER of the liveness score, and why frames were held back.
// Card side: 240×320 grey JPEG 2000, encoded and decoded. Camera side: as the simulated camera shows the picture, JPEG included.
//   npm run bench:faces -- --pairs 200 [--faces DIR] [--json FILE]
// DIR holds lfw-dev/ and pairs-dev.txt (tab-separated: path, path, 1 or 0). Pictures are only read.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeCardPhoto } from '../src/card/twin/jp2.ts';
import { SpoofEvidence } from '../src/faceauth/antispoof/spoof-evidence.ts';
import { stagePerson } from '../src/faceauth/camera/staging.ts';
import { decodeJp2 } from '../src/faceauth/jp2.ts';
import { lookAt } from '../src/faceauth/look.ts';
import { loadFaceModels } from '../src/faceauth/models.ts';
import { decodePicture, encodeJpeg, toCardPhoto } from '../src/faceauth/pictures.ts';
import { cosine } from '../src/faceauth/stages.ts';
import { DEFAULT_LIVENESS_THRESHOLD, embedPortrait } from '../src/faceauth/verifier.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '200' },
    faces: { type: 'string', default: '../shared/faces' },
    json: { type: 'string' },
  },
});

/** Published beside ours: face.md's card side (240×320 grey JPEG 2000) over 29.6 million impostor pairs and 1,500 genuine ones. */
const REFERENCE = { threshold: 0.5, frr: 0.07, far: 3.8e-6 };

interface Row {
  readonly genuine: boolean;
  readonly score?: number;
  readonly liveness?: number;
  readonly hint?: string;
  readonly ms: number;
}

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};

const folder = resolve(values.faces);
const wanted = Number(values.pairs);
if (!Number.isInteger(wanted) || wanted < 1) fail(`--pairs ${values.pairs}: a whole number from 1 is needed.`);
const list = join(folder, 'pairs-dev.txt');
if (!existsSync(list)) fail(`${list} does not exist. Name a folder with lfw-dev/ and pairs-dev.txt by --faces.`);

/** Evenly spread over the list, so that every fold has its share. */
const spread = <T>(items: readonly T[], count: number): T[] =>
  Array.from(
    { length: Math.min(count, items.length) },
    (_, i) => items[Math.floor((i * items.length) / Math.min(count, items.length))] as T,
  );

const lines = readFileSync(list, 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t') as [string, string, string]);
const pairs = ['1', '0'].flatMap((kind) =>
  spread(
    lines.filter(([, , is]) => is === kind),
    wanted,
  ),
);

const models = await loadFaceModels();
const read = async (path: string) => decodePicture(readFileSync(join(folder, 'lfw-dev', path)));

const measure = async ([card, person, is]: readonly [string, string, string]): Promise<Row> => {
  const genuine = is === '1';
  const jp2 = await encodeCardPhoto(await toCardPhoto(await read(card)));
  const jpeg = await encodeJpeg(await stagePerson(await read(person)));
  const enrolled = await embedPortrait(models, await decodeJp2(jp2)).catch(() => undefined);
  if (enrolled === undefined) return { genuine, hint: 'card photo', ms: 0 };
  const startedAt = performance.now();
  const picture = await decodePicture(jpeg);
  const look = await lookAt(models, picture);
  const spoof = new SpoofEvidence();
  if (look.embedding !== undefined) spoof.observeStill(picture, look.face);
  const ms = performance.now() - startedAt;
  if (look.embedding === undefined) return { genuine, hint: look.hint, ms };
  return { genuine, score: cosine(enrolled, look.embedding), liveness: spoof.liveness, ms };
};

const rows: Row[] = [];
for (const pair of pairs) rows.push(await measure(pair));

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
const accepted = (row: Row): boolean => row.score !== undefined && row.score >= models.manifest.thresholds.match;
const genuine = rows.filter((row) => row.genuine);
const impostors = rows.filter((row) => !row.genuine);
const embedded = genuine.filter((row) => row.score !== undefined);
const heldBack = rows.filter((row) => row.hint !== undefined);
const living = rows.flatMap(({ liveness }) => (liveness === undefined ? [] : [liveness]));
const notLive = living.filter((value) => value < DEFAULT_LIVENESS_THRESHOLD).length;
const letIn = genuine.filter((row) => accepted(row) && (row.liveness ?? 0) >= DEFAULT_LIVENESS_THRESHOLD).length;
const times = rows.map(({ ms }) => ms).sort((a, b) => a - b);
const reasons = [...new Set(heldBack.map(({ hint }) => hint ?? ''))];

const result = {
  threshold: models.manifest.thresholds.match,
  genuine: genuine.length,
  impostors: impostors.length,
  frr: (embedded.length - embedded.filter(accepted).length) / Math.max(1, embedded.length),
  far: impostors.filter(accepted).length / Math.max(1, impostors.length),
  highestImpostor: Math.max(...impostors.map(({ score }) => score ?? -1)),
  heldBack: Object.fromEntries(reasons.map((reason) => [reason, heldBack.filter(({ hint }) => hint === reason).length])),
  livenessThreshold: DEFAULT_LIVENESS_THRESHOLD,
  letIn: letIn / Math.max(1, genuine.length),
  bpcer: notLive / Math.max(1, living.length),
  lookMs: times[times.length >> 1] ?? 0,
};

process.stdout.write(`${genuine.length} genuine and ${impostors.length} impostor pairs, one frame each, threshold ${result.threshold}
                      here        reference (all pairs of the data set)
FRR (of frames used)  ${percent(result.frr * 1e6, 1e6).padEnd(11)} ${percent(REFERENCE.frr * 1e6, 1e6)}
FAR                   ${percent(result.far * 1e6, 1e6).padEnd(11)} ${(REFERENCE.far * 100).toExponential(1)} %
highest impostor      ${result.highestImpostor.toFixed(3)}
frames held back      ${percent(heldBack.length, rows.length)}  ${JSON.stringify(result.heldBack)}
BPCER (liveness ${result.livenessThreshold})  ${percent(notLive, living.length)} of ${living.length}
genuine people let in ${percent(letIn, genuine.length)} by match and liveness together
one look              ${result.lookMs.toFixed(1)} ms median
`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
await models.close();
