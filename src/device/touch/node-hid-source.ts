// Real HID devices through node-hid's hidraw driver; the report descriptor comes from sysfs, since node-hid has no call for it.
// The only file that knows node-hid. Looks for new devices every two seconds, so that a re-plugged panel comes back.

import { readdirSync, readFileSync } from 'node:fs';
import { type Clock, systemClock } from '../../core/clock.ts';
import { asFailure, KioskFailure } from '../../core/failure.ts';
import { parseHidDescriptor } from './hid-descriptor.ts';
import { isKeyboard } from './keyboard.ts';
import { findPointer } from './pointer-layout.ts';
import type { HidDevice, HidSource } from './ports.ts';

const LOOK_EVERY_MS = 2000;
const SYSFS = '/sys/class/hidraw';
/** A device that could not be opened is tried again after this, then after twice as long, up to a minute. */
const LONGEST_PAUSE_MS = 60_000;

interface NodeHidModule {
  setDriverType(type: 'hidraw'): void;
  readonly HIDAsync: { open(path: string): Promise<NodeHidDevice> };
}

interface NodeHidDevice {
  on(event: 'data', listener: (report: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  close(): Promise<void>;
}

/** Loads node-hid. Throws touch/unavailable with what to install when it is missing. */
export const openNodeHidSource = async (
  options: { clock?: Clock; onFailure?: (failure: KioskFailure) => void } = {},
): Promise<NodeHidSource> => {
  let module: NodeHidModule;
  try {
    module = ((await import('node-hid')) as unknown as { default: NodeHidModule }).default;
  } catch (cause) {
    throw new KioskFailure('touch/unavailable', {
      cause,
      message: 'node-hid is not installed: npm ci with optional dependencies, and libudev and libusb-1.0',
    });
  }
  module.setDriverType('hidraw');
  return new NodeHidSource(module, options.clock ?? systemClock, options.onFailure ?? (() => undefined));
};

export class NodeHidSource implements HidSource {
  readonly #module: NodeHidModule;
  readonly #clock: Clock;
  readonly #onFailure: (failure: KioskFailure) => void;
  readonly #listeners = new Set<(device: HidDevice) => void>();
  readonly #sysfs: string;
  readonly #open = new Map<string, RawDevice>();
  /** Nodes that are no input for us: not looked at again until they vanish. */
  readonly #ignored = new Set<string>();
  /** Nodes that could not be opened, as udev may not have given them to us yet: when they are tried again. */
  readonly #refused = new Map<string, { readonly againAt: number; readonly pauseMs: number }>();
  #timer: unknown;
  #closed = false;

  /** `sysfs`: where the kernel lists hidraw devices; tests give a directory of their own. */
  constructor(module: NodeHidModule, clock: Clock, onFailure: (failure: KioskFailure) => void, sysfs = SYSFS) {
    this.#module = module;
    this.#sysfs = sysfs;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  onDevice(listener: (device: HidDevice) => void): () => void {
    this.#listeners.add(listener);
    for (const device of this.#open.values()) listener(device);
    if (this.#timer === undefined) void this.#look();
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#clock.clearTimeout(this.#timer);
    for (const device of this.#open.values()) device.close();
    this.#open.clear();
  }

  async #look(): Promise<void> {
    const names = this.#names();
    for (const name of this.#ignored) if (!names.includes(name)) this.#ignored.delete(name);
    for (const name of this.#refused.keys()) if (!names.includes(name)) this.#refused.delete(name);
    for (const name of names) if (this.#isDue(name)) await this.#tryOpen(name);
    if (!this.#closed) this.#timer = this.#clock.setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  #isDue(name: string): boolean {
    if (this.#open.has(name) || this.#ignored.has(name)) return false;
    return (this.#refused.get(name)?.againAt ?? 0) <= this.#clock.monotonicMs();
  }

  async #tryOpen(name: string): Promise<void> {
    try {
      const descriptor = new Uint8Array(readFileSync(`${this.#sysfs}/${name}/device/report_descriptor`));
      const layout = parseHidDescriptor(descriptor);
      if (findPointer(layout) === undefined && !isKeyboard(layout)) {
        this.#ignored.add(name);
        return;
      }
      const device = new RawDevice(descriptor, await this.#module.HIDAsync.open(`/dev/${name}`), () => this.#open.delete(name));
      this.#refused.delete(name);
      if (this.#closed) {
        device.close();
        return;
      }
      this.#open.set(name, device);
      for (const listener of this.#listeners) listener(device);
    } catch (error) {
      const before = this.#refused.get(name);
      const pauseMs = before === undefined ? LOOK_EVERY_MS : Math.min(before.pauseMs * 2, LONGEST_PAUSE_MS);
      this.#refused.set(name, { againAt: this.#clock.monotonicMs() + pauseMs, pauseMs });
      // Told once: what is refused for hours would fill the journal.
      if (before === undefined) this.#onFailure(asFailure(error, 'touch/unavailable'));
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#sysfs);
    } catch {
      return [];
    }
  }
}

class RawDevice implements HidDevice {
  readonly descriptor: Uint8Array;
  readonly #device: NodeHidDevice;
  readonly #reports = new Set<(report: Uint8Array) => void>();
  readonly #gone = new Set<() => void>();
  readonly #forget: () => void;
  #closed = false;

  constructor(descriptor: Uint8Array, device: NodeHidDevice, forget: () => void) {
    this.descriptor = descriptor;
    this.#device = device;
    this.#forget = forget;
    device.on('data', (report) => {
      for (const listener of [...this.#reports]) listener(new Uint8Array(report));
    });
    device.on('error', () => {
      const listeners = [...this.#gone];
      this.close();
      for (const listener of listeners) listener();
    });
  }

  onReport(listener: (report: Uint8Array) => void): () => void {
    this.#reports.add(listener);
    return () => this.#reports.delete(listener);
  }

  onGone(listener: () => void): () => void {
    this.#gone.add(listener);
    return () => this.#gone.delete(listener);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reports.clear();
    this.#gone.clear();
    this.#forget();
    // Closing an unplugged device may fail: it is gone either way.
    this.#device.close().catch(() => undefined);
  }
}
