// A reader over a simulated PN532 without delays, and a tiny chip to lay on it.

import type { CardTechnology, VirtualCardChip } from '../../src/card/ports.ts';
import { systemClock } from '../../src/core/clock.ts';
import { type Log, silentLog } from '../../src/core/log.ts';
import { TwinGpioLine } from '../../src/device/gpio/twin/gpio-line.ts';
import { Pn532CardReader } from '../../src/device/nfc/card-reader.ts';
import { Pn532Driver } from '../../src/device/nfc/driver.ts';
import { Pn532I2cTransport } from '../../src/device/nfc/i2c-transport.ts';
import type { I2cBus } from '../../src/device/nfc/ports.ts';
import type { TwinChipOptions } from '../../src/device/nfc/twin/chip.ts';
import { TwinPn532 } from '../../src/device/nfc/twin/pn532.ts';

/** Answers every APDU with itself and 9000, unless told otherwise; remembers what it heard. */
export class EchoChip implements VirtualCardChip {
  readonly technology: CardTechnology;
  readonly heard: Uint8Array[] = [];
  powered = false;
  powerCycles = 0;
  answer: (apdu: Uint8Array) => Promise<Uint8Array> = async (apdu) => Uint8Array.from([...apdu, 0x90, 0x00]);

  constructor(technology: CardTechnology = 'iso14443-4b') {
    this.technology = technology;
  }

  powerOn(): void {
    this.powered = true;
    this.powerCycles += 1;
  }

  powerOff(): void {
    this.powered = false;
  }

  transceive(apdu: Uint8Array): Promise<Uint8Array> {
    this.heard.push(apdu);
    return this.answer(apdu);
  }
}

/** What passed over the bus: w = write, r = read, with the length of the transaction. */
export class BusRecorder implements I2cBus {
  readonly log: { readonly way: 'w' | 'r'; readonly bytes: Uint8Array }[] = [];
  readonly #bus: I2cBus;

  constructor(bus: I2cBus) {
    this.#bus = bus;
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    this.log.push({ way: 'w', bytes: bytes.slice() });
    await this.#bus.write(address, bytes);
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    const bytes = await this.#bus.read(address, length);
    this.log.push({ way: 'r', bytes: bytes.slice() });
    return bytes;
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}

export interface RigOptions {
  readonly irq?: boolean;
  readonly answerTimeoutMs?: number;
  readonly apduMs?: number;
  readonly fastPath?: 'auto' | 'off';
  readonly chip?: TwinChipOptions;
  readonly log?: Log;
}

export const rig = (options: RigOptions = {}) => {
  const irq = new TwinGpioLine();
  const chip = new TwinPn532({ timing: 'off', ...options.chip, ...(options.irq === true ? { irq } : {}) });
  const bus = new BusRecorder(chip);
  const transport = new Pn532I2cTransport({
    bus,
    clock: systemClock,
    gapMs: 0,
    wakeMs: 0,
    pollMs: 0,
    irqFallbackMs: 5,
    ...(options.irq === true ? { irq } : {}),
  });
  const driver = new Pn532Driver({
    transport,
    clock: systemClock,
    log: options.log ?? silentLog,
    fieldMs: 0,
    ackTimeoutMs: 20,
    answerTimeoutMs: options.answerTimeoutMs ?? 2000,
  });
  const reader = new Pn532CardReader({
    driver,
    clock: systemClock,
    log: options.log ?? silentLog,
    pollMs: 1,
    presenceMs: 5,
    initTries: 2,
    initPauseMs: 1,
    ...(options.apduMs === undefined ? {} : { apduMs: options.apduMs }),
    fastPath: options.fastPath ?? 'auto',
  });
  return { irq, chip, bus, driver, reader };
};

/** A signal that never aborts. */
export const never = (): AbortSignal => new AbortController().signal;
