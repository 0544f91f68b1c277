// A USB stick with an update that is made of the image's own parts, signed with the key that the image was built with.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BoxLab } from './box-lab.ts';

const { KAZASHI_UPDATE_KEY: KEY } = process.env;

/** false, or why there can be no update. */
export const NO_KEY =
  KEY !== undefined && existsSync(KEY) ? false : 'KAZASHI_UPDATE_KEY=FILE is needed: the key that image/build --sign-key was given';

export type Parts = ReturnType<BoxLab['takeParts']>;

/** `initrd`: another one in the place of the image's own. */
export const stickWith = (lab: BoxLab, version: string, initrd?: string): { readonly stick: string; readonly parts: Parts } => {
  const at = (name: string) => join(lab.folder, name);
  const own = lab.takeParts(at('parts'));
  const parts = { ...own, initrd: initrd ?? own.initrd };
  const bundle = at('new.kazashi-update');
  const words = ['--root', parts.root, '--kernel', parts.kernel, '--initrd', parts.initrd, '--sign-key', String(KEY)];
  execFileSync(process.execPath, ['dist/main.js', 'update', 'make', ...words, '--version', version, '--to', bundle], { stdio: 'pipe' });
  const stick = at(`stick-${version}.img`);
  execFileSync('truncate', ['-s', '1G', stick]);
  execFileSync('/usr/sbin/mkfs.vfat', ['-F', '32', stick], { stdio: 'pipe' });
  execFileSync('mcopy', ['-i', stick, bundle, '::/new.kazashi-update']);
  return { stick, parts };
};
