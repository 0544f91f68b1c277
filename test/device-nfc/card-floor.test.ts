// The floor that `npm run bench:card` prints beside each way to a card: nothing may come out below it, and the published model must lead to it.

import fc from 'fast-check';
import { test } from 'tap';
import { type Floor, photoFloor, publishedPhotoMs, publishedSignMs, type SignPath, signFloor } from '../../scripts/bench/card-floor.ts';
import { CARD_PATHS, type CardPath, measureCard } from '../../scripts/bench/card-paths.ts';
import { photoOf } from '../../scripts/bench/card-photo.ts';
import { createCardTrust } from '../../src/card/trust.ts';
import { createSyntheticAuthority } from '../../src/card/twin/authority.ts';
import { createVirtualCard } from '../../src/card/twin/virtual-card.ts';
import { fromHex } from '../../src/core/bytes.ts';

/** Protocol info of cards that offer no more than so many kbps. */
const OFFERS = { 106: fromHex('0081a1'), 212: fromHex('9181a1'), 424: fromHex('b381a1') } as const;

const wayFrom = fc.record({
  baud: fc.constantFrom(50_000, 100_000, 400_000),
  gapMs: fc.double({ min: 0.2, max: 8, noNaN: true }),
  habit: fc.constantFrom('naive', 'firmware', 'host'),
  kbps: fc.constantFrom(106, 212, 424),
  kB: fc.constantFrom(1, 2, 3),
  signMs: fc.integer({ min: 50, max: 900 }),
});

test('no way to a card beats its floor, whatever bus, pause, bit rate, photo and card', async (t) => {
  const now = Date.now();
  const authority = await createSyntheticAuthority({ now });
  const trust = createCardTrust(authority.trust);
  const made = async (kB: number) =>
    createVirtualCard({ kind: 'my-number', pin: '1234', photoJp2: await photoOf(kB * 1024) }, { authority, now });
  const cards = new Map(await Promise.all([1, 2, 3].map(async (kB) => [kB, await made(kB)] as const)));
  const ratios: number[] = [];
  const holds = async (path: CardPath, kB: number, signMs: number) => {
    const card = cards.get(kB);
    if (card === undefined) throw new Error(`no card of ${kB} kB`);
    const times = await measureCard(path, card, trust, signMs);
    const [photo, sign] = [photoFloor(path, kB * 1024), signFloor(path, signMs)];
    ratios.push(times.photoMs / photo.floorMs, times.signMs / sign.floorMs);
    return ordered(photo, times.photoMs) && ordered(sign, times.signMs);
  };
  // A billionth for the order in which fractions are added up.
  const ordered = ({ bareMs, floorMs }: Floor, ms: number) => bareMs < floorMs && floorMs <= ms * (1 + 1e-9);
  await fc.assert(
    fc.asyncProperty(wayFrom, ({ baud, gapMs, habit, kbps, kB, signMs }) => {
      const name = `${habit} ${baud} ${gapMs} ${kbps}`;
      if (habit === 'host') {
        const protocolInfo = OFFERS[kbps as keyof typeof OFFERS];
        return holds({ name, baud, gapMs, kbps, frame: 256, cid: false, fastPath: 'auto', protocolInfo }, kB, signMs);
      }
      const firmware = { name, baud, kbps: 106, frame: 64, cid: true, fastPath: 'off' } as const;
      return habit === 'naive' ? holds({ ...firmware, gapMs: 5, naive: true }, kB, signMs) : holds({ ...firmware, gapMs }, kB, signMs);
    }),
    { numRuns: 60 },
  );
  for (const path of CARD_PATHS) t.ok(await holds(path, 2, 500), path.name);
  t.ok(Math.min(...ratios) < 1.02, `the floor is within reach: ${Math.min(...ratios)}`);
});

test('a kilobyte more costs what the published model says, and the whole is no more than it says', (t) => {
  const way = (name: string): SignPath => {
    const path = CARD_PATHS.find(({ published }) => published === name);
    if (path === undefined) throw new Error(`no way is called ${name}`);
    return path;
  };
  const perKB = (path: SignPath) => (photoFloor(path, 12 * 1024).bareMs - photoFloor(path, 2 * 1024).bareMs) / 10;
  for (const [name, ms] of [
    ['naive', 317],
    ['safe', 222],
    ['safe-1.3', 192],
    ['fast', 81],
  ] as const) {
    const slope = perKB(way(name));
    // The common drivers' look every 10 ms makes steps that the model averages.
    t.ok(Math.abs(slope / ms - 1) < (name === 'naive' ? 0.06 : 0.03), `${name}: ${slope.toFixed(1)} ms per kB, published ${ms}`);
    if (name === 'naive') continue;
    for (const kB of [2, 4, 6, 8, 12]) {
      const { bareMs } = photoFloor(way(name), kB * 1024);
      const published = publishedPhotoMs(name, kB) ?? 0;
      t.ok(bareMs < published && bareMs > published * 0.8, `${name}, ${kB} kB: ${bareMs.toFixed(0)} of ${published}`);
    }
  }
  // Published: five commands. Ours need three of them.
  for (const ms of [300, 500, 800]) t.ok(signFloor(way('safe'), ms).floorMs < (publishedSignMs('safe', ms) ?? 0), `${ms} ms`);
  t.equal(publishedPhotoMs('safe', 5), undefined);
  t.equal(publishedPhotoMs(undefined, 4), undefined);
  t.end();
});
