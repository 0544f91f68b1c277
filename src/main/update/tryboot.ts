// The Raspberry Pi's firmware as the selector: `autoboot.txt` on the first partition names the default boot partition and the one that the next
// start tries when it was asked for by `reboot "0 tryboot"` (Raspberry Pi documentation, "autoboot.txt"). The firmware forgets that wish by itself.

import type { DurableFs } from '../../uplink/durable-fs.ts';
import { type BootSelector, otherSlot, type Slot } from './ports.ts';

export interface TrybootParts {
  readonly fs: Pick<DurableFs, 'read'> & {
    /** The same number of bytes in their old place, in one sector: there before it resolves, whole or not at all. */
    overwrite(path: string, bytes: Uint8Array): Promise<void>;
  };
  /** autoboot.txt. It is never removed or renamed: without it the box starts nothing. */
  readonly file: string;
  /** Numbers of the slots' boot partitions, one digit each. */
  readonly partitions: Readonly<Record<Slot, number>>;
}

export const autobootText = (slot: Slot, partitions: Readonly<Record<Slot, number>>): string =>
  `[all]\ntryboot_a_b=1\nboot_partition=${partitions[slot]}\n[tryboot]\nboot_partition=${partitions[otherSlot(slot)]}\n`;

/** Boots the default slot unless a start was asked for with the word that `arm` answers. */
export const trybootSelector = ({ fs, file, partitions }: TrybootParts): BootSelector => {
  const defaultSlot = async (): Promise<Slot | undefined> => {
    const text = Buffer.from((await fs.read(file)) ?? []).toString('latin1');
    return (['a', 'b'] as const).find((slot) => text === autobootText(slot, partitions));
  };
  const settle = async (slot: Slot): Promise<void> => {
    if ((await defaultSlot()) !== slot) await fs.overwrite(file, new TextEncoder().encode(autobootText(slot, partitions)));
  };
  return {
    defaultSlot,
    // It is started by nobody but who asks for it.
    forbid: async (slot) => settle(otherSlot(slot)),
    arm: async (slot) => {
      await settle(otherSlot(slot));
      return '0 tryboot';
    },
    settle,
  };
};
