// A new kiosk before it is anybody's: its panel shows the code, and it waits to be let in.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KioskConfig } from '../../config/schema.ts';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { openFramebuffer } from '../../display/framebuffer-surface.ts';
import type { Surface } from '../../display/ports.ts';
import { openRasteriser } from '../../display/raster.ts';
import { rotated } from '../../display/rotated-surface.ts';
import { showPairing } from './show-pairing.ts';

interface PairOnPanelParts {
  readonly config: KioskConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** The panel when it is open already. */
  readonly painted: Surface | undefined;
}

/** Resolves when the kiosk is let in. Rejects when aborted; throws storage/unwritable, display/…. */
export const pairOnPanel = async ({ config, clock, log, signal, painted }: PairOnPanelParts): Promise<void> => {
  const surface = rotated(painted ?? openFramebuffer({ name: config.panel.framebuffer }), config.panel.rotation);
  const rasteriser = await openRasteriser(join(tmpdir(), 'kazashi-fonts'));
  await showPairing({ config, clock, log, signal, rasteriser, surface });
  surface.close();
};
