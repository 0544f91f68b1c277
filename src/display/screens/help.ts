// How the kiosk is used, as moving pictures with captions; and the technician's table of facts.

import type { ElementId } from '../../core/screens.ts';
import { drawHowTo, HOW_TO_PART_MS, partAt } from '../how-to-picture.ts';
import { centred, columns, cutBottom, cutLeft, cutTop, inset, rect, rows } from '../layout.ts';
import { COLOURS } from '../theme.ts';
import { beside } from './arrange.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';
import { digitPad } from './digits.ts';
import { stackTexts } from './stack.ts';

export const howTo = (context: ScreenContext, model: ModelOf<'how-to'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.howTo;
  const elapsedMs = model.elapsedMs ?? 0;
  const { part, index } = partAt(elapsedMs);
  const [foot, rest] = cutBottom(frame.body, sizes.body * 1.8, sizes.gap);
  const [bars, main] = cutBottom(rest, sizes.compact ? 8 : 12, sizes.gap);
  const [picture, side] = beside(context, main, [1.15, 1], sizes.margin, [1.5, 1]);
  drawHowTo(build, picture, elapsedMs, { card: messages.idle.cardTitle, here: messages.idle.here, language: build.language });
  build.element('illustration', 'image', words.steps[part].body, picture);
  stackTexts(build, side, [
    {
      id: 'title',
      label: `${index + 1}. ${words.steps[part].title}`,
      style: { size: sizes.compact ? 34 : 52, weight: 700, colour: COLOURS.primaryDark, leading: 1.3, balance: true },
    },
    { id: 'body', label: words.steps[part].body, gap: sizes.gap * 1.4, style: { size: sizes.compact ? 24 : 38, leading: 1.5 } },
  ]);
  columns(bars, [1, 1, 1, 1], sizes.keyGap).forEach((bar, i) => {
    const done = Math.max(0, Math.min(1, elapsedMs / HOW_TO_PART_MS - i));
    build.panel(bar, { fill: COLOURS.tintStrong, radius: bar.height / 2 });
    if (done > 0)
      build.panel(rect(bar.x, bar.y, Math.max(bar.height, bar.width * done), bar.height), {
        fill: COLOURS.primary,
        radius: bar.height / 2,
      });
  });
  build.text('hint', words.leave, foot, {
    size: sizes.body, align: 'centre', vertical: 'middle', maxLines: sizes.portrait ? 2 : 1, colour: COLOURS.textSoft, smallest: 14,
  }); // biome-ignore format: one style
  // Wherever a finger comes down, the guide is over.
  build.element('back' satisfies ElementId, 'button', messages.footer.back, frame.panel);
  return { speech: words.steps[part].body };
};

export const technician = (context: ScreenContext, model: ModelOf<'technician'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.technician;
  const locked = model.page === 'locked';
  const [head, rest] = cutTop(frame.body, sizes.title * 1.3, sizes.gap / 2);
  const title = `${words.title}  ${locked ? words.locked : words.menu}`;
  build.text('title', title, head, { size: sizes.instruction, weight: 700, vertical: 'middle', maxLines: 1, smallest: 18 });
  if (locked) {
    digitPad(context, centred(rest, Math.max(rest.width * 0.56, 640), Math.min(rest.height, 640)), {
      digits: true,
      remove: true,
      enter: true,
    });
    return { speech: '' };
  }
  const facts = Object.entries(model.facts);
  if (facts.length === 0) build.text('empty', words.empty, rest, { size: sizes.body, colour: COLOURS.textSoft });
  // Two columns of rows; what does not fit on the page is for the journal.
  const perColumn = Math.max(1, Math.min(sizes.compact ? 6 : 8, Math.ceil(facts.length / 2)));
  const [left, right] = columns(rest, [1, 1], sizes.gap);
  [left, right].forEach((column, half) => {
    const shown = facts.slice(half * perColumn, (half + 1) * perColumn);
    if (shown.length === 0) return;
    const height = Math.min(rest.height / perColumn, sizes.body * 2.2);
    const box = rect(column.x, column.y, column.width, height * shown.length);
    build.panel(box, { fill: COLOURS.surface, border: COLOURS.border, radius: sizes.radius / 2 });
    rows(
      box,
      shown.map(() => 1),
      0,
    ).forEach((row, i) => {
      const [key, value] = shown[i] ?? ['', ''];
      if (i > 0) build.panel(rect(row.x + 2, row.y, row.width - 4, 1), { fill: COLOURS.border });
      const [name, text] = cutLeft(inset(row, sizes.gap * 0.8, 0), row.width * 0.36, sizes.gap / 2);
      const size = sizes.compact ? 16 : 22;
      build.caption(key, name, { size, weight: 700, colour: COLOURS.primaryDark, vertical: 'middle', maxLines: 1, smallest: 10 });
      build.text(`fact-${key}`, value, text, { size, vertical: 'middle', maxLines: 2, smallest: 9, leading: 1.15 });
    });
  });
  return { speech: '' };
};
