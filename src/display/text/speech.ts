// What is said aloud, from the sentences of a screen: each ends as its language ends a sentence. Pure.

import type { Language } from '../../core/screens.ts';

const JOIN: Readonly<Record<Language, { readonly end: string; readonly between: string }>> = {
  ja: { end: '。', between: '' },
  en: { end: '.', between: ' ' },
  'zh-Hans': { end: '。', between: '' },
  ko: { end: '.', between: ' ' },
  vi: { end: '.', between: ' ' },
  'ja-simple': { end: '。', between: '' },
};

/** `lines` = sentences or headings, one a line; blank ones are left out. */
export const spoken = (lines: string, language: Language): string => {
  const { end, between } = JOIN[language];
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => (/[。.!?？！…]$/.test(line) ? line : line + end))
    .join(between);
};
