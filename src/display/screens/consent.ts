// What may be shared: all at once or question by question, and the kind of prescription.
// Agreeing and refusing have the same size and the same style, on every screen; nothing is preselected.

import type { ConsentQuestion } from '../../core/screens.ts';
import { type IconName, icon } from '../icons.ts';
import { columns, cutBottom, cutLeft, cutTop, inset, rect, rows } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { measureText } from '../text/measure.ts';
import { inOneLine } from '../text/speech.ts';
import { COLOURS } from '../theme.ts';
import { beside, choicesHeight, heading } from './arrange.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';

const QUESTION_ICONS: Readonly<Record<ConsentQuestion, IconName>> = {
  'diagnosis-medication': 'pill',
  surgery: 'hospital',
  checkup: 'heart',
  'specific-disease': 'document',
};

const roundIcon = (box: Rect, name: IconName): string => {
  const side = Math.min(box.width, box.height);
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
  return `<circle cx="${cx}" cy="${cy}" r="${side / 2}" fill="${COLOURS.tint}"/>${icon(name, cx - side * 0.28, cy - side * 0.28, side * 0.56, COLOURS.primary)}`;
};

export const consent = (context: ScreenContext, model: ModelOf<'consent'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.consent;
  const [buttons, rest] = cutBottom(frame.body, choicesHeight(context, 3, sizes.compact ? 72 : 104), sizes.gap);
  const title = inOneLine(words.title, build.language);
  const card = heading(context, title, rest);
  build.panel(card, { fill: COLOURS.surface, border: COLOURS.border, radius: sizes.radius });
  const what = model.questions.map((question) => words.questions[question]).join(words.separator);
  const lines: readonly (readonly [string, IconName, string, string])[] = [
    ['what', 'clipboard', words.what, what],
    ['period', 'clock', words.period, words.periodBody],
    ['free', 'shield', words.free, words.freeBody],
  ];
  const inner = inset(card, sizes.gap * 1.2, sizes.compact ? 4 : 8);
  rows(inner, [1, 1, 1], 0).forEach((row, i) => {
    const [id, name, label, text] = lines[i] ?? lines[0] ?? ['', 'info' as const, '', ''];
    const side = Math.min(row.height - (sizes.compact ? 8 : 20), sizes.compact ? 44 : 64);
    const [sign, texts] = cutLeft(row, side, sizes.gap);
    build.draw(sign, roundIcon(sign, name));
    if (i > 0) build.panel(rect(texts.x, row.y, texts.width, 1), { fill: COLOURS.border });
    if (sizes.compact || (row.height < 76 && !sizes.portrait)) {
      const [a, b] = cutLeft(texts, sizes.compact ? 130 : 190, 8);
      build.caption(label, a, {
        size: sizes.compact ? 18 : 24,
        weight: 700,
        colour: COLOURS.primaryDark,
        vertical: 'middle',
        maxLines: 2,
        smallest: 13,
      });
      build.text(id, text, b, { size: sizes.body, vertical: 'middle', smallest: 15, leading: 1.2, maxLines: 2 });
      return;
    }
    const most = sizes.portrait ? 2 : 1;
    const pair = inset(texts, 0, Math.max(0, (texts.height - 68 - (most - 1) * sizes.body * 1.3) / 2));
    const [a, b] = cutTop(pair, 31);
    build.caption(label, a, { size: 23, weight: 700, colour: COLOURS.primaryDark, vertical: 'middle', maxLines: 1 });
    build.text(id, text, b, { size: sizes.body, vertical: 'middle', maxLines: most, smallest: 19, leading: 1.25 });
  });
  const [all, choose, none] = beside(context, buttons, [1, 1, 1], sizes.gap);
  const size = sizes.compact ? 22 : 33;
  build.button('consent-all', words.all, all, { kind: 'tint', size, icon: 'check' });
  build.button('consent-choose', words.choose, choose, { kind: 'tint', size, icon: 'list' });
  build.button('consent-none', words.none, none, { kind: 'tint', size, icon: 'cross' });
  return {
    speech: [
      title,
      words.what,
      ...model.questions.map((question) => words.questions[question]),
      ...[words.period, words.periodBody, words.free, words.freeBody],
    ].join('\n'),
  };
};

export const consentItems = (context: ScreenContext, model: ModelOf<'consent-items'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.items;
  const [buttons, rest] = cutBottom(frame.body, sizes.compact ? 76 : 112, sizes.gap);
  // One question alone needs no number.
  const several = model.count > 1;
  const [count, below] = cutTop(rest, several ? sizes.small * 1.5 : 0, several ? (sizes.compact ? 2 : 6) : 0);
  if (several)
    build.text('count', words.count(model.index + 1, model.count), count, {
      size: sizes.small,
      weight: 700,
      colour: COLOURS.primaryDark,
      vertical: 'middle',
      maxLines: 1,
    });
  const title = words.titles[model.question];
  const card = heading(context, title, below);
  build.panel(card, { fill: COLOURS.surface, border: COLOURS.border, radius: sizes.radius });
  const inner = inset(card, sizes.gap * 1.4, sizes.gap * 0.6);
  const side = Math.min(inner.height, sizes.compact ? 76 : 128);
  const [sign, texts] = cutLeft(inner, side, sizes.gap * 1.6);
  build.draw(sign, roundIcon(sign, QUESTION_ICONS[model.question]));
  const [body, terms] = cutTop(texts, texts.height * 0.6);
  build.text('body', words.bodies[model.question], body, { size: sizes.compact ? sizes.body : 30, vertical: 'middle', smallest: 16 });
  build.text('terms', words.terms, terms, { size: sizes.small, vertical: 'middle', colour: COLOURS.textSoft, smallest: 14 });
  const [yes, no] = columns(buttons, [1, 1], sizes.gap);
  // One size for both, in which the longer one stands on one line.
  const widest = Math.max(measureText(words.yes, 1, 700, build.language), measureText(words.no, 1, 700, build.language));
  const size = Math.min(sizes.compact ? 28 : 40, Math.floor((yes.width - 2 * sizes.gap) / (widest + 1.6)));
  build.button('item-yes', words.yes, yes, { kind: 'tint', size, icon: 'check', maxLines: 1 });
  build.button('item-no', words.no, no, { kind: 'tint', size, icon: 'cross', maxLines: 1 });
  return { speech: `${title}\n${words.bodies[model.question]}\n${words.terms}` };
};

export const prescription = (context: ScreenContext): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.prescription;
  const rest = heading(context, words.title, frame.body);
  const [left, right] = beside(context, rest, [1, 1], sizes.gap);
  const size = sizes.compact ? 30 : 46;
  build.button('prescription-electronic', words.electronic, left, {
    kind: 'tint',
    size,
    icon: 'phone',
    tall: true,
    note: words.electronicNote,
  });
  build.button('prescription-paper', words.paper, right, { kind: 'tint', size, icon: 'document', tall: true, note: words.paperNote });
  return { speech: `${words.title}\n${words.electronic}\n${words.paper}` };
};
