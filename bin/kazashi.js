#!/usr/bin/env node
// The command `kazashi`: starts the built program, and says how to build it where there is none.

import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  process.stderr.write('kazashi: the program is not built yet; run: npm run build\n');
  process.exitCode = 1;
}
