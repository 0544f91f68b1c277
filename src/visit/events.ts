// Events of the statechart, and how a person's input becomes one of them.
// Keys of the keypad press the same elements as the panel; Enter presses the main button only where that is harmless.

import type { FailureCode } from '../core/failure.ts';
import type { DisplayMode, ElementId, FaceGuidance, Language, ScreenModel, UserInput } from '../core/screens.ts';
import type { FaceOutcome } from './ports.ts';

export type CommandName = 'cancel' | 'approve-visual' | 'out-of-service' | 'in-service' | 'shutdown';

/** What the world tells the visit. */
export type OutsideEvent =
  | { readonly type: 'TERMINAL.READY' | 'TERMINAL.LOST' | 'BROKER.READY' | 'BROKER.LOST' }
  | { readonly type: 'CARD.PLACED' | 'CARD.REMOVED' }
  | { readonly type: 'CAMERA.READY' | 'CAMERA.LOST' }
  | { readonly type: 'POWER.SHORT' | 'POWER.LONG' }
  /** `visitId`: only this visit is meant. approve-visual does nothing without it. */
  | { readonly type: 'COMMAND'; readonly command: CommandName; readonly visitId?: string }
  | { readonly type: 'FAULT'; readonly code: FailureCode };

export type VisitInput = OutsideEvent | { readonly type: 'INPUT'; readonly input: UserInput };

type PlainElement = Exclude<ElementId, `key-${number}` | `language-${string}` | `mode-${string}` | `technician-${string}` | 'maintenance'>;

export type PressEvent =
  | { readonly type: `PRESS.${PlainElement}` }
  | { readonly type: 'PRESS.digit'; readonly digit: number }
  | { readonly type: 'PRESS.language'; readonly language: Language }
  | { readonly type: 'PRESS.mode'; readonly mode: DisplayMode }
  /** Something without a meaning here: only shows that somebody is there. */
  | { readonly type: 'PRESS.other' };

export type VisitEvent =
  | OutsideEvent
  | PressEvent
  | { readonly type: 'LINK.DOWN' }
  | { readonly type: 'FACE.HINT'; readonly guidance: FaceGuidance }
  | { readonly type: 'FACE.DONE'; readonly outcome: FaceOutcome }
  | { readonly type: 'FACE.FAILED'; readonly code: FailureCode };

const pressOf = (element: ElementId): PressEvent => {
  const digit = /^key-(\d)$/.exec(element)?.[1];
  if (digit !== undefined) return { type: 'PRESS.digit', digit: Number(digit) };
  if (element.startsWith('language-')) return { type: 'PRESS.language', language: element.slice('language-'.length) as Language };
  if (element.startsWith('mode-')) return { type: 'PRESS.mode', mode: element.slice('mode-'.length) as DisplayMode };
  // What they mean is settled before the visit hears of them: here somebody is there.
  if (element.startsWith('technician-') || element === 'maintenance') return { type: 'PRESS.other' };
  return { type: `PRESS.${element as PlainElement}` };
};

/** The button Enter stands for. Never one that decides about consent or spends the last try of a PIN. */
const mainButton = (screen: ScreenModel | undefined): PressEvent => {
  switch (screen?.screen) {
    case 'pin':
    case 'staff-check':
      return { type: 'PRESS.key-enter' };
    case 'notice':
    case 'done':
      return { type: 'PRESS.continue' };
    case 'face-retry':
      return { type: 'PRESS.retry' };
    case 'how-to':
    case 'technician':
      return { type: 'PRESS.back' };
    default:
      return { type: 'PRESS.other' };
  }
};

/** A person's input, given the screen it was made on. */
export const pressEvent = (input: UserInput, screen: ScreenModel | undefined): PressEvent => {
  if (input.type === 'press') return pressOf(input.element);
  switch (input.key) {
    case 'escape':
      return { type: 'PRESS.cancel' };
    case 'backspace':
      return { type: 'PRESS.key-backspace' };
    case 'enter':
      return mainButton(screen);
    case 'plus':
    case 'minus':
    case 'slash':
      return { type: 'PRESS.other' };
    default:
      return { type: 'PRESS.digit', digit: Number(input.key) };
  }
};
