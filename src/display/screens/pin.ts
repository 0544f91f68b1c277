// The patient's PIN, the warning before the last try, and the staff's passcode.

import type { Language } from '../../core/screens.ts';
import { icon } from '../icons.ts';
import { staffLanguage } from '../languages/language.ts';
import type { Messages } from '../languages/messages.ts';
import { centred, cutBottom, cutLeft, cutTop, inset } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { COLOURS } from '../theme.ts';
import { beside, choicesHeight } from './arrange.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';
import { digitPad, dots } from './digits.ts';
import { stackTexts } from './stack.ts';

/** A coloured box with a pictogram, a bold line and a plain one. */
interface Note {
  readonly id: string;
  readonly error: boolean;
  readonly bold: string;
  readonly plain: string;
  /** In large letters, in the place of both. */
  readonly value?: string;
  /** When it is for staff. */
  readonly language?: Language;
  /** Below a word to staff: the patient's own line, in the patient's language. */
  readonly patient?: string;
}

const noteBox = ({ build, sizes }: ScreenContext, box: Rect, note: Note): void => {
  const colour = note.error ? COLOURS.errorDark : COLOURS.primaryDeep;
  build.panel(box, {
    fill: note.error ? COLOURS.errorTint : COLOURS.tint,
    radius: sizes.radius * 0.75,
    ...(note.error ? { border: COLOURS.error, width: 2 } : {}),
  });
  const inner = inset(box, sizes.gap * 0.8, sizes.gap * 0.3);
  const size = sizes.body * 1.25;
  const [sign, text] = cutLeft(inner, size, sizes.gap * 0.8);
  build.draw(
    sign,
    icon(
      note.error ? 'warning' : 'lock',
      sign.x,
      sign.y + (sign.height - size) / 2,
      size,
      note.error ? COLOURS.error : COLOURS.primaryDark,
    ),
  );
  const lines = note.patient === undefined ? 2 : 3;
  const [bold, below] = cutTop(text, text.height / lines);
  const [plain, patient] = cutTop(below, text.height / lines);
  const style = {
    size: sizes.compact ? 18 : 25,
    colour,
    maxLines: sizes.compact && lines === 2 ? 2 : 1,
    smallest: 13,
    leading: 1.2,
    language: note.language ?? build.language,
  } as const;
  build.text(note.id, note.bold, bold, { ...style, weight: 700, vertical: 'middle' });
  build.text(`${note.id}-detail`, note.plain, plain, { ...style, vertical: 'middle' });
  if (note.patient !== undefined)
    build.text(`${note.id}-patient`, note.patient, patient, { ...style, language: build.language, vertical: 'middle' });
};

/** Beside the one large sentence: a number as the large thing it is. */
const valueBox = ({ build, sizes }: ScreenContext, box: Rect, id: string, label: string, error: boolean): void => {
  build.panel(box, {
    fill: error ? COLOURS.errorTint : COLOURS.tint,
    radius: sizes.radius * 0.75,
    ...(error ? { border: COLOURS.error, width: 2 } : {}),
  });
  build.text(id, label, inset(box, sizes.gap * 0.8, 0), {
    size: sizes.huge, smallest: sizes.huge, weight: 700, vertical: 'middle', maxLines: 1, colour: error ? COLOURS.errorDark : COLOURS.primaryDeep,
  }); // biome-ignore format: one style
};

/** Beside the patient's one large sentence: what staff are to do, in the letters of staff. */
const staffBox = (
  { build, sizes }: ScreenContext,
  box: Rect,
  words: { title: string; body: string; language?: Language },
  note: Note,
): void => {
  build.panel(box, {
    fill: note.error ? COLOURS.errorTint : COLOURS.tint,
    radius: sizes.radius * 0.75,
    ...(note.error ? { border: COLOURS.error, width: 2 } : {}),
  });
  build.text(
    'staff-body',
    `${words.title}: ${note.error ? `${note.bold} ${note.plain}` : words.body}`,
    inset(box, sizes.gap * 0.8, sizes.gap * 0.4),
    {
      size: sizes.compact ? 18 : 25,
      smallest: sizes.compact ? 15 : 20,
      vertical: 'middle',
      leading: 1.25,
      language: words.language ?? build.language,
      colour: note.error ? COLOURS.errorDark : COLOURS.primaryDeep,
    },
  );
};

/** In large letters a number stands beside the first sentence alone: the further ones need its room. */
const noteHeightOf = ({ sizes }: ScreenContext, forStaff: boolean, note: Note): number => {
  if (!sizes.large) return note.patient === undefined ? (sizes.compact ? 92 : 88) : sizes.compact ? 96 : 124;
  if (forStaff) return sizes.compact ? 92 : 150;
  return note.value === undefined ? 0 : sizes.compact ? 56 : 88;
};

/** Left half: title, explanation, dots, note; right half: pad. */
const padScreen = (
  context: ScreenContext,
  words: { title: string; body: string; entered: string; language?: Language; forStaff?: true },
  state: { entered: number; length: number; wrong: boolean; enabled: boolean },
  note: Note,
): void => {
  const { build, frame, sizes } = context;
  const language = words.language ?? build.language;
  // A small panel has no height to spare: the pad takes the margin too.
  const body = sizes.compact ? inset(frame.body, 0, -8) : frame.body;
  const weights = sizes.compact ? ([1, sizes.large ? 1.1 : 1.3] as const) : ([1, 1.08] as const);
  const [left, right] = beside(context, body, weights, sizes.compact ? 20 : sizes.portrait ? 28 : 48);
  const noteHeight = noteHeightOf(context, words.forStaff === true, note);
  const dotsHeight = sizes.compact ? 60 : 112;
  const [noteArea, aboveNote] = cutBottom(left, noteHeight, noteHeight === 0 ? 0 : sizes.gap);
  const [dotsArea, texts] = cutBottom(aboveNote, dotsHeight, sizes.gap);
  dots(context, dotsArea, words.entered, state);
  const keys = {
    digits: state.enabled && state.entered < state.length,
    remove: state.enabled && state.entered > 0,
    enter: state.enabled && state.entered === state.length,
  };
  digitPad(context, right, keys, language);
  if (sizes.large) {
    build.text('title', context.sentence ?? words.title, texts, {
      size: sizes.huge, smallest: sizes.huge, weight: 700, leading: 1.2, balance: true, vertical: 'middle', colour: note.error && words.forStaff !== true ? COLOURS.errorDark : COLOURS.text,
    }); // biome-ignore format: one style
    if (words.forStaff === true) staffBox(context, noteArea, words, note);
    else if (note.value !== undefined) valueBox(context, noteArea, note.id, note.value, note.error);
    return;
  }
  noteBox(context, noteArea, note);
  stackTexts(
    build,
    texts,
    [
      {
        id: 'title',
        label: words.title,
        style: { size: sizes.title, weight: 700, leading: 1.3, balance: true, language },
      },
      {
        id: 'body',
        label: words.body,
        gap: sizes.gap,
        style: { size: sizes.compact ? 18 : sizes.body, colour: COLOURS.textSoft, language },
      },
    ],
    'top',
  );
};

export const pin = (context: ScreenContext, model: ModelOf<'pin'>): ScreenEnd => {
  const words = context.messages.pin;
  const tries = words.triesLeft(model.triesLeft);
  const wrong = model.wrong && !model.checking;
  const warning = model.triesLeft === 1 ? words.lastWarning : words.lockWarning;
  const bold = model.checking ? words.checking : wrong ? words.wrong : warning;
  padScreen(
    context,
    { title: words.title, body: words.body, entered: words.entered(model.entered, model.length) },
    { entered: model.entered, length: model.length, wrong, enabled: !model.checking },
    {
      id: 'tries',
      error: wrong,
      bold,
      plain: tries,
      ...((model.sentence ?? 0) % (context.sentences ?? 1) === 0 ? { value: words.tries(model.triesLeft) } : {}),
    },
  );
  return { speech: wrong ? words.speechWrong(model.triesLeft) : words.speech };
};

export const staffCheck = (context: ScreenContext, model: ModelOf<'staff-check'>): ScreenEnd => {
  const words = context.messages.staffCheck;
  const warning = model.locked ? words.locked : words.wrong;
  const error = model.locked || model.wrong;
  const asked = model.receptionAsked === true;
  const [bold = '', plain = ''] = error ? splitSentence(warning) : asked ? splitSentence(words.asked) : [words.patient, ''];
  padScreen(
    context,
    {
      title: words.title,
      body: words.body,
      entered: words.entered(model.entered, model.length),
      language: staffLanguage(context.build.language),
      forStaff: true,
    },
    { entered: model.entered, length: model.length, wrong: error, enabled: !model.locked },
    {
      id: 'staff-note',
      error,
      bold,
      ...(error ? { language: staffLanguage(context.build.language), patient: patientsLine(context.messages, model) } : {}),
      plain: error || asked ? plain : words.entered(model.entered, model.length),
    },
  );
  return { speech: staffSpeech(context, model) };
};

/** To the patient, who hears whose code it was that is wrong, and has nothing to type. */
const staffSpeech = ({ messages }: ScreenContext, { wrong, locked }: ModelOf<'staff-check'>): string => {
  const refused = messages.failures['staff/wrong-passcode'].title;
  if (locked) return `${refused}\n${messages.faceRetry.noAttempts}`;
  return wrong ? refused : messages.staffCheck.speech;
};

/** What the patient reads meanwhile: to wait, or that there are other ways when the passcode is locked. */
export const patientsLine = (messages: Messages, { locked }: ModelOf<'staff-check'>): string =>
  locked ? messages.faceRetry.noAttempts : messages.staffCheck.patient;

/** The first sentence and the rest. */
const splitSentence = (text: string): [string, string] => {
  const end = text.search(/[。.:]\s?/u);
  return end < 0 ? [text, ''] : [text.slice(0, end + 1).trim(), text.slice(end + 1).trim()];
};

export const pinLastTry = (context: ScreenContext): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.pinLastTry;
  const [buttons, rest] = cutBottom(frame.body, choicesHeight(context, 2, sizes.compact ? 72 : 120), sizes.gap);
  build.panel(rest, { fill: COLOURS.errorTint, border: COLOURS.error, width: 3, radius: sizes.radius });
  const inner = inset(rest, sizes.gap * 1.6, sizes.gap);
  const [sign, text] = cutLeft(inner, sizes.hero * 1.8, sizes.gap * 1.6);
  const square = centred(sign, sizes.hero * 1.8, sizes.hero * 1.8);
  build.draw(square, icon('warning', square.x, square.y, square.width, COLOURS.error));
  stackTexts(build, text, [
    { id: 'title', label: words.title, style: { size: sizes.title, weight: 700, colour: COLOURS.errorDark } },
    { id: 'body', label: words.body, gap: sizes.gap, style: { size: sizes.instruction, weight: 700 } },
    { id: 'unlock', label: words.unlock, gap: sizes.gap, style: { size: sizes.body, colour: COLOURS.textSoft } },
  ]);
  const [back, go] = beside(context, buttons, [1, 1], sizes.gap);
  const size = sizes.compact ? 22 : 32;
  build.button('back', words.back, back, { kind: 'tint', size, icon: 'back' });
  build.button('continue', words.continue, go, { kind: 'tint', size, icon: 'keypad' });
  return { speech: `${words.title}\n${words.body}\n${words.unlock}` };
};
