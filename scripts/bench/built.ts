// The compiled program's modules, with the types of their sources: what is measured is what is shipped, not what a loader makes of it.

import { readFileSync } from 'node:fs';

export const ROOT = new URL('../../', import.meta.url);

/** `module` = path below src/ without extension. */
export const built = <M>(module: string): Promise<M> => import(new URL(`dist/${module}.js`, ROOT).href) as Promise<M>;

/**
 * Node's own words in package.json's start and in systemd/kazashi.service: a young generation of 2 MB, since the kiosk makes little waste, and an
 * old one that is collected rather than let grow.
 */
export const NODE_FLAGS = ['--max-semi-space-size=2', '--optimize-for-size'];

/** What a process on the box finds around it: the unit's own settings (where models are aside), and nothing of whoever runs the bench. */
export const boxEnvironment = (): Record<string, string> => {
  const unit = readFileSync(new URL('systemd/kazashi.service', ROOT), 'utf8');
  const words = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line = '']) => line.split(' '));
  const settings = words.map((word) => word.split('=')).filter(([name]) => name !== 'KAZASHI_MODELS');
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, LANG: 'C.UTF-8', ...(Object.fromEntries(settings) as Record<string, string>) };
};
