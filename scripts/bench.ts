// Measures the built program and prints one table: figure, median, p95, target, ratio to the target. Never fails on a time.
//   npm run bench -- [--rounds 40] [--visits 10] [--starts 1] [--json FILE]
// Everything runs as shipped: compiled, real models, a real broker, the terminal in its own process; the hardware is simulated.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Percentiles } from '../src/uplink/bench.ts';
import type { VisitContent } from '../src/uplink/contract/index.ts';
import { built, ROOT } from './bench/built.ts';
import { type Figure, figure, table } from './bench/figures.ts';
import { kioskAlone } from './bench/kiosk-alone.ts';
import { measureProgram } from './bench/program.ts';
import { openSite, PERSON } from './bench/site.ts';
import { measureTouch, measureVisits } from './bench/visits.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    visits: { type: 'string', default: '10' },
    starts: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

const count = (option: 'rounds' | 'visits' | 'starts'): number => {
  const value = Number(values[option]);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${option} ${values[option]}: a whole number from 1 is needed.\n`);
  process.exit(2);
};
const [rounds, visits, starts] = [count('rounds'), count('visits'), count('starts')];

const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(2);

const machine = (): string => {
  const [first] = cpus();
  const load = loadavg().map((value) => value.toFixed(2));
  return `${first?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, load average ${load.join(' ')}, Node ${process.versions.node}`;
};

const measureScreens = async (): Promise<Figure[]> => {
  const { openRasteriser } = await built<typeof import('../src/display/raster.ts')>('display/raster');
  const { measureDisplay } = await built<typeof import('../src/display/measure-display.ts')>('display/measure-display');
  const directory = mkdtempSync(join(tmpdir(), 'kazashi-bench-'));
  const { wholeScreen, nextScreen, previewFrame } = await measureDisplay(
    await openRasteriser(directory),
    { width: 1280, height: 800 },
    rounds,
  );
  rmSync(directory, { recursive: true, force: true });
  return [
    figure('whole screen 1280×800, nothing remembered', wholeScreen, 'ms', 20),
    figure('next screen of a visit', nextScreen, 'ms', 20),
    figure('one camera picture into the preview', previewFrame),
  ];
};

const measureFaces = async (): Promise<Figure[]> => {
  const { loadFaceModels } = await built<typeof import('../src/faceauth/models.ts')>('faceauth/models');
  const { warmUpFaceModels } = await built<typeof import('../src/faceauth/verifier.ts')>('faceauth/verifier');
  const { FACE_PARTS, measureFace } = await built<typeof import('../src/faceauth/measure-face.ts')>('faceauth/measure-face');
  const { TwinCamera } = await built<typeof import('../src/faceauth/camera/twin-camera.ts')>('faceauth/camera/twin-camera');
  const { residentPortrait } = await built<typeof import('../src/twin/residents.ts')>('twin/residents');
  const { systemClock } = await built<typeof import('../src/core/clock.ts')>('core/clock');
  const models = await loadFaceModels();
  await warmUpFaceModels(models);
  const camera = new TwinCamera(systemClock);
  await camera.showDrawing(residentPortrait(PERSON, 'camera'));
  camera.start();
  const { jpeg } = await camera.nextFrame(-1, new AbortController().signal);
  camera.stop();
  await measureFace(models, jpeg, 5);
  const { whole, parts } = await measureFace(models, jpeg, rounds);
  await models.close();
  return [figure('face verify, one frame, one thread', whole, 'ms', 30), ...FACE_PARTS.map((part) => figure(`  ${part}`, parts[part]))];
};

/** As long as a real visit's message; nobody's. */
const CONTENT: Omit<VisitContent, 'visitId'> = {
  method: 'face',
  patient: { name: '架空 ●子', address: '東京都架空区一丁目2番3号', birthdate: '1951-04-01', sex: '2' },
  consent: { SRJ: { flag: '1' }, YZK: { flag: '1' }, SHJ: { flag: '0' } },
  certificate: { state: 'valid', derBase64: Buffer.alloc(1200, 7).toString('base64') },
  evidence: { kind: 'none' },
  referenceKind: '1',
  language: 'ja',
};

/** For the unit of the box: two arenas instead of eight per core, and freed memory goes back to the system. */
const LEAN_MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

const percentileFigure = (name: string, { p50, p95 }: Percentiles): Figure => ({ name, unit: 'ms', median: p50, p95, samples: rounds });

const measureSite = async (): Promise<Figure[]> => {
  const { measureUplink } = await built<typeof import('../src/uplink/bench.ts')>('uplink/bench');
  const { uuidV7 } = await built<typeof import('../src/core/ids.ts')>('core/ids');
  const site = await openSite();
  try {
    const whole = await measureVisits(site, visits);
    const touch = await measureTouch(site, rounds);
    const content = (): VisitContent => ({ ...CONTENT, visitId: uuidV7(Date.now()) });
    const { sealAndAppend, sealToAck } = await measureUplink(site.kiosk.uplink, content, { visits: rounds });
    await site.stopKiosk();
    return [
      figure('RSS, the kiosk alone with everything loaded', [(await kioskAlone(site, {})).rssMb], 'MB', 250),
      figure('RSS, the kiosk alone, glibc told to keep little (MALLOC_…)', [(await kioskAlone(site, LEAN_MALLOC)).rssMb], 'MB', 250),
      ...whole,
      ...touch,
      percentileFigure('seal and append (durable)', sealAndAppend),
      percentileFigure('seal, append and signed ack of the terminal', sealToAck),
    ];
  } finally {
    await site.stop();
  }
};

const head = machine();
process.stdout.write(`${head}\n\n`);
const figures: Figure[] = [];
for (const part of [measureProgram.bind(undefined, starts), measureSite, measureScreens, measureFaces]) figures.push(...(await part()));
process.stdout.write(`${table(figures)}\n\nload average at the end ${loadavg()[0]?.toFixed(2)}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine: head, figures }, null, 2)}\n`);
