// A new kiosk before it is anybody's: its panel shows the code, and it waits to be let in.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KioskConfig } from '../../config/schema.ts';
import type { Clock } from '../../core/clock.ts';
import { systemRandom } from '../../core/ids.ts';
import type { Log } from '../../core/log.ts';
import { openFramebuffer } from '../../display/framebuffer-surface.ts';
import { paintBlocks } from '../../display/paint.ts';
import { pairingScene } from '../../display/pairing-scene.ts';
import type { Surface } from '../../display/ports.ts';
import { openRasteriser } from '../../display/raster.ts';
import { rotated } from '../../display/rotated-surface.ts';
import { askAdmission } from './ask-admission.ts';

interface PairOnPanelParts {
  readonly config: KioskConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** The panel when it is open already. */
  readonly painted: Surface | undefined;
}

/** Resolves when the kiosk is let in. Rejects when aborted; throws storage/unwritable, display/…. The code is on the panel alone, never in the log. */
export const pairOnPanel = async ({ config, clock, log, signal, painted }: PairOnPanelParts): Promise<void> => {
  const surface = rotated(painted ?? openFramebuffer({ name: config.panel.framebuffer }), config.panel.rotation);
  const rasteriser = await openRasteriser(join(tmpdir(), 'kazashi-fonts'));
  const { uplink, site, kiosk } = config;
  let painting: Promise<unknown> = Promise.resolve();
  log.info('pairing', { kiosk: kiosk.id });
  await askAdmission({
    config,
    clock,
    random: systemRandom,
    signal,
    show: (code, state) => {
      const note = { code, state, site: site.id, kiosk: kiosk.id, address: new URL(uplink.pairing ?? '').host };
      painting = painting
        .then(() => paintBlocks(rasteriser, surface, pairingScene(surface.geometry, note).blocks))
        .catch(() => log.error('pairing.not-shown'));
    },
  });
  await painting;
  surface.close();
  log.info('paired', { kiosk: kiosk.id });
};
