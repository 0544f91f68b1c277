// The pairing of a new kiosk on a panel that is open: each code and each state is painted, until somebody lets it in.

import type { KioskConfig } from '../../config/schema.ts';
import type { Clock } from '../../core/clock.ts';
import { systemRandom } from '../../core/ids.ts';
import type { Log } from '../../core/log.ts';
import { paintBlocks } from '../../display/paint.ts';
import { pairingScene } from '../../display/pairing-scene.ts';
import type { SceneElement, Surface } from '../../display/ports.ts';
import type { Rasteriser } from '../../display/raster.ts';
import { askAdmission } from './ask-admission.ts';

interface ShowPairingParts {
  readonly config: KioskConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly rasteriser: Rasteriser;
  readonly surface: Surface;
  /** What stands on the panel from now on. */
  readonly onShown?: (elements: readonly SceneElement[]) => void;
}

/** Resolves when the kiosk is let in. Rejects when aborted; throws storage/unwritable. The code is on the panel alone, never in the log. */
export const showPairing = async ({ config, clock, log, signal, rasteriser, surface, onShown }: ShowPairingParts): Promise<void> => {
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
      const { blocks, elements } = pairingScene(surface.geometry, note);
      painting = painting
        .then(() => paintBlocks(rasteriser, surface, blocks))
        .then(() => onShown?.(elements))
        .catch(() => log.error('pairing.not-shown'));
    },
  });
  await painting;
  log.info('paired', { kiosk: kiosk.id });
};
