// How APDUs reach the card that was found: through the chip's own ISO-DEP (this file), or by the host's (fast-path.ts).

import { CHIP_TIMEOUT, chipError } from './chip-error.ts';
import { presenceCheck } from './commands.ts';
import type { Pn532Driver } from './driver.ts';
import { exchangeApdu } from './exchange.ts';
import { PRESENCE_MS } from './through-timeout.ts';

export interface CardLink {
  /** Data bytes of an answer (status word not counted) that come in one piece; absent: it makes no difference. */
  readonly answerBytes?: number;
  /** One APDU and its whole answer. Throws the chip's failure (facts chipError). */
  transceive(apdu: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /** One soft question. Any answer, even a garbled one, means that something is there. */
  answers(signal?: AbortSignal): Promise<boolean>;
}

/** InDataExchange: the chip keeps the block protocol. Type B at 106 kbps in frames of 64 bytes. */
export const firmwareLink = (driver: Pn532Driver): CardLink => ({
  transceive: (apdu, signal) => exchangeApdu(driver, apdu, signal),
  async answers(signal) {
    await driver.setThroughTimeout(PRESENCE_MS, signal);
    const [status = CHIP_TIMEOUT] = await driver.execute(presenceCheck(), signal);
    return chipError(status) !== CHIP_TIMEOUT;
  },
});
