// How the kiosk is used, in four pictures; and the technician's table of facts.

import { type IconName, icon } from '../icons.ts';
import { centred, columns, cutLeft, cutTop, inset, rect, rows } from '../layout.ts';
import { COLOURS } from '../theme.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';
import { digitPad } from './digits.ts';

const STEPS: readonly (readonly ['card' | 'identity' | 'consent' | 'done', IconName])[] = [
  ['card', 'card'], ['identity', 'face'], ['consent', 'list'], ['done', 'check'],
]; // biome-ignore format: a table

export const howTo = (context: ScreenContext): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.howTo;
  const [head, rest] = cutTop(frame.body, sizes.title * 1.4, sizes.gap);
  build.text('title', words.title, head, { size: sizes.title, weight: 700, vertical: 'middle', maxLines: 1 });
  columns(rest, [1, 1, 1, 1], sizes.gap).forEach((cell, i) => {
    const [name, picture] = STEPS[i] ?? ['card', 'card'];
    const step = words.steps[name];
    build.panel(cell, { fill: COLOURS.surface, border: COLOURS.border, radius: sizes.radius });
    const inner = inset(cell, sizes.compact ? 12 : 22, sizes.compact ? 12 : 24);
    const side = sizes.compact ? 72 : 150;
    const [top, below] = cutTop(inner, side, sizes.compact ? 10 : 22);
    const round = centred(top, side, side);
    const [cx, cy] = [round.x + side / 2, round.y + side / 2];
    build.draw(
      round,
      `<circle cx="${cx}" cy="${cy}" r="${side / 2}" fill="${COLOURS.tint}"/>${icon(picture, cx - side * 0.28, cy - side * 0.28, side * 0.56, COLOURS.primary)}`,
    );
    const [title, body] = cutTop(below, sizes.body * 2.6, sizes.compact ? 4 : 10);
    build.text(`step-${name}`, `${i + 1}. ${step.title}`, title, {
      size: sizes.compact ? 20 : 29,
      smallest: 15,
      weight: 700,
      colour: COLOURS.primaryDark,
      align: 'centre',
      vertical: 'middle',
      balance: true,
      leading: 1.2,
    });
    build.text(`step-${name}-body`, step.body, body, {
      size: sizes.compact ? 17 : 26,
      smallest: 13,
      leading: 1.5,
      colour: COLOURS.textSoft,
    });
  });
  return { speech: STEPS.map(([name]) => words.steps[name].body).join('\n') };
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
