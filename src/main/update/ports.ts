// What an update needs of the box: two slots to write to, and a boot loader that is told which one to start.

export type Slot = 'a' | 'b';
export const otherSlot = (slot: Slot): Slot => (slot === 'a' ? 'b' : 'a');

/** A root partition. All reject with an Error whose `code` is the errno name. */
export interface SlotDevice {
  readonly bytes: number;
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Everything written is on the medium. */
  sync(): Promise<void>;
  /** From the medium, not from what the kernel remembers of the writing, as far as it can be told to. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface Slots {
  openRoot(slot: Slot): Promise<SlotDevice>;
  /** Folder on the boot partition with the slot's `vmlinuz` and `initrd.img`. */
  bootFolder(slot: Slot): string;
}

/** Every method is durable when it resolves, and may be cut off anywhere: done again it ends the same way. */
export interface BootSelector {
  /** The slot that starts when nothing is tried. */
  defaultSlot(): Promise<Slot | undefined>;
  /** The slot is never started, until it is armed. Not for the default slot. */
  forbid(slot: Slot): Promise<void>;
  /** The next start tries this slot, once; the one after is the default's again. Answers the word that the restart needs, if any. */
  arm(slot: Slot): Promise<string | undefined>;
  /** From now on this is the default slot. */
  settle(slot: Slot): Promise<void>;
}
