// Input reports of a digitizer or an absolute pointer to contacts in panel pixels.
// Holds which contacts are down; ignores positions without touch; drops palms; never acts on an element.

import type { Calibration } from './calibration.ts';
import { fieldValue, type HidField } from './hid-descriptor.ts';
import type { ContactSlot, PointerLayout, PointerReport } from './pointer-layout.ts';
import type { TouchEvent } from './ports.ts';

interface Contact {
  readonly x: number;
  readonly y: number;
}

export class TouchDecoder {
  readonly #layout: PointerLayout;
  readonly #calibration: Calibration;
  readonly #down = new Map<number, Contact>();
  readonly #seen = new Set<number>();
  /** Contacts of the present frame that later reports still bring. */
  #expected = 0;

  constructor(layout: PointerLayout, calibration: Calibration) {
    this.#layout = layout;
    this.#calibration = calibration;
  }

  /** Events of one report as it came from hidraw: with its id byte when reports are numbered. Unknown reports give none. */
  decode(report: Uint8Array): TouchEvent[] {
    const reportId = this.#layout.numbered ? (report[0] ?? 0) : 0;
    const body = this.#layout.numbered ? report.subarray(1) : report;
    const known = this.#layout.reports.find((one) => one.reportId === reportId);
    return known === undefined ? [] : this.#frame(known, body);
  }

  /** The device is gone: whatever is down is cancelled. */
  cancelAll(): TouchEvent[] {
    const events = [...this.#down].map(([contact, at]): TouchEvent => ({ phase: 'cancel', contact, ...at }));
    this.#down.clear();
    this.#seen.clear();
    this.#expected = 0;
    return events;
  }

  #frame(report: PointerReport, body: Uint8Array): TouchEvent[] {
    const count = report.contactCount === undefined ? undefined : (fieldValue(report.contactCount, body) ?? 0);
    if (count === undefined || count > 0 || this.#expected === 0) {
      this.#seen.clear();
      this.#expected = count ?? report.slots.length;
    }
    const continuesNothing = count === 0 && this.#expected === 0;
    const events: TouchEvent[] = [];
    const slots = continuesNothing ? report.slots : report.slots.slice(0, this.#expected);
    slots.forEach((slot, index) => {
      const event = this.#slot(slot, index, body, continuesNothing);
      if (event !== undefined) events.push(event);
    });
    this.#expected = Math.max(0, this.#expected - slots.length);
    // A finger that a complete frame does not mention any more has been lifted.
    const framed = count !== undefined || report.slots.some((slot) => slot.contactId === undefined);
    if (framed && this.#expected === 0 && !continuesNothing) {
      for (const [contact, at] of this.#down) {
        if (this.#seen.has(contact)) continue;
        this.#down.delete(contact);
        events.push({ phase: 'up', contact, ...at });
      }
    }
    return events;
  }

  #slot(slot: ContactSlot, index: number, body: Uint8Array, releasesOnly: boolean): TouchEvent | undefined {
    const contact = slot.contactId === undefined ? index : fieldValue(slot.contactId, body);
    const down = fieldValue(slot.down, body);
    if (contact === undefined || down === undefined) return undefined;
    this.#seen.add(contact);
    const before = this.#down.get(contact);
    if (down === 0) {
      if (before === undefined) return undefined;
      this.#down.delete(contact);
      return { phase: 'up', contact, ...before };
    }
    if (releasesOnly) return undefined;
    if (slot.confidence !== undefined && fieldValue(slot.confidence, body) === 0) {
      if (before === undefined) return undefined;
      this.#down.delete(contact);
      return { phase: 'cancel', contact, ...before };
    }
    const x = share(slot.x, body);
    const y = share(slot.y, body);
    if (x === undefined || y === undefined) return undefined;
    const at = this.#calibration({ x, y });
    if (before !== undefined && before.x === at.x && before.y === at.y) return undefined;
    this.#down.set(contact, at);
    return { phase: before === undefined ? 'down' : 'move', contact, ...at };
  }
}

/** A value as a share of its logical range; undefined outside it: "no position" in HID (5.10, null values). */
const share = (field: HidField, body: Uint8Array): number | undefined => {
  const value = fieldValue(field, body);
  if (value === undefined || value < field.logicalMin || value > field.logicalMax) return undefined;
  return (value - field.logicalMin) / (field.logicalMax - field.logicalMin);
};
