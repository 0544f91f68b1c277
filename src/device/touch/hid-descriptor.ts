// HID report descriptors to fields with bit positions (USB Device Class Definition for HID 1.11, 6.2.2).
// Knows items, globals, push/pop, report ids, extended usages and collections; knows nothing of fingers.
// Never trusts a length: a broken descriptor is refused, never read past its end.

import { KioskFailure } from '../../core/failure.ts';

/** One value in a report. Usages are 32 bits: page in the upper half, id in the lower. */
export interface HidField {
  readonly kind: 'input' | 'output' | 'feature';
  readonly reportId: number;
  /** From the first bit after the report id. */
  readonly bitOffset: number;
  readonly bits: number;
  readonly usage: number;
  /** Array fields: the value is an index into this range of usages (keyboards). */
  readonly usageRange?: { readonly min: number; readonly max: number };
  readonly constant: boolean;
  readonly variable: boolean;
  readonly relative: boolean;
  readonly logicalMin: number;
  readonly logicalMax: number;
  /** Ordinals of the collections around it, outermost first. */
  readonly collections: readonly number[];
}

export interface HidCollection {
  readonly type: number;
  readonly usage: number;
}

export interface HidLayout {
  readonly fields: readonly HidField[];
  readonly collections: readonly HidCollection[];
  /** Whether reports begin with an id byte. */
  readonly numbered: boolean;
}

interface Globals {
  usagePage: number;
  logicalMin: number;
  logicalMax: number;
  rawLogicalMax: number;
  reportSize: number;
  reportCount: number;
  reportId: number;
}

/** No real report is longer; more means a damaged descriptor. */
const MAX_REPORT_BITS = 8 * 8192;
const MAX_FIELDS = 4096;

const malformed = (message: string): KioskFailure =>
  new KioskFailure('touch/unavailable', { message: `HID report descriptor: ${message}` });

interface Item {
  readonly tag: number;
  readonly size: number;
  readonly unsigned: number;
  readonly signed: number;
}

function* itemsOf(bytes: Uint8Array): Generator<Item> {
  for (let at = 0; at < bytes.length; ) {
    const prefix = bytes[at] ?? 0;
    // Long items (6.2.2.3) carry vendor data: size in the next byte.
    if (prefix === 0xfe) {
      at += 3 + (bytes[at + 1] ?? 0);
      continue;
    }
    const size = (prefix & 3) === 3 ? 4 : prefix & 3;
    if (at + 1 + size > bytes.length) throw malformed(`cut short at byte ${at}`);
    let unsigned = 0;
    for (let i = size - 1; i >= 0; i -= 1) unsigned = unsigned * 256 + (bytes[at + 1 + i] ?? 0);
    const top = 2 ** (size * 8 - 1);
    yield { tag: prefix & 0xfc, size, unsigned, signed: size > 0 && unsigned >= top ? unsigned - 2 * top : unsigned };
    at += 1 + size;
  }
}

/** Parses a whole descriptor. Throws touch/unavailable with what is wrong. */
export const parseHidDescriptor = (bytes: Uint8Array): HidLayout => new Parser().run(bytes);

class Parser {
  #globals: Globals = { usagePage: 0, logicalMin: 0, logicalMax: 0, rawLogicalMax: 0, reportSize: 0, reportCount: 0, reportId: 0 };
  readonly #stack: Globals[] = [];
  readonly #fields: HidField[] = [];
  readonly #collections: HidCollection[] = [];
  readonly #open: number[] = [];
  readonly #offsets = new Map<string, number>();
  #numbered = false;
  #usages: number[] = [];
  #usageMin: number | undefined;
  #usageMax: number | undefined;

  run(bytes: Uint8Array): HidLayout {
    for (const item of itemsOf(bytes)) this.#item(item);
    return { fields: this.#fields, collections: this.#collections, numbered: this.#numbered };
  }

  #item(item: Item): void {
    const globals = this.#globals;
    // biome-ignore format: one line per item tag
    switch (item.tag) {
      case 0x80: this.#main('input', item.unsigned); break;
      case 0x90: this.#main('output', item.unsigned); break;
      case 0xb0: this.#main('feature', item.unsigned); break;
      case 0xa0: this.#begin(item.unsigned); break;
      case 0xc0: this.#end(); break;
      case 0x04: globals.usagePage = item.unsigned; break;
      case 0x14: globals.logicalMin = item.signed; break;
      case 0x24: globals.logicalMax = item.signed; globals.rawLogicalMax = item.unsigned; break;
      case 0x74: globals.reportSize = item.unsigned; break;
      case 0x94: globals.reportCount = item.unsigned; break;
      case 0x84: this.#reportId(item.unsigned); break;
      case 0xa4: this.#stack.push({ ...globals }); break;
      case 0xb4: this.#pop(); break;
      case 0x08: this.#usages.push(this.#usage(item)); break;
      case 0x18: this.#usageMin = this.#usage(item); break;
      case 0x28: this.#usageMax = this.#usage(item); break;
    }
  }

  #begin(type: number): void {
    this.#collections.push({ type, usage: this.#usages[0] ?? this.#usageMin ?? 0 });
    this.#open.push(this.#collections.length - 1);
    this.#clearLocals();
  }

  #end(): void {
    if (this.#open.pop() === undefined) throw malformed('a collection ends that never began');
    this.#clearLocals();
  }

  #reportId(id: number): void {
    if (id === 0 || id > 255) throw malformed(`report id ${id}`);
    this.#globals.reportId = id;
    this.#numbered = true;
  }

  #pop(): void {
    const saved = this.#stack.pop();
    if (saved === undefined) throw malformed('pop without push');
    this.#globals = saved;
  }

  /** A four byte usage brings its own page. */
  #usage(item: Item): number {
    return item.size === 4 ? item.unsigned : this.#globals.usagePage * 0x10000 + item.unsigned;
  }

  #clearLocals(): void {
    this.#usages = [];
    this.#usageMin = undefined;
    this.#usageMax = undefined;
  }

  #main(kind: HidField['kind'], flags: number): void {
    const globals = this.#globals;
    const key = `${kind} ${globals.reportId}`;
    const start = this.#offsets.get(key) ?? 0;
    const total = globals.reportSize * globals.reportCount;
    if (start + total > MAX_REPORT_BITS) throw malformed('a report is longer than any device sends');
    this.#offsets.set(key, start + total);
    const constant = (flags & 1) !== 0;
    const variable = (flags & 2) !== 0;
    // Padding takes room but is no field; a field of no bits or more than 32 is nothing we can read.
    if (!constant && globals.reportSize > 0 && globals.reportSize <= 32) {
      if (this.#fields.length + globals.reportCount > MAX_FIELDS) throw malformed('more fields than any device has');
      // Some descriptors write 255 in one byte with a minimum of 0: a maximum below the minimum was meant unsigned.
      const logicalMax = globals.logicalMax < globals.logicalMin ? globals.rawLogicalMax : globals.logicalMax;
      const range = this.#usageMin !== undefined && this.#usageMax !== undefined ? { min: this.#usageMin, max: this.#usageMax } : undefined;
      for (let i = 0; i < globals.reportCount; i += 1) {
        this.#fields.push({
          kind,
          reportId: globals.reportId,
          bitOffset: start + i * globals.reportSize,
          bits: globals.reportSize,
          usage: this.#usageOf(i, range),
          ...(range === undefined || variable ? {} : { usageRange: range }),
          constant,
          variable,
          relative: (flags & 4) !== 0,
          logicalMin: globals.logicalMin,
          logicalMax,
          collections: [...this.#open],
        });
      }
    }
    this.#clearLocals();
  }

  /** Usages are given one by one or as a range; the last one given serves all fields that are left (6.2.2.8). */
  #usageOf(index: number, range: { min: number; max: number } | undefined): number {
    const listed = this.#usages[index];
    if (listed !== undefined) return listed;
    if (range !== undefined) return Math.min(range.min + index - this.#usages.length, range.max);
    return this.#usages.at(-1) ?? 0;
  }
}

/** The value of a field in a report without its id byte; undefined when the report is too short. */
export const fieldValue = (field: HidField, body: Uint8Array): number | undefined => {
  if (field.bitOffset + field.bits > body.length * 8) return undefined;
  let value = 0;
  for (let i = field.bits - 1; i >= 0; i -= 1) {
    const bit = field.bitOffset + i;
    value = value * 2 + (((body[bit >> 3] ?? 0) >> (bit & 7)) & 1);
  }
  return field.logicalMin < 0 && value >= 2 ** (field.bits - 1) ? value - 2 ** field.bits : value;
};

/** Writes a field into a report body, for simulated devices. */
export const setFieldValue = (field: HidField, body: Uint8Array, value: number): void => {
  for (let i = 0; i < field.bits; i += 1) {
    const bit = field.bitOffset + i;
    const mask = 1 << (bit & 7);
    const on = Math.floor(value / 2 ** i) % 2 !== 0;
    body[bit >> 3] = on ? (body[bit >> 3] ?? 0) | mask : (body[bit >> 3] ?? 0) & ~mask;
  }
};
