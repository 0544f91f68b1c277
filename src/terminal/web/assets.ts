// Serves the page's files and fonts. They are plain browser files and are not compiled, so they are looked for beside this module
// and, when this runs from dist/, in src/ of the same package. A fixed list: no path of a request ever reaches the disk.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { KioskFailure } from '../../core/failure.ts';

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;

const FILES: Readonly<Record<string, keyof typeof TYPES>> = {
  'index.html': 'html',
  'css/base.css': 'css',
  'css/controls.css': 'css',
  'css/frame.css': 'css',
  'css/login.css': 'css',
  'css/kiosks.css': 'css',
  'css/list.css': 'css',
  'css/detail.css': 'css',
  'css/views.css': 'css',
  'css/small-screens.css': 'css',
  'css/print.css': 'css',
  'icon.svg': 'svg',
  'app.js': 'js',
  'api.js': 'js',
  'arrivals.js': 'js',
  'copies.js': 'js',
  'troubles.js': 'js',
  'dom.js': 'js',
  'fields.js': 'js',
  'words.js': 'js',
  'login.js': 'js',
  'visits.js': 'js',
  'detail.js': 'js',
  'kiosks.js': 'js',
  'insurance.js': 'js',
  'medical.js': 'js',
  'admin.js': 'js',
  'faults.js': 'js',
  'handover.js': 'js',
  'help.js': 'js',
  'idle.js': 'js',
  'setup.js': 'js',
};

const FONTS = {
  'regular.ttf': '@expo-google-fonts/biz-udpgothic/400Regular/BIZUDPGothic_400Regular.ttf',
  'bold.ttf': '@expo-google-fonts/biz-udpgothic/700Bold/BIZUDPGothic_700Bold.ttf',
  'rare.ttf': '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
} as const;

/** Bytes of one page file. Throws input/invalid naming the file when the package is incomplete. */
const readAsset = (name: string): Buffer => {
  const places = [new URL(name, import.meta.url), new URL(`../../../src/terminal/web/${name}`, import.meta.url)];
  const file = places.map((place) => fileURLToPath(place)).find((place) => existsSync(place));
  if (file === undefined) {
    throw new KioskFailure('config/invalid', {
      facts: { file: name },
      message: `the page's file src/terminal/web/${name} is missing: install the whole package, src/terminal/web included`,
    });
  }
  return readFileSync(file);
};

export const pageRoutes = (app: FastifyInstance): void => {
  for (const [name, type] of Object.entries(FILES)) {
    const bytes = readAsset(name);
    app.get(name === 'index.html' ? '/' : `/${name}`, (_request, reply) =>
      reply.header('cache-control', 'no-cache').type(TYPES[type]).send(bytes),
    );
  }
  const find = createRequire(import.meta.url).resolve;
  for (const [name, path] of Object.entries(FONTS)) {
    app.get(`/fonts/${name}`, (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=604800')
        .type('font/ttf')
        .send(readFileSync(find(path))),
    );
  }
};
