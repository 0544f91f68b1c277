// Failures and kind words: what happened, what to do, and a line for staff with the code.

import type { FailureCode } from '../../core/failure.ts';
import type { NoticeCode, ScreenModel } from '../../core/screens.ts';
import { type IconName, icon } from '../icons.ts';
import { FIELD_CODES } from '../languages/failure-texts.ts';
import { messagesFor, staffLanguage } from '../languages/language.ts';
import type { Messages } from '../languages/messages.ts';
import { centred, cutBottom, cutLeft, cutTop, inset } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { COLOURS } from '../theme.ts';
import { beside, choices, choicesHeight } from './arrange.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';
import { drawCountdown } from './frame.ts';
import { type StackedText, stackTexts } from './stack.ts';
import { isKindWord, wayOn } from './ways-on.ts';

/** The code as staff read it: the number the field knows, then ours. */
export const codeLabel = (code: FailureCode | NoticeCode): string => {
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

const big = (box: Rect, name: IconName, colour: string, tint: string): string => {
  const side = Math.min(box.width, box.height);
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  return `<circle cx="${cx}" cy="${cy}" r="${side / 2}" fill="${tint}"/>${icon(name, cx - side * 0.29, cy - side * 0.29, side * 0.58, colour)}`;
};

/** What the days of a kind word are counted to. */
export const daysOf = (code: NoticeCode | FailureCode, { notice }: Messages): string =>
  code === 'certificate/expires-soon' ? notice.expiresIn : notice.graceLeft;

/** Beside the words; on a tall panel right above the first of them, wherever they begin. */
const drawSign = ({ build, sizes }: ScreenContext, cell: Rect, above: number, picture: (box: Rect) => string): void => {
  const box = sizes.portrait ? { ...cell, y: cell.y + above } : cell;
  build.draw(box, picture(box));
};

const PICTURES: readonly (readonly [string, IconName])[] = [
  ['card/', 'card'], ['certificate/', 'card'], ['code/', 'card'], ['pin/', 'lock'], ['face/', 'face'], ['camera/', 'face'], ['staff/', 'staff'], ['visit/timeout', 'clock'],
]; // biome-ignore format: a table

const pictureOf = (code: string): IconName => PICTURES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'info';

export const notice = (context: ScreenContext, model: ModelOf<'notice'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const texts = messages.failures[model.code];
  const kind = isKindWord(model.code);
  const [staff, rest] = cutBottom(frame.body, staffHeight(context), sizes.gap);
  const hasButtons = model.choices.length > 0;
  const [buttons, main] = cutBottom(
    rest,
    choicesHeight(context, model.choices.length, sizes.compact ? 68 : 104),
    hasButtons ? sizes.gap : 0,
  );
  const side = sizes.compact ? 110 : sizes.portrait ? 130 : 210;
  const [sign, words] = (sizes.portrait ? cutTop : cutLeft)(main, side, sizes.compact ? 20 : 48);
  const days = kind ? model.days : undefined;
  const above = stackTexts(build, words, [
    { id: 'title', label: texts.title, style: { size: sizes.compact ? 32 : 46, weight: 700, balance: true, leading: 1.25 } },
    ...(days === undefined
      ? []
      : [
          {
            id: 'days',
            label: `${daysOf(model.code, messages)}  ${messages.notice.daysLeft(days)}`,
            gap: sizes.gap * 1.4,
            style: { size: sizes.body, weight: 700 as const, colour: COLOURS.warningDark },
          },
        ]),
    { id: 'patient', label: texts.patient, gap: sizes.gap * 1.4, style: { size: sizes.body, colour: COLOURS.textSoft } },
    { id: 'action', label: texts.action, gap: sizes.gap * 1.4, style: { size: sizes.instruction, weight: 700, leading: 1.35 } },
  ]);
  const [ink, tint] = kind ? ([COLOURS.warningDark, COLOURS.warningTint] as const) : ([COLOURS.primary, COLOURS.tintStrong] as const);
  drawSign(context, sign, above, (box) => big(box, pictureOf(model.code), ink, tint));
  drawChoices(context, model, buttons);
  staffLine(context, model.code, staff);
  return { speech: `${texts.title}\n${texts.patient}\n${texts.action}` };
};

const drawChoices = (context: ScreenContext, model: ModelOf<'notice'>, box: Rect): void => {
  const { build, sizes, messages } = context;
  if (model.choices.length === 0) return;
  const middle = centred(box, box.width / 2, box.height);
  if (model.choices.length === 1) drawCountdown(context, model, cutLeft(box, middle.x + middle.width - box.x, sizes.gap)[1]);
  const cells = choices(context, model.choices.length === 1 ? middle : box, model.choices.length);
  model.choices.forEach((choice, i) => {
    const cell = cells[i];
    if (cell === undefined) return;
    const size = sizes.compact ? 22 : 32;
    const { element, label, icon: name } = wayOn(model.code, choice, messages);
    build.button(element, label, cell, { kind: choice === 'staff' ? 'outline' : 'primary', size, icon: name });
  });
};

/** Whoever comes while nothing works finds no language to choose: the way to the desk stands there in English too. */
export const alsoInEnglish = ({ build, sizes }: ScreenContext, screen: 'outOfService' | 'initialising'): readonly StackedText[] => {
  if (build.language === 'en') return [];
  const { outOfService } = messagesFor('en');
  const label = `${outOfService.title}. ${outOfService.body}`;
  const size = sizes.compact ? 17 : screen === 'initialising' ? 22 : 26;
  return [{ id: 'english', label, gap: sizes.gap * 1.4, style: { size, leading: 1.35, colour: COLOURS.textSoft } }];
};

export const outOfService = (context: ScreenContext, model: ModelOf<'out-of-service'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.outOfService;
  const told = model.code !== undefined || context.facility.contacts.length > 0;
  const height = model.code === undefined ? staffHeight(context) / 2 : staffHeight(context);
  const [staff, rest] = cutBottom(frame.body, height, sizes.gap);
  const main = told ? rest : frame.body;
  const side = sizes.compact ? 130 : 240;
  const [sign, text] = (sizes.portrait ? cutTop : cutLeft)(main, side, sizes.compact ? 24 : 56);
  const above = stackTexts(build, text, [
    { id: 'title', label: words.title, style: { size: sizes.hero, weight: 700, leading: 1.3 } },
    { id: 'body', label: words.body, gap: sizes.gap * 1.6, style: { size: sizes.instruction, colour: COLOURS.textSoft } },
    ...alsoInEnglish(context, 'outOfService'),
  ]);
  drawSign(context, sign, above, (box) => big(box, 'hospital', COLOURS.primary, COLOURS.tintStrong));
  if (told) staffLine(context, model.code, staff);
  return { speech: `${words.title}\n${words.body}` };
};
