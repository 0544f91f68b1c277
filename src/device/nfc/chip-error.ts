// What the PN532's error codes mean (UM0701-02, 7.1) and which failure of the kiosk each one is. Pure.

import { type FailureCode, KioskFailure } from '../../core/failure.ts';

const STATUS_MASK = 0x3f;

/** The error in a status byte; 0 = none. The upper bits say NAD and More Information. */
export const chipError = (status: number): number => status & STATUS_MASK;

/** No answer within the time: the usual face of a card that was taken away. */
export const CHIP_TIMEOUT = 0x01;
export const CHIP_CRC = 0x02;
export const CHIP_RF_PROTOCOL = 0x0b;
/** The chip heard something, but no sound frame: check bytes, parity, bit count, framing, collision, protocol. */
const MISHEARD: readonly number[] = [CHIP_CRC, 0x03, 0x04, 0x05, 0x06, CHIP_RF_PROTOCOL];
export const isMisheard = (error: number): boolean => MISHEARD.includes(error);

const CHIP_ERRORS: Readonly<Record<number, readonly [name: string, code: FailureCode]>> = {
  1: ['timeout', 'card/removed'],
  2: ['crc', 'reader/protocol'],
  3: ['parity', 'reader/protocol'],
  4: ['bit-count', 'reader/protocol'],
  5: ['framing', 'reader/protocol'],
  6: ['bit-collision', 'reader/protocol'],
  7: ['buffer-too-small', 'reader/protocol'],
  9: ['rf-overflow', 'reader/protocol'],
  10: ['field-not-on', 'reader/protocol'],
  11: ['rf-protocol', 'reader/protocol'],
  13: ['overheated', 'reader/unavailable'],
  14: ['internal-overflow', 'reader/protocol'],
  16: ['bad-parameter', 'reader/protocol'],
  18: ['unsupported-command', 'reader/protocol'],
  19: ['data-format', 'reader/protocol'],
  20: ['authentication', 'reader/protocol'],
  35: ['uid-check', 'reader/protocol'],
  37: ['device-state', 'reader/protocol'],
  38: ['not-allowed', 'reader/protocol'],
  39: ['wrong-context', 'reader/protocol'],
  41: ['released', 'card/removed'],
  42: ['card-changed', 'card/removed'],
  43: ['card-gone', 'card/removed'],
  44: ['id-mismatch', 'card/removed'],
  45: ['over-current', 'reader/unavailable'],
  46: ['nad-missing', 'reader/protocol'],
};

/** The syntax-error frame: the chip did not understand the command. */
export const SYNTAX_ERROR_CODE = 0x7f;

/** The failure behind a chip error; facts carry the number as `chipError` and its name. `code` overrides what the table says. */
export const chipFailure = (error: number, code?: FailureCode): KioskFailure => {
  const [name, usual] =
    error === SYNTAX_ERROR_CODE ? (['syntax', 'reader/protocol'] as const) : (CHIP_ERRORS[error] ?? ['unknown', 'reader/protocol']);
  return new KioskFailure(code ?? usual, { facts: { chipError: error, chipErrorName: name } });
};
