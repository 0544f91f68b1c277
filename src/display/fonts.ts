// Which font files are ours, and the fonts.conf that shows the renderer exactly these and nothing of the host.
// Must run before the first text is drawn: fontconfig reads its environment once.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { KioskFailure } from '../core/failure.ts';
import type { Language } from '../core/screens.ts';
import { escapeXml } from './text/escape.ts';

export type Weight = 400 | 700;
export type FontPackage = 'biz-udpgothic' | 'noto-sans-jp' | 'noto-sans-sc' | 'noto-sans-kr';

const FILES: Readonly<Record<FontPackage, Readonly<Record<Weight, string>>>> = {
  'biz-udpgothic': { 400: '400Regular/BIZUDPGothic_400Regular.ttf', 700: '700Bold/BIZUDPGothic_700Bold.ttf' },
  'noto-sans-jp': { 400: '400Regular/NotoSansJP_400Regular.ttf', 700: '700Bold/NotoSansJP_700Bold.ttf' },
  'noto-sans-sc': { 400: '400Regular/NotoSansSC_400Regular.ttf', 700: '700Bold/NotoSansSC_700Bold.ttf' },
  'noto-sans-kr': { 400: '400Regular/NotoSansKR_400Regular.ttf', 700: '700Bold/NotoSansKR_700Bold.ttf' },
};

const FAMILIES: Readonly<Record<FontPackage, string>> = {
  'biz-udpgothic': 'BIZ UDPGothic',
  'noto-sans-jp': 'Noto Sans JP',
  'noto-sans-sc': 'Noto Sans SC',
  'noto-sans-kr': 'Noto Sans KR',
};

const PACKAGES = Object.keys(FAMILIES) as readonly FontPackage[];

/** The font each language is set in; Noto Sans JP holds every letter of Vietnamese, which BIZ UDPGothic would draw from two fonts. */
const FIRST: Readonly<Record<Language, FontPackage>> = {
  ja: 'biz-udpgothic',
  en: 'biz-udpgothic',
  'zh-Hans': 'noto-sans-sc',
  ko: 'noto-sans-kr',
  vi: 'noto-sans-jp',
  'ja-simple': 'biz-udpgothic',
};

/** Fonts of a language, the first that has a glyph draws it. */
export const fontsOf = (language: Language): readonly FontPackage[] => STACKS[language];

const STACKS = Object.fromEntries(
  Object.entries(FIRST).map(([language, first]) => [language, [first, ...PACKAGES.filter((family) => family !== first)]]),
) as unknown as Readonly<Record<Language, readonly FontPackage[]>>;

/** The same as SVG's font-family. */
export const familyOf = (language: Language): string =>
  fontsOf(language)
    .map((family) => FAMILIES[family])
    .join(', ');

const require = createRequire(import.meta.url);

/** Absolute path of one font file. Throws display/no-font when its package is not installed. */
export const fontFile = (family: FontPackage, weight: Weight): string => {
  const name = `@expo-google-fonts/${family}/${FILES[family][weight]}`;
  try {
    return require.resolve(name);
  } catch (cause) {
    throw new KioskFailure('display/no-font', { cause, message: `the font ${name} is not installed: run npm ci again` });
  }
};

/** The fonts.conf text: our directories only. Which font comes first is said where a text is drawn. */
export const fontsConf = (directories: readonly string[], cacheDirectory: string): string =>
  [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
    '<fontconfig>',
    ...directories.map((directory) => `  <dir>${escapeXml(directory)}</dir>`),
    `  <cachedir>${escapeXml(cacheDirectory)}</cachedir>`,
    '</fontconfig>',
    '',
  ].join('\n');

/** Writes fonts.conf into `directory` (made if missing) and points FONTCONFIG_FILE at it. Answers its path. */
export const installFonts = (directory: string, environment: NodeJS.ProcessEnv = process.env): string => {
  const weights: readonly Weight[] = [400, 700];
  const directories = PACKAGES.flatMap((family) => weights.map((weight) => dirname(fontFile(family, weight))));
  // fontconfig looks for a relative name in its own directories, not in ours.
  const path = resolve(directory, 'fonts.conf');
  try {
    mkdirSync(join(directory, 'fontconfig'), { recursive: true });
    writeFileSync(path, fontsConf(directories, resolve(directory, 'fontconfig')));
  } catch (cause) {
    throw new KioskFailure('storage/unwritable', { cause, message: `cannot write ${path}: make the directory writable` });
  }
  Object.assign(environment, { FONTCONFIG_FILE: path });
  return path;
};
