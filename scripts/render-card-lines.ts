// Renders lines of print as training data of the card-face reader: what stands on a card, and other text, in many typefaces. Every character's centre is known.
// Run by `scripts/train-card-face.py`'s instructions: `tsx scripts/render-card-lines.ts OUT COUNT SEED [FONT…]`.
// OUT.json lists the lines, OUT.bin holds their pixels: 8-bit grey, 64 rows each, ink black on white, em = 44 px.

import { closeSync, mkdtempSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { fontFile } from '../src/display/fonts.ts';
import { seededRandom } from '../src/faceauth/camera/attack-plan.ts';
import { ALPHABET } from '../src/faceauth/card-face/alphabet.ts';
import { positional } from './positional.ts';

const [out = 'lines', countWord = '100', seedWord = '1', ...fontWords] = positional(
  'npx tsx scripts/render-card-lines.ts OUT COUNT SEED [FONT…]',
);

/** Debian's fonts-ipafont-gothic, fonts-takao-gothic, fonts-vlgothic, fonts-noto-cjk, fonts-liberation, fonts-dejavu-core, and one of npm. BIZ UDPGothic is kept for measuring. */
const FONTS =
  fontWords.length > 0
    ? fontWords
    : [
        'IPAGothic',
        'IPAPGothic',
        'IPAexGothic',
        'TakaoPGothic',
        'VL Gothic',
        'VL PGothic',
        'Noto Sans CJK JP',
        'Noto Sans Mono CJK JP',
        'Noto Sans JP',
        'Noto Serif CJK JP',
      ];
/** Digits of these stand beside the Japanese of another. */
const LATIN = ['Liberation Sans', 'Liberation Mono', 'Liberation Sans Narrow', 'DejaVu Sans', 'DejaVu Sans Mono', 'Liberation Serif'];

const directory = mkdtempSync(join(tmpdir(), 'card-face-lines-'));
const conf = join(directory, 'fonts.conf');
writeFileSync(
  conf,
  `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig><dir>/usr/share/fonts</dir>${(
    ['noto-sans-jp', 'biz-udpgothic'] as const
  )
    .flatMap((family) => ([400, 700] as const).map((weight) => `<dir>${dirname(fontFile(family, weight))}</dir>`))
    .join('')}<cachedir>${directory}</cachedir></fontconfig>`,
);
process.env['FONTCONFIG_FILE'] = conf;

const random = seededRandom(Number(seedWord));
const below = (n: number): number => Math.floor(random() * n);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
const between = (low: number, high: number): number => low + random() * (high - low);
const digits = (n: number): string => Array.from({ length: n }, () => String(below(10))).join('');

const OTHER = [
  ...'東京都千代田区霞関一二三四五六七八九十丁目番地号大阪府北市南町西村神奈川県横浜福岡札幌名古屋氏住所性別男女電子証書期限個人カード臓器提供意思山本佐藤鈴木高橋伊渡辺中小林加吉花太郎美香由里長役場世帯主区役所会社',
  ...'あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほみむめもやゆよらりるれろわをんアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン',
  ...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghkmnpqrstuvwxyz-ー・／()「」◇▽△○□●',
].filter((character) => !ALPHABET.includes(character));

const pad = (n: number): string => (n < 10 && random() < 0.5 ? pick([' ', '\u3000', '0']) : '') + String(n);
const date = (year: string): string => {
  const gap = pick(['', '', ' ']);
  return `${year}年${gap}${pad(1 + below(12))}月${gap}${pad(1 + below(31))}日`;
};
const eraYear = (): string => pick(['昭和', '昭和', '平成', '平成', '令和', '大正', '明治']) + (random() < 0.1 ? '元' : pad(1 + below(64)));
const noise = (n: number): string => Array.from({ length: n }, () => pick(random() < 0.75 ? OTHER : [...ALPHABET])).join('');

const texts: readonly (() => string)[] = [
  () => `${date(eraYear())}生`,
  () => `${date(eraYear())}生${pick(['  性別 女', '　男', ''])}`,
  () => `${date(String(1925 + below(110)))}まで有効`,
  () => `${date(String(1925 + below(110)))}${pick(['まで有効', '生', ''])}`,
  () => digits(4),
  () => `${noise(2)}  ${digits(4)}`,
  () => Array.from({ length: 16 }, () => pick([...'0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'])).join(''),
  () => digits(10 + below(8)),
  () => noise(5 + below(12)),
  () => `${noise(4)}${digits(1)}丁目${1 + below(30)}番${1 + below(20)}号`,
];

const escapeXml = (text: string): string => text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);

interface Line {
  readonly width: number;
  readonly font: string;
  /** Centre in pixels and the character; every character that is not of the alphabet is "other". */
  readonly glyphs: readonly (readonly [number, string])[];
}

const EM = 44;
const HEIGHT = 64;
const file = openSync(`${out}.bin`, 'w');
const lines: Line[] = [];
for (let i = 0; i < Number(countWord); i++) {
  const font = pick(FONTS);
  const latin = random() < 0.25 && fontWords.length === 0 ? pick(LATIN) : font;
  const weight = pick([400, 400, 500, 700]);
  const narrow = between(0.5, 0.64);
  const track = between(0.97, 1.12);
  const squeeze = between(0.9, 1.08);
  const full = random() < 0.08;
  let x = between(10, 40);
  const glyphs: [number, string][] = [];
  const marks: string[] = [];
  for (const character of pick(texts)()) {
    const latinGlyph = /[ -~]/.test(character);
    const advance = (latinGlyph && !full ? (character === ' ' ? 0.5 : narrow) : 1) * EM * track * squeeze;
    const centre = x + advance / 2;
    x += advance;
    if (character === ' ' || character === '\u3000') continue;
    const shown = full && /[0-9]/.test(character) && random() < 0.9 ? String.fromCodePoint(0xff10 + Number(character)) : character;
    const family = latinGlyph ? latin : font;
    marks.push(
      `<text transform="translate(${centre.toFixed(1)} 48) scale(${squeeze.toFixed(3)} 1)" text-anchor="middle" font-family="${family}" font-weight="${weight}" font-size="${EM}">${escapeXml(shown)}</text>`,
    );
    glyphs.push([Math.round(centre * 10) / 10, character]);
  }
  const width = Math.ceil(x + between(10, 40));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}"><rect width="100%" height="100%" fill="#fff"/>${marks.join('')}</svg>`;
  const pixels = await sharp(Buffer.from(svg)).flatten({ background: '#fff' }).toColourspace('b-w').extractChannel(0).raw().toBuffer();
  writeSync(file, pixels);
  lines.push({ width, font, glyphs });
}
closeSync(file);
writeFileSync(`${out}.json`, JSON.stringify({ alphabet: ALPHABET, height: HEIGHT, em: EM, lines }));
console.log(`${lines.length} lines in ${out}.json and ${out}.bin`);
