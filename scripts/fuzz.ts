// A million runs of every fuzz target. A finding is printed as the row for test/fuzz/findings.json, where the tests keep it.
//   npm run fuzz -- [--runs N] [--only TEXT] [--seed N] [--json FILE]

import { writeFileSync } from 'node:fs';
import { type Finding, fuzz, openTargets } from '../test/fuzz/targets.ts';
import { optionsOf, wholeNumber, writableFile } from './options.ts';

const USAGE = `npm run fuzz [-- --runs N] [--only TEXT] [--seed N] [--json FILE]
  --runs N      runs of every target, at least 1 (1000000)
  --only TEXT   only targets with this in their names
  --seed N      the same seed makes the same inputs
  --json FILE   seed, runs, seconds and findings`;
const values = optionsOf(USAGE, {
  runs: { type: 'string', default: '1000000' },
  only: { type: 'string', default: '' },
  seed: { type: 'string' },
  json: { type: 'string' },
});
const runs = wholeNumber(USAGE, 'runs', values.runs, 1);
const json = values.json === undefined ? undefined : writableFile(USAGE, 'json', values.json);
const seed = values.seed === undefined ? Date.now() % 0x7fff_ffff : wholeNumber(USAGE, 'seed', values.seed, 0);
/** fast-check keeps nothing of a batch, and a long one is told about in between. */
const BATCH = 10_000;

const targets = (await openTargets()).filter(({ name }) => name.includes(values.only));
if (targets.length === 0) {
  process.stderr.write(`--only: no target has "${values.only}" in its name\n`);
  process.exit(2);
}

const rows: { target: string; runs: number; seconds: number; finding?: Finding }[] = [];
for (const target of targets) {
  const began = performance.now();
  let done = 0;
  let finding: Finding | undefined;
  while (done < runs && finding === undefined) {
    const batch = Math.min(BATCH, runs - done);
    finding = await fuzz(target, { runs: batch, seed: (seed + done) % 0x7fff_ffff });
    done += batch;
  }
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  rows.push({ target: target.name, runs: done, seconds, ...(finding === undefined ? {} : { finding }) });
  process.stdout.write(
    `${finding === undefined ? 'ok     ' : 'FOUND  '} ${String(done).padStart(8)} runs ${String(seconds).padStart(7)} s  ${target.name}\n`,
  );
  if (finding !== undefined) process.stdout.write(`        ${JSON.stringify({ target: target.name, ...finding })}\n`);
}
const found = rows.filter(({ finding }) => finding !== undefined).length;
process.stdout.write(`seed ${seed}: ${rows.reduce((sum, row) => sum + row.runs, 0)} runs of ${rows.length} targets, ${found} found\n`);
if (json !== undefined) writeFileSync(json, `${JSON.stringify({ seed, rows }, undefined, 2)}\n`);
process.exitCode = found > 0 ? 1 : 0;
