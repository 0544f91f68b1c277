// A kiosk that cannot start says why on its own panel, stays there, and starts again when the settings are saved or after a while.
// A box without keyboard and screen to log in on would otherwise only be black.

import { readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import type { Clock } from '../core/clock.ts';
import { isFailure } from '../core/failure.ts';
import { type FramebufferOptions, openFramebuffer } from '../display/framebuffer-surface.ts';
import { paintBlocks } from '../display/paint.ts';
import type { Surface } from '../display/ports.ts';
import { openRasteriser } from '../display/raster.ts';
import { type Rotation, rotated } from '../display/rotated-surface.ts';
import { type StartProblem, startProblemScene } from '../display/start-problem.ts';

/** How often the settings file is looked at, and after how long a start is tried again that failed for another reason. */
const LOOK_MS = 2000;
const AGAIN_MS = 60_000;

/** Set by the image (kazashi.service.d): the settings are mended on the card, not at /etc/kazashi. */
const settingsOnCard = (): { readonly card?: string } => {
  const { KAZASHI_SETTINGS_ON_CARD: card } = process.env;
  return card === undefined ? {} : { card };
};

const problemOf = (cause: unknown, file: string): StartProblem => {
  if (!isFailure(cause))
    return { code: 'visit/internal', message: 'The program failed at its start: journalctl -u kazashi has the reason.' };
  return { code: cause.code, message: cause.message, ...(cause.code === 'config/invalid' ? { file, ...settingsOnCard() } : {}) };
};

/** The turn of the panel, as far as a file that may be wrong says it. */
const rotationIn = (file: string): Rotation => {
  try {
    const { panel } = parse(readFileSync(file, 'utf8')) as { panel?: { rotation?: unknown } };
    return [90, 180, 270].includes(panel?.rotation as number) ? (panel?.rotation as Rotation) : 0;
  } catch {
    return 0;
  }
};

/**
 * Paints what kept the kiosk from starting. `painted` = the panel when it is open already, else it is opened.
 * Throws what keeps the panel from being painted (display/unavailable, display/no-font, storage/unwritable).
 */
export const paintStartTrouble = async (
  cause: unknown,
  file: string,
  painted?: Surface,
  options: FramebufferOptions = {},
): Promise<void> => {
  const surface = painted ?? rotated(openFramebuffer(options), rotationIn(file));
  // The data directory may be what is wrong.
  const rasteriser = await openRasteriser(join(tmpdir(), 'kazashi-fonts'));
  await paintBlocks(rasteriser, surface, startProblemScene(surface.geometry, problemOf(cause, file)).blocks);
};

const changedAt = (file: string): number => {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
};

/** Resolves when a new start is worth while: the settings file was saved, or (when it was not the settings) a minute has passed. */
export const worthAnotherStart = (cause: unknown, file: string, clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    const before = changedAt(file);
    const settings = isFailure(cause) && cause.code === 'config/invalid';
    const began = clock.monotonicMs();
    const look = (): void => {
      if (changedAt(file) !== before || (!settings && clock.monotonicMs() - began >= AGAIN_MS)) resolve();
      else clock.setTimeout(look, LOOK_MS);
    };
    clock.setTimeout(look, LOOK_MS);
  });
