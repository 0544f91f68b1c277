// 「大きな文字」: one sentence of 58 pixels, and beside it what is pressed, a number or a picture (EN 301 549 5.1.4).
// Screens that need their parts (PIN, camera, idle) draw themselves and take the sentence from here.

import type { ElementId, Method, ScreenModel } from '../../core/screens.ts';
import type { IconName } from '../icons.ts';
import { cardFromTray } from '../illustrations.ts';
import { columns, cutBottom, cutLeft, inset, rows } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { measureText } from '../text/measure.ts';
import { COLOURS } from '../theme.ts';
import type { ScreenContext } from './context.ts';
import { hasOneWayOn } from './frame.ts';
import { drawLamps } from './lamps.ts';
import { daysOf } from './notice.ts';
import { codeOf, staffHeight, staffLine } from './staff-line.ts';
import { isKindWord, wayOn } from './ways-on.ts';

interface LargeButton {
  readonly id: ElementId;
  readonly label: string;
  readonly icon: IconName;
}

/** A second piece of information that is needed with the sentence: a large thing, not a sentence. */
interface LargeValue {
  readonly id: string;
  readonly label: string;
  /** What it is a number of, before it. */
  readonly name?: string;
  /** How it is read out, where that is not the number alone. */
  readonly said?: string;
}

const METHOD_BUTTONS: Readonly<Record<Method, { readonly id: ElementId; readonly icon: IconName }>> = {
  face: { id: 'method-face', icon: 'face' },
  pin: { id: 'method-pin', icon: 'keypad' },
  staff: { id: 'method-staff', icon: 'staff' },
};

/** Screens that are drawn here; the others draw themselves. */
const DRAWN = new Set([
  'choose-method', 'face-retry', 'pin-last-try', 'consent', 'consent-items', 'prescription', 'done', 'take-card', 'notice', 'out-of-service',
]); // biome-ignore format: one list

export const isDrawnLarge = (model: ScreenModel): boolean =>
  model.timeout?.asking === true || DRAWN.has(model.screen) || (model.screen === 'initialising' && model.lost !== undefined);

const buttonsOf = ({ messages }: ScreenContext, model: ScreenModel): readonly LargeButton[] => {
  const ways = (methods: readonly Method[]) => methods.map((method) => ({ ...METHOD_BUTTONS[method], label: messages.method[method] }));
  // Nothing but the question is answered in the last seconds: a choice beside another question could be pressed by mistake.
  if (model.timeout?.asking === true)
    return [
      { id: 'continue', label: messages.asking.continue, icon: 'check' },
      { id: 'cancel', label: messages.footer.cancel, icon: 'cross' },
    ];
  switch (model.screen) {
    case 'choose-method':
      return ways(model.methods);
    case 'face-retry': {
      const again = model.attemptsLeft > 0 && model.methods.includes('face');
      return [
        ...(again ? [{ id: 'retry' as const, label: messages.faceRetry.retry, icon: 'retry' as const }] : []),
        ...ways(model.methods.filter((method) => method !== 'face')),
      ];
    }
    case 'pin-last-try':
      return [
        { id: 'back', label: messages.pinLastTry.back, icon: 'back' },
        { id: 'continue', label: messages.pinLastTry.continue, icon: 'keypad' },
      ];
    case 'consent':
      return [
        { id: 'consent-all', label: messages.consent.all, icon: 'check' },
        { id: 'consent-choose', label: messages.consent.choose, icon: 'list' },
        { id: 'consent-none', label: messages.consent.none, icon: 'cross' },
      ];
    case 'consent-items':
      return [
        { id: 'item-yes', label: messages.items.yes, icon: 'check' },
        { id: 'item-no', label: messages.items.no, icon: 'cross' },
      ];
    case 'prescription':
      return [
        { id: 'prescription-electronic', label: messages.prescription.electronic, icon: 'phone' },
        { id: 'prescription-paper', label: messages.prescription.paper, icon: 'document' },
      ];
    case 'notice':
      return hasOneWayOn(model)
        ? []
        : model.choices.map((choice) => {
            const { element, label, icon } = wayOn(model.code, choice, messages);
            return { id: element, label, icon };
          });
    default:
      return [];
  }
};

const largeValue = ({ messages }: ScreenContext, model: ScreenModel): LargeValue | undefined => {
  if (model.timeout?.asking === true) return { id: 'countdown', label: messages.initialising.seconds(model.timeout.secondsLeft) };
  if (model.screen === 'pin-last-try') return { id: 'tries', label: messages.pin.tries(1) };
  if ((model.screen === 'done' || model.screen === 'take-card') && model.number !== undefined)
    return { id: 'number', label: model.number, name: messages.done.number };
  if (model.screen === 'notice' && model.days !== undefined && isKindWord(model.code)) {
    // Without its name it contradicts the sentence: "has expired", and a number of days.
    const name = daysOf(model.code, messages);
    const label = messages.notice.daysLeft(model.days);
    return { id: 'days', label, name, said: `${name}  ${label}` };
  }
  return undefined;
};

const colourOf = (model: ScreenModel): string => {
  if (model.screen === 'done' && model.timeout?.asking !== true)
    return model.checkIn === 'checked-in' ? COLOURS.success : COLOURS.primaryDark;
  return model.screen === 'take-card' && model.alarm >= 2 ? COLOURS.error : COLOURS.text;
};

/** The sentence beside its buttons or its picture (above them on a tall panel); all buttons have one size and one style. */
export const drawLarge = (context: ScreenContext, model: ScreenModel): void => {
  const { frame, sizes } = context;
  const buttons = buttonsOf(context, model);
  const code = codeOf(model);
  const told =
    model.timeout?.asking !== true && (code !== undefined || (model.screen === 'out-of-service' && context.facility.contacts.length > 0));
  const staff = code === undefined ? staffHeight(context) / 2 : staffHeight(context);
  const [foot, rest] = told ? cutBottom(frame.body, staff, sizes.gap) : [undefined, frame.body];
  const pictured = model.screen === 'take-card' || (model.screen === 'done' && model.cardTaken !== true);
  const stacked = buttons.length * sizes.target * 1.15 + Math.max(0, buttons.length - 1) * sizes.gap;
  const [side, words] =
    buttons.length === 0 && !pictured
      ? [undefined, rest]
      : sizes.portrait
        ? cutBottom(rest, pictured ? rest.height * 0.45 : stacked, sizes.gap)
        : (([left, right]) => [right, left] as const)(columns(rest, sizes.compact ? [1.6, 1] : [1.45, 1], sizes.gap * 1.4));
  drawWords(context, model, words);
  if (pictured && side !== undefined) {
    drawTakingCard(context, model, side);
  } else if (side !== undefined) drawButtons(context, buttons, side);
  if (foot !== undefined) staffLine(context, code, foot);
};

/** The card on its way out of the tray. At the end of a visit the words stand below it, on whichever page: the sentence is about the visit. */
const drawTakingCard = ({ build, sizes, messages }: ScreenContext, model: ScreenModel, side: Rect): void => {
  const words = model.screen === 'done' ? messages.done.takeCard : undefined;
  const look = { size: sizes.huge, smallest: sizes.huge, weight: 700, leading: 1.15, align: 'centre', vertical: 'middle' } as const;
  const lines = words !== undefined && measureText(words, sizes.huge, 700, build.language) > side.width ? 2 : 1;
  const height = words === undefined ? 0 : sizes.huge * (lines === 1 ? 1.3 : 2.45);
  const [below, above] = cutBottom(side, height, words === undefined ? 0 : sizes.gap / 2);
  if (words !== undefined) build.caption(words, below, { ...look, colour: COLOURS.primaryDark, balance: true });
  build.image('illustration', words ?? messages.takeCard.illustration, above, cardFromTray(above, { card: messages.idle.cardTitle }));
};

const drawWords = (context: ScreenContext, model: ScreenModel, box: Rect): void => {
  const { build, sizes } = context;
  const value = largeValue(context, model);
  const alarm = model.screen === 'take-card' ? model.alarm : 0;
  const [lamps, above] = cutBottom(box, alarm > 0 ? (sizes.compact ? 16 : 26) : 0, alarm > 0 ? sizes.gap : 0);
  const [shown, words] = cutBottom(above, value === undefined ? 0 : sizes.huge * 1.9, value === undefined ? 0 : sizes.gap);
  build.text('title', context.sentence ?? '', words, {
    size: sizes.huge, smallest: sizes.huge, weight: 700, leading: sizes.compact ? 1.2 : 1.25, balance: true, vertical: 'middle', colour: colourOf(model),
  }); // biome-ignore format: one style
  if (value !== undefined) drawValue(context, value, shown);
  if (alarm > 0) drawLamps(build, lamps, alarm, sizes.hero * 6);
};

const drawValue = ({ build, sizes }: ScreenContext, { id, label, name, said }: LargeValue, box: Rect): void => {
  build.panel(box, { fill: COLOURS.tint, radius: sizes.radius });
  const inner = inset(box, sizes.gap, 0);
  const size = Math.round(sizes.huge * 0.62);
  const left = inner.width - sizes.gap - measureText(label, sizes.huge, 700, build.language) - 2;
  const width = name === undefined ? 0 : Math.min(measureText(name, size, 700, build.language) + 2, inner.width * 0.5, left);
  const [before, value] = name === undefined ? [undefined, inner] : cutLeft(inner, width, sizes.gap);
  const look = { weight: 700, colour: COLOURS.primaryDark, vertical: 'middle', maxLines: 1 } as const;
  if (before !== undefined && name !== undefined)
    build.caption(name, before, { ...look, size, smallest: Math.round(size * 0.7), maxLines: 2, leading: 1.15 });
  const style = { ...look, size: Math.round(sizes.huge * 1.45), smallest: sizes.huge };
  if (said === undefined) {
    build.text(id, label, value, style);
    return;
  }
  build.caption(label, value, style);
  build.element(id, 'text', said, box);
};

const drawButtons = ({ build, sizes }: ScreenContext, buttons: readonly LargeButton[], box: Rect): void => {
  // A small panel has no height to spare: the buttons take some of the margin too.
  const spare = sizes.compact ? 4 : 0;
  const most = Math.min(box.height + 2 * spare, buttons.length * sizes.target * 1.8);
  const area = { ...box, y: Math.round(box.y + (box.height - most) / 2), height: Math.round(most) };
  const cells = rows(
    area,
    buttons.map(() => 1),
    sizes.compact ? sizes.keyGap : sizes.gap,
  );
  buttons.forEach(({ id, label, icon: name }, i) => {
    const cell = cells[i];
    if (cell !== undefined) build.button(id, label, cell, { kind: 'tint', size: Math.round(sizes.huge * 0.72), icon: name });
  });
};
