// The two packages the face bench compares with. Installed by the bench itself, exact versions, outside of what the product installs.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../built.ts';

/** human and face-api are built against tfjs 4.22; the native tfjs-node fetches its library from elsewhere, WebAssembly is inside its package. */
const PACKAGES = {
  '@vladmandic/human': '3.3.6',
  '@vladmandic/face-api': '1.7.15',
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
} as const;

export const versionOf = (name: keyof typeof PACKAGES): string => PACKAGES[name];

const LIMIT_MS = 600_000;

/** Installs what is missing (375 MB). Answers the folder, or why there is none. */
export const installPeers = (): { readonly folder: string } | { readonly reason: string } => {
  const folder = join(fileURLToPath(ROOT), 'node_modules', '.cache', 'bench-face');
  if (Object.keys(PACKAGES).every((name) => existsSync(join(folder, 'node_modules', name, 'package.json')))) return { folder };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ private: true, dependencies: PACKAGES }, undefined, 2)}\n`);
  const { status, stderr, error } = spawnSync(
    'npm',
    ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'],
    { cwd: folder, encoding: 'utf8', timeout: LIMIT_MS },
  );
  if (status === 0) return { folder };
  const said = (error?.message ?? stderr).split('\n').filter((line) => !line.startsWith('npm warn'));
  return { reason: `npm could not install them: ${said.find((line) => line.trim() !== '') ?? `status ${status}`}` };
};
