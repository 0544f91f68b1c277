// 「大きな文字」: a screen as one sentence in large letters and its buttons (EN 301 549 5.1.4), with at most a short second line
// where the patient decides something. Screens that are one sentence already, or need their parts (PIN, camera), have no page here.

import type { FailureCode } from '../../core/failure.ts';
import { FAILURES } from '../../core/failure.ts';
import type { ElementId, Method, NoticeCode, ScreenModel } from '../../core/screens.ts';
import type { IconName } from '../icons.ts';
import { columns, cutBottom, rows } from '../layout.ts';
import { inOneLine } from '../text/speech.ts';
import type { ScreenContext } from './context.ts';
import { methodNotes } from './identity.ts';
import { staffHeight, staffLine } from './notice.ts';
import { stackTexts } from './stack.ts';

interface LargeButton {
  readonly id: ElementId;
  readonly label: string;
  readonly icon: IconName;
}

export interface LargePage {
  readonly sentence: string;
  readonly second?: string;
  readonly buttons: readonly LargeButton[];
  /** The code and the line for staff, below. */
  readonly code?: FailureCode | NoticeCode;
}

const METHOD_BUTTONS: Readonly<Record<Method, { readonly id: ElementId; readonly icon: IconName }>> = {
  face: { id: 'method-face', icon: 'face' },
  pin: { id: 'method-pin', icon: 'keypad' },
  staff: { id: 'method-staff', icon: 'staff' },
};

/** The page of a screen; undefined: its usual drawing serves, in larger letters. */
export const largePage = ({ messages, build }: ScreenContext, model: ScreenModel): LargePage | undefined => {
  const ways = (methods: readonly Method[]) => methods.map((method) => ({ ...METHOD_BUTTONS[method], label: messages.method[method] }));
  const oneLine = (text: string) => inOneLine(text, build.language);
  switch (model.screen) {
    case 'choose-method': {
      const second = methodNotes(model, messages.method)
        .map(({ text }) => text)
        .join('\n');
      return {
        sentence: messages.method.title,
        ...(second === '' ? {} : { second }),
        buttons: ways(model.methods),
      };
    }
    case 'face-retry': {
      const again = model.attemptsLeft > 0 && model.methods.includes('face');
      return {
        sentence: messages.faceRetry.advice[model.reason],
        second: again ? messages.faceRetry.attemptsLeft(model.attemptsLeft) : messages.faceRetry.noAttempts,
        buttons: [
          ...(again ? [{ id: 'retry' as const, label: messages.faceRetry.retry, icon: 'retry' as const }] : []),
          ...ways(model.methods.filter((method) => method !== 'face')),
        ],
      };
    }
    case 'pin-last-try':
      return {
        sentence: messages.pinLastTry.body,
        second: messages.pinLastTry.title,
        buttons: [
          { id: 'back', label: messages.pinLastTry.back, icon: 'back' },
          { id: 'continue', label: messages.pinLastTry.continue, icon: 'keypad' },
        ],
      };
    case 'consent': {
      const { consent } = messages;
      return {
        sentence: oneLine(consent.title),
        second: `${model.questions.map((question) => consent.questions[question]).join(consent.separator)}\n${messages.items.terms}`,
        buttons: [
          { id: 'consent-all', label: consent.all, icon: 'check' },
          { id: 'consent-choose', label: consent.choose, icon: 'list' },
          { id: 'consent-none', label: consent.none, icon: 'cross' },
        ],
      };
    }
    case 'consent-items':
      return {
        sentence: messages.items.titles[model.question],
        second: messages.items.terms,
        buttons: [
          { id: 'item-yes', label: messages.items.yes, icon: 'check' },
          { id: 'item-no', label: messages.items.no, icon: 'cross' },
        ],
      };
    case 'prescription':
      return {
        sentence: messages.prescription.title,
        buttons: [
          { id: 'prescription-electronic', label: messages.prescription.electronic, icon: 'phone' },
          { id: 'prescription-paper', label: messages.prescription.paper, icon: 'document' },
        ],
      };
    case 'notice': {
      const { action, title } = messages.failures[model.code];
      const onward = model.code in FAILURES ? messages.notice.close : messages.notice.continue;
      const labels = {
        continue: { id: 'continue', label: onward, icon: 'forward' },
        face: { id: 'method-face', label: messages.method.face, icon: 'face' },
        staff: { id: 'method-staff', label: messages.notice.staff, icon: 'staff' },
      } as const;
      return { sentence: action, second: title, buttons: model.choices.map((choice) => labels[choice]), code: model.code };
    }
    default:
      return undefined;
  }
};

/** The sentence beside its buttons (above them on a tall panel); all buttons have one size and one style. */
export const drawLarge = (context: ScreenContext, page: LargePage): void => {
  const { build, frame, sizes } = context;
  const [staff, rest] = page.code === undefined ? [undefined, frame.body] : cutBottom(frame.body, staffHeight(context), sizes.gap);
  const height = page.buttons.length * sizes.target * 1.15 + (page.buttons.length - 1) * sizes.gap;
  const bottom = page.buttons.length === 0 ? 0 : height;
  const [stack, words] = sizes.portrait
    ? cutBottom(rest, bottom, sizes.gap)
    : page.buttons.length === 0
      ? [undefined, rest]
      : (([left, right]) => [right, left] as const)(columns(rest, [1.3, 1], sizes.margin));
  stackTexts(build, words, [
    { id: 'title', label: page.sentence, style: { size: sizes.huge, weight: 700, leading: 1.3, balance: true } },
    ...(page.second === undefined
      ? []
      : [{ id: 'second', label: page.second, gap: sizes.gap * 1.4, style: { size: Math.round(sizes.huge * 0.6), leading: 1.35 } }]),
  ]);
  if (stack !== undefined) {
    // A small panel has no height to spare: the buttons take some of the margin too.
    const spare = sizes.compact ? 4 : 0;
    const most = Math.min(stack.height + 2 * spare, page.buttons.length * sizes.target * 1.8);
    const area = { ...stack, y: Math.round(stack.y + (stack.height - most) / 2), height: Math.round(most) };
    rows(
      area,
      page.buttons.map(() => 1),
      sizes.compact ? sizes.keyGap : sizes.gap,
    ).forEach((cell, i) => {
      const button = page.buttons[i];
      if (button === undefined) return;
      build.button(button.id, button.label, cell, { kind: 'tint', size: Math.round(sizes.huge * 0.72), icon: button.icon });
    });
  }
  if (staff !== undefined && page.code !== undefined) staffLine(context, page.code, staff);
};
