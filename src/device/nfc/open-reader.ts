// Puts the layers together: a bus, perhaps an IRQ line, and there is a card reader. The composition root needs only this.

import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { GpioInput } from '../gpio/ports.ts';
import { Pn532CardReader } from './card-reader.ts';
import { Pn532Driver } from './driver.ts';
import { Pn532I2cTransport } from './i2c-transport.ts';
import type { I2cBus } from './ports.ts';

export interface Pn532ReaderOptions {
  readonly bus: I2cBus;
  readonly clock: Clock;
  readonly log: Log;
  readonly irq?: GpioInput;
  readonly address?: number;
  /** Bus-free time between transactions; auto (default): the shortest that this board keeps up with. */
  readonly gapMs?: number | 'auto';
  readonly pollMs?: number;
  readonly presenceMs?: number;
  readonly initTries?: number;
  readonly initPauseMs?: number;
  readonly fastPath?: 'auto' | 'off';
}

/** A PN532 on an I²C bus as a card reader. Nothing is sent before `start()`. */
export const openPn532Reader = (options: Pn532ReaderOptions): Pn532CardReader => {
  const { bus, clock, log, irq, address, gapMs, ...reader } = options;
  const transport = new Pn532I2cTransport({
    bus,
    clock,
    ...(irq === undefined ? {} : { irq }),
    ...(address === undefined ? {} : { address }),
    gapMs: gapMs ?? 'auto',
  });
  return new Pn532CardReader({ ...reader, clock, log, driver: new Pn532Driver({ transport, clock, log }) });
};
