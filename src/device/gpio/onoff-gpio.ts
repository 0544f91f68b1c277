// GPIO lines through the onoff package (sysfs), the one place that knows it.

import type { Gpio } from 'onoff';
import { KioskFailure } from '../../core/failure.ts';
import { type GpioLine, gpioNumber } from './gpio-number.ts';
import type { GpioInput, GpioOutput } from './ports.ts';

/** What is used of onoff's Gpio; a parameter so that tests need no hardware. */
export type OnoffLine = Pick<Gpio, 'readSync' | 'writeSync' | 'watch' | 'unexport'>;
export type OpenGpio = (number: number, direction: 'in' | 'low' | 'high') => Promise<OnoffLine>;

export interface OnoffOptions {
  readonly open?: OpenGpio;
  /** Where sysfs shows the chips. */
  readonly root?: string;
}

const openWithPackage: OpenGpio = async (number, direction) => {
  const { Gpio } = await import('onoff').catch((cause: unknown) => {
    throw new KioskFailure('config/invalid', {
      cause,
      facts: { field: 'gpio' },
      message:
        'the optional package onoff is not installed: run npm ci on the kiosk with a C++ compiler present, or configure no GPIO line',
    });
  });
  return direction === 'in' ? new Gpio(number, 'in', 'both') : new Gpio(number, direction);
};

const openLine = async (line: GpioLine, direction: 'in' | 'low' | 'high', { open = openWithPackage, root }: OnoffOptions) => {
  const number = await gpioNumber(line, root);
  try {
    return await open(number, direction);
  } catch (cause) {
    if (cause instanceof KioskFailure) throw cause;
    throw new KioskFailure('config/invalid', {
      cause,
      facts: { field: 'gpio', number },
      message: `GPIO line ${line.line} of "${line.chip}" cannot be opened: is it in use, and may the service use it?`,
    });
  }
};

export interface Closable {
  /** Gives the line back to the system. */
  close(): void;
}

/** An input that hears both edges. Throws KioskFailure config/invalid with what to do. */
export const openGpioInput = async (line: GpioLine, options: OnoffOptions = {}): Promise<GpioInput & Closable> => {
  const gpio = await openLine(line, 'in', options);
  // One watch for all listeners: drivers subscribe for every wait, and each watch of onoff costs an epoll.
  const listeners = new Set<(level: 0 | 1) => void>();
  gpio.watch((error, level) => {
    if (!error) for (const listener of [...listeners]) listener(level);
  });
  return {
    read: () => gpio.readSync(),
    onEdge: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => gpio.unexport(),
  };
};

/** An output that starts at `level`. Throws KioskFailure config/invalid with what to do. */
export const openGpioOutput = async (line: GpioLine, level: 0 | 1, options: OnoffOptions = {}): Promise<GpioOutput & Closable> => {
  const gpio = await openLine(line, level === 0 ? 'low' : 'high', options);
  return { write: (next) => gpio.writeSync(next), close: () => gpio.unexport() };
};
