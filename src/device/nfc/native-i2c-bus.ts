// The kernel's I²C bus /dev/i2c-N through the i2c-bus package, the one place that knows it. Opened at first use, so that a machine
// without a bus or without the package still starts and says what is missing.

import type { PromisifiedBus } from 'i2c-bus';
import { wipe } from '../../core/bytes.ts';
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

/** The package opens /dev/i2c-N at the first transfer, so that these come out of a read or a write. */
const OPENING_ERRORS: readonly unknown[] = ['ENOENT', 'EACCES', 'EPERM'];

const errorCode = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Throws KioskFailure reader/unavailable when the bus cannot be opened; errors on the wires (EIO, ENXIO …) pass through as they are. */
export class NativeI2cBus implements I2cBus {
  readonly #busNumber: number;
  readonly #open: OpenI2c;
  #bus: ReturnType<OpenI2c> | undefined;

  constructor(busNumber: number, open: OpenI2c = openWithPackage) {
    this.#busNumber = busNumber;
    this.#open = open;
  }

  write(address: number, bytes: Uint8Array): Promise<void> {
    return this.#use(async (bus) => {
      const buffer = Buffer.from(bytes);
      await bus.i2cWrite(address, buffer.length, buffer).finally(() => wipe(buffer));
    });
  }

  read(address: number, length: number): Promise<Uint8Array> {
    return this.#use(async (bus) => {
      const { bytesRead, buffer } = await bus.i2cRead(address, length, Buffer.alloc(length));
      return buffer.subarray(0, bytesRead);
    });
  }

  /** The next use opens the bus again. */
  async close(): Promise<void> {
    const opened = this.#bus;
    this.#bus = undefined;
    await (await opened?.catch(() => undefined))?.close();
  }

  async #use<T>(run: (bus: Awaited<ReturnType<OpenI2c>>) => Promise<T>): Promise<T> {
    this.#bus ??= this.#open(this.#busNumber);
    const bus = await this.#bus.catch((cause: unknown) => {
      throw this.#cannotOpen(cause);
    });
    return run(bus).catch((cause: unknown) => {
      throw OPENING_ERRORS.includes(errorCode(cause)) ? this.#cannotOpen(cause) : cause;
    });
  }

  #cannotOpen(cause: unknown): KioskFailure {
    this.#bus = undefined;
    if (cause instanceof KioskFailure) return cause;
    return new KioskFailure('reader/unavailable', {
      cause,
      facts: { missing: 'bus', bus: this.#busNumber },
      message: `/dev/i2c-${this.#busNumber} cannot be opened: enable the I²C bus, check its number and the rights of the service`,
    });
  }
}
