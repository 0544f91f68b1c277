// Two thousand runs of every fuzz target with the seeds below, and every finding of longer runs again. `npm run fuzz` makes a million of each.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'tap';
import { encodeCardPhoto } from '../../src/card/twin/jp2.ts';
import { decodeJp2 } from '../../src/faceauth/jp2.ts';
import { Jp2Codec } from '../../src/faceauth/jp2-codec.ts';
import { codestreamOf, type PromisedSize, promisedSize } from '../../src/faceauth/jp2-codestream.ts';
import { promisedPackets } from '../../src/faceauth/jp2-packets.ts';
import { overdrawn } from './allocation.ts';
import { type Finding, fuzz, openTargets } from './targets.ts';

const RUNS = 1000;
const SEEDS = [1, 20261124];

const targets = await openTargets();

for (const target of targets) {
  test(target.name, async (t) => {
    for (const seed of SEEDS) t.equal(await fuzz(target, { runs: RUNS, seed }), undefined, `seed ${seed}`);
  });
}

const MB = 1024 * 1024;
const kept: unknown[] = [];
const garbage = (bytes: number, make: () => unknown) => {
  for (let i = 0; i < bytes / 1000; i += 1) kept[0] = make();
};

test('what a run allocates is noticed: kept or dropped, in objects or in buffers, more than one collection holds', async (t) => {
  const numbers = () => Array.from({ length: 125 }, (_, i) => i + 0.5);
  const within = (run: () => void) => overdrawn(MB, async () => run());
  t.match(await within(() => kept.splice(0, 1, new Uint8Array(2 * MB))), /^2\d{6} bytes$/);
  t.match(await within(() => garbage(1.3 * MB, numbers)), /bytes|collections/);
  t.match(await within(() => garbage(40 * MB, numbers)), /collections/);
  t.match(await within(() => garbage(40 * MB, () => new Uint8Array(1000))), /collections/);
  t.equal(await within(() => kept.splice(0, 1, new Uint8Array(0.9 * MB))), undefined);
  t.equal(await within(() => garbage(0.2 * MB, numbers)), undefined);
  await t.rejects(
    overdrawn(MB, async () => {
      throw new Error('a failing run');
    }),
    /a failing run/,
  );
});

test('a finding is what does not hold, throws, or takes too much, and its path leads to it again', async (t) => {
  const input = fc.nat(600).map((length) => new Uint8Array(length));
  const long = (bytes: unknown) => bytes instanceof Uint8Array && bytes.length > 500;
  const found = async (holds: (bytes: unknown) => boolean): Promise<Finding> => {
    const target = { name: 'test', input, holds };
    const first = await fuzz(target, { runs: 400, seed: 1 });
    if (first === undefined) throw new Error('nothing found');
    t.equal((await fuzz(target, { runs: 1, seed: 1, path: first.path }))?.error.slice(0, 11), first.error.slice(0, 11));
    return first;
  };
  t.match(await found((bytes) => !long(bytes)), { error: 'does not hold' });
  t.match(
    await found((bytes) => {
      if (long(bytes)) throw new TypeError('crashed');
      return true;
    }),
    { error: 'crashed' },
  );
  t.match(await found((bytes) => !long(bytes) || kept.splice(0, 1, new Uint8Array(2 * MB)).length > 0), {
    error: /^allocated 2\d{6} bytes for an input of 501$/,
  });
});

test('a photo of 1 kB that promises 2000 × 2000 pixels is refused before anything is reserved for them', async (t) => {
  const photo = await encodeCardPhoto({ width: 32, height: 32, data: new Uint8Array(1024).fill(99) }, 900);
  const at = Buffer.from(photo.buffer).indexOf(Buffer.from('ff4fff51', 'hex'));
  const view = new DataView(photo.buffer, at + 8);
  for (const offset of [0, 4, 16, 20]) view.setUint32(offset, 2000);
  await t.rejects(decodeJp2(photo), { code: 'face/photo-unreadable', facts: { reason: 'size' } });
});

/** A box (ISO/IEC 15444-1 I.4) put before the codestream's. */
const withBox = (photo: Uint8Array, contents: Uint8Array): Uint8Array => {
  const at = Buffer.from(photo).indexOf('jp2c', 'latin1') - 4;
  const head = Buffer.from('\0\0\0\0free', 'latin1');
  head.writeUInt32BE(contents.length + 8);
  return Uint8Array.from(Buffer.concat([photo.subarray(0, at), head, contents, photo.subarray(at)]));
};

test('the size of the codestream that is decoded counts, not that of another one before it', async (t) => {
  const [small, large] = await Promise.all(
    [32, 2048].map((side) => encodeCardPhoto({ width: side, height: side, data: new Uint8Array(side * side).fill(99) }, 900)),
  );
  if (small === undefined || large === undefined) throw new Error('no photos');
  const codestream = (photo: Uint8Array) => photo.subarray(Buffer.from(photo).indexOf(Buffer.from('ff4fff51', 'hex')));
  t.match(await decodeJp2(withBox(small, codestream(large))), { width: 32, height: 32 });
  await t.rejects(decodeJp2(withBox(large, codestream(small))), { code: 'face/photo-unreadable', facts: { reason: 'size' } });
});

test('a photo of thousands of tiles is refused before the codec makes room for each', async (t) => {
  const photo = await encodeCardPhoto({ width: 240, height: 320, data: new Uint8Array(240 * 320).fill(99) }, 900);
  const view = new DataView(photo.buffer, Buffer.from(photo.buffer).indexOf(Buffer.from('ff4fff51', 'hex')) + 8);
  for (const offset of [16, 20]) view.setUint32(offset, 2);
  await t.rejects(decodeJp2(photo), { code: 'face/photo-unreadable', facts: { reason: 'size' } });
});

/** The photo with another coding style (A.6.1): layers, and precincts of one sample at every resolution. */
const restyled = (photo: Uint8Array, layers: number, tiny: boolean): Uint8Array => {
  const bytes = Buffer.from(photo);
  const at = bytes.indexOf(Buffer.from('ff52', 'hex'));
  const end = at + 2 + bytes.readUInt16BE(at + 2);
  const style = Buffer.from(bytes.subarray(at + 4, end));
  if (tiny) style[0] = (style[0] ?? 0) | 1;
  style.writeUInt16BE(layers, 2);
  const precincts = Buffer.alloc(tiny ? (style[5] ?? 0) + 1 : 0);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(2 + 10 + precincts.length);
  return Buffer.concat([bytes.subarray(0, at + 2), length, style.subarray(0, 10), precincts, bytes.subarray(end)]);
};

test('a photo that promises millions of packets is refused before the codec looks for each', async (t) => {
  const photo = await encodeCardPhoto({ width: 240, height: 320, data: new Uint8Array(240 * 320).fill(99) }, 900);
  const codestream = codestreamOf(photo) ?? new Uint8Array(0);
  const packets = (bytes: Uint8Array) => promisedPackets(bytes, promisedSize(bytes) as PromisedSize);
  t.equal(packets(codestream), 6, 'one layer, five decompositions');
  t.equal(packets(restyled(codestream, 20, false)), 120);
  t.equal(packets(restyled(codestream, 65_535, false)), 6 * 65_535);
  t.ok((packets(restyled(codestream, 1, true)) ?? 0) > 240 * 320, 'a precinct for each sample');
  const refused = { code: 'face/photo-unreadable', facts: { reason: 'coding style' } };
  await t.rejects(decodeJp2(restyled(codestream, 65_535, false)), refused);
  await t.rejects(decodeJp2(restyled(codestream, 1, true)), refused);
  const inTilePart = (segment: Uint8Array): Uint8Array => {
    const bytes = Buffer.from(codestream);
    const at = bytes.indexOf(Buffer.from('ff90', 'hex'));
    const size = bytes.readUInt32BE(at + 6);
    if (size !== 0) bytes.writeUInt32BE(size + segment.length, at + 6);
    return Buffer.concat([bytes.subarray(0, at + 12), segment, bytes.subarray(at + 12)]);
  };
  const many = restyled(codestream, 65_535, false);
  const at = Buffer.from(many).indexOf(Buffer.from('ff52', 'hex'));
  const style = many.subarray(at, at + 2 + Buffer.from(many).readUInt16BE(at + 2));
  await t.rejects(decodeJp2(inTilePart(style)), refused, 'nor is it believed when a tile-part says it');
  t.equal(packets(inTilePart(Buffer.from('ff6400040001', 'hex'))), 6, 'a comment in a tile-part changes nothing');
});

test('the codec takes no more memory than a picture may, and works on after it was refused some', async (t) => {
  const codec = await Jp2Codec.load();
  const size = () => codec.decodeWithin(0, (decoder) => decoder.getEncodedBuffer(1).buffer.byteLength);
  const first = size();
  const needy = () => codec.decodeWithin(MB, (decoder) => decoder.getEncodedBuffer(2 * first));
  t.throws(needy);
  t.ok(size() <= first + MB, 'it has not grown');
  t.doesNotThrow(() => codec.decodeWithin(3 * first, (decoder) => decoder.getEncodedBuffer(2 * first)), 'it could have');
});

test('docs/fuzz.md names every target as it is printed, and no other, and its findings by tests that are here', async (t) => {
  const page = readFileSync('docs/fuzz.md', 'utf8');
  const named = [...page.matchAll(/^\| (.+?) \| [\d,]+ \| \d+ \|$/gm)].map(([, name]) => name);
  t.same(
    named,
    targets.map(({ name }) => name),
  );
  const told = [...page.matchAll(/^ {2}Kept: \[(.+)\]\(\.\.\/(.+)\)\.$/gm)];
  t.equal(told.length, 6);
  for (const [, name = '', file = ''] of told) t.ok(readFileSync(file, 'utf8').includes(`test('${name}'`), name);
  t.match(page, `${(RUNS * SEEDS.length).toLocaleString('en-GB')} of each`);
});

test('what longer runs found stays mended', async (t) => {
  const findings = JSON.parse(readFileSync('test/fuzz/findings.json', 'utf8')) as readonly { target: string; seed: number; path: string }[];
  for (const { target: name, seed, path } of findings) {
    const target = targets.find((one) => one.name === name);
    if (target === undefined) t.fail(`no target is called ${name}`);
    else t.equal(await fuzz(target, { runs: 1, seed, path }), undefined, `${name} ${seed} ${path}`);
  }
});
