// Blocks of the host's ISO-DEP as InCommunicateThru commands (UM0701-02, 7.3.9): the chip adds the check bytes, and tells whether those that
// came were right.

import { wipe } from '../../core/bytes.ts';
import { CHIP_TIMEOUT, chipError, chipFailure, isMisheard } from './chip-error.ts';
import { inCommunicateThru, MAX_THROUGH_DATA } from './commands.ts';
import type { Pn532Driver } from './driver.ts';
import { blockOverhead } from './iso-dep/block.ts';
import type { BlockLink, LinkAnswer } from './iso-dep/initiator.ts';

/** Bytes of a block that are no information: the PCB. */
const PCB_BYTES = 1;
const MAX_INF = 256 - blockOverhead(undefined);

export class ThroughLink implements BlockLink {
  readonly #driver: Pn532Driver;
  #expected = 0;

  constructor(driver: Pn532Driver) {
    this.#driver = driver;
  }

  /** How many bytes of information will probably come: lets the bus read exactly that. */
  expect(bytes: number): void {
    this.#expected = bytes;
  }

  async exchange(block: Uint8Array, waitMs: number, signal?: AbortSignal): Promise<LinkAnswer> {
    await this.#driver.setThroughTimeout(waitMs, signal);
    const likely = Math.min(PCB_BYTES + Math.min(this.#expected, MAX_INF), MAX_THROUGH_DATA);
    const command = inCommunicateThru(block, likely);
    const answer = await this.#driver.execute(command, signal).finally(() => wipe(command.data));
    const error = chipError(answer[0] ?? CHIP_TIMEOUT);
    if (error === CHIP_TIMEOUT) return 'silent';
    if (isMisheard(error)) return 'damaged';
    if (error !== 0) throw chipFailure(error);
    const bytes = answer.subarray(1);
    this.#expected = Math.max(0, this.#expected - Math.max(0, bytes.length - PCB_BYTES));
    return bytes;
  }
}
