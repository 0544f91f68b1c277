// What a poll found: the PN532's target data read into a technology (UM0701-02, 7.3.5). Pure.
// The identifiers in it (PUPI, UID, IDm) are dropped here and go nowhere.

import type { CardTechnology } from '../../card/ports.ts';
import { KioskFailure } from '../../core/failure.ts';
import type { PollName } from './commands.ts';

export interface Target {
  readonly technology: CardTechnology;
  /** Speaks ISO/IEC 14443-4, so that it can take APDUs. */
  readonly isoDep: boolean;
  /** The poll that found it, and would find it again. */
  readonly poll: PollName;
  /** ISO-DEP over type B: the protocol info of the ATQB (bit rates, frame size and type, FWI and options; 14443-3, 7.9.4). */
  readonly protocolInfo?: Uint8Array;
  /** Another of the same technology lies beside it. */
  readonly several?: true;
}

const ATQB_LENGTH = 12;
const ATQB = 0x50;
/** Second byte of the protocol info: low bit of the protocol type = ISO/IEC 14443-4 supported (14443-3, 7.9.4.4). */
const PROTOCOL_INFO = 9;
const PROTOCOL_TYPE = 10;
/** SEL_RES bit 6 = ISO/IEC 14443-4 supported (14443-3, 6.5.3.4). */
const SAK_ISO_DEP = 0x20;

/** The first target in an InListPassiveTarget answer (`nb`, then `tg data…` of each), or undefined. Throws reader/protocol when it is cut short. */
export const readTarget = (poll: PollName, answer: Uint8Array): Target | undefined => {
  const target = firstTarget(poll, answer);
  return target === undefined || (answer[0] ?? 0) < 2 ? target : { ...target, several: true };
};

const firstTarget = (poll: PollName, answer: Uint8Array): Target | undefined => {
  if (answer[0] === 0) return undefined;
  const data = answer.subarray(2);
  const malformed = () => new KioskFailure('reader/protocol', { facts: { poll, targetBytes: data.length } });
  if (answer[0] === undefined) throw malformed();
  if (poll === 'b') {
    if (data.length < ATQB_LENGTH || data[0] !== ATQB) throw malformed();
    // An ATTRIB answer of no bytes: the chip found the card but could not open the protocol.
    const isoDep = ((data[PROTOCOL_TYPE] ?? 0) & 1) === 1 && (data[ATQB_LENGTH] ?? 0) > 0;
    if (!isoDep) return { technology: 'iso14443-3b', isoDep, poll };
    return { technology: 'iso14443-4b', isoDep, poll, protocolInfo: data.slice(PROTOCOL_INFO, ATQB_LENGTH) };
  }
  if (poll === 'a') {
    if (data.length < 4) throw malformed();
    return { technology: 'iso14443-a', isoDep: ((data[2] ?? 0) & SAK_ISO_DEP) !== 0, poll };
  }
  if (data.length < 18) throw malformed();
  return { technology: 'felica', isoDep: false, poll };
};
