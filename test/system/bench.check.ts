// The benches run on today's program and measure something. How long anything takes is nobody's assertion.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { fitLine } from '../../scripts/bench/slope.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const bench = (script: string, ...words: string[]): { status: number | null; stderr: string } =>
  spawnSync(process.execPath, ['node_modules/tsx/dist/cli.mjs', script, ...words], { cwd: ROOT, encoding: 'utf8' });

test('npm run bench fills its table', async (t) => {
  const file = join(t.testdir(), 'bench.json');
  const { status, stderr } = bench('scripts/bench.ts', '--rounds', '3', '--visits', '1', '--json', file);
  t.equal(status, 0, stderr);
  const { figures } = JSON.parse(readFileSync(file, 'utf8')) as { figures: { name: string; median: number }[] };
  for (const wanted of ['whole visit', 'whole screen', 'tap to pixel', 'face verify', 'seal and append', 'RSS'])
    t.ok(
      figures.some(({ name, median }) => name.includes(wanted) && median > 0),
      wanted,
    );
});

test('npm run bench:card fills its table', async (t) => {
  const file = join(t.testdir(), 'card.json');
  const { status, stderr } = bench('scripts/bench-card.ts', '--rounds', '1', '--json', file);
  t.equal(status, 0, stderr);
  t.ok(JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))).length > 200);
});

test('npm run bench:display fills its table, with Chromium beside it or the packages that are missing', async (t) => {
  const file = join(t.testdir(), 'display.json');
  const { status, stderr } = bench('scripts/bench-display.ts', '--rounds', '5', '--starts', '1', '--json', file);
  t.equal(status, 0, stderr);
  const { rows, loopMs, missing } = JSON.parse(readFileSync(file, 'utf8')) as {
    rows: { name: string; kiosk: { median: number }; chromium?: { median: number } }[];
    loopMs: { p99: number };
    missing: string[];
  };
  for (const { name, kiosk, chromium } of rows.filter(({ name }) => !name.includes('idle'))) {
    t.ok(kiosk.median > 0, name);
    t.ok(missing.length > 0 || (chromium?.median ?? 0) > 0, `${name} in Chromium`);
  }
  t.ok(loopMs.p99 > 0);
});

test('npm run soak counts what is held after each row of visits, by face and by PIN', async (t) => {
  const file = join(t.testdir(), 'soak.json');
  const { status, stderr } = bench('scripts/soak.ts', '--visits', '6', '--every', '2', '--settle', '2', '--json', file);
  t.equal(status, 0, stderr);
  const { rows, slopes } = JSON.parse(readFileSync(file, 'utf8')) as {
    rows: { visits: number; rssMb: number; descriptors: Record<string, number>; resources: Record<string, number>; backlog: number }[];
    slopes: { name: string; slope: number; margin: number }[];
  };
  t.same(
    rows.map(({ visits }) => visits),
    [2, 4, 6],
  );
  for (const { rssMb, descriptors, resources, backlog } of rows) {
    t.ok(rssMb > 0 && (descriptors['socket'] ?? 0) > 0 && (resources['Timeout'] ?? 0) > 0);
    t.equal(backlog, 0, 'the terminal has signed for every visit');
  }
  t.ok(slopes.every(({ slope, margin }) => Number.isFinite(slope) && Number.isFinite(margin)));
});

test('a slope is told from scatter: a steady leak stands out of its margin, scatter stays inside', async (t) => {
  const scatter = [3, -2, 1, -3, 2, -1, 3, -2, 0, -1];
  const leak = fitLine(scatter.map((noise, i) => [i, 100 + 4 * i + noise / 4] as const));
  t.ok(leak.slope - leak.margin > 0 && Math.abs(leak.slope - 4) < leak.margin + 0.5);
  const flat = fitLine(scatter.map((noise, i) => [i, 100 + noise] as const));
  t.ok(Math.abs(flat.slope) < flat.margin);
  t.equal(
    fitLine([
      [0, 1],
      [1, 2],
    ]).margin,
    Number.POSITIVE_INFINITY,
  );
});

test('npm run bench:face fills its own column, and watches the preview while a face is decided', async (t) => {
  const file = join(t.testdir(), 'face.json');
  const { status, stderr } = bench('scripts/bench-face.ts', '--own', '--frames', '1', '--rounds', '1', '--seconds', '3', '--json', file);
  t.equal(status, 0, stderr);
  const { engines, deciding } = JSON.parse(readFileSync(file, 'utf8')) as {
    engines: { title: string; skipped?: string; ms?: Record<string, number[]> }[];
    deciding: { fps: number[]; loopMs: { p99: number }; frames: number };
  };
  const [own, ...others] = engines;
  for (const way of ['locate', 'recognise', 'judge', 'decide', 'cpu']) t.ok((own?.ms?.[way]?.[0] ?? 0) > 0, way);
  for (const { title, skipped } of others) t.match(skipped, '--own', title);
  t.equal(others.length, 3);
  t.ok(deciding.frames > 0 && deciding.loopMs.p99 > 0);
  t.ok(deciding.fps.every((pictures) => pictures > 0));
});
