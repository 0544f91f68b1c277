// What the common PN532 drivers do on I²C, for comparison: look every 10 ms, and read the longest frame there is whatever comes.
// Measured against, never shipped.

import { type Clock, sleep } from '../../src/core/clock.ts';
import { ACK_FRAME, frameLength } from '../../src/device/nfc/frame.ts';
import { findFrame } from '../../src/device/nfc/frame-parser.ts';
import { PN532_ADDRESS } from '../../src/device/nfc/i2c-transport.ts';
import type { I2cBus } from '../../src/device/nfc/ports.ts';
import type { Pn532Transport, Received, ReceiveOptions } from '../../src/device/nfc/transport.ts';

const LONGEST = frameLength(263);
const POLL_MS = 10;
const GAP_MS = 5;

export class NaiveTransport implements Pn532Transport {
  readonly #bus: I2cBus;
  readonly #clock: Clock;

  constructor(bus: I2cBus, clock: Clock) {
    this.#bus = bus;
    this.#clock = clock;
  }

  wake(): Promise<void> {
    return this.send(ACK_FRAME);
  }

  async send(frame: Uint8Array): Promise<void> {
    await sleep(this.#clock, GAP_MS);
    await this.#bus.write(PN532_ADDRESS, frame);
  }

  async receive({ timeoutMs, likelyLength }: ReceiveOptions): Promise<Received> {
    const deadline = this.#clock.monotonicMs() + timeoutMs;
    const length = likelyLength === ACK_FRAME.length ? likelyLength : LONGEST;
    await sleep(this.#clock, GAP_MS);
    for (;;) {
      const [ready = 0] = await this.#bus.read(PN532_ADDRESS, 1);
      if ((ready & 1) === 1) break;
      if (this.#clock.monotonicMs() >= deadline) return { kind: 'timeout' };
      await sleep(this.#clock, POLL_MS);
    }
    const found = findFrame((await this.#bus.read(PN532_ADDRESS, length + 1)).subarray(1));
    return found.state === 'frame' ? found.frame : { kind: 'damaged' };
  }
}
