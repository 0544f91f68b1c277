// A poster for the clinic's wall, one A4 page a language: what the guide shows as moving pictures, standing still.
// Drawn with the screens' own parts, texts and fonts, so that the kiosk looks as the poster promised.

import { LANGUAGES, type Language } from '../core/screens.ts';
import { drawHowTo, HOW_TO_PARTS } from './how-to-picture.ts';
import { cardToTray } from './illustrations.ts';
import { LANGUAGE_NAMES, messagesFor } from './languages/language.ts';
import { columns, cutBottom, cutLeft, cutTop, inset, rect, rows } from './layout.ts';
import { SceneBuilder } from './scene-builder.ts';
import { stackTexts } from './screens/stack.ts';
import { measureText } from './text/measure.ts';
import { COLOURS, sizesFor } from './theme.ts';

/** A4 upright in units of 1/150 inch. */
export const POSTER = { width: 1240, height: 1754 } as const;

/** The moment of the guide that says most about each part, in milliseconds. */
const MOMENTS = { card: 3900, identity: 7200, consent: 13800, done: 17400 } as const;

/** SVG fragments of one page, first at the back; `misfits` = texts that do not fit. */
export const posterPage = (language: Language, facilityName: string): { fragments: readonly string[]; misfits: readonly string[] } => {
  const build = new SceneBuilder(POSTER, sizesFor(POSTER), language);
  const words = messagesFor(language);
  const page = rect(0, 0, POSTER.width, POSTER.height);
  build.panel(page, { fill: COLOURS.surface });
  const [head, below] = cutTop(page, 150);
  build.panel(head, { fill: COLOURS.primary });
  build.text('facility', facilityName, inset(head, 84, 0), {
    language: 'ja', size: 46, weight: 700, vertical: 'middle', maxLines: 1, colour: COLOURS.surface,
  }); // biome-ignore format: one style
  const [foot, body] = cutBottom(below, 210);
  const [call, steps] = cutTop(inset(body, 84, 44), 440, 40);
  const [title, picture] = columns(call, [1.6, 1], 30);
  const [name, note] = cutTop(title, 220, 36);
  build.text('title', words.idle.title, name, { size: 76, weight: 700, leading: 1.3, vertical: 'bottom', smallest: 44, maxLines: 2 });
  build.text('body', words.idle.body, note, { size: 36, leading: 1.5, colour: COLOURS.textSoft, smallest: 24 });
  const look = { card: words.idle.cardTitle, here: words.idle.here, language };
  build.draw(picture, cardToTray(picture, look));
  rows(steps, [1, 1, 1, 1], 20).forEach((row, i) => {
    const part = HOW_TO_PARTS[i] ?? 'card';
    build.panel(row, { fill: COLOURS.page, border: COLOURS.line, radius: 24, width: 2 });
    const [left, right] = cutLeft(inset(row, 28, 14), 250, 44);
    drawHowTo(build, left, MOMENTS[part], look);
    const { title: step, body: what } = words.howTo.steps[part];
    stackTexts(build, right, [
      { id: `step-${part}`, label: `${i + 1}. ${step}`, style: { size: 50, weight: 700, colour: COLOURS.primaryDark, leading: 1.2 } },
      { id: `step-${part}-body`, label: what, gap: 10, style: { size: 36, leading: 1.4 } },
    ]);
  });
  build.panel(foot, { fill: COLOURS.tint });
  const [help, names] = rows(inset(foot, 84, 28), [1.9, 1], 8);
  build.text('help', words.poster.help, help, {
    size: 42,
    weight: 700,
    vertical: 'middle',
    maxLines: 2,
    smallest: 26,
    leading: 1.2,
    balance: true,
  });
  const nameOf = (other: Language) => LANGUAGE_NAMES[other].replace('\n', '');
  // Each as wide as it is written, so that the gaps between them are even.
  const widths = LANGUAGES.map((other) => measureText(nameOf(other), 30, 400, other) + 2);
  const gap = Math.max(12, (names.width - widths.reduce((sum, width) => sum + width, 0)) / (widths.length - 1));
  columns(names, widths, gap).forEach((cell, i) => {
    const other = LANGUAGES[i] ?? 'ja';
    build.text(`language-${other}`, nameOf(other), cell, {
      language: other, size: 30, vertical: 'middle', maxLines: 1, smallest: 20, colour: COLOURS.textSoft,
    }); // biome-ignore format: one style
  });
  const scene = build.finish('how-to', '');
  return { fragments: scene.blocks.map(({ svg }) => svg), misfits: scene.misfits };
};
