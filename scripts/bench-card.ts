// Card placed → photo read, and PIN → signature, on every way to a card, beside the floor of radio and bus. Time is modelled (a virtual clock over
// the simulated board); processor time and decoding are real, and stand apart. Never fails on a time.

import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { createCardTrust } from '../src/card/trust.ts';
import { createSyntheticAuthority } from '../src/card/twin/authority.ts';
import { createVirtualCard } from '../src/card/twin/virtual-card.ts';
import { warmUpJp2 } from '../src/faceauth/jp2.ts';
import { photoFloor, publishedPhotoMs, publishedSignMs, signFloor } from './bench/card-floor.ts';
import { CARD_PATHS, type CardPath, type CardTimes, measureCard } from './bench/card-paths.ts';
import { photoOf } from './bench/card-photo.ts';
import { optionsOf, wholeNumber, writableFile } from './options.ts';

const USAGE = `npm run bench:card [-- --rounds N] [--json FILE]
  --rounds N    visits on each way with each photo, at least 1 (5); the real times are their medians
  --json FILE   the figures, and those that are not printed`;
const values = optionsOf(USAGE, { rounds: { type: 'string', default: '5' }, json: { type: 'string' } });
const rounds = wholeNumber(USAGE, 'rounds', values.rounds, 1);
const json = values.json === undefined ? undefined : writableFile(USAGE, 'json', values.json);

const PHOTO_KB = [2, 4, 8, 12] as const;
const SIGN_MS = [300, 500, 800] as const;
const now = Date.now();

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const figureOf = (times: readonly CardTimes[], name: keyof CardTimes): number => median(times.map((one) => one[name]));

const authority = await createSyntheticAuthority({ now });
const trust = createCardTrust(authority.trust);
const make = async (bytes: number) =>
  createVirtualCard({ kind: 'my-number', pin: '1234', photoJp2: await photoOf(bytes) }, { authority, now });
const cards = new Map(await Promise.all(PHOTO_KB.map(async (kB) => [kB, await make(kB * 1024)] as const)));
await warmUpJp2();

const measure = async (path: CardPath, kB: (typeof PHOTO_KB)[number], signMs: number, times: number): Promise<CardTimes[]> => {
  const card = cards.get(kB);
  const all: CardTimes[] = [];
  for (let i = 0; card !== undefined && i < times; i += 1) all.push(await measureCard(path, card, trust, signMs));
  return all;
};

// The first visits compile what the later ones run.
for (const path of CARD_PATHS) await measure(path, 4, 300, 3);

/** Published ratios only where a figure was published. */
const beside = (ms: number, published: number | undefined, questionsMs: number) =>
  published === undefined
    ? {}
    : { publishedMs: published, publishedRatio: ms / published, withQuestionsRatio: ms / (published + questionsMs) };

interface PhotoRow {
  readonly path: string;
  readonly kB: number;
  readonly readMs: number;
  readonly bareMs: number;
  readonly floorMs: number;
  readonly ratio: number;
  readonly publishedMs?: number;
  readonly publishedRatio?: number;
  /** By the published figure and the time of the questions that it leaves out. */
  readonly withQuestionsRatio?: number;
  readonly pollMeanMs: number;
  readonly pollWorstMs: number;
  readonly decodeMs: number;
  /** Placed → decoded: the wait for the next look in the mean, read, decoding. */
  readonly decodedMs: number;
  readonly cpuMs: number;
  readonly cpuShare: number;
}
const photo: PhotoRow[] = [];
for (const path of CARD_PATHS) {
  for (const kB of PHOTO_KB) {
    const all = await measure(path, kB, 300, rounds);
    const [readMs, pollPeriodMs] = [figureOf(all, 'photoMs'), figureOf(all, 'pollPeriodMs')];
    const { bareMs, floorMs } = photoFloor(path, kB * 1024);
    photo.push({
      ...{ path: path.name, kB, readMs, bareMs, floorMs, ratio: readMs / floorMs },
      ...beside(readMs, publishedPhotoMs(path.published, kB), floorMs - bareMs),
      ...{ pollMeanMs: pollPeriodMs / 2, pollWorstMs: pollPeriodMs },
      ...{ decodeMs: figureOf(all, 'decodeMs'), decodedMs: pollPeriodMs / 2 + readMs + figureOf(all, 'decodeMs') },
      ...{ cpuMs: figureOf(all, 'cpuMs'), cpuShare: figureOf(all, 'cpuMs') / readMs },
    });
  }
}
const sign = [];
for (const path of CARD_PATHS) {
  for (const cardMs of SIGN_MS) {
    const signMs = figureOf(await measure(path, 2, cardMs, 1), 'signMs');
    const { bareMs, floorMs } = signFloor(path, cardMs);
    const published = publishedSignMs(path.published, cardMs);
    sign.push({
      path: path.name,
      cardMs,
      signMs,
      bareMs,
      floorMs,
      ratio: signMs / floorMs,
      ...beside(signMs, published, floorMs - bareMs),
    });
  }
}

const row = (...cells: readonly string[]) => console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(50) : cell.padStart(10))).join(''));
const ms = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(value < 100 ? 1 : 0)} ms`);
const times = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(2)} ×`);
console.log(
  `${cpus()[0]?.model.trim()}, load average ${loadavg()[0]?.toFixed(1)}, Node ${process.versions.node}; ${rounds} rounds, medians\n`,
);
row(
  'card placed → photo read',
  'photo',
  'read',
  'floor',
  'ratio',
  'published',
  'ratio',
  'questions',
  '+ mean',
  '+ worst',
  'decoding',
  'decoded',
  'our CPU',
  'share',
);
for (const one of photo) {
  const modelled = [
    ms(one.readMs),
    ms(one.floorMs),
    times(one.ratio),
    ms(one.publishedMs),
    times(one.publishedRatio),
    times(one.withQuestionsRatio),
  ];
  const real = [ms(one.decodeMs), ms(one.decodedMs), ms(one.cpuMs), `${(100 * one.cpuShare).toFixed(1)} %`];
  row(one.path, `${one.kB} kB`, ...modelled, ms(one.pollMeanMs), ms(one.pollWorstMs), ...real);
}
console.log();
row('PIN entered → signature', 'card takes', 'measured', 'floor', 'ratio', 'published', 'ratio', 'questions');
for (const one of sign)
  row(
    one.path,
    ms(one.cardMs),
    ms(one.signMs),
    ms(one.floorMs),
    times(one.ratio),
    ms(one.publishedMs),
    times(one.publishedRatio),
    times(one.withQuestionsRatio),
  );

const questions = (path: string) => {
  const { floorMs = 0, bareMs = 0 } = photo.find((one) => one.path === path) ?? {};
  return `  ${ms(floorMs - bareMs).padStart(8)}  ${path}`;
};
console.log(`
Modelled: read, measured, floor, published, + mean, + worst. The ratios are made of these alone, so they are the same on every machine.
floor: the least that radio and bus take on this way for the exchanges nobody can leave out; nothing comes out below it. In the common drivers'
  floor are their habits: the look every 10 ms, and the longest read for every answer, which the published figure has for long answers only.
  In it too, and not in the published figure: the kiosk's questions before it presents a code (what card is this, does the rate hold, how many
  tries are left). They take
${CARD_PATHS.map(({ name }) => questions(name)).join('\n')}
published: the timing model's own figure, where it has one for this way. Of the fast path it counts reads of 256 bytes, whose end needs a block of its
  own; ours are of 251 and need none.
questions: the ratio to the published figure and the time of those questions together.
+ mean, + worst: the wait for the next look at the field, on top of read.
decoded: from the card's placing to its decoded photo, read and + mean and decoding together.
Real, on this machine: decoding; our CPU, from the card's placing to its decoded photo, the simulated chip and card included.
share: our CPU in read.`);
if (json !== undefined) writeFileSync(json, `${JSON.stringify({ photo, sign }, undefined, 2)}\n`);
