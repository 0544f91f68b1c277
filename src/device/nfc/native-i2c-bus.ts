// The kernel's I²C bus /dev/i2c-N through the i2c-bus package, the one place that knows it. Opened at first use, so that a machine
// without a bus or without the package still starts and says what is missing.

import type { PromisifiedBus } from 'i2c-bus';
import { KioskFailure } from '../../core/failure.ts';
import type { I2cBus } from './ports.ts';

/** Opens bus N; a parameter so that tests need no hardware. */
export type OpenI2c = (busNumber: number) => Promise<Pick<PromisifiedBus, 'i2cRead' | 'i2cWrite' | 'close'>>;

const openWithPackage: OpenI2c = async (busNumber) => {
  const { openPromisified } = await import('i2c-bus').catch((cause: unknown) => {
    throw new KioskFailure('reader/unavailable', {
      cause,
      facts: { missing: 'package' },
      message: 'the optional package i2c-bus is not installed: run npm ci on the kiosk with a C++ compiler present',
    });
  });
  return openPromisified(busNumber);
};

/** Throws KioskFailure reader/unavailable when the bus cannot be opened; system errors (EIO, ENXIO …) pass through as they are. */
export class NativeI2cBus implements I2cBus {
  readonly #busNumber: number;
  readonly #open: OpenI2c;
  #bus: ReturnType<OpenI2c> | undefined;

  constructor(busNumber: number, open: OpenI2c = openWithPackage) {
    this.#busNumber = busNumber;
    this.#open = open;
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    const bus = await this.#opened();
    await bus.i2cWrite(address, bytes.length, Buffer.from(bytes));
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    const bus = await this.#opened();
    const { bytesRead, buffer } = await bus.i2cRead(address, length, Buffer.alloc(length));
    return Uint8Array.from(buffer.subarray(0, bytesRead));
  }

  /** The next use opens the bus again. */
  async close(): Promise<void> {
    const opened = this.#bus;
    this.#bus = undefined;
    await (await opened?.catch(() => undefined))?.close();
  }

  async #opened(): ReturnType<OpenI2c> {
    this.#bus ??= this.#open(this.#busNumber);
    try {
      return await this.#bus;
    } catch (cause) {
      this.#bus = undefined;
      if (cause instanceof KioskFailure) throw cause;
      throw new KioskFailure('reader/unavailable', {
        cause,
        facts: { missing: 'bus', bus: this.#busNumber },
        message: `/dev/i2c-${this.#busNumber} cannot be opened: enable the I²C bus, check its number and the rights of the service`,
      });
    }
  }
}
