// The panel before everything else: opened and painted while the rest of the program is not even loaded.
// Reads only which framebuffer the configuration names; what is wrong with the file is said by whoever reads all of it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type FramebufferOptions, openFramebuffer } from '../display/framebuffer-surface.ts';
import type { Surface } from '../display/ports.ts';
import { paintSplash } from '../display/splash.ts';

interface PanelWords {
  readonly framebuffer?: unknown;
  readonly rotation?: unknown;
}

const TABLE = /^\s*\[\s*([\w.-]+)\s*\]\s*(?:#.*)?$/;
/** A whole line: a bare key and a number, a word, a string in double quotes without escapes, or an array of such. */
const PLAIN = /^\s*([\w-]+)\s*=\s*(?:"([^"\\]*)"|([\w.:+-]+)|\[[^\][]*\])\s*(?:#.*)?$/;
const EMPTY = /^\s*(?:#.*)?$/;

/** The table `panel` of a file that holds plain lines only; undefined: it takes a TOML reader to tell. */
const panelPlainly = (text: string): PanelWords | undefined => {
  const words: Record<string, string | number> = {};
  let table = '';
  for (const line of text.split('\n')) {
    if (EMPTY.test(line)) continue;
    const [, opened] = TABLE.exec(line) ?? [];
    const [, key, string, other] = PLAIN.exec(line) ?? [];
    if (opened !== undefined) table = opened;
    else if (key === undefined) return undefined;
    else if (table === 'panel') words[key] = string ?? Number(other ?? Number.NaN);
  }
  return words;
};

/** Loading the TOML reader takes as long as the rest of the way to the picture, so plain files do without. Throws when it is no TOML. */
export const panelIn = (text: string): PanelWords => {
  const plainly = panelPlainly(text);
  if (plainly !== undefined) return plainly;
  const { parse } = createRequire(import.meta.url)('smol-toml') as typeof import('smol-toml');
  return (parse(text)['panel'] ?? {}) as PanelWords;
};

const framebufferIn = (file: string): string | undefined => {
  const { framebuffer: name = 'fb0', rotation } = panelIn(readFileSync(file, 'utf8'));
  // A turned panel is turned by the renderer.
  if (rotation !== undefined && rotation !== 0) return undefined;
  return typeof name === 'string' && /^fb[0-9]+$/.test(name) ? name : undefined;
};

/** The panel with the splash on it; undefined when it cannot be had yet, which is told later with what to do. */
export const paintEarly = (file: string, options: FramebufferOptions = {}): Surface | undefined => {
  try {
    const name = framebufferIn(file);
    if (name === undefined) return undefined;
    const surface = openFramebuffer({ name, ...options });
    paintSplash(surface);
    return surface;
  } catch {
    return undefined;
  }
};
