// A USB numeric keypad (HID usage page 0x07, Universal Serial Bus HID Usage Tables, clause 10) to keys.
// Reports what was pressed; keeps no history, since keys are digits of a secret.

import type { UserInput } from '../../core/screens.ts';
import { fieldValue, type HidField, type HidLayout } from './hid-descriptor.ts';

export type Key = Extract<UserInput, { type: 'key' }>['key'];

const KEYBOARD_PAGE = 0x07;
const ERROR_ROLL_OVER = 0x01;

/** Usage id → key. Digits of the keypad and of the top row, both enters, delete as backspace. */
const KEYS: ReadonlyMap<number, Key> = new Map<number, Key>([
  [0x28, 'enter'], [0x58, 'enter'], [0x2a, 'backspace'], [0x4c, 'backspace'],
  [0x57, 'plus'], [0x56, 'minus'], [0x54, 'slash'],
  // A numeric keypad has no Escape and often no Backspace: its star and its point serve.
  [0x55, 'escape'], [0x29, 'escape'], [0x63, 'backspace'],
  [0x27, '0'], [0x62, '0'],
  ...(['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const).flatMap((key, i): [number, Key][] => [[0x1e + i, key], [0x59 + i, key]]),
]); // biome-ignore format: a table

/** The usage id a simulated keypad sends for a key. */
export const usageOfKey = (key: Key): number => [...KEYS].filter(([, name]) => name === key).at(-1)?.[0] ?? 0;

export class KeyboardDecoder {
  readonly #fields: readonly HidField[];
  readonly #numbered: boolean;
  #held = new Set<number>();

  constructor(layout: HidLayout) {
    this.#fields = keyFields(layout);
    this.#numbered = layout.numbered;
  }

  /** Keys that this report presses and the one before did not. */
  decode(report: Uint8Array): Key[] {
    const reportId = this.#numbered ? (report[0] ?? 0) : 0;
    const body = this.#numbered ? report.subarray(1) : report;
    const fields = this.#fields.filter((field) => field.reportId === reportId);
    if (fields.length === 0) return [];
    const held = new Set<number>();
    for (const field of fields) {
      const value = fieldValue(field, body);
      if (value === undefined) continue;
      const usage = field.variable ? (value === 0 ? 0 : field.usage & 0xffff) : usageInRange(field, value);
      // Too many keys at once: the keyboard does not know which, the report means nothing.
      if (usage === ERROR_ROLL_OVER) return [];
      if (usage !== 0) held.add(usage);
    }
    const pressed = [...held].filter((usage) => !this.#held.has(usage));
    this.#held = held;
    return pressed.flatMap((usage) => KEYS.get(usage) ?? []);
  }
}

const usageInRange = (field: HidField, value: number): number => {
  const { usageRange } = field;
  if (usageRange === undefined || value < field.logicalMin || value > field.logicalMax) return 0;
  return (usageRange.min + value - field.logicalMin) & 0xffff;
};

const pageOf = (usage: number): number => Math.floor(usage / 0x10000);

const keyFields = (layout: HidLayout): HidField[] =>
  layout.fields.filter((field) => field.kind === 'input' && pageOf(field.usageRange?.min ?? field.usage) === KEYBOARD_PAGE);

export const isKeyboard = (layout: HidLayout): boolean => keyFields(layout).length > 0;
