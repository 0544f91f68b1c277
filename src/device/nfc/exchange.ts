// One APDU over InDataExchange, cut into frames and joined again with the More Information bit (UM0701-02, 7.3.8).

import { concat, wipe } from '../../core/bytes.ts';
import { CHIP_RF_PROTOCOL, chipError, chipFailure } from './chip-error.ts';
import { inDataExchange, MAX_EXCHANGE_DATA, MORE_INFORMATION } from './commands.ts';
import type { Pn532Driver } from './driver.ts';

const STATUS_WORD = 2;
/** The longest answer there is (ISO/IEC 7816-4, 5.1: 65,536 bytes and the status word). */
const MAX_ANSWER = 65_536 + STATUS_WORD;

/** Bytes the answer to a command APDU is likely to have, from its Le (ISO/IEC 7816-4, 5.1): lets the bus read exactly that. Pure. */
export const likelyAnswerLength = (apdu: Uint8Array): number => {
  const [, , , , third = 0, high = 0, low = 0] = apdu;
  if (apdu.length <= 4) return STATUS_WORD;
  if (apdu.length === 5) return (third || 256) + STATUS_WORD;
  const extended = third === 0 && apdu.length >= 7;
  if (extended && apdu.length === 7) return (high * 256 + low || 65536) + STATUS_WORD;
  const dataEnd = extended ? 7 + high * 256 + low : 5 + third;
  const le = apdu.subarray(dataEnd);
  if (le.length === 0) return STATUS_WORD;
  return extended ? ((le[0] ?? 0) * 256 + (le[1] ?? 0) || 65536) + STATUS_WORD : (le[0] || 256) + STATUS_WORD;
};

/**
 * Sends one command APDU to target 1 and gives its whole answer. Throws the chip's failure (facts chipError), and that of a
 * broken protocol when a chain grows longer than any answer, or by nothing.
 * Copies made on the way are wiped: a PIN goes through here.
 */
export const exchangeApdu = async (driver: Pn532Driver, apdu: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = [];
  let expected = likelyAnswerLength(apdu);
  let at = 0;
  let length = 0;
  try {
    for (;;) {
      const sent = apdu.subarray(at, at + MAX_EXCHANGE_DATA);
      at += sent.length;
      const sending = at < apdu.length;
      const command = inDataExchange(sent, sending, sending ? 0 : Math.min(expected, MAX_EXCHANGE_DATA));
      const answer = await driver.execute(command, signal).finally(() => wipe(command.data));
      const status = answer[0] ?? 0;
      if (chipError(status) !== 0) throw chipFailure(chipError(status));
      if (sending) continue;
      const piece = answer.subarray(1);
      pieces.push(piece);
      length += piece.length;
      if ((status & MORE_INFORMATION) === 0) return concat(...pieces);
      if (piece.length === 0 || length > MAX_ANSWER) throw chipFailure(CHIP_RF_PROTOCOL);
      expected -= piece.length;
      if (expected <= 0) expected = MAX_EXCHANGE_DATA;
    }
  } finally {
    wipe(...pieces);
  }
};
