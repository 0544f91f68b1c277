// The 照合番号 that cards have refused since the start. A patient lays the card down again, the reader of the card face reads the same wrong digits again:
// presented each time they would use up the card's tries. Kept as keyed hashes in memory alone; the key is of this process.

import { createHmac, randomBytes } from 'node:crypto';

/** Far more than a reception sees in a day; the oldest goes first. */
const MOST = 100;

export class RefusedCodes {
  readonly #key = randomBytes(32);
  readonly #refused = new Set<string>();

  add(digits: Uint8Array): void {
    const [oldest] = this.#refused;
    if (this.#refused.size >= MOST && oldest !== undefined) this.#refused.delete(oldest);
    this.#refused.add(this.#mark(digits));
  }

  has(digits: Uint8Array): boolean {
    return this.#refused.has(this.#mark(digits));
  }

  #mark(digits: Uint8Array): string {
    return createHmac('sha256', this.#key).update(digits).digest('base64');
  }
}
