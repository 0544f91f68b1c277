// The slots of the box this program runs on, from what the kernel shows: the root it was started from, and the other root partition of the same
// disk. A second disk with a copy of the image is never touched. `root` is a parameter so that a test can lay out a box of its own.

import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KioskFailure } from '../../core/failure.ts';
import { otherSlot, type Slot, type SlotDevice, type Slots } from './ports.ts';

interface Partition {
  readonly node: string;
  readonly partUuid: string;
  readonly bytes: number;
}

export interface BoxSlots extends Slots {
  readonly running: Slot;
  partUuid(slot: Slot): string;
}

const SECTOR = 512;
const BOOT = 'boot/firmware';

const notHere = (reason: string): KioskFailure =>
  new KioskFailure('input/invalid', {
    message: `this box cannot be updated: ${reason}; updates are for boxes that run a kazashi image`,
    facts: { field: 'box' },
  });

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

interface Seen extends Partition {
  readonly name: string;
  readonly disk: string;
}

const partitions = (root: string): readonly Seen[] => {
  const folder = join(root, 'sys/class/block');
  return readdirSync(folder).flatMap((entry) => {
    const facts = readText(join(folder, entry, 'uevent'));
    const [, name] = /^PARTNAME=(.*)$/m.exec(facts) ?? [];
    const [, partUuid] = /^PARTUUID=(.*)$/m.exec(facts) ?? [];
    if (name === undefined || partUuid === undefined) return [];
    const bytes = Number(readText(join(folder, entry, 'size'))) * SECTOR;
    return [
      { name, partUuid: partUuid.toLowerCase(), node: join(root, 'dev', entry), bytes, disk: dirname(realpathSync(join(folder, entry))) },
    ];
  });
};

/** Throws input/invalid where this is no kazashi image, or the other slot is in use or not alone. */
export const findSlots = (root = '/'): BoxSlots => {
  const [, wanted] = /(?:^|\s)kazashi\.root=(\S+)/.exec(readText(join(root, 'proc/cmdline'))) ?? [];
  if (wanted === undefined) throw notHere('it was not started by an image');
  const all = partitions(root);
  const mine = all.find(({ partUuid }) => partUuid === wanted.toLowerCase());
  const running = (['a', 'b'] as const).find((slot) => mine?.name === `kazashi-root-${slot}`);
  if (mine === undefined || running === undefined) throw notHere('the partition that it was started from is not to be seen');
  const others = all.filter(({ name, disk }) => disk === mine.disk && name === `kazashi-root-${otherSlot(running)}`);
  const [other] = others;
  if (other === undefined || others.length > 1) throw notHere(`its disk has ${others.length} partitions for the other slot`);
  if (readText(join(root, 'proc/mounts')).split('\n').some((line) => line.startsWith(`${other.node} `))) throw notHere(`${other.node} is mounted`); // biome-ignore format: one rule a line
  const of = (slot: Slot): Partition => (slot === running ? mine : other);
  return {
    running,
    partUuid: (slot) => of(slot).partUuid,
    bootFolder: (slot) => join(root, BOOT, slot),
    openRoot: (slot) => {
      if (slot === running) throw notHere('the running slot is never written');
      return openDevice(of(slot), join(root, 'proc/sys/vm/drop_caches'));
    },
  };
};

const openDevice = async ({ node, bytes }: Partition, dropCaches: string): Promise<SlotDevice> => {
  const handle = await open(node, 'r+');
  let forgotten = false;
  return {
    bytes,
    async write(offset, data) {
      forgotten = false;
      for (let done = 0; done < data.length; ) done += (await handle.write(data, done, data.length - done, offset + done)).bytesWritten;
    },
    sync: () => handle.sync(),
    async read(offset, length) {
      // What was just written would be read from memory. A kernel that may not be asked reads from there; the chunks are compared all the same.
      if (!forgotten) await writeFile(dropCaches, '1').catch(() => undefined);
      forgotten = true;
      const data = Buffer.alloc(length);
      const { bytesRead } = await handle.read(data, 0, length, offset);
      return data.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
};
