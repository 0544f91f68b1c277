// Card placed → photo decoded, and PIN → signature, on every way to a card, beside the floor of radio and bus. Time is modelled (a virtual
// clock over the simulated board), processor time is real. Never fails on a time.
//   npm run bench:card -- [--rounds 5] [--json FILE]

import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { createCardTrust } from '../src/card/trust.ts';
import { createSyntheticAuthority } from '../src/card/twin/authority.ts';
import { encodeCardPhoto } from '../src/card/twin/jp2.ts';
import { createVirtualCard } from '../src/card/twin/virtual-card.ts';
import { ascii, concat } from '../src/core/bytes.ts';
import { warmUpJp2 } from '../src/faceauth/jp2.ts';
import { photoFloorMs, signFloorMs } from './bench/card-floor.ts';
import { CARD_PATHS, type CardPath, type CardTimes, measureCard } from './bench/card-paths.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, json: { type: 'string' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`--rounds ${values.rounds}: a whole number from 1 is needed.\n`);
  process.exit(2);
}

const PHOTO_KB = [2, 4, 8, 12] as const;
const SIGN_MS = [300, 500, 800] as const;
const now = Date.now();

/** A photo of exactly so many bytes: a `free` box (ISO/IEC 15444-1, annex I) fills what the encoder left. */
const photoOf = async (bytes: number): Promise<Uint8Array> => {
  const data = Uint8Array.from(
    { length: 240 * 320 },
    (_, i) => 128 + 60 * Math.sin((i % 240) / 9) * Math.cos(i / 240 / 13) + ((i * 7919) % 29),
  );
  for (let target = bytes - 100; target > 256; target -= 64) {
    const photo = await encodeCardPhoto({ width: 240, height: 320, data }, target);
    const left = bytes - photo.length;
    if (left >= 8) return concat(photo, Uint8Array.of(0, 0, left >> 8, left & 0xff), ascii('free'), new Uint8Array(left - 8));
  }
  throw new Error('no photo is as small as that');
};

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

const photo = [];
for (const path of CARD_PATHS) {
  for (const kB of PHOTO_KB) {
    const times = await measure(path, kB, 300, rounds);
    const [photoMs, decodeMs, cpuMs] = [figureOf(times, 'photoMs'), figureOf(times, 'decodeMs'), figureOf(times, 'cpuMs')];
    const totalMs = photoMs + decodeMs;
    const floorMs = path.floor === undefined ? undefined : photoFloorMs(path.floor, kB);
    const ratio = floorMs === undefined ? undefined : totalMs / floorMs;
    photo.push({ path: path.name, kB, photoMs, decodeMs, totalMs, floorMs, ratio, pollWaitMs: figureOf(times, 'pollPeriodMs') / 2, cpuMs });
  }
}
const sign = [];
for (const path of CARD_PATHS) {
  for (const cardMs of SIGN_MS) {
    const measured = figureOf(await measure(path, 2, cardMs, 1), 'signMs');
    const floorMs = signFloorMs(path, cardMs);
    sign.push({ path: path.name, cardMs, signMs: measured, floorMs, ratio: measured / floorMs });
  }
}

const row = (...cells: readonly string[]) => console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(52) : cell.padStart(11))).join(''));
const ms = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(value < 100 ? 1 : 0)} ms`);
const times = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(2)} ×`);
console.log(
  `${cpus()[0]?.model.trim()}, load average ${loadavg()[0]?.toFixed(1)}, Node ${process.versions.node}; ${rounds} rounds, medians\n`,
);
row('card placed → photo decoded', 'photo', 'read', 'decoded', 'floor', 'ratio', '+ poll', 'our CPU', 'share');
for (const one of photo) {
  const { path, kB, photoMs, totalMs, floorMs, ratio, pollWaitMs, cpuMs } = one;
  row(
    path,
    `${kB} kB`,
    ms(photoMs),
    ms(totalMs),
    ms(floorMs),
    times(ratio),
    ms(pollWaitMs),
    ms(cpuMs),
    `${((100 * cpuMs) / totalMs).toFixed(1)} %`,
  );
}
console.log();
row('PIN entered → signature', 'card takes', 'measured', 'floor', 'ratio');
for (const { path, cardMs, signMs, floorMs, ratio } of sign) row(path, ms(cardMs), ms(signMs), ms(floorMs), times(ratio));
console.log(`
read, floor, poll: modelled. decoded: read and the real time of decoding. + poll: mean wait for the next poll, not in the figures before it.
our CPU: real, from the card's placing to its decoded photo, the simulated chip and card included.`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ photo, sign }, undefined, 2)}\n`);
