// Finds and reads the files of the page, whether the program runs from src/ or from dist/ (the compiler copies no HTML or CSS),
// and the two font files. Serves exactly the files that lay there at start: no path of a request reaches the disk.

import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
};

const FONTS: Readonly<Record<string, string>> = {
  'biz-udpgothic-400.ttf': '@expo-google-fonts/biz-udpgothic/400Regular/BIZUDPGothic_400Regular.ttf',
  'biz-udpgothic-700.ttf': '@expo-google-fonts/biz-udpgothic/700Bold/BIZUDPGothic_700Bold.ttf',
};

export interface WebFile {
  readonly type: string;
  readonly bytes: Buffer;
}

export interface WebFiles {
  /** `name` is one file name without a folder. Undefined when the page has no such file. */
  read(name: string): Promise<WebFile | undefined>;
}

/** Beside this module, or in src/twin/web of the package this module was built from. */
const findFolder = (): string => {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = join(here, 'web');
  if (existsSync(join(beside, 'index.html'))) return beside;
  let folder = here;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'src', 'twin', 'web');
};

export const openWebFiles = (): WebFiles => {
  const folder = findFolder();
  const require = createRequire(import.meta.url);
  const paths = new Map(readdirSync(folder).map((name) => [name, join(folder, name)]));
  for (const [name, id] of Object.entries(FONTS)) paths.set(name, require.resolve(id));
  return {
    read: async (name) => {
      const path = paths.get(name);
      const type = TYPES[extname(name)];
      return path === undefined || type === undefined ? undefined : { type, bytes: await readFile(path) };
    },
  };
};
