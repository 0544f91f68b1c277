// How the kiosk is used, as moving pictures with captions.

import type { ElementId, Language } from '../../core/screens.ts';
import { drawHowTo, HOW_TO_PART_MS, partAt } from '../how-to-picture.ts';
import { columns, cutBottom, rect } from '../layout.ts';
import { sentencesOf } from '../text/sentences.ts';
import { COLOURS } from '../theme.ts';
import { beside } from './arrange.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';
import { stackTexts } from './stack.ts';

/** In large letters the sentences of a part come one after the other, each for the same time. */
const sentenceAt = (text: string, elapsedMs: number, language: Language): string => {
  const sentences = sentencesOf(text, language);
  return sentences[Math.floor(((elapsedMs % HOW_TO_PART_MS) / HOW_TO_PART_MS) * sentences.length)] ?? text;
};

export const howTo = (context: ScreenContext, model: ModelOf<'how-to'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.howTo;
  const elapsedMs = model.elapsedMs ?? 0;
  const { part, index } = partAt(elapsedMs);
  const [foot, rest] = sizes.large ? [undefined, frame.body] : cutBottom(frame.body, sizes.body * 1.8, sizes.gap);
  const [bars, main] = cutBottom(rest, sizes.compact ? 8 : 12, sizes.gap);
  const [picture, side] = beside(context, main, sizes.large ? [1, 1.25] : [1.15, 1], sizes.gap * 2, sizes.large ? [1, 1] : [1.5, 1]);
  drawHowTo(build, picture, elapsedMs, { card: messages.idle.cardTitle, here: messages.idle.here, language: build.language });
  build.element('illustration', 'image', words.steps[part].body, picture);
  if (sizes.large)
    build.text('body', sentenceAt(words.steps[part].body, elapsedMs, model.language), side, {
      size: sizes.huge, smallest: sizes.huge, weight: 700, vertical: 'middle', leading: 1.25, balance: true,
    }); // biome-ignore format: one style
  else
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
  if (foot !== undefined) build.text('hint', words.leave, foot, {
    size: sizes.body, align: 'centre', vertical: 'middle', maxLines: sizes.portrait ? 2 : 1, colour: COLOURS.textSoft, smallest: 14,
  }); // biome-ignore format: one style
  // Wherever a finger comes down, the guide is over.
  build.element('back' satisfies ElementId, 'button', messages.footer.back, frame.panel);
  return { speech: words.steps[part].body };
};
