// Writes the pages of docs/ that are made from the code. `--check` writes nothing and fails when one is stale.

import { readFileSync, writeFileSync } from 'node:fs';
import { configurationPage } from '../src/config/document.ts';
import { asyncApiPage } from '../src/uplink/contract/asyncapi.ts';
import { failureCodesPage } from './failure-codes.ts';
import { journeys } from './generate-journeys.ts';

const pages: readonly (readonly [string, () => string])[] = [
  ['docs/configuration.md', configurationPage],
  ['docs/failure-codes.md', failureCodesPage],
  ['docs/journeys.md', journeys],
  ['src/uplink/contract/asyncapi.json', asyncApiPage],
];

const stale = pages.filter(([path, make]) => {
  const page = make();
  let old = '';
  try {
    old = readFileSync(path, 'utf8');
  } catch {
    // A page that does not exist yet is stale.
  }
  if (old === page) return false;
  if (!process.argv.includes('--check')) writeFileSync(path, page);
  return true;
});

for (const [path] of stale) console.log(process.argv.includes('--check') ? `stale: ${path}` : `written: ${path}`);
if (process.argv.includes('--check') && stale.length > 0) process.exitCode = 1;
