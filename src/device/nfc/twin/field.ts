// The radio field of the simulated reader with at most one card in it: power, activation, and the blocks of ISO/IEC 14443-4
// as far as the chip's host can see them. Knows no frames and no commands.

import type { VirtualCardChip } from '../../../card/ports.ts';
import { concat, equal } from '../../../core/bytes.ts';
import type { PollName } from '../commands.ts';
import { BLOCK_DATA, blockCount } from './timing.ts';

/** CID the chip gives in its ATTRIB. */
const CID = 0x01;
const DESELECT = Uint8Array.of(0xca, CID);

type Activation = { readonly chip: VirtualCardChip; blockNumber: 0 | 1; lastBlock: Uint8Array };

export type Exchange = { readonly outcome: 'answer'; readonly data: Uint8Array } | { readonly outcome: 'silent' | 'gone' };

export class TwinField {
  readonly #random: (length: number) => Uint8Array;
  readonly #arrivals = new Set<() => void>();
  #chip: VirtualCardChip | undefined;
  #on = false;
  /** The card listens to polls: not activated, not halted. */
  #listening = false;
  #active: Activation | undefined;
  readonly #departures = new Set<() => void>();

  constructor(random: (length: number) => Uint8Array) {
    this.#random = random;
  }

  get card(): VirtualCardChip | undefined {
    return this.#chip;
  }

  insert(chip: VirtualCardChip): void {
    this.remove();
    this.#chip = chip;
    this.#listening = true;
    if (this.#on) chip.powerOn();
    for (const arrived of [...this.#arrivals]) arrived();
  }

  remove(): void {
    if (this.#on) this.#chip?.powerOff();
    this.#chip = undefined;
    this.#active = undefined;
    for (const taken of [...this.#departures]) taken();
  }

  switch(on: boolean): void {
    if (on === this.#on) return;
    this.#on = on;
    this.#active = undefined;
    this.#listening = true;
    if (on) this.#chip?.powerOn();
    else this.#chip?.powerOff();
  }

  /** Calls back once a card is put into the field. */
  onArrival(listener: () => void): () => void {
    this.#arrivals.add(listener);
    return () => this.#arrivals.delete(listener);
  }

  /** Target data of InListPassiveTarget (without nb and tg), or undefined when nothing of this technology answers. */
  poll(name: PollName): Uint8Array | undefined {
    const chip = this.#chip;
    if (chip === undefined || !this.#listening) return undefined;
    switch (chip.technology) {
      case 'iso14443-4b':
        return name === 'b' ? this.#activateB(chip) : undefined;
      case 'iso14443-3b':
        return name === 'b' ? concat(this.#atqb(Uint8Array.of(0x00, 0x80, 0x71)), Uint8Array.of(0)) : undefined;
      case 'iso14443-a':
        // SENS_RES, SEL_RES without ISO/IEC 14443-4, four-byte UID.
        return name === 'a' ? concat(Uint8Array.of(0x00, 0x04, 0x08, 0x04), this.#random(4)) : undefined;
      case 'felica':
        return name === 'f212' || name === 'f424'
          ? concat(Uint8Array.of(0x12, 0x01, 0x01, 0x2e), this.#random(6), Uint8Array.of(0x05, 0x31, 0x43, 0x45, 0x46, 0x82, 0xb7, 0xff))
          : undefined;
    }
  }

  /** 212 and 424 kbps both ways, frames of 256 bytes, ISO/IEC 14443-4, FWI 10, CID. */
  #activateB(chip: VirtualCardChip): Uint8Array {
    this.#listening = false;
    this.#active = { chip, blockNumber: 1, lastBlock: Uint8Array.of(0xab, CID) };
    return concat(this.#atqb(Uint8Array.of(0xb3, 0x81, 0xa1)), Uint8Array.of(0x01, CID));
  }

  #atqb(protocol: Uint8Array): Uint8Array {
    return concat(Uint8Array.of(0x50), this.#random(4), Uint8Array.of(0x00, 0x00, 0x41, 0xe0), protocol);
  }

  /** One APDU to the active card. A card that dies or is taken on the way never answers. */
  async exchange(apdu: Uint8Array, onSent: () => void): Promise<Exchange> {
    const active = this.#active;
    if (active === undefined) return { outcome: this.#chip === undefined ? 'gone' : 'silent' };
    const answer = await new Promise<Uint8Array | undefined>((resolve) => {
      const taken = () => resolve(undefined);
      const died = () => {
        if (this.#active === active) this.halt();
        taken();
      };
      this.#departures.add(taken);
      active.chip
        .transceive(apdu)
        .then(resolve, died)
        .finally(() => this.#departures.delete(taken));
      onSent();
    });
    if (answer === undefined || this.#active !== active) return { outcome: 'silent' };
    const blocks = blockCount(apdu.length) + blockCount(answer.length) - 1;
    active.blockNumber = ((active.blockNumber + blocks) % 2) as 0 | 1;
    const last = answer.subarray((blockCount(answer.length) - 1) * BLOCK_DATA);
    active.lastBlock = concat(Uint8Array.of(0x0a | active.blockNumber, CID), last);
    return { outcome: 'answer', data: answer };
  }

  /**
   * Raw bytes: R(NAK) is answered with the last block again, or with R(ACK) when it asks for the other block number
   * (ISO/IEC 14443-4, 7.5.4.3, rules 11 and 12); S(DESELECT) halts. Undefined: no answer.
   */
  raw(bytes: Uint8Array): Uint8Array | undefined {
    const active = this.#active;
    if (active === undefined) return undefined;
    if (equal(bytes, DESELECT)) {
      this.halt();
      return DESELECT;
    }
    const [pcb = 0, cid] = bytes;
    if (bytes.length !== 2 || cid !== CID || (pcb & 0xfe) !== 0xba) return undefined;
    return (pcb & 1) === active.blockNumber ? active.lastBlock : Uint8Array.of(0xaa | active.blockNumber, CID);
  }

  /** The active card goes to sleep until the field starts anew. */
  halt(): void {
    this.#active = undefined;
  }
}
