// Speech is recorded sentence by sentence: the same sentence on two screens is one recording. Pure.

import { createHash } from 'node:crypto';
import type { Utterance } from './ports.ts';

/** The sentences of a text, each with its end mark; a rest without one is a sentence too. */
export const sentencesOf = (text: string): string[] =>
  (text.match(/[^。！？.!?\n]+(?:[。！？]+|[.!?]+(?=\s|$)|[.!?]+|\n|$)/gu) ?? [])
    .map((part) => part.trim())
    .filter((part) => /[\p{L}\p{N}]/u.test(part));

/**
 * Name of a recording: 16 hexadecimal digits of SHA-256 over language and sentence. A changed text has another name,
 * so that a recording can never be heard with a text it was not made from.
 */
export const clipName = ({ text, language }: Utterance): string =>
  createHash('sha256').update(`${language}\n${text}`).digest('hex').slice(0, 16);

/** Utterances of one sentence each. */
export const bySentence = (utterances: readonly Utterance[]): Utterance[] =>
  utterances.flatMap(({ text, language }) => sentencesOf(text).map((sentence) => ({ text: sentence, language })));
