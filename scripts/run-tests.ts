// Runs tap over the tests, holds the coverage gates, and closes with the line `N passed, N failed, N skipped`.
// Arguments go to tap: `npm test -- test/card`. With arguments, coverage is not measured. `--alone=FILE` runs that file after all others.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';

/** Lowest covered share of lines, in percent, per folder. */
const GATES: readonly (readonly [string, number])[] = [
  ['src/visit/', 90],
  ['src/card/', 90],
  ['src/uplink/', 90],
];

const ALONE = '--alone=';
const given = process.argv.slice(2);
const alone = given.filter((word) => word.startsWith(ALONE)).map((word) => word.slice(ALONE.length));
const chosen = given.filter((word) => !word.startsWith(ALONE) && !alone.includes(word));
mkdirSync('.tap', { recursive: true });
const tap = (...args: string[]): number =>
  spawnSync(process.execPath, ['node_modules/tap/dist/esm/run.mjs', ...args], { stdio: 'inherit' }).status ?? 1;

// On a terminal tap draws its own progress; elsewhere only what failed is printed, from the results file.
const reporter = process.stdout.isTTY ? 'base' : 'silent';
let status = 0;
const results = [chosen, ...alone.map((file) => [file])].flatMap((files, index) => {
  const output = `.tap/results${index === 0 ? '' : `-${index}`}.tap`;
  const coverage = files.length > 0 ? '--disable-coverage' : '--no-show-full-coverage';
  status = tap('run', `--reporter=${reporter}`, `--output-file=${output}`, coverage, ...files) || status;
  return readFileSync(output, 'utf8').split('\n');
});
// Which attacks were tried is said by name, also where all went well: docs/threat-model.md points here.
for (const line of results) {
  const attack = /^ {4}(?:not )?ok \d+ - attack: /.test(line);
  if (attack) console.log(line.trim().replace(/ # time=.*/, ''));
}
if (status !== 0 && reporter === 'silent') console.log(results.filter((line) => !/^\s*(ok \d|# Subtest|1\.\.\d|$)/.test(line)).join('\n'));

// A test is a line one level below its file.
let [passed, failed, skipped] = [0, 0, 0];
for (const line of results) {
  const point = /^ {4}(not )?ok \d+(.*)$/.exec(line);
  if (point === null) continue;
  if (/# SKIP/i.test(point[2] ?? '')) {
    skipped += 1;
    console.log(`skipped: ${(point[2] ?? '').replace(/^\s*-?\s*/, '')}`);
  } else if (point[1] === undefined) passed += 1;
  else failed += 1;
}

interface Coverage {
  readonly lines: { readonly total: number; readonly covered: number };
}

let gatesHeld = true;
if (chosen.length === 0) {
  const report = spawnSync(process.execPath, ['node_modules/tap/dist/esm/run.mjs', 'report', 'json-summary'], { encoding: 'utf8' });
  const summary = JSON.parse(readFileSync('.tap/report/coverage-summary.json', 'utf8')) as Record<string, Coverage>;
  if (report.error !== undefined) throw report.error;
  for (const [folder, gate] of GATES) {
    const files = Object.entries(summary).filter(([file]) => file.includes(folder));
    const total = files.reduce((sum, [, one]) => sum + one.lines.total, 0);
    const covered = files.reduce((sum, [, one]) => sum + one.lines.covered, 0);
    const percent = total === 0 ? 0 : (100 * covered) / total;
    const held = percent >= gate;
    gatesHeld &&= held;
    console.log(`coverage ${folder} ${percent.toFixed(1)} % of ${total} lines, gate ${gate} %${held ? '' : ' NOT HELD'}`);
  }
}

const broken = status !== 0 && failed === 0;
console.log(`${passed} passed, ${failed + (broken ? 1 : 0) + (gatesHeld ? 0 : 1)} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = status === 0 && gatesHeld ? 0 : 1;
