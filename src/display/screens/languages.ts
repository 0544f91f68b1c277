// The list of languages in the middle of a visit, each in its own script: whoever put the card down first can still choose.

import type { Language } from '../../core/screens.ts';
import { LANGUAGE_NAMES } from '../languages/language.ts';
import { centred, columns, rows } from '../layout.ts';
import { heading } from './arrange.ts';
import type { ScreenContext, ScreenEnd } from './context.ts';

const PER_ROW = 2;

export const chooseLanguage = (context: ScreenContext, offered: readonly Language[]): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const body = heading(context, messages.idle.languages, frame.body, { align: 'centre', language: 'ja' });
  const count = Math.ceil(offered.length / PER_ROW);
  const between = sizes.compact ? 9 : sizes.gap;
  const most = count * sizes.target * 1.5 + (count - 1) * between;
  const area = centred(body, Math.min(body.width, sizes.target * 12), most);
  const cells = rows(
    area,
    Array.from({ length: count }, () => 1),
    between,
  ).flatMap((row) => columns(row, [1, 1], sizes.gap));
  offered.forEach((language, i) => {
    const cell = cells[i];
    if (cell === undefined) return;
    const selected = language === build.language;
    build.button(`language-${language}`, LANGUAGE_NAMES[language].replace('\n', ''), cell, {
      kind: 'outline',
      size: sizes.compact ? 26 : 38,
      language,
      maxLines: 1,
      selected,
      ...(selected ? { icon: 'check' as const } : {}),
    });
  });
  return { speech: messages.header.chooseLanguage };
};
