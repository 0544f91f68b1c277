// Finds in a report layout what points at the panel: fingers of a digitizer, or an absolute pointer with a button.
// Several candidates in one device (eGalax offers three) are ranked; only the best one is read.

import type { HidField, HidLayout } from './hid-descriptor.ts';

const X = 0x010030;
const Y = 0x010031;
const BUTTON_1 = 0x090001;
const TIP_SWITCH = 0x0d0042;
const CONFIDENCE = 0x0d0047;
const CONTACT_ID = 0x0d0051;
const CONTACT_COUNT = 0x0d0054;
const TOUCH_SCREEN = 0x0d0004;

/** The fields of one finger (or of the one pointer) in one report. */
export interface ContactSlot {
  readonly down: HidField;
  readonly x: HidField;
  readonly y: HidField;
  readonly contactId?: HidField;
  /** 0 = a palm. */
  readonly confidence?: HidField;
}

export interface PointerReport {
  readonly reportId: number;
  readonly slots: readonly ContactSlot[];
  /** How many contacts the whole frame has, in its first report; 0 in the ones that continue it. */
  readonly contactCount?: HidField;
}

export interface PointerLayout {
  readonly numbered: boolean;
  readonly reports: readonly PointerReport[];
}

/** The best pointer of a device, or undefined when it has none (a keyboard, a relative mouse). */
export const findPointer = (layout: HidLayout): PointerLayout | undefined => {
  const inputs = layout.fields.filter((field) => field.kind === 'input' && field.variable && !field.relative);
  const applications = new Map<number, { rank: number; reports: PointerReport[] }>();
  for (const reportId of new Set(inputs.map((field) => field.reportId))) {
    const fields = inputs.filter((field) => field.reportId === reportId);
    for (const application of new Set(fields.map((field) => field.collections[0] ?? -1))) {
      const own = fields.filter((field) => (field.collections[0] ?? -1) === application);
      const slots = slotsOf(own);
      const [first] = slots;
      if (first === undefined) continue;
      const contactCount = own.find((field) => field.usage === CONTACT_COUNT);
      const entry = applications.get(application) ?? { rank: rankOf(layout.collections[application]?.usage ?? 0, first), reports: [] };
      entry.reports.push({ reportId, slots, ...(contactCount === undefined ? {} : { contactCount }) });
      applications.set(application, entry);
    }
  }
  const [best] = [...applications.values()].sort((a, b) => b.rank - a.rank);
  return best === undefined ? undefined : { numbered: layout.numbered, reports: best.reports };
};

const rankOf = (application: number, slot: ContactSlot): number =>
  (application === TOUCH_SCREEN ? 4 : 0) + (slot.contactId === undefined ? 0 : 2) + (slot.down.usage === TIP_SWITCH ? 1 : 0);

/**
 * One slot per finger: the fields that share the innermost collection of an X. A second X in the same collection is the finger's middle
 * (Windows precision devices give X and Y twice), unless there are as many tip switches as X.
 */
const slotsOf = (fields: readonly HidField[]): ContactSlot[] =>
  [...new Set(fields.filter((field) => field.usage === X).map((field) => field.collections.at(-1)))].flatMap((innermost) => {
    const group = fields.filter((field) => field.collections.at(-1) === innermost);
    const all = (usage: number) => group.filter((field) => field.usage === usage);
    const [xs, tips] = [all(X), all(TIP_SWITCH)];
    const fingers = tips.length === xs.length ? xs.length : 1;
    return Array.from({ length: fingers }, (_, i) => i).flatMap((i) => {
      const [x, y, contactId, confidence] = [xs[i], all(Y)[i], all(CONTACT_ID)[i], all(CONFIDENCE)[i]];
      // A pen-like device may keep its tip switch one collection further out.
      const down =
        tips[i] ??
        all(BUTTON_1)[0] ??
        fields.find((field) => field.usage === TIP_SWITCH) ??
        fields.find((field) => field.usage === BUTTON_1);
      if (x === undefined || y === undefined || down === undefined) return [];
      if (x.logicalMax <= x.logicalMin || y.logicalMax <= y.logicalMin) return [];
      return [{ down, x, y, ...(contactId === undefined ? {} : { contactId }), ...(confidence === undefined ? {} : { confidence }) }];
    });
  });
