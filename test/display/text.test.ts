// Text: widths from the real fonts, line breaking, escaping, fonts.conf.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import { fontFile, installFonts } from '../../src/display/fonts.ts';
import { inkBox, openRasteriser } from '../../src/display/raster.ts';
import { escapeXml } from '../../src/display/text/escape.ts';
import { fitText } from '../../src/display/text/fit.ts';
import { readFontMetrics } from '../../src/display/text/font-metrics.ts';
import { breakLines } from '../../src/display/text/lines.ts';
import { measureText } from '../../src/display/text/measure.ts';

test('measured widths agree with what is drawn, in both weights and with fallback glyphs', async (t) => {
  const rasteriser = await openRasteriser(t.testdir());
  for (const [text, weight] of [
    ['マイナンバーカードを置いてください', 400],
    ['Please take your card, 0123456789', 700],
    ['髙﨑德濵𠮷野', 400],
  ] as const) {
    const view = { x: 0, y: 0, width: 1000, height: 120 };
    const fragment = `<rect width="1000" height="120" fill="#fff"/><text x="20" y="80" font-size="40" font-weight="${weight}" xml:space="preserve">|${escapeXml(text)}|</text>`;
    const drawn = inkBox(await rasteriser.draw(view, [fragment])).width;
    const measured = measureText(`|${text}|`, 40, weight) - measureText('|', 40, weight);
    t.ok(Math.abs(drawn - measured) <= 6, `${text}: drawn ${drawn}, measured ${measured.toFixed(1)}`);
  }
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

test('fonts.conf names our four directories and nothing of the host', async (t) => {
  const environment: NodeJS.ProcessEnv = {};
  const directory = mkdtempSync(join(t.testdir(), 'conf-'));
  const path = installFonts(join(directory, 'inner'), environment);
  t.same(environment, { FONTCONFIG_FILE: path });
  const text = readFileSync(path, 'utf8');
  t.equal((text.match(/<dir>/g) ?? []).length, 4);
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
