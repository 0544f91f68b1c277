// One conversation with one powered card: sends command APDUs, handles 61xx and 6Cxx (ISO/IEC 7816-4, 5.6), and notes each exchange in the
// debug log: the first five command bytes and the status word. Data fields never reach the log: a VERIFY carries a secret there.

import { concat, hex, wipe } from '../core/bytes.ts';
import { KioskFailure } from '../core/failure.ts';
import { type Log, silentLog } from '../core/log.ts';
import { type CommandApdu, encodeCommand, parseResponse, type ResponseApdu } from './apdu.ts';
import type { CardTransceiver } from './ports.ts';
import { swText } from './status-word.ts';

/** A hostile card could answer 61xx for ever; no file of the card needs more parts than this. */
const MAX_PARTS = 300;

export interface CardChannel {
  /** Data bytes of an answer that pass in one piece, if that makes a difference. */
  readonly answerBytes?: number;
  /** Answers every status word as a value. Throws what the transceiver throws, the signal's reason, or card/malformed. */
  send(command: CommandApdu, signal?: AbortSignal): Promise<ResponseApdu>;
}

export const openChannel = (card: CardTransceiver, log: Log = silentLog): CardChannel => {
  const exchange = async (command: CommandApdu, signal?: AbortSignal): Promise<ResponseApdu> => {
    signal?.throwIfAborted();
    const bytes = encodeCommand(command);
    try {
      const response = parseResponse(await card.transceive(bytes, signal));
      log.debug('card.apdu', { command: hex(bytes.subarray(0, 5)), sw: swText(response.sw), length: response.data.length });
      return response;
    } finally {
      if (command.ins === 0x20) wipe(bytes);
    }
  };

  const collectRest = async (first: ResponseApdu, cla: number, signal?: AbortSignal): Promise<ResponseApdu> => {
    const parts = [first.data];
    let last = first;
    while (last.sw >> 8 === 0x61) {
      if (parts.length >= MAX_PARTS) throw new KioskFailure('card/malformed', { facts: { part: 'apdu' }, message: 'endless 61xx answer' });
      last = await exchange({ cla: cla & 0x0f, ins: 0xc0, p1: 0, p2: 0, le: last.sw & 0xff || 256 }, signal);
      parts.push(last.data);
    }
    return { data: concat(...parts), sw: last.sw };
  };

  return {
    ...(card.answerBytes === undefined ? {} : { answerBytes: card.answerBytes }),
    async send(command, signal) {
      let response = await exchange(command, signal);
      // Only a wrong Le is mended. A command without one carries what may be a secret: sent again, it would cost a second try.
      if (response.sw >> 8 === 0x6c && command.le !== undefined)
        response = await exchange({ ...command, le: response.sw & 0xff || 256 }, signal);
      return response.sw >> 8 === 0x61 ? collectRest(response, command.cla, signal) : response;
    },
  };
};
