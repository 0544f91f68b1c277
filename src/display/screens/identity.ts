// Choosing how to prove who one is, the live camera screen, and what happens when the face was not confirmed.

import type { ElementId, Method } from '../../core/screens.ts';
import { type IconName, icon } from '../icons.ts';
import type { Messages } from '../languages/messages.ts';
import { centred, cutBottom, cutLeft, cutTop, inset, rows } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { shape } from '../scene-builder.ts';
import { COLOURS } from '../theme.ts';
import { choices, choicesHeight, heading } from './arrange.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';
import { codeOf, staffHeight, staffLine } from './staff-line.ts';

const METHODS: Readonly<Record<Method, { icon: IconName; element: ElementId }>> = {
  face: { icon: 'face', element: 'method-face' },
  pin: { icon: 'keypad', element: 'method-pin' },
  staff: { icon: 'staff', element: 'method-staff' },
};

/** Why a way is missing: the face first, as the ways themselves stand. */
export const methodNotes = (model: ModelOf<'choose-method'>, words: Messages['method']): readonly MethodNote[] => [
  ...(model.faceClosed === undefined ? [] : [{ id: 'face-note', text: words.faceClosed[model.faceClosed] } as const]),
  ...(model.pinLocked === true ? [{ id: 'pin-note', text: words.pinLocked } as const] : []),
  ...(model.pinNotSet === true ? [{ id: 'pin-note', text: words.pinNotSet } as const] : []),
];

interface MethodNote {
  readonly id: 'face-note' | 'pin-note';
  readonly text: string;
}

/** Said before the ways, where a person who looks for the missing one meets it. */
const drawNote = ({ build, sizes }: ScreenContext, { id, text }: MethodNote, box: Rect, maxLines: number): void => {
  build.panel(box, { fill: COLOURS.tint, border: COLOURS.primary, width: 2, radius: sizes.radius * 0.75 });
  const side = sizes.body * 1.25;
  const [sign, words] = cutLeft(inset(box, sizes.gap * 0.8, 0), side, sizes.gap * 0.6);
  build.draw(sign, icon('info', sign.x, sign.y + (sign.height - side) / 2, side, COLOURS.primaryDark));
  build.text(id, text, words, {
    size: sizes.body, weight: 700, vertical: 'middle', maxLines, smallest: 15, leading: 1.25, colour: COLOURS.primaryDark,
  }); // biome-ignore format: one style
};

export const chooseMethod = (context: ScreenContext, model: ModelOf<'choose-method'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.method;
  const below = heading(context, words.title, frame.body);
  const notes = methodNotes(model, words);
  const lines = sizes.portrait ? 2 : 1;
  let rest = below;
  for (const note of notes) {
    const [told, left] = cutTop(rest, sizes.body * (0.9 + 1.3 * lines), sizes.gap);
    drawNote(context, note, told, lines);
    rest = left;
  }
  const size = sizes.compact ? 30 : 46;
  choices(context, rest, model.methods.length).forEach((cell, i) => {
    const method = model.methods[i];
    if (method === undefined) return;
    const wide = model.methods.length === 1 ? centred(cell, cell.width / 2, cell.height) : cell;
    build.button(METHODS[method].element, words[method], wide, {
      kind: 'tint',
      size,
      icon: METHODS[method].icon,
      tall: true,
      note: words[`${method}Note`],
    });
  });
  const names = model.methods.map((method) => words[method]).join('\n');
  return { speech: [words.title, names, ...notes.map(({ text }) => text)].join('\n') };
};

/** Other ways than the face, one below the other. */
const otherWays = ({ build, sizes }: ScreenContext, methods: readonly Method[], words: Messages['face'], area: Rect): void => {
  const others = methods.filter((method) => method !== 'face');
  const height = sizes.target;
  let rest = area;
  for (const method of [...others].reverse()) {
    const [cell, above] = cutBottom(rest, height, sizes.compact ? 8 : sizes.gap);
    build.button(METHODS[method].element, method === 'pin' ? words.usePin : words.useStaff, cell, {
      kind: 'quiet',
      size: sizes.compact ? 19 : 27,
      icon: METHODS[method].icon,
    });
    rest = above;
  }
};

/** What shows where the camera picture will be, before its first frame: an oval and a silhouette. */
const placeholder = (box: Rect): string => {
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  const [rx, ry] = [box.height * 0.36, box.height * 0.46];
  return `${shape(box, { fill: COLOURS.tintStrong })}<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="${COLOURS.tint}" stroke="${COLOURS.primary}" stroke-width="5"/><circle cx="${cx}" cy="${cy - ry * 0.2}" r="${rx * 0.42}" fill="${COLOURS.line}"/><path d="M${cx - rx * 0.7} ${cy + ry * 0.72}c0-${ry * 0.45} ${rx * 0.3}-${ry * 0.55} ${rx * 0.7}-${ry * 0.55}s${rx * 0.7} ${ry * 0.1} ${rx * 0.7} ${ry * 0.55}z" fill="${COLOURS.line}"/>`;
};

/** A hint comes before a task: a face that cannot be seen cannot do anything. */
export const guidanceText = (words: Messages['face'], { hint, direction, task, slow }: ModelOf<'face'>): string => {
  if (hint === 'off-centre' && direction !== undefined) return words.directions[direction];
  if (hint !== undefined) return words.hints[hint];
  if (task !== undefined) return words.tasks[task];
  return slow === true ? words.slow : words.good;
};

export const face = (context: ScreenContext, model: ModelOf<'face'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.face;
  // 4:3 like the camera, as tall as the body allows, up to the camera's own 640×480.
  // In large letters the words have the larger share.
  const most = sizes.large && !sizes.portrait ? (sizes.compact ? 210 : 390) : 480;
  const height = Math.min(frame.body.height, most, sizes.portrait ? Math.round((frame.body.width * 3) / 4) : most);
  const width = Math.round((height * 4) / 3);
  const [picture, side] = sizes.portrait ? cutTop(frame.body, height, sizes.gap) : cutLeft(frame.body, width, sizes.compact ? 16 : 32);
  const preview = centred(picture, width, height);
  build.image('preview', words.preview, preview, placeholder(preview));
  const others = model.methods.filter((method) => method !== 'face').length;
  const buttons = others * sizes.target + Math.max(0, others - 1) * (sizes.compact ? 8 : sizes.gap);
  const [ways, top] = cutBottom(side, buttons, sizes.gap);
  const [privacy, hintArea] = sizes.large ? [undefined, top] : cutBottom(top, sizes.small * 1.6, sizes.gap / 2);
  const good = model.hint === undefined && model.slow !== true;
  const text = guidanceText(words, model);
  build.panel(hintArea, {
    fill: good ? COLOURS.successTint : COLOURS.tint,
    border: good ? COLOURS.success : COLOURS.primary,
    width: 3,
    radius: sizes.radius,
  });
  const inner = inset(hintArea, sizes.gap * 0.9, sizes.gap * 0.5);
  build.text('hint', context.sentence ?? text, inner, {
    size: sizes.large ? sizes.huge : sizes.compact ? 30 : 46, smallest: sizes.large ? sizes.huge : sizes.compact ? 18 : 32, weight: 700, vertical: 'middle', align: 'centre', balance: true, leading: sizes.large ? 1.2 : 1.3, colour: good ? COLOURS.success : COLOURS.primaryDark,
  }); // biome-ignore format: one style
  if (privacy !== undefined) drawPrivacy(context, words.privacy, privacy);
  otherWays(context, model.methods, words, ways);
  return { speech: good && model.task === undefined ? words.title : text, preview };
};

const drawPrivacy = ({ build, sizes }: ScreenContext, label: string, box: Rect): void => {
  const lockSize = sizes.small * 1.1;
  const [sign, note] = cutLeft(box, lockSize, sizes.small * 0.4);
  build.draw(sign, icon('lock', sign.x, sign.y + (sign.height - lockSize) / 2, lockSize, COLOURS.grey));
  build.text('privacy', label, note, {
    size: sizes.small,
    colour: COLOURS.textSoft,
    vertical: 'middle',
    maxLines: 1,
    smallest: 12,
  });
};

/** What went wrong, what to do about it, and how often the face can still be tried. */
const drawReason = (context: ScreenContext, model: ModelOf<'face-retry'>, canRetry: boolean, card: Rect): void => {
  const { build, sizes, messages } = context;
  const words = messages.faceRetry;
  build.panel(card, { fill: COLOURS.surface, border: COLOURS.border, radius: sizes.radius });
  const inner = inset(card, sizes.gap * 1.4, sizes.gap);
  const [sign, text] = cutLeft(inner, sizes.hero * 1.9, sizes.gap * 1.4);
  const round = centred(sign, sizes.hero * 1.9, sizes.hero * 1.9);
  build.draw(
    round,
    `<circle cx="${round.x + round.width / 2}" cy="${round.y + round.height / 2}" r="${round.width / 2}" fill="${COLOURS.tint}"/>${icon('face', round.x + round.width * 0.2, round.y + round.height * 0.2, round.width * 0.6, COLOURS.primary)}`,
  );
  const told = model.reason !== 'camera' || canRetry;
  const [why, advice, left] = rows(text, told ? [1, 1.3, 1] : [1, 1.3], 0);
  build.text('reason', words.reasons[model.reason], why, { size: sizes.body, vertical: 'middle', colour: COLOURS.textSoft });
  build.text('advice', words.advice[model.reason], advice, { size: sizes.instruction, weight: 700, vertical: 'middle' });
  if (left !== undefined)
    build.text('attempts', canRetry ? words.attemptsLeft(model.attemptsLeft) : words.noAttempts, left, {
      size: sizes.body,
      vertical: 'middle',
      colour: COLOURS.textSoft,
    });
};

export const faceRetry = (context: ScreenContext, model: ModelOf<'face-retry'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.faceRetry;
  const canRetry = model.attemptsLeft > 0 && model.methods.includes('face');
  const others = model.methods.filter((method) => method !== 'face');
  const entries = [...(canRetry ? (['face'] as const) : []), ...others];
  const code = codeOf(model);
  const [staff, above] = code === undefined ? [undefined, frame.body] : cutBottom(frame.body, staffHeight(context), sizes.gap);
  const [buttons, rest] = cutBottom(above, choicesHeight(context, entries.length, sizes.compact ? 72 : 120), sizes.gap);
  const title = model.reason === 'camera' ? words.cameraTitle : words.title;
  const card = heading(context, title, rest);
  // Where the line for staff takes the room, the advice stands alone: the title has said what is wrong.
  if (code !== undefined && !sizes.portrait)
    build.text('advice', words.advice[model.reason], card, { size: sizes.instruction, weight: 700, vertical: 'middle', maxLines: 2 });
  else drawReason(context, model, canRetry, card);
  choices(context, buttons, entries.length).forEach((cell, i) => {
    const method = entries[i];
    if (method === undefined) return;
    const size = sizes.compact ? 21 : 30;
    if (method === 'face') build.button('retry', words.retry, cell, { kind: 'primary', size, icon: 'retry' });
    else
      build.button(METHODS[method].element, method === 'pin' ? messages.face.usePin : messages.face.useStaff, cell, {
        kind: 'outline',
        size,
        icon: METHODS[method].icon,
      });
  });
  if (code !== undefined && staff !== undefined) staffLine(context, code, staff);
  return { speech: `${title}\n${words.reasons[model.reason]}\n${words.advice[model.reason]}` };
};
