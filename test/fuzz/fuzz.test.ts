// A few hundred runs of every fuzz target with the seeds below, and every finding of longer runs again. `npm run fuzz` makes a million of each.

import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { encodeCardPhoto } from '../../src/card/twin/jp2.ts';
import { decodeJp2 } from '../../src/faceauth/jp2.ts';
import { fuzz, openTargets } from './targets.ts';

const RUNS = 400;
const SEEDS = [1, 20261124];

const targets = await openTargets();

for (const target of targets) {
  test(target.name, async (t) => {
    for (const seed of SEEDS) t.equal(await fuzz(target, { runs: RUNS, seed }), undefined, `seed ${seed}`);
  });
}

test('a photo of 1 kB that promises 2000 × 2000 pixels is refused before anything is reserved for them', async (t) => {
  const photo = await encodeCardPhoto({ width: 32, height: 32, data: new Uint8Array(1024).fill(99) }, 900);
  const at = Buffer.from(photo.buffer).indexOf(Buffer.from('ff4fff51', 'hex'));
  const view = new DataView(photo.buffer, at + 8);
  for (const offset of [0, 4, 16, 20]) view.setUint32(offset, 2000);
  await t.rejects(decodeJp2(photo), { code: 'face/photo-unreadable', facts: { reason: 'size' } });
});

test('what longer runs found stays mended', async (t) => {
  const kept = JSON.parse(readFileSync('test/fuzz/findings.json', 'utf8')) as readonly { target: string; seed: number; path: string }[];
  for (const { target: name, seed, path } of kept) {
    const target = targets.find((one) => one.name === name);
    if (target === undefined) t.fail(`no target is called ${name}`);
    else t.equal(await fuzz(target, { runs: 1, seed, path }), undefined, `${name} ${seed} ${path}`);
  }
});
