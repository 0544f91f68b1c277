// Failures and kind words: what happened, what to do, and a line for staff with the code.

import type { FailureCode } from '../../core/failure.ts';
import type { NoticeCode } from '../../core/screens.ts';
import { type IconName, icon } from '../icons.ts';
import { messagesFor } from '../languages/language.ts';
import type { Messages } from '../languages/messages.ts';
import { centred, cutBottom, cutLeft, cutTop } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { COLOURS } from '../theme.ts';
import { choices, choicesHeight } from './arrange.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';
import { drawCountdown } from './frame.ts';
import { type StackedText, stackTexts } from './stack.ts';
import { staffHeight, staffLine } from './staff-line.ts';
import { isKindWord, wayOn } from './ways-on.ts';

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
