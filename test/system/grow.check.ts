// The last partition of a card that is larger than the image, as the initrd's own program enlarges it; here it is given a file.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { tableOf } from '../image/gpt.ts';

const SFDISK = '/usr/sbin/sfdisk';
const BUSYBOX = '/usr/bin/busybox';
const skip = ((): string | false => {
  if (spawnSync(BUSYBOX, ['crc32', '/dev/null']).status !== 0) return 'busybox with crc32 is missing: apt-get install busybox-static';
  return spawnSync(SFDISK, ['--version']).status === 0 ? false : 'sfdisk is missing: apt-get install fdisk';
})();
const MIB = 1024 * 1024;
const [IMAGE, CARD] = [32 * MIB, 80 * MIB];

/** An image as image/build parts it, on a card. */
const flashed = (folder: string, parts: readonly number[] = [4, 8, 8, 10]): string => {
  const disk = join(folder, 'card');
  writeFileSync(disk, '');
  truncateSync(disk, IMAGE);
  const table = ['label: gpt', `start=1MiB, size=${parts[0]}MiB, type=U`, ...parts.slice(1).map((size) => `size=${size}MiB, type=L`)];
  spawnSync(SFDISK, ['-q', disk], { input: `${table.join('\n')}\n` });
  truncateSync(disk, CARD);
  return disk;
};

/** `cut`: the power goes at that write, of which every second sector has arrived (one sector is written whole or not at all). */
const grow = (disk: string, { number = 4, cut = 0 } = {}) => {
  const tools = `${disk}-tools`;
  mkdirSync(tools, { recursive: true });
  const count = join(tools, 'count');
  writeFileSync(count, '0');
  const dd = `#!/bin/sh
case " $* " in *" of=${disk} "*)
  echo $(($(cat ${count}) + 1)) >${count}
  if [ "$(cat ${count})" = ${cut} ]; then
    for word; do case $word in if=*) from=\${word#if=} ;; seek=*) to=\${word#seek=} ;; esac; done
    for at in 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 31; do
      ${tools}/busybox dd if=$from of=${disk} bs=512 skip=$at seek=$((to + at)) count=1 conv=notrunc 2>/dev/null
    done
    kill -9 $PPID; exit
  fi
esac
exec ${tools}/busybox dd "$@"
`;
  // A shell of busybox would take its own dd.
  spawnSync(BUSYBOX, ['--install', '-s', tools]);
  rmSync(join(tools, 'dd'));
  writeFileSync(join(tools, 'dd'), dd, { mode: 0o755 });
  const { stdout, status } = spawnSync('/bin/sh', ['image/grow', disk, String(CARD / 512), String(number)], {
    encoding: 'utf8',
    env: { PATH: tools, TMPDIR: tools },
  });
  return { stdout, status, writes: Number(readFileSync(count, 'utf8')) };
};

test('it takes what is behind it, to the card’s last whole MiB, and a second start changes nothing', { skip }, (t) => {
  const disk = flashed(t.testdir());
  const before = tableOf(disk);
  t.match(grow(disk), { status: 0, stdout: /partition 4 was grown/ });
  const { partitions, entriesAt, otherAt } = tableOf(disk);
  t.same(partitions.slice(0, 3), before.partitions.slice(0, 3), 'the others are where they were');
  t.same(partitions[3], [before.partitions[3]?.[0], (CARD - MIB) / 512 - 1]);
  t.same([entriesAt, otherAt], [2, CARD / 512 - 1]);
  t.match(
    spawnSync(SFDISK, ['--verify', disk], { encoding: 'utf8' }),
    { stdout: /No errors detected/, stderr: '' },
    'sfdisk finds both tables',
  );
  const bytes = readFileSync(disk);
  t.match(grow(disk), { status: 0, stdout: '', writes: 0 });
  t.ok(readFileSync(disk).equals(bytes));
  t.end();
});

test('the power may go at every write: there is a whole table, and the next start ends what was begun', { skip }, (t) => {
  const folder = t.testdir();
  const disk = flashed(folder);
  const untouched = join(folder, 'untouched');
  cpSync(disk, untouched);
  const before = tableOf(disk);
  const { writes } = grow(disk);
  t.equal(writes, 7);
  const [grown, after] = [readFileSync(disk), tableOf(disk)];
  for (let cut = 1; cut <= writes; cut += 1) {
    cpSync(untouched, disk);
    t.equal(grow(disk, { cut }).status, null, `cut at write ${cut}`);
    t.same(tableOf(disk).partitions, (cut <= 5 ? before : after).partitions);
    t.equal(grow(disk).status, 0);
    t.ok(readFileSync(disk).equals(grown), 'as if nothing had been');
  }
  t.end();
});

test('what it does not know it leaves alone', { skip }, (t) => {
  const disk = flashed(t.testdir());
  const refused = (what: string, words: { number?: number }) => {
    const bytes = readFileSync(disk);
    t.match(grow(disk, words), { status: 1, stdout: new RegExp(what), writes: 0 });
    t.ok(readFileSync(disk).equals(bytes));
  };
  refused('another partition is behind it', { number: 3 });
  const damage = (at: number) => {
    const bytes = readFileSync(disk);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(disk, bytes);
  };
  damage(1024 + 5);
  refused('its entries are damaged', {});
  damage(512 + 60);
  refused('its header is damaged', {});
  damage(512);
  refused('no GPT', {});
  t.end();
});
