// The panel side by side with a Chromium kiosk that shows the same screens, in one run; and the event loop's delay during a whole visit.
// Ours: one process with what `kazashi run` loads to draw, to be touched and to show a live picture, in the unit's environment; no reader, no
// face models. Chromium's: the browser and all its processes with the same screens as SVG and buttons, the same fonts, the same presses and a
// picture of the same size; what it draws on (Xvfb) is told apart, and neither side's program behind the screens is counted.
//   npm run bench:display [-- --rounds 40 --starts 5 --json FILE]
// Never fails on a time. Without Debian's chromium and xvfb the kiosk's figures stand alone, and that is said.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { boxEnvironment, NODE_FLAGS, ROOT } from './bench/built.ts';
import { measureChromium, missingPackages, type PanelFigures } from './bench/display-chromium.ts';
import { cpuPercent, memoryMb } from './bench/display-processes.ts';
import { type Figure, figure } from './bench/figures.ts';
import { kioskAlone } from './bench/kiosk-alone.ts';
import { openSite } from './bench/site.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '40' }, starts: { type: 'string', default: '5' }, json: { type: 'string' } },
});

const count = (option: 'rounds' | 'starts'): number => {
  const value = Number(values[option]);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${option} ${values[option]}: a whole number from 1 is needed.\n`);
  process.exit(2);
};
const [rounds, starts] = [count('rounds'), count('starts')];

const [PANEL] = [fileURLToPath(new URL('scripts/bench/display-panel.js', ROOT))];

/** A framebuffer of 1280×800 in plain files, and a configuration that names it. */
const makePanel = (directory: string): void => {
  const facts = join(directory, 'sys/class/graphics/fb0');
  mkdirSync(facts, { recursive: true });
  const sysfs = { bits_per_pixel: '32', stride: '5120', virtual_size: '1280,800', mode: 'U:1280x800p-60' };
  for (const [name, value] of Object.entries(sysfs)) writeFileSync(join(facts, name), `${value}\n`);
  writeFileSync(join(directory, 'fb0'), new Uint8Array(5120 * 800));
  writeFileSync(join(directory, 'kiosk.toml'), '[panel]\nframebuffer = "fb0"\n');
};

interface Measured {
  readonly renderedAt: number;
  readonly screenMs: readonly number[];
  readonly tapMs: readonly number[];
  readonly previewFps: number;
}

/** Starts the panel; answers when the splash is painted, and later with what was measured. */
const startPanel = async (
  directory: string,
): Promise<{ child: ChildProcess; firstPaintMs: number; startedAt: number; measured: Promise<Measured> }> => {
  const startedAt = performance.timeOrigin + performance.now();
  const child = spawn(process.execPath, [...NODE_FLAGS, PANEL, directory, String(rounds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: boxEnvironment(),
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? 'null');
  const { paintedAt } = (await next()) as { paintedAt: number };
  return { child, startedAt, firstPaintMs: paintedAt - startedAt, measured: next() as Promise<Measured> };
};

/** How long Node takes to run one line: what no program of ours can do without. */
const measureNode = (): number => {
  const startedAt = performance.timeOrigin + performance.now();
  const line = 'process.stdout.write(String(performance.timeOrigin + performance.now()))';
  const { stdout } = spawnSync(process.execPath, [...NODE_FLAGS, '-e', line], { encoding: 'utf8', env: boxEnvironment() });
  return Number(stdout) - startedAt;
};

const measureOurs = async (
  directory: string,
): Promise<PanelFigures & { readonly renderedMs: number; readonly nodeMs: readonly number[] }> => {
  makePanel(directory);
  const firstPaintMs: number[] = [];
  const nodeMs = [measureNode()];
  for (let i = 1; i < starts; i += 1) {
    nodeMs.push(measureNode());
    const { child, firstPaintMs: painted } = await startPanel(directory);
    firstPaintMs.push(painted);
    child.kill('SIGKILL');
  }
  const { child, measured, startedAt, firstPaintMs: painted } = await startPanel(directory);
  try {
    const { renderedAt, ...figures } = await measured;
    const pid = child.pid ?? 0;
    const { rss, pss } = memoryMb(pid);
    return {
      firstPaintMs: [...firstPaintMs, painted],
      renderedMs: renderedAt - startedAt,
      nodeMs,
      ...figures,
      rssMb: rss,
      pssMb: pss,
      idlePercent: await cpuPercent(pid, 5000),
    };
  } finally {
    child.kill('SIGKILL');
  }
};

const machine = (): string => {
  const load = loadavg().map((value) => value.toFixed(2));
  return `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, load average ${load.join(' ')}, Node ${process.versions.node}`;
};

const ROWS: readonly (readonly [string, Figure['unit'] | '%', (one: PanelFigures) => readonly number[], number | undefined])[] = [
  ['process start → first paint', 'ms', (one) => one.firstPaintMs, 100],
  ['tap → pixel', 'ms', (one) => one.tapMs, 1],
  ['next screen', 'ms', (one) => one.screenMs, undefined],
  ['preview 640×480', '/s', (one) => [one.previewFps], undefined],
  ['RSS', 'MB', (one) => [one.rssMb], undefined],
  ['PSS', 'MB', (one) => [one.pssMb], undefined],
  ['CPU in idle', '%', (one) => [one.idlePercent], undefined],
];

const directory = mkdtempSync(join(tmpdir(), 'kazashi-bench-display-'));
try {
  const missing = missingPackages();
  const ours = await measureOurs(directory);
  const theirs =
    missing.length > 0 ? undefined : await measureChromium(directory, join(directory, 'fonts/fonts.conf'), rounds, Math.min(starts, 3));
  const site = await openSite();
  await site.stopKiosk();
  const { loopMs } = await kioskAlone(site, {}).finally(() => site.stop());
  const rows = ROWS.map(([name, unit, of, target]) => {
    const pick = (one: PanelFigures) => figure(name, of(one), unit === '%' ? 'ms' : unit, target);
    const [mine, other] = [pick(ours), theirs === undefined ? undefined : pick(theirs)];
    const times = other === undefined ? undefined : unit === '/s' ? mine.median / other.median : other.median / mine.median;
    return { name, unit, kiosk: mine, ...(other === undefined ? {} : { chromium: other, times }) };
  });
  const cell = (one: Figure | undefined) =>
    one === undefined ? '–' : `${one.median.toFixed(2)}${one.p95 === undefined ? '' : ` (${one.p95.toFixed(2)})`}`;
  const table = rows.map(({ name, unit, kiosk, chromium, times }) => [
    `${name}, ${unit}`, cell(kiosk), cell(chromium), times === undefined || !Number.isFinite(times) ? '' : `${times.toFixed(1)} ×`,
  ]); // biome-ignore format: one row
  const all = [['median (p95)', 'kiosk', 'chromium', ''], ...table];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  process.stdout.write(`${machine()}\n`);
  if (missing.length > 0) process.stdout.write(`Chromium skipped: apt-get install ${missing.join(' ')}\n`);
  for (const row of all)
    process.stdout.write(`${row.map((one, i) => (i === 0 ? one.padEnd(widths[i] ?? 0) : one.padStart(widths[i] ?? 0))).join('  ')}\n`);
  const nodeMs = figure('Node', ours.nodeMs, 'ms');
  process.stdout.write(`Node's own start, part of the first row: ${cell(nodeMs)} ms\n`);
  if (theirs !== undefined)
    process.stdout.write(`the display server below Chromium, not counted above: PSS ${theirs.serverPssMb.toFixed(2)} MB\n`);
  process.stdout.write(`first screen by the renderer after ${ours.renderedMs.toFixed(0)} ms\n`);
  process.stdout.write(
    `event loop during a visit: p99 ${loopMs.p99.toFixed(1)} ms, longest ${loopMs.max.toFixed(1)} ms (target p99 20 ms)\n`,
  );
  if (values.json !== undefined)
    writeFileSync(
      values.json,
      `${JSON.stringify({ machine: machine(), rows, renderedMs: ours.renderedMs, nodeMs, serverPssMb: theirs?.serverPssMb, loopMs, missing }, undefined, 2)}\n`,
    );
} finally {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
process.exit(0);
