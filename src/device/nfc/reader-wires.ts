// Which of the box's wires go to the PN532.

import { NativeI2cBus } from './native-i2c-bus.ts';
import { NativeSerialPort } from './native-serial-port.ts';
import type { I2cBus, SerialPort } from './ports.ts';

/** As the settings name them. Nothing is opened before the first use. */
export const readerWires = ({
  serialPort,
  i2cBus,
}: {
  readonly serialPort?: string | undefined;
  readonly i2cBus: number;
}): I2cBus | SerialPort => (serialPort === undefined ? new NativeI2cBus(i2cBus) : new NativeSerialPort(serialPort));
