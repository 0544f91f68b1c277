// systemd-boot's entries as the selector (Boot Loader Specification; systemd "Automatic Boot Assessment"): an entry `kazashi-b+1.conf` is tried
// once, the loader itself renames it to `+0-1`, and an entry without tries left comes last. The default slot's entry has no counter.

import { join } from 'node:path';
import type { DurableFs } from '../../uplink/durable-fs.ts';
import { type BootSelector, otherSlot, type Slot } from './ports.ts';

interface Entry {
  readonly name: string;
  readonly slot: Slot;
  /** undefined: not counted. */
  readonly left: number | undefined;
  readonly text: string;
}

const NAME = /^kazashi-([ab])(?:\+(\d+)(?:-\d+)?)?\.conf$/;
const versionOf = (text: string): bigint => BigInt(/^version (\d+)$/m.exec(text)?.[1] ?? 0);

export interface SystemdBootParts {
  readonly fs: DurableFs;
  /** `loader/entries` of the boot partition. */
  readonly folder: string;
  /** Unique id of the slot's root partition. */
  readonly partUuid: (slot: Slot) => string;
}

export const systemdBootSelector = ({ fs, folder, partUuid }: SystemdBootParts): BootSelector => {
  const entries = async (): Promise<readonly Entry[]> => {
    const found: Entry[] = [];
    for (const name of await fs.list(folder)) {
      const [, slot, left] = NAME.exec(name) ?? [];
      if (slot !== 'a' && slot !== 'b') continue;
      const text = Buffer.from((await fs.read(join(folder, name))) ?? []).toString('utf8');
      found.push({ name, slot, left: left === undefined ? undefined : Number(left), text });
    }
    return found;
  };

  const write = async (slot: Slot, name: string): Promise<void> => {
    const model = (await entries()).find((entry) => entry.slot === otherSlot(slot) && entry.left === undefined);
    if (model === undefined) throw Object.assign(new Error(`${folder}: no entry of the running slot`), { code: 'ENOENT' });
    const text = model.text
      .replace(/^title .*$/m, `title kazashi ${slot}`)
      .replace(/^version .*$/m, `version ${versionOf(model.text) + 1n}`)
      .replace(/^(linux|initrd) \/[ab]\//gm, `$1 /${slot}/`)
      .replace(/kazashi\.root=\S+/, `kazashi.root=${partUuid(slot)}`);
    // Not an entry until it is whole.
    const draft = join(folder, `kazashi-${slot}.new`);
    await fs.remove(draft);
    const file = await fs.create(draft);
    try {
      await file.write(new TextEncoder().encode(text));
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(draft, join(folder, name));
    await fs.syncDirectory(folder);
  };

  const forbid = async (slot: Slot): Promise<void> => {
    for (const { name, slot: of } of await entries()) if (of === slot) await fs.remove(join(folder, name));
    await fs.syncDirectory(folder);
  };

  return {
    async defaultSlot() {
      const lasting = (await entries()).filter(({ left }) => left === undefined);
      return lasting.sort((a, b) => (versionOf(a.text) < versionOf(b.text) ? 1 : -1))[0]?.slot;
    },
    forbid,
    async arm(slot) {
      await forbid(slot);
      await write(slot, `kazashi-${slot}+1.conf`);
      return undefined;
    },
    async settle(slot) {
      const plain = `kazashi-${slot}.conf`;
      const mine = (await entries()).filter((entry) => entry.slot === slot);
      const [counted] = mine.filter(({ name }) => name !== plain);
      if (mine.some(({ name }) => name === plain)) {
        for (const { name } of mine) if (name !== plain) await fs.remove(join(folder, name));
      } else if (counted !== undefined) await fs.rename(join(folder, counted.name), join(folder, plain));
      else return write(slot, plain);
      await fs.syncDirectory(folder);
    },
  };
};
