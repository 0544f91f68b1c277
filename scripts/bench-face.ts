// The face pipeline beside @vladmandic/human and @vladmandic/face-api, which the bench installs for itself: same frames, same pairs, one run, each in
// a process of its own with one thread. Then the preview and the event loop while a face is decided. Prints ratios; never fails on a time.
//   npm run bench:face -- [--faces DIR] [--pairs 100] [--frames 6] [--rounds 5] [--seconds 10] [--own] [--json FILE]
// DIR holds lfw-dev/ and pairs-dev.txt; --own leaves the others out and installs nothing. Without DIR the drawn residents are looked at, and nothing is
// said about accuracy.

import { existsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { accuracyOf, type Embedded, type EngineAccuracy } from './bench/face/accuracy.ts';
import { type Deciding, measureDeciding } from './bench/face/deciding.ts';
import { Engine, type EngineName } from './bench/face/engine.ts';
import { installPeers, versionOf } from './bench/face/packages.ts';
import { drawnSet, type FaceSet, readSet } from './bench/face/pictures.ts';
import { faceTable, type Measured, medianOf } from './bench/face/table.ts';

const { values } = parseArgs({
  options: {
    faces: { type: 'string' },
    pairs: { type: 'string', default: '100' },
    frames: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    own: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};
const count = (option: 'pairs' | 'frames' | 'rounds' | 'seconds'): number => {
  const value = Number(values[option]);
  return Number.isInteger(value) && value >= 1 ? value : fail(`--${option} ${values[option]}: a whole number from 1 is needed.`);
};
const [pairs, frames, rounds, seconds] = [count('pairs'), count('frames'), count('rounds'), count('seconds')];
const folder = values.faces === undefined ? undefined : resolve(values.faces);
if (folder !== undefined && !existsSync(join(folder, 'pairs-dev.txt')))
  fail(`${folder} holds no pairs-dev.txt. Name a folder with lfw-dev/ and pairs-dev.txt by --faces, or leave it out.`);

const ENGINES: readonly (EngineName & { readonly peer: boolean })[] = [
  { title: 'kazashi', module: 'kazashi', peer: false },
  { title: `human ${versionOf('@vladmandic/human')}`, module: 'human', peer: true },
  { title: `face-api ${versionOf('@vladmandic/face-api')} (SSD MobileNet)`, module: 'face-api', peer: true },
  { title: `face-api ${versionOf('@vladmandic/face-api')} (tiny detector)`, module: 'face-api', variant: 'tiny', peer: true },
];

const set: FaceSet = folder === undefined ? await drawnSet() : await readSet(folder, pairs);
const packages = values.own ? { reason: 'left out by --own' } : installPeers();

const embedAll = async (engine: Engine): Promise<EngineAccuracy | undefined> => {
  if (set.pairs.length === 0) return undefined;
  const embedded: Embedded[] = [];
  for (const path of set.paths) {
    const { card, jpeg } = await set.read(path);
    const [asCard, asFrame] = [await engine.ask({ type: 'card', picture: card }), await engine.ask({ type: 'frame', jpeg })];
    embedded.push({ path, card: asCard.vector, frame: asFrame.vector });
  }
  return accuracyOf(embedded, set.pairs);
};

const measure = async (name: EngineName & { readonly peer: boolean }): Promise<Measured> => {
  if (name.peer && 'reason' in packages) return { title: name.title, skipped: packages.reason };
  let engine: Engine | undefined;
  try {
    engine = await Engine.start(name, 'folder' in packages ? packages.folder : '');
    const [first] = set.paths;
    const timed: Uint8Array[] = [];
    for (const path of set.paths.slice(0, frames)) timed.push((await set.read(path)).jpeg);
    const { ms } = await engine.ask({ type: 'time', frames: timed, rounds, card: (await set.read(first as string)).card });
    if (ms === undefined) throw new Error('it answered without times');
    const peakMb = engine.peakMb;
    const accuracy = await embedAll(engine);
    return { title: name.title, backend: engine.backend, ms, rssMb: engine.rssMb, peakMb, ...(accuracy === undefined ? {} : { accuracy }) };
  } catch (error) {
    return { title: name.title, skipped: error instanceof Error ? error.message : String(error) };
  } finally {
    engine?.stop();
  }
};

const measured: Measured[] = [];
for (const name of ENGINES) {
  process.stderr.write(`${name.title} …\n`);
  measured.push(await measure(name));
}
const deciding: Deciding = await measureDeciding(set, seconds);

const machine = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, load average ${loadavg()
  .map((value) => value.toFixed(2))
  .join(' ')}, Node ${process.versions.node}`;
const fps = [...deciding.fps].sort((a, b) => a - b);
process.stdout.write(`${machine}
${set.about}

${faceTable(measured)}

while deciding (${deciding.frames} frames judged in ${seconds} s): preview ${fps[0] ?? 0} fps in the worst second, ${medianOf(fps)} in the median (target 12, camera 15);
event loop of the visit's thread p50 ${deciding.loopMs.p50.toFixed(1)} ms, p99 ${deciding.loopMs.p99.toFixed(1)} ms, longest ${deciding.loopMs.max.toFixed(1)} ms (target p99 20 ms)
`);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ machine, about: set.about, engines: measured, deciding }, undefined, 2)}\n`);
if (measured[0] !== undefined && 'skipped' in measured[0]) fail(`kazashi itself could not be measured: ${measured[0].skipped}`);
