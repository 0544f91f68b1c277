// The blocks of ISO/IEC 14443-4 (7.1) as values and as bytes, check bytes left off: the chip adds and takes them. Pure; never throws on input.

import { concat } from '../../../core/bytes.ts';

export type BlockNumber = 0 | 1;

export type Block =
  | { readonly kind: 'i'; readonly number: BlockNumber; readonly more: boolean; readonly cid?: number; readonly inf: Uint8Array }
  | { readonly kind: 'ack' | 'nak'; readonly number: BlockNumber; readonly cid?: number }
  /** Waiting time extension; the multiplier is 1..59. */
  | { readonly kind: 'wtx'; readonly multiplier: number; readonly cid?: number }
  | { readonly kind: 'deselect'; readonly cid?: number };

const CID_FOLLOWS = 0x08;
const NAD_FOLLOWS = 0x04;
const MORE = 0x10;
const NAK = 0x10;
const PCB = { i: 0x02, r: 0xa2, wtx: 0xf2, deselect: 0xc2 } as const;
const MAX_WTXM = 59;

/** Bytes of a block beside its information field: PCB, perhaps CID, two check bytes. */
export const blockOverhead = (cid: number | undefined): number => (cid === undefined ? 3 : 4);

/** Largest frame for a frame size code (14443-4, 5.1 table; 14443-3, 7.9.4.4); reserved codes count as 256, as the standard asks. */
export const frameSize = (code: number): number => [16, 24, 32, 40, 48, 64, 96, 128][code] ?? 256;

/** Undefined for anything a receiver must treat as an invalid block: a reserved PCB, a missing or superfluous byte. */
export const readBlock = (bytes: Uint8Array): Block | undefined => {
  const [pcb] = bytes;
  if (pcb === undefined) return undefined;
  const hasCid = (pcb & CID_FOLLOWS) !== 0;
  const cidByte = bytes[1];
  if (hasCid && cidByte === undefined) return undefined;
  // Bits 8 and 7 tell the power level (7.1.1.2), not the card.
  const cid = hasCid ? { cid: (cidByte ?? 0) & 0x0f } : {};
  const rest = bytes.subarray(hasCid ? 2 : 1);
  const number = (pcb & 1) as BlockNumber;
  if ((pcb & 0xe2) === PCB.i) {
    if ((pcb & NAD_FOLLOWS) !== 0) return undefined; // never agreed on
    return { kind: 'i', number, more: (pcb & MORE) !== 0, ...cid, inf: rest };
  }
  if ((pcb & 0xe6) === PCB.r) return rest.length === 0 ? { kind: (pcb & NAK) === 0 ? 'ack' : 'nak', number, ...cid } : undefined;
  if ((pcb & 0xf7) === PCB.deselect) return rest.length === 0 ? { kind: 'deselect', ...cid } : undefined;
  if ((pcb & 0xf7) !== PCB.wtx || rest.length !== 1) return undefined;
  const multiplier = (rest[0] ?? 0) & 0x3f;
  return multiplier >= 1 && multiplier <= MAX_WTXM ? { kind: 'wtx', multiplier, ...cid } : undefined;
};

export const writeBlock = (block: Block): Uint8Array => {
  const cidBit = block.cid === undefined ? 0 : CID_FOLLOWS;
  const cid = block.cid === undefined ? [] : [block.cid];
  switch (block.kind) {
    case 'i':
      return concat(Uint8Array.of(PCB.i | cidBit | (block.more ? MORE : 0) | block.number, ...cid), block.inf);
    case 'ack':
    case 'nak':
      return Uint8Array.of(PCB.r | cidBit | (block.kind === 'nak' ? NAK : 0) | block.number, ...cid);
    case 'wtx':
      return Uint8Array.of(PCB.wtx | cidBit, ...cid, block.multiplier);
    case 'deselect':
      return Uint8Array.of(PCB.deselect | cidBit, ...cid);
  }
};
