// Makes `npx kazashi` work in a checkout: npm links the commands of dependencies, but not a project's own.

import { mkdirSync, rmSync, symlinkSync } from 'node:fs';

const directory = new URL('../node_modules/.bin/', import.meta.url);
mkdirSync(directory, { recursive: true });
const link = new URL('kazashi', directory);
rmSync(link, { force: true });
symlinkSync('../../bin/kazashi.js', link);
