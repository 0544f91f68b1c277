// The log of a disk's writes as QEMU's own tools make it, and what a cut leaves of it.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { countEntries, cutOff, Replay, readEntries, readWriteLog } from './write-log.ts';

const skip = spawnSync('qemu-io', ['--version']).status === 0 ? false : 'qemu-io is missing: apt-get install qemu-utils';
const KB = 1024;

/** A disk of zeros as it was, and the log of some writes: four before the last flush, two after it, and the plug pulled. */
const logged = (directory: string) => {
  const [disk, log, written] = [join(directory, 'disk'), join(directory, 'log'), join(directory, 'written')];
  for (const file of [disk, written]) writeFileSync(file, new Uint8Array(256 * KB));
  writeFileSync(log, '');
  const node = `driver=blklogwrites,file.driver=file,file.filename=${written},log.driver=file,log.filename=${log},log-super-update-interval=1`;
  const words = [
    'write -P 0x11 0 4k',
    'flush',
    'write -P 0x22 8k 4k',
    'write -z 64k 8k',
    'discard 32k 4k',
    'write -P 0x33 16k 1k',
    'flush',
  ];
  const after = ['write -P 0x44 20k 4k', 'write -P 0x55 0 8k', 'sigraise 9'];
  spawnSync('qemu-io', ['--cache=writeback', '--image-opts', node, ...[...words, ...after].flatMap((word) => ['-c', word])]);
  return { disk, log, written };
};

test('what was flushed is told from what was not, and all of it together is what was written', { skip }, async (t) => {
  const { disk, log, written } = logged(t.testdir());
  const { safe, loose, flushes } = readWriteLog(log);
  t.equal(countEntries(log), readEntries(log).length);
  t.same([safe.map(({ at }) => at), loose.map(({ at }) => at), flushes], [[0, 8 * KB, 64 * KB, 16 * KB], [20 * KB, 0], 2]);
  t.match(
    cutOff(log, disk, () => 0),
    { kept: 2, lost: 0, torn: 0 },
  );
  t.ok(readFileSync(disk).equals(readFileSync(written)));
});

test('a cut takes writes that were not flushed, or halves of them, and no other', { skip }, async (t) => {
  const { disk, log } = logged(t.testdir());
  t.match(
    cutOff(log, disk, () => 0.5),
    { kept: 0, lost: 2, torn: 0 },
  );
  const bytes = readFileSync(disk);
  t.same(
    [0, 8 * KB, 16 * KB, 20 * KB].map((at) => bytes[at]),
    [0x11, 0x22, 0x33, 0],
  );
  let turn = 0;
  // Torn, then every other sector of it.
  t.match(
    cutOff(log, disk, () => (turn++ === 0 || turn % 2 === 0 ? 0.9 : 0.1)),
    { kept: 0, torn: 2 },
  );
  const torn = readFileSync(disk);
  t.ok(
    [20 * KB, 0].every((from) => new Set(torn.subarray(from, from + 4 * KB)).size === 2),
    'old and new sectors in one write',
  );
});

test('cuts one after another each find the disk as it was before', { skip }, async (t) => {
  const { disk, log, written } = logged(t.testdir());
  const entries = readEntries(log);
  const replay = new Replay(log, disk);
  const firstFlush = entries.findIndex(({ flush }) => flush);
  for (const kept of [0, 0.5]) {
    replay.cutAt(firstFlush + 2, () => kept);
    const bytes = readFileSync(disk);
    t.same(
      [bytes[0], bytes[8 * KB], bytes[16 * KB]],
      [0x11, kept === 0 ? 0x22 : 0, 0],
      'what was flushed, and of the rest what the cut left',
    );
    replay.undo();
  }
  replay.cutAt(entries.length, () => 0);
  t.ok(readFileSync(disk).equals(readFileSync(written)), 'all of it at the end');
});
