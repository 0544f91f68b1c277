// The line for staff on a screen that tells a fault: what to check, the code, whom to call (G13).

import type { FailureCode } from '../../core/failure.ts';
import type { NoticeCode, ScreenModel } from '../../core/screens.ts';
import { icon } from '../icons.ts';
import { FIELD_CODES } from '../languages/failure-texts.ts';
import { staffLanguage } from '../languages/language.ts';
import { cutLeft, cutTop, inset } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { COLOURS } from '../theme.ts';
import { beside, choices } from './arrange.ts';
import type { ScreenContext } from './context.ts';

/** The code as staff read it: the number the field knows, then ours. */
const codeLabel = (code: FailureCode | NoticeCode): string => {
  const field = FIELD_CODES[code];
  return field === undefined ? code : `${field} ${code}`;
};

/** The code whose line for staff a screen shows. */
export const codeOf = (model: ScreenModel): FailureCode | NoticeCode | undefined => {
  if (model.screen === 'notice' || model.screen === 'out-of-service') return model.code;
  // Every other reason to try the face again is the patient's to mend, not the staff's.
  if (model.screen === 'face-retry') return model.reason === 'camera' ? 'camera/unavailable' : undefined;
  return model.screen === 'initialising' ? model.lost : undefined;
};

const CONTACT_ROW = { regular: 40, compact: 28 } as const;

/** Height of the line for staff: a row more where there is somebody to call (on a tall panel one for each). */
export const staffHeight = ({ sizes, facility }: Pick<ScreenContext, 'sizes' | 'facility'>): number => {
  const rows = facility.contacts.length === 0 ? 0 : sizes.portrait ? facility.contacts.length : 1;
  const row = sizes.compact ? CONTACT_ROW.compact : CONTACT_ROW.regular;
  return (sizes.compact ? 60 : sizes.portrait ? 130 : 92) + rows * row;
};

/** For staff: what to check, the code, whom to call. Without a code only whom to call. */
export const staffLine = (context: ScreenContext, code: FailureCode | NoticeCode | undefined, box: Rect): void => {
  const { build, sizes, messages, facility } = context;
  const words = messages.notice;
  build.panel(box, { fill: COLOURS.surface, border: COLOURS.border, radius: sizes.radius * 0.75 });
  const inner = inset(box, sizes.gap, sizes.compact ? 6 : 10);
  const size = sizes.compact ? 15 : 22;
  const language = staffLanguage(build.language);
  const [top, below] =
    code === undefined
      ? [undefined, inner]
      : cutTop(inner, staffHeight({ sizes, facility: { ...facility, contacts: [] } }) - (box.height - inner.height));
  if (code !== undefined && top !== undefined) {
    const [left, right] = beside(context, top, [2.4, 1], sizes.gap, [2, 1]);
    build.text('staff-line', `${words.forStaff}: ${messages.failures[code].staff}`, left, {
      size,
      language,
      colour: COLOURS.textSoft,
      vertical: 'middle',
      smallest: 12,
    });
    build.text('code', `${words.code} ${codeLabel(code)}`, right, {
      size,
      language,
      weight: 700,
      align: sizes.portrait ? 'left' : 'right',
      vertical: 'middle',
      colour: COLOURS.textSoft,
      maxLines: 1,
      smallest: 11,
    });
  }
  drawContacts(context, below, size);
};

/** One beside the other (on a tall panel one below the other): who, number, hours. */
const drawContacts = (context: ScreenContext, box: Rect, size: number): void => {
  const { build, facility } = context;
  if (facility.contacts.length === 0) return;
  const cells = choices(context, box, facility.contacts.length);
  facility.contacts.forEach(({ label, phone, hours }, i) => {
    const cell = cells[i];
    if (cell === undefined) return;
    const [sign, words] = cutLeft(cell, size, size * 0.5);
    build.draw(sign, icon('call', sign.x, sign.y + (sign.height - size) / 2, size, COLOURS.primary));
    build.text(`contact-${i + 1}`, [label, phone, hours].filter((one) => one !== undefined).join('  '), words, {
      size, language: 'ja', weight: 700, vertical: 'middle', colour: COLOURS.textSoft, maxLines: 1, smallest: 10,
    }); // biome-ignore format: one style
  });
};
