// HID input at the byte level, and the events made of it.

/** One hidraw device: its report descriptor and its input reports (unnumbered reports carry no id byte). */
export interface HidDevice {
  readonly descriptor: Uint8Array;
  onReport(listener: (report: Uint8Array) => void): () => void;
  /** Called once when the device is unplugged. */
  onGone(listener: () => void): () => void;
  close(): void;
}

/** Finds and re-finds devices: calls back with every device that appears, now and later. */
export interface HidSource {
  onDevice(listener: (device: HidDevice) => void): () => void;
}

/** One contact in panel pixels. */
export interface TouchEvent {
  readonly phase: 'down' | 'move' | 'up' | 'cancel';
  readonly contact: number;
  readonly x: number;
  readonly y: number;
}
