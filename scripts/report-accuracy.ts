// Writes docs/accuracy.md and docs/images/det.svg from measurements of the shipped pipeline. Pictures are only read.
//   npm run report:accuracy -- [--faces DIR] [--every 3] [--from DIR]
// DIR of --faces holds lfw-dev/ and pairs-dev.txt; --every N takes every Nth pair. --from DIR takes chip.json, plain.json and attacks.json
// (as `kazashi face eval --json` and `npm run bench:attacks -- --json` write them) instead of measuring again.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readManifest } from './install-models.js';

const { values } = parseArgs({
  options: { faces: { type: 'string', default: '../shared/faces' }, every: { type: 'string', default: '3' }, from: { type: 'string' } },
});

interface Verification {
  readonly pictures: number;
  readonly people: number;
  readonly pairs: { readonly genuine: number; readonly impostor: number };
  readonly impostorPairs: number;
  readonly failuresToEnrol: { readonly card: number; readonly frame: number };
  readonly accuracy?: number;
  readonly eer?: number;
  readonly rates: readonly { readonly far: number; readonly threshold: number; readonly tar?: number }[];
  readonly curve: readonly { readonly threshold: number; readonly far: number; readonly frr: number }[];
}

interface Attacks {
  readonly threshold: number;
  readonly frames: number;
  readonly bpcer: number;
  readonly people: number;
  readonly species: readonly { readonly species: string; readonly judged: number; readonly apcerFirst: number; readonly apcer: number }[];
}

const run = (words: readonly string[]): void => {
  const { status } = spawnSync(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 2);
};

const measure = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'kazashi-accuracy-'));
  const faces = resolve(values.faces);
  const every = Math.max(1, Math.trunc(Number(values.every)) || 1);
  const lines = readFileSync(join(faces, 'pairs-dev.txt'), 'utf8').trim().split('\n');
  const pairs = join(directory, 'pairs.txt');
  writeFileSync(pairs, `${lines.filter((_, i) => i % every === 0).join('\n')}\n`);
  const evaluate = ['bin/kazashi.js', 'face', 'eval', '--images', join(faces, 'lfw-dev'), '--pairs', pairs];
  run([...evaluate, '--chip', '240x320', '--json', join(directory, 'chip.json')]);
  run([...evaluate, '--json', join(directory, 'plain.json')]);
  run(['node_modules/tsx/dist/cli.mjs', 'scripts/measure-attacks.ts', '--faces', faces, '--json', join(directory, 'attacks.json')]);
  return directory;
};

const from = values.from ?? measure();
const read = <T>(name: string): T => JSON.parse(readFileSync(join(from, name), 'utf8')) as T;
const [chip, plain, attacks] = [read<Verification>('chip.json'), read<Verification>('plain.json'), read<Attacks>('attacks.json')];
const manifest = readManifest();

const percent = (value: number | undefined): string => (value === undefined ? '–' : `${(100 * value).toFixed(2)} %`);
const power = (far: number): string => far.toExponential(1).replace('.0e', 'e');

/** Error rates on logarithmic axes, 1e-6 to 1 across and 0.1 % to 100 % up. */
const detCurve = (curves: readonly (readonly [name: string, colour: string, curve: Verification['curve']])[]): string => {
  const x = (far: number) => 70 + ((Math.log10(Math.max(far, 1e-6)) + 6) / 6) * 520;
  const y = (frr: number) => 350 - ((Math.log10(Math.max(frr, 1e-3)) + 3) / 3) * 320;
  const grid = [-6, -5, -4, -3, -2, -1, 0].map(
    (e) =>
      `<path d="M${x(10 ** e)} 30V350" stroke="#ddd"/><text x="${x(10 ** e)}" y="368" text-anchor="middle">${e === 0 ? '1' : `1e${e}`}</text>`,
  );
  const rows = [-3, -2, -1, 0].map(
    (e) =>
      `<path d="M70 ${y(10 ** e)}H590" stroke="#ddd"/><text x="64" y="${y(10 ** e) + 4}" text-anchor="end">${(100 * 10 ** e).toString()} %</text>`,
  );
  const lines = curves.map(
    ([name, colour, curve], i) =>
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${curve
        .filter(({ far }) => far > 0)
        .map(({ far, frr }) => `${x(far).toFixed(1)},${y(frr).toFixed(1)}`)
        .join(
          ' ',
        )}"/><path d="M400 ${52 + i * 20}h24" stroke="${colour}" stroke-width="3"/><text x="430" y="${56 + i * 20}">${name}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 400" font-family="sans-serif" font-size="12" fill="#333"><rect width="620" height="400" fill="#fff"/>${grid.join('')}${rows.join('')}${lines.join('')}<text x="330" y="390" text-anchor="middle">false accept rate (all cross-identity pairs)</text><text x="16" y="190" transform="rotate(-90 16 190)" text-anchor="middle">false reject rate</text></svg>\n`;
};
writeFileSync('docs/images/det.svg', detCurve([['card chip photo, one frame', '#0b57d0', chip.curve], ['picture as it is, one frame', '#c5221f', plain.curve]])); // biome-ignore format: one call

const table = (name: string, { accuracy, eer, rates }: Verification): string =>
  `| ${name} | ${percent(accuracy)} | ${percent(eer)} | ${rates.map(({ tar, threshold }) => `${percent(tar)} (${threshold.toFixed(3)})`).join(' | ')} |`;

writeFileSync(
  'docs/accuracy.md',
  `# Accuracy

<!-- Generated by \`npm run report:accuracy\` from measurements; figures are not edited by hand. -->

Model pack \`${manifest.name}\` (${manifest.source}; embedder sha256 \`${manifest.models.embed.sha256.slice(0, 16)}\`, anti-spoofing \`${manifest.models.liveness.sha256.slice(0, 16)}\`).

## Is it the person of the card?

Method: ${chip.pictures} pictures of ${chip.people} people of Labeled Faces in the Wild (folds 1 to 5); ${chip.pairs.genuine} genuine and ${chip.pairs.impostor} impostor pairs of its View 2 list
for accuracy, EER and TAR; every pair of different people (${chip.impostorPairs.toLocaleString('en')}) for the thresholds. One frame each, as the kiosk embeds it.
A failure to enrol counts as refused: ${chip.failuresToEnrol.card} card photos and ${chip.failuresToEnrol.frame} frames had no face.

| card side | accuracy | EER | ${chip.rates.map(({ far }) => `TAR at FAR ${power(far)} (threshold)`).join(' | ')} |
| --- | --- | --- | ${chip.rates.map(() => '---').join(' | ')} |
${table('chip photo: grey JPEG 2000, 240×320', chip)}
${table('the picture as it is', plain)}

![False reject against false accept rate](images/det.svg)

A facility asks for a false accept rate (\`face.falseAcceptRate\`); the pack's table says which cosine that is:

| FAR over all people | FAR within the worst measured group | threshold |
| --- | --- | --- |
${manifest.calibration.map(({ far, inGroupFar, threshold }) => `| ${power(far)} | ${power(inGroupFar)} | ${threshold.toFixed(2)} |`).join('\n')}

The table was measured on 29.6 million impostor pairs of the whole data set, the group's on 15,957 pairs of East Asian faces.

## Is it a living person?

Method (terms of ISO/IEC 30107-3): attacks are generated (a picture of the data set on paper or on a screen, in perspective, moved by a hand before a drawn
room; ${attacks.frames} frames each), people are single stills of the data set. Threshold ${attacks.threshold}.

| attack species | n | APCER, first frame | APCER, all frames |
| --- | --- | --- | --- |
${attacks.species.map(({ species, judged, apcerFirst, apcer }) => `| ${species} | ${judged} | ${percent(apcerFirst)} | ${percent(apcer)} |`).join('\n')}

BPCER: ${percent(attacks.bpcer)} of ${attacks.people} people by one still. With n as small as here a rate of 0 means no more than "below about ${percent(3 / Math.max(1, ...attacks.species.map(({ judged }) => judged)))}" per species (95 %).

## What this does not show

The pictures are press photography of well-known adults: children, the aged, bad light and a reception's camera are not in them.
Generated attacks are not real ones; masks and films of the person are not generated. \`kazashi face pad --live DIR --spoof DIR\` measures on pictures of your own,
\`kazashi face eval --images DIR --pairs FILE\` the match.
`,
);
process.stdout.write(`written: docs/accuracy.md and docs/images/det.svg from ${from}\n`);
