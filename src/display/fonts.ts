// Which font files are ours, and the fonts.conf that shows the renderer exactly these and nothing of the host.
// Must run before the first text is drawn: fontconfig reads its environment once.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { KioskFailure } from '../core/failure.ts';
import { escapeXml } from './text/escape.ts';

export type Weight = 400 | 700;
export type FontPackage = 'biz-udpgothic' | 'noto-sans-jp';

const FILES: Readonly<Record<FontPackage, Readonly<Record<Weight, string>>>> = {
  'biz-udpgothic': { 400: '400Regular/BIZUDPGothic_400Regular.ttf', 700: '700Bold/BIZUDPGothic_700Bold.ttf' },
  'noto-sans-jp': { 400: '400Regular/NotoSansJP_400Regular.ttf', 700: '700Bold/NotoSansJP_700Bold.ttf' },
};

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

/** The fonts.conf text: our directories only, BIZ UDPGothic first, Noto Sans JP for what it lacks. */
export const fontsConf = (directories: readonly string[], cacheDirectory: string): string =>
  [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
    '<fontconfig>',
    ...directories.map((directory) => `  <dir>${escapeXml(directory)}</dir>`),
    `  <cachedir>${escapeXml(cacheDirectory)}</cachedir>`,
    '  <alias binding="same"><family>BIZ UDPGothic</family><accept><family>Noto Sans JP</family></accept></alias>',
    '</fontconfig>',
    '',
  ].join('\n');

/** Writes fonts.conf into `directory` (made if missing) and points FONTCONFIG_FILE at it. Answers its path. */
export const installFonts = (directory: string, environment: NodeJS.ProcessEnv = process.env): string => {
  const weights: readonly Weight[] = [400, 700];
  const packages: readonly FontPackage[] = ['biz-udpgothic', 'noto-sans-jp'];
  const directories = packages.flatMap((family) => weights.map((weight) => dirname(fontFile(family, weight))));
  const path = join(directory, 'fonts.conf');
  try {
    mkdirSync(join(directory, 'fontconfig'), { recursive: true });
    writeFileSync(path, fontsConf(directories, join(directory, 'fontconfig')));
  } catch (cause) {
    throw new KioskFailure('storage/unwritable', { cause, message: `cannot write ${path}: make the directory writable` });
  }
  Object.assign(environment, { FONTCONFIG_FILE: path });
  return path;
};
