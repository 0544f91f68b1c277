// What the simulated chip's firmware remembers about the radio: retries, waiting time, and the two mode registers of its contactless unit.

import { BIT_RATES, type BitRate } from '../bit-rate.ts';
import { REGISTER, TYPE_B_MODE } from '../commands.ts';
import { throughTimeoutMs, USUAL_INDEX } from '../through-timeout.ts';

export const FOR_EVER = 0xff;

export class RadioSettings {
  /** Polls after the first one. */
  tries: number = FOR_EVER;
  #timeoutIndex: number = USUAL_INDEX;
  readonly #registers = new Map<number, number>();

  get throughTimeoutMs(): number {
    return throughTimeoutMs(this.#timeoutIndex);
  }

  /** RFConfiguration but for the field; false: the chip does not know the item. */
  configure(data: Uint8Array): boolean {
    const [item, , , third] = data;
    if (item === 0x02 && data.length === 4) this.#timeoutIndex = third ?? this.#timeoutIndex;
    else if (item === 0x05 && data.length === 4) this.tries = third ?? FOR_EVER;
    else return item === 0x04 || (item !== undefined && item >= 0x0a && item <= 0x0d);
    return true;
  }

  /** WriteRegister: address high, address low, value, any number of times. */
  write(data: Uint8Array): boolean {
    if (data.length === 0 || data.length % 3 !== 0) return false;
    for (let at = 0; at < data.length; at += 3) {
      const [high = 0, low = 0, value = 0] = data.subarray(at, at + 3);
      this.#registers.set(high * 256 + low, value);
    }
    return true;
  }

  /** The rate frames go out and are listened for; undefined when the two registers disagree or are not set to type B with check bytes. */
  get rate(): BitRate | undefined {
    const [send, listen] = [REGISTER.txMode, REGISTER.rxMode].map((register) => this.#registers.get(register) ?? TYPE_B_MODE);
    if (send === undefined || send !== listen || (send & 0x8f) !== TYPE_B_MODE) return undefined;
    return BIT_RATES[(send >> 4) & 7];
  }
}
