// The pages of the project against the project: links lead somewhere, generated pages are fresh, every failure has its row.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'tap';
import { failureCodesPage } from '../../scripts/failure-codes.ts';
import { journeys } from '../../scripts/generate-journeys.ts';
import { configurationPage } from '../../src/config/document.ts';
import { FAILURE_CODES } from '../../src/core/failure.ts';
import { asyncApiPage } from '../../src/uplink/contract/asyncapi.ts';

const LARGEST_PICTURE_BYTES = 320_000;
/** A contact sheet holds some 190 screens. */
const LARGEST_SHEET_BYTES = 480_000;

const read = (path: string): string => readFileSync(path, 'utf8');
const below = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
const pages = [...readdirSync('.'), ...below('docs')].filter((name) => name.endsWith('.md'));

/** What code blocks and code spans hold are no links. */
const prose = (page: string): string => page.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

const targets = (page: string): string[] =>
  [...prose(page).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)|(?:src|href)="([^"]+)"/g)]
    .map(([, link, attribute]) => link ?? attribute ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));

/** Ids of a page's headings as GitHub makes them, and the ones written as <a id>. */
const anchors = (page: string): Set<string> => {
  const headings = [...page.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} +(.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
  return new Set([...headings, ...[...page.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id)]);
};

test('every link from one page of the project to another file leads to it, and to its heading', (t) => {
  t.ok(pages.includes('README.md') && pages.length > 8, `${pages.length} pages were read`);
  const broken = pages.flatMap((page) =>
    targets(read(page))
      .filter((target) => {
        const [path = '', anchor] = decodeURI(target).split('#');
        const file = path === '' ? page : normalize(join(dirname(page), path));
        if (file.startsWith('..') || !existsSync(file)) return true;
        return anchor !== undefined && file.endsWith('.md') && !anchors(read(file)).has(anchor);
      })
      .map((target) => `${page}: ${target}`),
  );
  t.same(broken, []);
  t.end();
});

test('every attack of the threat model is a test of that name, and every such test stands in the threat model', (t) => {
  const told = [...read('docs/threat-model.md').matchAll(/`(attack: [^`]+)`/g)].map(([, name]) => name);
  const tried = [...read('test/uplink/attacks.test.ts').matchAll(/^test\((['"])(attack: .+?)\1/gm)].map(
    ([, , name]) => name?.split(',')[0],
  );
  t.same([...new Set(told)].sort(), [...new Set(tried)].sort());
  t.equal(new Set(told).size, 12);
  t.end();
});

test('pages that are made from the code are what the code makes now', (t) => {
  const generated = [
    ['docs/configuration.md', configurationPage],
    ['docs/failure-codes.md', failureCodesPage],
    ['docs/journeys.md', journeys],
    ['src/uplink/contract/asyncapi.json', asyncApiPage],
  ] as const;
  for (const [path, make] of generated) t.ok(read(path) === make(), `${path} is fresh (if not: npm run docs)`);
  t.end();
});

test('every failure code has one row', (t) => {
  const rows = read('docs/failure-codes.md')
    .split('\n')
    .filter((line) => line.startsWith('| <a id='));
  t.same(
    rows.map((row) => /`([a-z-]+\/[a-z-]+)`/.exec(row)?.[1]),
    [...FAILURE_CODES, 'certificate/expires-soon', 'certificate/expired-in-grace'],
  );
  for (const row of rows) t.notMatch(row, /\| *\|/, `no empty cell: ${row.slice(0, 60)}`);
  t.end();
});

test('pictures of the pages are small, and each of them is shown somewhere', (t) => {
  const shown = pages.flatMap((page) => targets(read(page)).map((target) => normalize(join(dirname(page), target))));
  for (const picture of below('docs').filter((name) => name.endsWith('.png'))) {
    const most = picture.startsWith(join('docs', 'screens')) ? LARGEST_SHEET_BYTES : LARGEST_PICTURE_BYTES;
    t.ok(statSync(picture).size < most, `${picture} is below ${most} bytes`);
    t.ok(shown.includes(picture), `${picture} is shown`);
  }
  t.end();
});

test('commands that the pages name exist', (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = pages.flatMap((page) => [...read(page).matchAll(/npm run ([a-z:-]+)/g)].map(([, name = '']) => name));
  t.ok(named.length > 5, `${named.length} were found`);
  t.same(
    [...new Set(named)].filter((name) => scripts[name] === undefined),
    [],
  );
  t.end();
});
