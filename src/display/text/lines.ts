// Line breaking in every language: between phrases if possible, between characters if need be,
// always by the kinsoku rules (JIS X 4051: what may not begin or end a line).
// Works on widths given by a function; knows no font.

import type { Language } from '../../core/screens.ts';
import { insideKeptWords } from './kept-words.ts';

const NOT_AT_START = new Set([
  ...'、。，．；：,.:;：；？！?!）)］]｝}」』】〉》〕’”・ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々ゝゞヽヾ％%…‥〜～',
]);
const NOT_AT_END = new Set([...'（([［｛{「『【〈《〔‘“']);

/** Particles after which a hiragana word may begin a new line. */
const BREAK_AFTER = /[をはがにへ]$/u;
/** Words that lean on the verb before them. */
const LEANING =
  /^(?:ください|くだ|さい|ます|まし|ませ|です|でし|いま|いる|いた|なり|なる|する|して|した|し|あり|ある|ない|なら|ついて|よる|より|かか|から|まで|など|ので|とき)/u;
/** お and ご belong to the word they honour, この and もう to the one they point at. */
const LEADING = new Set(['お', 'ご', 'この', 'その', 'あの', 'どの', 'もう', '約', '第']);
/** The second verb of a compound, written in kanji after the first one's stem: 読み取る, 見比べる, 飲み合わせ. */
const COMPOUND_STEM = /\p{Script=Han}[いきしちにひみりぎびえけせてねべめれ]$/u;
const COMPOUND_VERB = /^[取込出合直換続切付替比終]/u;
const HIRAGANA_ONLY = /^[\p{Script=Hiragana}ー]+$/u;
const ENDS_HIRAGANA = /\p{Script=Hiragana}ー?$/u;
const LATIN = /[\p{Script=Latin}\p{N}]/u;

const words = new Intl.Segmenter('ja', { granularity: 'word' });
const chineseWords = new Intl.Segmenter('zh-Hans', { granularity: 'word' });

/** Written with blanks between words (or, in やさしい日本語, between phrases): a line breaks nowhere else. */
const SPACED: ReadonlySet<Language> = new Set(['ko', 'vi', 'ja-simple']);
const SPACED_PIECE = /[^ 、。！？]*[、。！？」』）]*[ ]*/gu;
/** Korean writes no blank before a bracket: the longest words would be too wide for large letters. */
const KOREAN_PIECE = /\(?[^ 、。！？(]*[、。！？」』）]*[ ]*/gu;

/** Text cut into pieces between which a line may break, best places only. A blank stays at the end of its piece. */
export const phrases = (text: string, language: Language = 'ja'): string[] => {
  const kept = insideKeptWords(text, language);
  const pieces: string[] = [];
  let at = 0;
  const add = (segment: string, mayBegin: boolean): void => {
    const before = pieces.at(-1);
    if (before === undefined || (mayBegin && !kept.has(at))) pieces.push(segment);
    else pieces[pieces.length - 1] = before + segment;
    at += segment.length;
  };
  if (SPACED.has(language)) {
    for (const piece of text.match(language === 'ko' ? KOREAN_PIECE : SPACED_PIECE) ?? []) if (piece !== '') add(piece, true);
    return pieces;
  }
  const [segmenter, breaks] = language === 'zh-Hans' ? [chineseWords, mayBreakChinese] : [words, mayBreak];
  let last = '';
  for (const { segment } of segmenter.segment(text)) {
    add(segment, breaks(pieces.at(-1) ?? '', segment, last));
    last = segment;
  }
  return pieces;
};

/** A bracket at the end, with or without a blank behind it (blanks at the end of a line are dropped). */
const opens = (text: string): boolean => NOT_AT_END.has([...text.trimEnd()].at(-1) ?? '');

const mayBreak = (before: string, word: string, lastWord: string): boolean => {
  const last = [...before].at(-1) ?? '';
  const first = [...word][0] ?? '';
  if (NOT_AT_START.has(first) || opens(before) || first === ' ') return false;
  // A number and its counter belong together: 1 回.
  if (/\p{N} $/u.test(before) && !/\p{Script=Latin}/u.test(first)) return false;
  if (last === ' ' || last === '　') return true;
  if (/[」）』】)]/u.test(last)) return !HIRAGANA_ONLY.test(word);
  if (NOT_AT_START.has(last) && !/[ぁ-ゖァ-ヶー]/u.test(last)) return '、。？！?!・'.includes(last);
  if (LEADING.has(lastWord)) return false;
  if (COMPOUND_STEM.test(before) && COMPOUND_VERB.test(word)) return false;
  if (LATIN.test(last) && LATIN.test(first)) return false;
  if (/\p{N}/u.test(last)) return false;
  if (HIRAGANA_ONLY.test(word))
    return (LEADING.has(word) || BREAK_AFTER.test(before)) && !LEANING.test(word) && (word.length > 1 || /[おご]/u.test(word));
  return ENDS_HIRAGANA.test(before) || NOT_AT_END.has(first);
};

/** Chinese breaks between any two words, as far as punctuation allows; digits and letters stay together. */
const mayBreakChinese = (before: string, word: string): boolean => {
  const last = [...before].at(-1) ?? '';
  const first = [...word][0] ?? '';
  if (NOT_AT_START.has(first) || opens(before) || first === ' ') return false;
  return (
    !(LATIN.test(last) && LATIN.test(first)) && !(last === ' ' && /\p{N}\s*$/u.test(before)) && !(last === ' ' && /\p{N}/u.test(first))
  );
};

/** Every place kinsoku allows, for a piece that is wider than the line. */
const characters = (piece: string): string[] => {
  const units: string[] = [];
  for (const char of piece) {
    const before = units.at(-1);
    const last = before === undefined ? '' : ([...before].at(-1) ?? '');
    const glued = NOT_AT_START.has(char) || opens(before ?? '') || (LATIN.test(last) && LATIN.test(char)) || char === ' ';
    if (before === undefined || !glued) units.push(char);
    else units[units.length - 1] = before + char;
  }
  return units;
};

/** Lines no wider than `width`, as `measure` sees them. A unit that cannot be broken stays whole (and too wide). "\n" always breaks. */
export const breakLines = (text: string, width: number, measure: (line: string) => number, language: Language = 'ja'): string[] =>
  text.split('\n').flatMap((paragraph) => fillLines(phrases(paragraph, language), width, measure));

/** The phrases of one paragraph on as few lines as they need. */
export const fillLines = (pieces: readonly string[], width: number, measure: (line: string) => number): string[] => {
  const lines: string[] = [];
  let line = '';
  const place = (piece: string, cut: boolean): void => {
    if (measure((line + piece).trimEnd()) <= width) line += piece;
    else if (cut && measure(piece.trimEnd()) > width) for (const unit of characters(piece)) place(unit, false);
    else {
      if (line !== '') lines.push(line.trimEnd());
      line = piece;
    }
  };
  for (const piece of pieces) place(piece, true);
  lines.push(line.trimEnd());
  return lines;
};
