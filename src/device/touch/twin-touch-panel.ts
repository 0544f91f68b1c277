// A simulated capacitive touch panel: two fingers, contact ids, contact count, 15 bit coordinates.
// Speaks report bytes; a touch goes through the same parser as a real panel's.

import { concat, fromHex } from '../../core/bytes.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { TwinHidDevice } from './twin-hid.ts';

const RANGE = 0x7fff;
const REPORT_ID = 1;

/** Usage page digitizer, finger: tip switch, confidence, six bits of padding, contact id, X and Y of 16 bits (0..32767). */
const FINGER = fromHex(`
  05 0d 09 22 a1 02  09 42 15 00 25 01 75 01 95 01 81 02  09 47 81 02  95 06 81 03
  09 51 25 7f 75 08 95 01 81 02  05 01 26 ff 7f 75 10 09 30 81 02 09 31 81 02 c0`);

/** Built from the items of HID 1.11 (6.2.2) and the usages of the HID Usage Tables, clause 16 (digitizers). */
export const TWIN_PANEL_DESCRIPTOR: Uint8Array = concat(
  fromHex('05 0d 09 04 a1 01 85 01'),
  FINGER,
  FINGER,
  fromHex('05 0d 09 54 15 00 25 02 75 08 95 01 81 02 c0'),
);

/** How a sensor glued on askew sees a finger: pixels to the right and down, and wider or narrower around the middle. */
export interface Misalignment {
  readonly dx: number;
  readonly dy: number;
  readonly scale: number;
}

interface Finger {
  readonly down: boolean;
  readonly contact: number;
  readonly x: number;
  readonly y: number;
}

export class TwinTouchPanel extends TwinHidDevice {
  readonly #panel: { readonly width: number; readonly height: number };
  #misalignment: Misalignment = { dx: 0, dy: 0, scale: 1 };

  constructor(panel: { readonly width: number; readonly height: number }) {
    super(TWIN_PANEL_DESCRIPTOR);
    this.#panel = panel;
  }

  /** From now on the sensor sits like this over the picture. */
  misalign(how: Misalignment): void {
    this.#misalignment = how;
  }

  /** Panel pixels. */
  down(x: number, y: number, contact = 0): void {
    this.#frame([{ down: true, contact, x, y }]);
  }

  move(x: number, y: number, contact = 0): void {
    this.#frame([{ down: true, contact, x, y }]);
  }

  /** Real panels send some position with the last report: it must not matter. */
  up(contact = 0): void {
    this.#frame([{ down: false, contact, x: 0, y: 0 }]);
  }

  /** Both fingers in one frame. */
  fingers(first: Finger, second: Finger): void {
    this.#frame([first, second]);
  }

  /** A finger down, held and lifted. */
  async tap(x: number, y: number, holdMs: number, clock: Clock): Promise<void> {
    this.down(x, y);
    if (holdMs > 0) await sleep(clock, holdMs);
    this.up();
  }

  #frame(fingers: readonly Finger[]): void {
    const report = new Uint8Array(1 + 2 * 6 + 1);
    report[0] = REPORT_ID;
    fingers.slice(0, 2).forEach((finger, i) => {
      const at = 1 + i * 6;
      const { dx, dy } = this.#misalignment;
      const x = this.#raw(this.#seen(finger.x, this.#panel.width) + dx, this.#panel.width);
      const y = this.#raw(this.#seen(finger.y, this.#panel.height) + dy, this.#panel.height);
      report.set([(finger.down ? 1 : 0) | 2, finger.contact, x & 0xff, x >> 8, y & 0xff, y >> 8], at);
    });
    report[13] = fingers.length;
    this.send(report);
  }

  #seen(pixel: number, length: number): number {
    return length / 2 + (pixel - length / 2) * this.#misalignment.scale;
  }

  #raw(pixel: number, length: number): number {
    return Math.max(0, Math.min(RANGE, Math.round((pixel / Math.max(1, length - 1)) * RANGE)));
  }
}
