// A card that is larger than the image: the first start gives the rest of it to the data partition, a power cut meanwhile or not.

import { mkdirSync, statSync, truncateSync } from 'node:fs';
import { test } from 'tap';
import { BoxLab, NO_IMAGE } from './box-lab.ts';
import { takeFolders } from './disk.ts';
import { tableOf } from './gpt.ts';
import { IDLE } from './visit.ts';
import { Replay, readEntries } from './write-log.ts';

const MIB = 1024 * 1024;
const MORE = 2048 * MIB;
/** From the table's first write to beyond the file system's last. */
const CUTS = 60;

test('a larger card is all used from its first start on, and a second start changes nothing', { skip: NO_IMAGE }, async (t) => {
  const lab = new BoxLab();
  t.teardown(() => lab.stop(t.passing() ? undefined : '.tap/image/grow'));
  mkdirSync('.tap/image', { recursive: true });
  await lab.setUp({ evidence: '.tap/image/grow', kernelWords: 'systemd.debug_shell=ttyS1' });
  const before = tableOf(lab.disk);
  truncateSync(lab.disk, statSync(lab.disk).size + MORE);
  const sectors = statSync(lab.disk).size / 512;
  const size = async () => {
    await lab.panel.sees(IDLE);
    const shell = await lab.openShell();
    t.match(await shell.run('journalctl -b --no-pager _PID=1'), /Using hardware watchdog/, 'the box’s watchdog is armed');
    return Number(
      (await shell.run('stat -f -c "%b %S" /data'))
        .trim()
        .split(' ')
        .reduce((blocks, bytes) => String(Number(blocks) * Number(bytes))),
    );
  };
  await lab.plugIn({ logWrites: true });
  const first = await size();
  t.ok(first > MORE, `${Math.round(first / MIB)} MiB of file system`);
  await lab.cut();

  await t.test('the power may go while it grows', async (t) => {
    const entries = readEntries(lab.writeLog);
    const start = entries.findIndex(({ at, bytes }) => bytes > 0 && at + bytes > MORE && at >= (sectors - 40) * 512);
    t.ok(start >= 0, 'the second table was written at the end of the card');
    const replay = new Replay(lab.writeLog, lab.disk);
    const [old, grown] = [before.partitions[3]?.[1], Math.floor((sectors - 33) / 2048) * 2048 - 1];
    const seen = new Set<number | undefined>();
    for (let point = start; point < Math.min(start + CUTS, entries.length); point += 1) {
      replay.cutAt(point, Math.random);
      const { partitions } = tableOf(lab.disk);
      t.same(partitions.slice(0, 3), before.partitions.slice(0, 3));
      seen.add(partitions[3]?.[1]);
      takeFolders(lab.disk, `${lab.folder}/data`);
      replay.undo();
    }
    t.same(seen, new Set([old, grown]), 'as it was or as it is to be');
    replay.cutAt(entries.length, () => 0);
    replay.close();
  });
  const table = tableOf(lab.disk);
  t.equal(table.otherAt, sectors - 1);
  await lab.plugIn();
  t.equal(await size(), first);
  t.same(tableOf(lab.disk), table);
  await lab.machine.powerButton();
  await lab.goesOff();
  t.equal(lab.dataState(), 'clean');
});
