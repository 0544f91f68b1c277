// The IRQ line of the card reader, as the settings name it.

import type { KioskConfig } from '../config/schema.ts';
import { type Closable, openGpioInput } from '../device/gpio/onoff-gpio.ts';
import type { GpioInput } from '../device/gpio/ports.ts';

/** Undefined: no line is set, or the reader is on a serial line, which has none. Throws config/invalid with what to do. */
export const openReaderIrq = async ({
  serialPort,
  irqChip,
  irqLine,
}: KioskConfig['reader']): Promise<(GpioInput & Closable) | undefined> =>
  serialPort !== undefined || irqChip === undefined ? undefined : openGpioInput({ chip: irqChip, line: irqLine });
