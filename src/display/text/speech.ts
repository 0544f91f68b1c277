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

/** A text that is broken for the eye, as the one line it is for the ear. */
export const inOneLine = (text: string, language: Language): string =>
  text.replaceAll('\n', language === 'ja' || language === 'zh-Hans' ? '' : ' ');

/** A number as it is read out: letter by letter and digit by digit, a line each; marks between them are not said. */
export const spelled = (number: string): string =>
  [...number.normalize('NFKC').toUpperCase()].filter((one) => /[A-Z0-9]/.test(one)).join('\n');

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
