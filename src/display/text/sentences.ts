// A text cut into its sentences, for screens that show one at a time. Pure.

import type { Language } from '../../core/screens.ts';
import { inOneLine } from './speech.ts';

/** Full-width marks end a sentence wherever they stand, Latin ones only before a blank: 0.5 and 9:00 are no ends. */
const BETWEEN = /(?<=[。！？])\s*|(?<=[.!?])\s+/u;

/** The sentences of `text` in their order, each on one line, without empty ones. */
export const sentencesOf = (text: string, language: Language): readonly string[] =>
  inOneLine(text, language)
    .split(BETWEEN)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
