// Puts the layers together: a bus, perhaps an IRQ line, or a serial line, and there is a card reader. The composition root needs only this.

import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { GpioInput } from '../gpio/ports.ts';
import { Pn532CardReader } from './card-reader.ts';
import { Pn532Driver } from './driver.ts';
import { Pn532HsuTransport } from './hsu-transport.ts';
import { Pn532I2cTransport } from './i2c-transport.ts';
import type { I2cBus, SerialPort } from './ports.ts';
import type { Pn532Transport } from './transport.ts';

export interface Pn532ReaderOptions {
  readonly wires: I2cBus | SerialPort;
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

/** A USB adapter collects what comes for up to 16 ms (its latency timer), and the system may be late besides. */
const SERIAL_IDLE_MS = 50;

const transportOver = ({ wires, clock, irq, address, gapMs }: Pn532ReaderOptions): Pn532Transport =>
  'onData' in wires
    ? new Pn532HsuTransport({ port: wires, clock, idleMs: SERIAL_IDLE_MS })
    : new Pn532I2cTransport({
        bus: wires,
        clock,
        ...(irq === undefined ? {} : { irq }),
        ...(address === undefined ? {} : { address }),
        gapMs: gapMs ?? 'auto',
      });

/** A PN532 on an I²C bus or a serial line as a card reader; IRQ line, address and gap are the bus's. Nothing is sent before `start()`. */
export const openPn532Reader = (options: Pn532ReaderOptions): Pn532CardReader =>
  new Pn532CardReader({ ...options, driver: new Pn532Driver({ ...options, transport: transportOver(options) }) });
