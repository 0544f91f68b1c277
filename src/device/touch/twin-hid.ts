// Simulated HID devices that speak in descriptors and report bytes, as hidraw would hand them over.
// Knows nothing of screens or elements.

import type { HidDevice, HidSource } from './ports.ts';

/** A device in memory: whoever holds it sends its reports. */
export class TwinHidDevice implements HidDevice {
  readonly descriptor: Uint8Array;
  readonly #reports = new Set<(report: Uint8Array) => void>();
  readonly #gone = new Set<() => void>();

  constructor(descriptor: Uint8Array) {
    this.descriptor = descriptor;
  }

  onReport(listener: (report: Uint8Array) => void): () => void {
    this.#reports.add(listener);
    return () => this.#reports.delete(listener);
  }

  onGone(listener: () => void): () => void {
    this.#gone.add(listener);
    return () => this.#gone.delete(listener);
  }

  send(report: Uint8Array): void {
    for (const listener of [...this.#reports]) listener(report);
  }

  /** Pulled out: told once, then silent. */
  vanish(): void {
    const listeners = [...this.#gone];
    this.close();
    for (const listener of listeners) listener();
  }

  close(): void {
    this.#reports.clear();
    this.#gone.clear();
  }
}

/** The simulated bus: devices are plugged in and pulled out, by name of the cable. */
export class TwinHidSource implements HidSource {
  readonly #listeners = new Set<(device: HidDevice) => void>();
  readonly #plugged = new Set<TwinHidDevice>();

  onDevice(listener: (device: HidDevice) => void): () => void {
    this.#listeners.add(listener);
    for (const device of this.#plugged) listener(device);
    return () => this.#listeners.delete(listener);
  }

  plug(device: TwinHidDevice): void {
    if (this.#plugged.has(device)) return;
    this.#plugged.add(device);
    for (const listener of this.#listeners) listener(device);
  }

  unplug(device: TwinHidDevice): void {
    if (this.#plugged.delete(device)) device.vanish();
  }
}
