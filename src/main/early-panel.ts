// The panel before everything else: opened and painted while the rest of the program is not even loaded.
// Reads only which framebuffer the configuration names; what is wrong with the file is said by whoever reads all of it.

import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { type FramebufferOptions, openFramebuffer } from '../display/framebuffer-surface.ts';
import type { Surface } from '../display/ports.ts';
import { paintSplash } from '../display/splash.ts';

const framebufferIn = (file: string): string | undefined => {
  const { panel } = parse(readFileSync(file, 'utf8')) as { panel?: { framebuffer?: unknown; rotation?: unknown } };
  // A turned panel is turned by the renderer.
  if (panel?.rotation !== undefined && panel.rotation !== 0) return undefined;
  const name = panel?.framebuffer ?? 'fb0';
  return typeof name === 'string' && /^fb[0-9]+$/.test(name) ? name : undefined;
};

/** The panel with the splash on it; undefined when it cannot be had yet, which is told later with what to do. */
export const paintEarly = (file: string, options: FramebufferOptions = {}): Surface | undefined => {
  try {
    const name = framebufferIn(file);
    if (name === undefined) return undefined;
    const surface = openFramebuffer({ name, ...options });
    paintSplash(surface);
    return surface;
  } catch {
    return undefined;
  }
};
