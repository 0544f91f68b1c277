// The technician's screen: a code first, then a menu, the self-test, tables of facts, two levels to set. Never anything personal.

import { type ElementId, TECHNICIAN_PAGES, type TechnicianTopic, type TestedPart, type TouchPage } from '../../core/screens.ts';
import { type IconName, icon } from '../icons.ts';
import { staffLanguage } from '../languages/language.ts';
import { factName, factValue } from '../languages/technician-facts.ts';
import { TECHNICIAN_TEXTS } from '../languages/technician-texts.ts';
import { centred, columns, cutLeft, cutRight, cutTop, inset, rect, rows } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { COLOURS, type Sizes } from '../theme.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';
import { digitPad, dots } from './digits.ts';

type Model = ModelOf<'technician'>;

const textsOf = ({ build }: ScreenContext) => TECHNICIAN_TEXTS[staffLanguage(build.language) === 'en' ? 'en' : 'ja'];

const PICTURES: Readonly<Record<TechnicianTopic, IconName>> = {
  'self-test': 'list', network: 'globe', versions: 'info', volume: 'speaker', brightness: 'contrast', touch: 'touch',
}; // biome-ignore format: a table

const MOST = 10;

export const technician = (context: ScreenContext, model: Model): ScreenEnd => {
  if (model.page === 'touch' && model.touch.stage === 'cross') return drawCross(context, model.touch);
  const { build, frame, sizes } = context;
  const words = textsOf(context);
  // A small panel has no height to spare: the pad takes all of it, and its title stands beside it.
  const beside = model.page === 'locked' && sizes.compact && !sizes.portrait;
  const [main, side] = beside ? columns(frame.body, [1, 1.15], sizes.margin) : [frame.body, undefined];
  const [head, rest] = cutTop(main, sizes.title * (beside ? 2.6 : 1.3), sizes.gap / 2);
  const name = model.page === 'locked' ? words.code : model.page === 'menu' ? '' : words.topics[model.page];
  build.text('title', name === '' ? words.title : `${words.title}${words.colon}${name}`, head, {
    language: 'ja', size: sizes.instruction, weight: 700, vertical: 'middle', maxLines: beside ? 2 : 1, smallest: 16,
  }); // biome-ignore format: one style
  switch (model.page) {
    case 'locked':
      drawDoor(context, model, rest, side === undefined ? undefined : inset(side, 0, -8));
      break;
    case 'menu':
      drawMenu(context, rest);
      break;
    case 'self-test':
      drawTest(context, model, rest);
      break;
    case 'network':
    case 'versions':
      drawFacts(context, Object.entries(model.facts), rest);
      break;
    case 'touch':
      if (model.touch.stage !== 'cross') drawTouch(context, model.touch, rest);
      break;
    default:
      drawLevel(context, model.level, rest);
  }
  return { speech: '' };
};

const drawDoor = (context: ScreenContext, model: Extract<Model, { page: 'locked' }>, box: Rect, pad?: Rect): void => {
  const { build, sizes } = context;
  const words = textsOf(context);
  const [left, right] =
    pad !== undefined ? [box, pad] : sizes.portrait ? rows(box, [0.6, 1], sizes.gap) : columns(box, [1, 1.15], sizes.margin);
  const [boxes, below] = cutTop(left, sizes.compact ? 64 : 110, sizes.gap);
  const state = { entered: model.entered, length: model.length, wrong: model.refused === 'wrong' };
  dots(context, boxes, `${model.entered} / ${model.length}`, state);
  if (model.refused !== undefined)
    build.text('refused', words.refused[model.refused], below, {
      language: 'ja',
      size: sizes.body,
      weight: 700,
      colour: COLOURS.errorDark,
    });
  const open = model.refused !== 'no-code' && model.refused !== 'too-often';
  digitPad(context, right, { digits: open, remove: open && model.entered > 0, enter: open && model.entered === model.length });
};

const grid = (box: Rect, perRow: number, lines: number, gap: number): Rect[] =>
  rows(
    box,
    Array.from({ length: lines }, () => 1),
    gap,
  ).flatMap((row) =>
    columns(
      row,
      Array.from({ length: perRow }, () => 1),
      gap,
    ),
  );

const drawMenu = (context: ScreenContext, box: Rect): void => {
  const { build, sizes } = context;
  const words = textsOf(context);
  const perRow = sizes.portrait ? 2 : 3;
  const lines = Math.ceil(TECHNICIAN_PAGES.length / perRow);
  const height = Math.min(box.height, lines * sizes.target * 2.2 + (lines - 1) * sizes.gap);
  const cells = grid(rect(box.x, box.y, box.width, height), perRow, lines, sizes.gap);
  TECHNICIAN_PAGES.forEach((topic, i) => {
    const cell = cells[i];
    if (cell === undefined) return;
    build.button(`technician-${topic}` satisfies ElementId, words.topics[topic], cell, {
      kind: 'tint', size: sizes.compact ? 22 : 34, icon: PICTURES[topic], language: 'ja',
    }); // biome-ignore format: one style
  });
};

const SIGNS = {
  ok: { icon: 'check', colour: COLOURS.success },
  warn: { icon: 'warning', colour: COLOURS.warningDark },
  fail: { icon: 'cross', colour: COLOURS.error },
} as const;

const ORDER = ['fail', 'warn', 'ok'] as const;
/** Rows of one page of the self-test: as many as can be read, title above and what was found below. */
const rowsOf = (sizes: Sizes): number => (sizes.portrait ? 8 : sizes.compact ? 3 : 4);

const drawTest = (context: ScreenContext, model: Extract<Model, { page: 'self-test' }>, box: Rect): void => {
  const { build, sizes } = context;
  const words = textsOf(context);
  const language = staffLanguage(build.language) === 'en' ? 'en' : 'ja';
  const faults = model.parts.filter(({ level }) => level !== 'ok').length;
  const [top, list] = cutTop(box, sizes.body * 1.5, sizes.gap / 2);
  build.text('result', model.running ? `${words.running} (${model.parts.length})` : words.tested(faults), top, {
    language: 'ja', size: sizes.body, weight: 700, vertical: 'middle', maxLines: 1, colour: faults > 0 ? COLOURS.errorDark : COLOURS.primaryDark,
  }); // biome-ignore format: one style
  // What needs somebody stands first.
  const sorted = [...model.parts].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
  const between = sizes.compact ? 4 : 8;
  const cells =
    sizes.compact || sizes.portrait
      ? grid(list, 1, rowsOf(sizes), between)
      : columns(list, [1, 1], sizes.gap).flatMap((side) => grid(side, 1, rowsOf(sizes), between));
  const pages = Math.max(1, Math.ceil(sorted.length / cells.length));
  const at = (model.at ?? 0) % pages;
  sorted.slice(at * cells.length, (at + 1) * cells.length).forEach((part, i) => {
    const cell = cells[i];
    if (cell !== undefined) drawPart(context, part, language, cell, at * cells.length + i + 1);
  });
  if (pages > 1) drawPager(context, at + 1, pages);
};

/** In the footer, beside the way back: the next parts, and which of how many pages this is. */
const drawPager = (context: ScreenContext, page: number, pages: number): void => {
  const { build, frame, sizes } = context;
  const cell = cutRight(inset(frame.footer, sizes.margin, (frame.footer.height - sizes.target) / 2), sizes.compact ? 300 : 400)[0];
  const words = textsOf(context);
  build.button('technician-more' satisfies ElementId, `${page < pages ? words.next : words.first} ${page}/${pages}`, cell, {
    kind: 'outline', size: sizes.compact ? 22 : 30, icon: page < pages ? 'forward' : 'retry', language: 'ja', maxLines: 1,
  }); // biome-ignore format: one style
};

const drawPart = ({ build, sizes }: ScreenContext, part: TestedPart, language: 'ja' | 'en', row: Rect, number: number): void => {
  const sign = SIGNS[part.level];
  build.panel(row, { fill: COLOURS.surface, border: COLOURS.border, radius: sizes.radius / 2 });
  const side = sizes.body * 1.4;
  const [mark, words] = cutLeft(inset(row, sizes.gap * 0.6, sizes.compact ? 3 : 6), side, sizes.gap * 0.6);
  build.draw(mark, icon(sign.icon, mark.x, mark.y + (mark.height - side) / 2, side, sign.colour));
  const [title, note] = cutTop(words, sizes.body * 1.2, 2);
  const look = { language: 'ja', vertical: 'middle', leading: 1.2 } as const;
  build.text(`part-${number}`, part.title[language], title, { ...look, size: sizes.body, weight: 700, maxLines: 1, smallest: sizes.small });
  const facts = Object.entries(part.facts).map(([key, value]) => `${factName(key, language)}: ${factValue(value, language)}`);
  const said = part.advice?.[language] ?? facts.join(language === 'ja' ? '、' : ', ');
  build.text(`fact-${number}`, said, note, {
    ...look, size: sizes.body, smallest: sizes.compact ? 15 : 20, maxLines: 3, colour: COLOURS.textSoft,
  }); // biome-ignore format: one style
};

const drawFacts = ({ build, sizes }: ScreenContext, facts: readonly (readonly [string, string])[], box: Rect): void => {
  const language = staffLanguage(build.language) === 'en' ? 'en' : 'ja';
  const height = Math.min(box.height / Math.max(1, facts.length), sizes.body * 2.2);
  const area = rect(box.x, box.y, box.width, height * facts.length);
  build.panel(area, { fill: COLOURS.surface, border: COLOURS.border, radius: sizes.radius / 2 });
  grid(area, 1, facts.length, 0).forEach((row, i) => {
    const [key, value] = facts[i] ?? ['', ''];
    if (i > 0) build.panel(rect(row.x + 2, row.y, row.width - 4, 1), { fill: COLOURS.border });
    const [name, text] = cutLeft(inset(row, sizes.gap * 0.8, 0), row.width * 0.28, sizes.gap / 2);
    const look = { size: sizes.body, language: 'ja', vertical: 'middle', smallest: sizes.compact ? 15 : 20 } as const;
    build.caption(factName(key, language), name, { ...look, weight: 700, colour: COLOURS.primaryDark, maxLines: 1 });
    build.text(`fact-${key}`, factValue(value, language), text, { ...look, maxLines: 2, leading: 1.15 });
  });
};

/** Nothing but the cross and what to do with it: whatever else is touched counts as the cross. */
const drawCross = (context: ScreenContext, touch: Extract<TouchPage, { stage: 'cross' }>): ScreenEnd => {
  const { build, frame, sizes } = context;
  const words = textsOf(context).touch;
  const { width, height } = frame.panel;
  const [x, y] = [Math.round(touch.at.x * (width - 1)), Math.round(touch.at.y * (height - 1))];
  const arm = sizes.compact ? 24 : 36;
  const box = rect(x - arm, y - arm, 2 * arm + 1, 2 * arm + 1);
  build.image(
    'cross',
    `${touch.number} / 4`,
    box,
    `<path d="M${x - arm} ${y}h${2 * arm}M${x} ${y - arm}v${2 * arm}" stroke="${COLOURS.error}" stroke-width="3"/><circle cx="${x}" cy="${y}" r="${arm / 2}" fill="none" stroke="${COLOURS.error}" stroke-width="3"/>`,
  );
  const middle = centred(frame.panel, width * 0.7, height * 0.3);
  const [first, second] = rows(middle, [1, 1], sizes.gap);
  const look = { language: 'ja', align: 'centre', vertical: 'middle' } as const;
  build.text('title', words.cross(touch.number), first, { ...look, size: sizes.instruction, weight: 700 });
  build.text('aim', words.aim, second, { ...look, size: sizes.body, colour: COLOURS.textSoft });
  return { speech: '' };
};

const drawTouch = (context: ScreenContext, touch: Exclude<TouchPage, { stage: 'cross' }>, box: Rect): void => {
  const { build, sizes } = context;
  const words = textsOf(context).touch;
  const said = touch.stage === 'confirm' ? words.confirm(touch.secondsLeft) : words[touch.stage];
  const [top, rest] = cutTop(box, sizes.instruction * 3, sizes.gap);
  build.text('touch', said, top, { language: 'ja', size: sizes.body, weight: 700, vertical: 'middle' });
  if (touch.stage === 'no-panel') return;
  const area = centred(rest, Math.min(rest.width, 620), sizes.target * 1.4);
  const look = { size: sizes.compact ? 24 : 34, language: 'ja' } as const;
  if (touch.stage === 'confirm')
    build.button('technician-keep' satisfies ElementId, words.keep, area, { ...look, kind: 'primary', icon: 'check' });
  else build.button('technician-touch' satisfies ElementId, words.again, area, { ...look, kind: 'tint', icon: 'retry' });
};

const drawLevel = (context: ScreenContext, level: number | undefined, box: Rect): void => {
  const { build, sizes } = context;
  const words = textsOf(context);
  if (level === undefined) {
    build.text('nothing', words.nothingToSet, box, { language: 'ja', size: sizes.body, colour: COLOURS.textSoft });
    return;
  }
  const area = centred(box, Math.min(box.width, 900), sizes.target * 1.6);
  const [less, value, more] = columns(area, [1, 0.8, 1], sizes.gap);
  const look = { kind: 'tint', size: sizes.compact ? 26 : 38, language: 'ja' } as const;
  build.button('technician-less' satisfies ElementId, words.less, less, { ...look, enabled: level > 1 });
  build.text('level', `${level} / ${MOST}`, value, { size: sizes.title, weight: 700, align: 'centre', vertical: 'middle', maxLines: 1 });
  build.button('technician-more' satisfies ElementId, words.more, more, { ...look, enabled: level < MOST });
};
