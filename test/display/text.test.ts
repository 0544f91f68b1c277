// Text: widths from the real fonts, line breaking, escaping, fonts.conf.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import { LANGUAGES, type Language } from '../../src/core/screens.ts';
import { familyOf, fontFile, installFonts } from '../../src/display/fonts.ts';
import { LANGUAGE_NAMES, messagesFor } from '../../src/display/languages/language.ts';
import { inkBox, openRasteriser } from '../../src/display/raster.ts';
import { escapeXml } from '../../src/display/text/escape.ts';
import { fitText } from '../../src/display/text/fit.ts';
import { readFontMetrics } from '../../src/display/text/font-metrics.ts';
import { breakLines } from '../../src/display/text/lines.ts';
import { fontFor, measureText } from '../../src/display/text/measure.ts';
import { spelled } from '../../src/display/text/speech.ts';

test('measured widths agree with what is drawn, in both weights and with fallback glyphs', async (t) => {
  const rasteriser = await openRasteriser(t.testdir());
  const cases: readonly (readonly [string, 400 | 700, Language])[] = [
    ['マイナンバーカードを置いてください', 400, 'ja'],
    ['Please take your card, 0123456789', 700, 'en'],
    ['髙﨑德濵𠮷野', 400, 'ja'],
    ['葛\u{e0100}城', 700, 'ja'],
    ['请放置个人编号卡，登记自动开始。', 400, 'zh-Hans'],
    ['마이넘버카드를 올려 주세요', 700, 'ko'],
    ['Vui lòng đặt thẻ, được kiểm tra ngữ', 400, 'vi'],
    ['カードを おいて ください 简体 한국', 400, 'ja-simple'],
  ];
  for (const [text, weight, language] of cases) {
    const view = { x: 0, y: 0, width: 1000, height: 120 };
    const fragment = `<rect width="1000" height="120" fill="#fff"/><text x="20" y="80" font-size="40" font-family="${familyOf(language)}" font-weight="${weight}" xml:space="preserve">|${escapeXml(text)}|</text>`;
    const drawn = inkBox(await rasteriser.draw(view, [fragment])).width;
    const measured = measureText(`|${text}|`, 40, weight, language) - measureText('|', 40, weight, language);
    t.ok(Math.abs(drawn - measured) <= Math.max(6, drawn * 0.02), `${text}: drawn ${drawn}, measured ${measured.toFixed(1)}`);
  }
});

/** Every text of a language; functions are called with numbers. */
const texts = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') return [String(value(2, 4))];
  return Object.values(value as object).flatMap(texts);
};

test('every character of every language is in one of its fonts, old-form names and language names too', async (t) => {
  const names = ['髙﨑𠮷德濵', '葛\u{e0100}', '●', ...Object.values(LANGUAGE_NAMES)];
  for (const language of LANGUAGES) {
    const characters = new Set([...texts(messagesFor(language)), ...names].flatMap((text) => [...text.replaceAll('\n', '')]));
    characters.delete('\u{e0100}');
    const missing = [...characters].filter((char) =>
      [400, 700].some((weight) => fontFor(char.codePointAt(0) ?? 0, weight as 400, language) === undefined),
    );
    t.same(missing, [], language);
  }
  t.equal(fontFor(0x10ffff, 400, 'ja'), undefined, 'a glyph that no font has is found');
  // A language drawn from two fonts looks patched: only names of other languages and what staff read may fall back.
  const own = (language: Language, letters: string) =>
    t.same([...new Set([...letters].map((char) => fontFor(char.codePointAt(0) ?? 0, 400, language)))].length, 1, language);
  own('vi', 'Vui lòng đặt thẻ Mã số ủy ban ưỡợửệ0123');
  own('zh-Hans', '请放置个人编号卡0123，。');
  own('ko', '마이넘버카드를 올려 주세요 0123');
  own('ja', 'マイナンバーカードを置いてください0123');
});

test('a variation selector chooses another form of the character and draws nothing of its own', async (t) => {
  const rasteriser = await openRasteriser(t.testdir());
  const view = { x: 0, y: 0, width: 200, height: 120 };
  const drawn = async (text: string) =>
    (await rasteriser.draw(view, [`<rect width="200" height="120" fill="#fff"/><text x="20" y="90" font-size="80">${text}</text>`])).rgba;
  const [plain, first, second] = await Promise.all([drawn('葛'), drawn('葛\u{e0100}'), drawn('葛\u{e0101}')]);
  t.notSame(first, second, 'two forms');
  t.ok(
    [first, second].some((form) => form !== undefined && plain !== undefined && form.every((value, i) => value === plain[i])),
    'one of them is the usual one',
  );
});

test('a file that is no font is refused', async (t) => {
  const path = join(t.testdir(), 'no.ttf');
  writeFileSync(path, 'not a font');
  t.throws(() => readFontMetrics(path), { code: 'display/no-font', message: /no\.ttf/ });
  t.throws(() => readFontMetrics(`${path}.missing`), { code: 'display/no-font' });
  const cut = join(t.testdirName, 'cut.ttf');
  writeFileSync(cut, readFileSync(fontFile('biz-udpgothic', 400)).subarray(0, 400));
  t.throws(() => readFontMetrics(cut), { code: 'display/no-font' });
});

test('fonts.conf names our eight directories and nothing of the host', async (t) => {
  const environment: NodeJS.ProcessEnv = {};
  const directory = mkdtempSync(join(t.testdir(), 'conf-'));
  const path = installFonts(join(directory, 'inner'), environment);
  t.same(environment, { FONTCONFIG_FILE: path });
  t.equal(installFonts(relative(process.cwd(), join(directory, 'inner')), environment), path, 'a relative directory too');
  const text = readFileSync(path, 'utf8');
  t.equal((text.match(/<dir>/g) ?? []).length, 8);
  t.notMatch(text, '/usr/share');
  writeFileSync(join(directory, 'file'), '');
  t.throws(() => installFonts(join(directory, 'file', 'under'), environment), { code: 'storage/unwritable' });
});

test('lines break between phrases, and never against kinsoku', async (t) => {
  const em = (line: string) => [...line].length;
  t.same(breakLines('カードをお取りください', 8, em), ['カードを', 'お取りください']);
  t.same(breakLines('もう少し近づいてください', 9, em), ['もう少し', '近づいてください']);
  t.same(breakLines('Please take your card', 11, em), ['Please take', 'your card']);
  t.same(breakLines('一行目\n二行目', 20, em), ['一行目', '二行目']);
  t.same(breakLines('카드를 그대로 두고 기다려 주세요.', 12, em, 'ko'), ['카드를 그대로 두고', '기다려 주세요.']);
  t.same(breakLines('カードを うごかさないで まって ください。', 13, em, 'ja-simple'), ['カードを うごかさないで', 'まって ください。']);
  t.same(breakLines('请不要移动卡片，稍候片刻。', 7, em, 'zh-Hans'), ['请不要移动', '卡片，', '稍候片刻。']);
  t.same(breakLines('Vui lòng để yên thẻ', 10, em, 'vi'), ['Vui lòng', 'để yên thẻ']);
  t.same(breakLines('カードを読み取っています', 10, em), ['カードを', '読み取っています'], 'a compound verb stays whole');
  t.same(breakLines('もう一度お試しください。', 8, em), ['もう一度', 'お試しください。'], 'お stays with its word');
  t.same(breakLines('離して、マイナンバーカードだけを置いてください', 13, em), ['離して、', 'マイナンバーカードだけを', '置いてください']);
  t.same(breakLines('情報を、この医療機関に伝えて', 9, em), ['情報を、', 'この医療機関に', '伝えて']);
  t.same(
    breakLines('Quý khách có đồng ý cung cấp', 17, em, 'vi'),
    ['Quý khách có', 'đồng ý cung cấp'],
    'syllables of one word stay together',
  );
  t.same(breakLines('마이넘버카드(マイナンバーカード)를 올려', 14, em, 'ko'), ['마이넘버카드', '(マイナンバーカード)를', '올려']);
  const char = fc.constantFrom(...'あ漢字カー、。（）「」ABC 123ッゃ・');
  fc.assert(
    fc.property(
      fc.array(char, { minLength: 1, maxLength: 60 }).map((chars) => chars.join('')),
      fc.integer({ min: 8, max: 20 }),
      (text, width) => {
        const lines = breakLines(text, width, em);
        const whole = lines.join('').replaceAll(' ', '') === text.replaceAll(' ', '');
        return (
          whole &&
          lines.slice(1).every((line) => !/^[、。）」ーッゃ・]/u.test(line)) &&
          lines.slice(0, -1).every((line) => !/[（「]$/u.test(line.trimEnd()))
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('lines of about equal length end where a sentence or a clause ends, and are never more than need be', async (t) => {
  const request = { width: 660, height: 600, size: 58, smallest: 40, weight: 700, leading: 1.3, balance: true } as const;
  const lines = (text: string, language: Language) => fitText({ ...request, text, language }).lines;
  t.same(lines('今日は顔認証か窓口で受付できます。解除は窓口でお手続きください。', 'ja'), [
    '今日は顔認証か窓口で',
    '受付できます。',
    '解除は窓口で',
    'お手続きください。',
  ]);
  t.same(lines('Please leave the card on the tray.', 'en'), ['Please leave the', 'card on the tray.'], 'no word alone on the last line');
  t.same(lines('カードを読み取っています', 'ja'), ['カードを', '読み取っています']);
  const words = fc.array(fc.constantFrom('カードを', '置いて', '、', '。', '窓口で', 'ください', '受付'), { minLength: 1, maxLength: 14 });
  fc.assert(
    fc.property(words, fc.integer({ min: 240, max: 900 }), (pieces, width) => {
      const text = pieces.join('');
      const measure = (line: string) => measureText(line, 40, 700);
      const greedy = breakLines(text, width, measure);
      const even = fitText({ ...request, text, width, height: 4000, size: 40, smallest: 40, language: 'ja' }).lines;
      return (
        even.join('') === text && even.length === greedy.length && even.every((line) => measure(line) <= width || greedy.includes(line))
      );
    }),
  );
});

test('a text shrinks until it fits, and says when it cannot', async (t) => {
  const request = {
    text: '暗証番号を入力してください',
    width: 300,
    height: 60,
    size: 40,
    smallest: 12,
    weight: 400,
    leading: 1.4,
    balance: true,
  } as const;
  const fit = fitText(request);
  t.ok(fit.fits && fit.size < 40 && fit.size >= 12);
  t.ok(fit.lines.every((line) => measureText(line, fit.size, 400) <= 300));
  t.equal(fitText({ ...request, width: 10, height: 10 }).fits, false);
});

test('XML is escaped and stays XML whatever the text', async (t) => {
  t.equal(escapeXml(`<a href="x">&'\u0000\u0007`), '&lt;a href=&quot;x&quot;&gt;&amp;&apos;');
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (text) => !/[<>"']|\p{Cc}|&(?!amp;|lt;|gt;|quot;|apos;)/u.test(escapeXml(text).replace(/[\u0080-\u009f]/g, '')),
    ),
  );
});

test('a reception number is spelled: what is wide is said like what is narrow, marks and other characters are not said', (t) => {
  t.equal(spelled('A-128'), 'A\n1\n2\n8');
  t.equal(spelled('ａ１２'), 'A\n1\n2');
  t.equal(spelled('外来 7'), '7');
  t.equal(spelled('－'), '');
  t.end();
});
