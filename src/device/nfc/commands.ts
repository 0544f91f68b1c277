// The PN532 commands this driver uses, as bytes (UM0701-02, chapter 7). Pure: no bus, no time, no state.

import { type BitRate, bitRateCode } from './bit-rate.ts';

/** One command: code, parameters, and what the driver must know to send it well. */
export interface Pn532Command {
  readonly code: number;
  readonly data: Uint8Array;
  /** Likely bytes after the answer code: a hint for exact-length reads. */
  readonly likelyAnswer: number;
  /** Whether sending it twice does no harm. False for what reaches the card: a repeated VERIFY would cost a try. */
  readonly repeatable: boolean;
}

const COMMAND = {
  diagnose: 0x00,
  getFirmwareVersion: 0x02,
  writeRegister: 0x08,
  setParameters: 0x12,
  samConfiguration: 0x14,
  rfConfiguration: 0x32,
  inDataExchange: 0x40,
  inCommunicateThru: 0x42,
  inListPassiveTarget: 0x4a,
  inRelease: 0x52,
} as const;
export const COMMAND_CODE: Readonly<Record<keyof typeof COMMAND, number>> = COMMAND;

const command = (code: number, data: Uint8Array | readonly number[], likelyAnswer: number, repeatable = true): Pn532Command => ({
  code,
  data: Uint8Array.from(data),
  likelyAnswer,
  repeatable,
});

/** Bytes of card data in one InDataExchange, either way. */
export const MAX_EXCHANGE_DATA = 262;
/** Raw bytes in one InCommunicateThru, either way. */
export const MAX_THROUGH_DATA = 264;
/** More Information: the message goes on in the next frame. */
export const MORE_INFORMATION = 0x40;

/** Normal mode, no virtual card, IRQ line in use. The first command after power-up. */
export const samConfiguration = (): Pn532Command => command(COMMAND.samConfiguration, [0x01, 0x00, 0x01], 0);
/** Answer: IC, version, revision, support bits (1 = A, 2 = B, 4 = ISO 18092). */
export const getFirmwareVersion = (): Pn532Command => command(COMMAND.getFirmwareVersion, [], 4);
/** Automatic RATS and ATR_REQ (the power-up values), no NAD, no DID. */
export const setParameters = (): Pn532Command => command(COMMAND.setParameters, [0x14], 0);
/** Echo through host link and chip: the answer repeats the parameters. */
export const communicationTest = (pattern: Uint8Array): Pn532Command => command(COMMAND.diagnose, [0x00, ...pattern], 1 + pattern.length);

export const rfField = (on: boolean): Pn532Command => command(COMMAND.rfConfiguration, [0x01, on ? 0x01 : 0x00], 0);
/** Timeout of InCommunicateThru, as an index (through-timeout.ts). */
export const rfTimeouts = (index: number): Pn532Command => command(COMMAND.rfConfiguration, [0x02, 0x00, 0x0b, index], 0);
/** Tries after the first one; the power-up value of the last (FF) would wait for a card for ever. */
export const rfRetries = (passiveActivation: number): Pn532Command =>
  command(COMMAND.rfConfiguration, [0x05, 0xff, 0x01, passiveActivation], 0);

/** CIU_TxMode and CIU_RxMode of the contactless unit (registers of the PN532/C1 data sheet). */
export const REGISTER = { txMode: 0x6302, rxMode: 0x6303 } as const;
/** Check bytes on, framing of type B, 106 kbps; bits 6 to 4 are the rate. */
export const TYPE_B_MODE = 0x83;
/** Sets the rate both ways. */
export const bitRate = (rate: BitRate): Pn532Command => {
  const mode = TYPE_B_MODE | (bitRateCode(rate) << 4);
  const write = [REGISTER.txMode, REGISTER.rxMode].flatMap((address) => [address >> 8, address & 0xff, mode]);
  return command(COMMAND.writeRegister, write, 0);
};

/** What a poll asks for. The answer is `nb`, then the targets. */
export const POLLS = {
  /** Two targets, the most the chip knows, so that a second card does not stay hidden. AFI 00: every application family. The chip sends ATTRIB itself. */
  b: command(COMMAND.inListPassiveTarget, [0x02, 0x03, 0x00], 16),
  a: command(COMMAND.inListPassiveTarget, [0x01, 0x00], 10),
  /** Polling, system code FFFF, request code 00, one time slot. */
  f212: command(COMMAND.inListPassiveTarget, [0x01, 0x01, 0x00, 0xff, 0xff, 0x00, 0x00], 20),
  f424: command(COMMAND.inListPassiveTarget, [0x01, 0x02, 0x00, 0xff, 0xff, 0x00, 0x00], 20),
} as const;
export type PollName = keyof typeof POLLS;

/** A piece of an APDU to target 1; `more` when the next piece follows. With no data: "go on" with an answer that was not finished. */
export const inDataExchange = (data: Uint8Array, more: boolean, likelyData: number): Pn532Command =>
  command(COMMAND.inDataExchange, [more ? 0x01 | MORE_INFORMATION : 0x01, ...data], 1 + likelyData, false);
/** Raw bytes on the air, CRC added by the chip. */
export const inCommunicateThru = (data: Uint8Array, likelyData: number): Pn532Command =>
  command(COMMAND.inCommunicateThru, data, 1 + likelyData, false);
/** Type B initialisation by the host (ISO/IEC 14443-3, 7.7 and 7.10): wake every card of every family, one slot. */
export const WUPB: Uint8Array = Uint8Array.of(0x05, 0x00, 0x08);
/** ATTRIB: default turn-round times, frames of 256 bytes to the reader, ISO/IEC 14443-4, CID 0. `pupi`: 4 bytes of the ATQB. */
export const attrib = (pupi: Uint8Array, rate: BitRate): Uint8Array => {
  const code = bitRateCode(rate);
  return Uint8Array.of(0x1d, ...pupi, 0x00, (code << 6) | (code << 4) | 0x08, 0x01, 0x00);
};
/** R(NAK) with CID 1, the CID the chip gives (ISO/IEC 14443-4, 7.5.4.3: a present card must answer). */
export const presenceCheck = (): Pn532Command => inCommunicateThru(Uint8Array.of(0xba, 0x01), 2);
/** Forgets every target. */
export const inRelease = (): Pn532Command => command(COMMAND.inRelease, [0x00], 1);
