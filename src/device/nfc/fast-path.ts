// The fast path: ISO/IEC 14443-4 kept by the host, raw blocks through InCommunicateThru. The chip's own ATTRIB agrees on frames of 64 bytes at
// 106 kbps; ours on 256 bytes and the fastest rate that card and chip share. Nobody has shown type B above 106 kbps on a PN532 in public yet:
// so every activation is proved by a block before the first APDU, and what fails is not tried for ever.

import type { Log } from '../../core/log.ts';
import { type BitRate, offeredRates } from './bit-rate.ts';
import type { CardLink } from './card-link.ts';
import { CHIP_CRC, CHIP_RF_PROTOCOL, CHIP_TIMEOUT, chipFailure } from './chip-error.ts';
import { attrib, WUPB } from './commands.ts';
import type { Pn532Driver } from './driver.ts';
import { likelyAnswerLength } from './exchange.ts';
import { blockOverhead, frameSize, readBlock, writeBlock } from './iso-dep/block.ts';
import { IsoDepInitiator, IsoDepLost } from './iso-dep/initiator.ts';
import { pollFor } from './presence.ts';
import type { Target } from './target.ts';
import { ThroughLink } from './through-link.ts';
import { PRESENCE_MS } from './through-timeout.ts';

/** What the chip's firmware gave the card; S(DESELECT) must carry it. */
const FIRMWARE_CID = 0x01;
/** Frame size code 8, as our ATTRIB asks; INF is what check bytes, PCB and status word leave of it. */
const OUR_FRAME = 256;
const STATUS_WORD = 2;
const ANSWER_BYTES = OUR_FRAME - blockOverhead(undefined) - STATUS_WORD;
/** FWI 15 is reserved and counts as 4 (14443-3, 7.9.4.6). */
const frameWaitingMs = (fwi: number): number => ((256 * 16) / 13_560) * 2 ** (fwi === 15 ? 4 : fwi);
/** Failures in a row at one rate after which it is left alone until the reader starts again. A card pulled away too soon is one. */
const PATIENCE = 3;

const CHIP_ERROR = { silent: CHIP_TIMEOUT, damaged: CHIP_CRC, protocol: CHIP_RF_PROTOCOL } as const;
const explained = (error: unknown): unknown => (error instanceof IsoDepLost ? chipFailure(CHIP_ERROR[error.reason]) : error);

/** Lays a card that the firmware has activated over to the host. Undefined: it did not come along; the field must start anew. */
const takeOver = async (driver: Pn532Driver, rate: BitRate, signal?: AbortSignal): Promise<CardLink | undefined> => {
  const through = new ThroughLink(driver);
  const ask = async (bytes: Uint8Array, likely: number): Promise<Uint8Array | undefined> => {
    through.expect(likely);
    const answer = await through.exchange(bytes, PRESENCE_MS, signal);
    return typeof answer === 'string' ? undefined : answer;
  };
  const firmwareSession = new IsoDepInitiator({ link: through, cid: FIRMWARE_CID, maxFrame: OUR_FRAME, waitMs: PRESENCE_MS });
  if (!(await firmwareSession.deselect(PRESENCE_MS, signal))) return undefined;
  const atqb = await ask(WUPB, 12);
  if (atqb === undefined || atqb.length < 12 || atqb[0] !== 0x50) return undefined;
  const accepted = await ask(attrib(atqb.subarray(1, 5), rate), 1);
  if (accepted === undefined || accepted.length === 0 || ((accepted[0] ?? 0) & 0x0f) !== 0) return undefined;
  await driver.setBitRate(rate, signal);
  const [, frame = 0, waiting = 0] = atqb.subarray(9);
  const session = new IsoDepInitiator({
    link: through,
    maxFrame: Math.min(frameSize(frame >> 4), OUR_FRAME),
    waitMs: frameWaitingMs(waiting >> 4),
  });
  // R(NAK): a card that understands us at this rate says R(ACK).
  const proof = await ask(writeBlock({ kind: 'nak', number: 0 }), 0);
  if (proof === undefined || readBlock(proof)?.kind !== 'ack') return undefined;
  return {
    answerBytes: ANSWER_BYTES,
    async transceive(apdu, stop) {
      through.expect(likelyAnswerLength(apdu));
      try {
        return await session.transceive(apdu, stop);
      } catch (error) {
        throw explained(error);
      }
    },
    answers(stop) {
      through.expect(0);
      return session.isPresent(PRESENCE_MS, stop);
    },
  };
};

export class FastPath {
  readonly #driver: Pn532Driver;
  readonly #log: Log;
  readonly #failures = new Map<BitRate, number>();
  #rate: BitRate | undefined;

  constructor(driver: Pn532Driver, log: Log) {
    this.#driver = driver;
    this.#log = log;
  }

  /** A reader that starts again may have another antenna. */
  forgive(): void {
    this.#failures.clear();
  }

  /**
   * The fastest link to this card that works, or undefined: the chip's own must do, and is ready. `gone`: the card left on
   * the way, or another one came to lie beside it.
   */
  async open(target: Target, signal?: AbortSignal): Promise<CardLink | 'gone' | undefined> {
    this.#rate = undefined;
    const rates = offeredRates(target.protocolInfo ?? new Uint8Array(0));
    for (const rate of rates.filter((one) => (this.#failures.get(one) ?? 0) < PATIENCE)) {
      const link = await takeOver(this.#driver, rate, signal);
      if (link !== undefined) {
        this.#rate = rate;
        this.#log.debug('nfc.fast-path', { kbps: rate });
        return link;
      }
      this.#failed(rate);
      await this.#driver.resetField(signal);
      const again = await pollFor(this.#driver, 'b', signal);
      if (again === undefined || again.several === true) return 'gone';
    }
    return undefined;
  }

  /** The card answered an APDU at the rate that was opened. */
  worked(): void {
    if (this.#rate !== undefined) this.#failures.delete(this.#rate);
  }

  /** The card was there, but the session broke. */
  broke(): void {
    if (this.#rate !== undefined) this.#failed(this.#rate);
  }

  #failed(rate: BitRate): void {
    const failures = (this.#failures.get(rate) ?? 0) + 1;
    this.#failures.set(rate, failures);
    this.#log[failures === PATIENCE ? 'warn' : 'debug']('nfc.fast-path-failed', { kbps: rate, failures });
  }
}
