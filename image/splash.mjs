// image/splash.mjs DIR: the splash as bytes of a panel with 32 bits per pixel, a file per size, for the initrd, which has no program to unpack it.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackRuns } from '../dist/display/runs.js';
import { SPLASH_SIZES, splashDirectory, splashFile } from '../dist/display/splash.js';

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: splash.mjs DIR');
mkdirSync(directory);
for (const { width, height } of SPLASH_SIZES) {
  const file = readFileSync(splashFile(splashDirectory(), width, height));
  const runs = new Uint32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
  writeFileSync(join(directory, `${width}x${height}`), unpackRuns(runs, 4));
}
