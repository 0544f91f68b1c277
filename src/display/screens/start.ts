// Screens outside and at the beginning of a visit: splash, initialising, idle, reading the card, shutting down.

import { icon } from '../icons.ts';
import { cardOnTray, cardToTray } from '../illustrations.ts';
import { LANGUAGE_NAMES } from '../languages/language.ts';
import { centred, columns, cutBottom, cutLeft, cutTop, inset, rect, rows } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { inOneLine } from '../text/speech.ts';
import { COLOURS } from '../theme.ts';
import { beside } from './arrange.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';
import { alsoInEnglish } from './notice.ts';
import { stackTexts } from './stack.ts';
import { staffHeight, staffLine } from './staff-line.ts';

/** One sentence in the middle of an otherwise empty screen. */
const message = ({ build, frame, sizes }: ScreenContext, title: string, body: string, sign: 'card' | 'power'): ScreenEnd => {
  const box = centred(frame.body, frame.body.width, sizes.hero * 5 + sizes.gap);
  const [top, below] = cutTop(box, sizes.hero * 2.2);
  const size = sizes.hero * 1.9;
  build.draw(top, icon(sign, top.x + (top.width - size) / 2, top.y, size, COLOURS.primary));
  const [head, rest] = cutTop(below, sizes.hero * 1.3, sizes.gap);
  build.text('title', title, head, { size: sizes.hero, weight: 700, align: 'centre', vertical: 'middle' });
  if (!sizes.large) build.text('body', body, rest, { size: sizes.instruction, align: 'centre', colour: COLOURS.textSoft, balance: true });
  return { speech: '' };
};

export const splash = (context: ScreenContext): ScreenEnd =>
  message(context, context.messages.splash.title, context.messages.splash.body, 'card');

export const shuttingDown = (context: ScreenContext): ScreenEnd => {
  const { title, body } = context.messages.shuttingDown;
  return { ...message(context, title, body, 'power'), speech: `${title}\n${body}` };
};

const TOOL_MODES = ['large', 'contrast'] as const;

const WAITING = ['self-test', 'broker', 'terminal'] as const;

export const initialising = (context: ScreenContext, model: ModelOf<'initialising'>): ScreenEnd => {
  const { build, frame, sizes } = context;
  const words = context.messages.initialising;
  const { lost } = model;
  const [staff, rest] = lost === undefined ? [undefined, frame.body] : cutBottom(frame.body, staffHeight(context), sizes.gap);
  if (sizes.large) {
    drawStart(context, model, rest);
    return { speech: words.title };
  }
  const [left, right] = beside(context, rest, [1, 1.1], sizes.margin);
  if (lost === undefined) drawStart(context, model, left);
  else
    stackTexts(build, left, [
      { id: 'title', label: words.lostTitle, style: { size: sizes.compact ? 32 : 46, weight: 700, leading: 1.3, balance: true } },
      {
        id: 'body',
        label: words.lostBody,
        gap: sizes.gap * 1.4,
        style: { size: sizes.compact ? sizes.body : 30, leading: 1.5, colour: COLOURS.textSoft },
      },
      ...alsoInEnglish(context, 'initialising'),
    ]);
  drawWaiting(context, model, right);
  if (staff !== undefined && lost !== undefined) staffLine(context, lost, staff);
  return { speech: lost === undefined ? words.title : `${inOneLine(words.lostTitle, build.language)}\n${words.lostBody}` };
};

/** The first start: how long it will take, or what is still missing when the estimate has run out. */
const drawStart = ({ build, sizes, messages }: ScreenContext, model: ModelOf<'initialising'>, box: Rect): void => {
  const words = messages.initialising;
  const [top, below] = cutTop(box, box.height * 0.42, sizes.gap);
  build.text('title', words.title, top, { size: sizes.hero, weight: 700, vertical: 'bottom', balance: true });
  const seconds = model.remainingSeconds;
  const onlyLink = !model.waitingFor.includes('self-test') && model.waitingFor.length > 0;
  const rest = onlyLink ? words.linkWait : words.soon;
  build.text('remaining', seconds === undefined ? rest : words.seconds(seconds), cutTop(below, sizes.hero * (sizes.large ? 2 : 1.4))[0], {
    size: seconds === undefined && onlyLink ? sizes.title : sizes.hero, weight: 700, colour: COLOURS.primary, vertical: 'middle', ...(sizes.large ? { smallest: sizes.huge, maxLines: 2, leading: 1.25 } : { maxLines: 1 }),
  }); // biome-ignore format: one style
};

const drawWaiting = ({ build, sizes, messages }: ScreenContext, model: ModelOf<'initialising'>, box: Rect): void => {
  const words = messages.initialising;
  const card = centred(box, box.width, sizes.body * 14);
  build.panel(card, { fill: COLOURS.surface, border: COLOURS.border, radius: sizes.radius });
  const inner = inset(card, sizes.gap * 1.4, sizes.gap);
  const [head, list] = cutTop(inner, sizes.body * 1.8, sizes.gap / 2);
  build.text('waiting', words.waiting, head, {
    size: sizes.body,
    weight: 700,
    colour: COLOURS.primaryDark,
    vertical: 'middle',
    maxLines: 1,
  });
  rows(list, [1, 1, 1], 0).forEach((row, i) => {
    const item = WAITING[i] ?? 'self-test';
    const ready = !model.waitingFor.includes(item);
    const size = sizes.body * 1.3;
    const [sign, text] = cutLeft(row, size, sizes.gap * 0.8);
    build.draw(
      sign,
      icon(ready ? 'check' : 'clock', sign.x, sign.y + (sign.height - size) / 2, size, ready ? COLOURS.success : COLOURS.primary),
    );
    const [name, state] = columns(text, [1.9, 1], sizes.gap / 2);
    build.text(`waiting-${item}`, words[item], name, { size: sizes.body, vertical: 'middle', maxLines: 1, smallest: 16 });
    build.text(`state-${item}`, ready ? words.ready : words.notReady, state, {
      size: sizes.body, weight: 700, align: 'right', vertical: 'middle', maxLines: 1, smallest: 14, colour: ready ? COLOURS.success : COLOURS.primaryDark,
    }); // biome-ignore format: one style
  });
};

export const idle = (context: ScreenContext, model: ModelOf<'idle'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.idle;
  const perRow = sizes.portrait ? 3 : model.languages.length;
  const stripRows = Math.ceil(model.languages.length / perRow);
  const caption = sizes.small * 1.6;
  const top = frame.body.y - sizes.gap;
  const [strip, main] = cutBottom(
    rect(0, top, frame.panel.width, frame.panel.height - top),
    stripRows * sizes.target + (stripRows - 1) * sizes.keyGap + caption + sizes.gap * 1.6,
  );
  build.panel(strip, { fill: COLOURS.surface });
  build.panel(rect(strip.x, strip.y, strip.width, 1), { fill: COLOURS.border });
  const [left, right] = beside(context, inset(main, sizes.margin, sizes.gap), [1.12, 1], sizes.gap);
  const [tools, texts] = cutBottom(left, sizes.target, sizes.gap);
  const third = columns(tools, [1, 1, 1], sizes.keyGap);
  const tool = { kind: 'quiet', size: sizes.compact ? 18 : 26 } as const;
  build.button('help', messages.footer.howTo, third[0], { ...tool, icon: 'question' });
  const mode = model.mode ?? 'standard';
  // A way back stands where the way in was.
  TOOL_MODES.forEach((name, i) => {
    const chosen = mode === name;
    // The name is the mode's, on or off: a tick and the filled look say that it is on, and so does what is read out.
    build.button(chosen ? 'mode-standard' : `mode-${name}`, messages.modes[name], third[i + 1] ?? third[2], {
      ...tool,
      icon: chosen ? 'check' : name === 'large' ? 'letters' : 'contrast',
      selected: chosen,
      // On a small panel a third line would touch the button's edge.
      ...(sizes.compact ? { maxLines: 2 } : {}),
      ...(chosen ? { name: messages.modes.on(messages.modes[name]) } : {}),
    });
  });
  stackTexts(build, texts, [
    { id: 'title', label: words.title, style: { size: sizes.hero, weight: 700, leading: 1.35, balance: true } },
    ...(sizes.large
      ? []
      : [
          {
            id: 'body',
            label: words.body,
            gap: sizes.gap * 1.8,
            style: { size: sizes.compact ? sizes.body : 30, leading: 1.5, colour: COLOURS.textSoft },
          },
        ]),
  ]);
  build.image(
    'illustration',
    words.illustration,
    right,
    cardToTray(right, { card: words.cardTitle, here: words.here, language: build.language }),
  );

  const [label, buttons] = cutTop(inset(strip, sizes.margin, sizes.gap * 0.6), caption, sizes.gap * 0.2);
  build.draw(label, icon('globe', label.x, label.y + (caption - sizes.small * 1.25) / 2, sizes.small * 1.25, COLOURS.textSoft));
  // The globe says it in large letters, where nothing stands beside the sentence.
  if (!sizes.large)
    build.caption(words.languages, cutLeft(label, sizes.small * 1.7)[1], {
      size: sizes.small,
      colour: COLOURS.textSoft,
      vertical: 'middle',
      maxLines: 1,
    });
  const cells = Array.from({ length: stripRows }, (_, row) =>
    columns(
      rect(buttons.x, buttons.y + row * (sizes.target + sizes.keyGap), buttons.width, sizes.target),
      Array.from({ length: perRow }, () => 1),
      sizes.keyGap,
    ),
  ).flat();
  model.languages.forEach((language, i) => {
    const cell = cells[i];
    if (cell === undefined) return;
    const selected = language === model.language;
    build.button(`language-${language}`, LANGUAGE_NAMES[language], cell, {
      kind: 'outline',
      size: sizes.compact ? 20 : 28,
      language,
      // Beside the tick a small panel has no room for the whole line: two lines keep the size of the neighbours.
      maxLines: selected && sizes.compact ? 2 : LANGUAGE_NAMES[language].split('\n').length,
      selected,
      ...(selected ? { icon: 'check' as const } : {}),
    });
  });
  return { speech: words.speech };
};

export const readingCard = (context: ScreenContext): ScreenEnd => {
  const { build, frame, sizes } = context;
  const words = context.messages.readingCard;
  const [left, right] = beside(context, frame.body, [1.1, 1], sizes.gap, [0.6, 1]);
  stackTexts(build, left, [
    { id: 'title', label: words.title, style: { size: sizes.hero * 0.85, weight: 700, balance: true, leading: 1.35 } },
    ...(sizes.large
      ? []
      : [{ id: 'body', label: words.body, gap: sizes.gap * 1.6, style: { size: sizes.instruction, colour: COLOURS.textSoft } }]),
  ]);
  build.image('illustration', words.illustration, right, cardOnTray(right));
  return { speech: `${words.title}\n${words.body}` };
};
