// The face match of a running kiosk: models loaded once, in the background. Without models the kiosk serves by PIN and staff look.

import type { KioskConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import { asFailure, KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { type FaceModels, loadFaceModels } from '../faceauth/models.ts';
import type { FaceVerifier } from '../faceauth/ports.ts';
import { createFaceVerifier, warmUpFaceModels } from '../faceauth/verifier.ts';

export interface FaceService {
  /** Loads and warms up the models, once; a failure is logged and tried again at the next call. */
  prepare(): Promise<void>;
  /** Throws model/unavailable while there are none. */
  verifier(): FaceVerifier;
  close(): Promise<void>;
}

export const createFaceService = ({ config, clock, log }: { config: KioskConfig['face']; clock: Clock; log: Log }): FaceService => {
  let models: FaceModels | undefined;
  let verifier: FaceVerifier | undefined;
  const load = async (): Promise<void> => {
    const root = config.modelDirectory;
    models = await loadFaceModels(root === undefined ? {} : { root });
    await warmUpFaceModels(models);
    verifier = createFaceVerifier({
      models,
      threshold: config.threshold,
      ...(config.livenessThreshold === undefined ? {} : { livenessThreshold: config.livenessThreshold }),
      clock,
      log,
    });
  };
  return {
    async prepare() {
      if (verifier !== undefined) return;
      await load().catch((cause: unknown) => {
        const failure = asFailure(cause, 'model/unavailable');
        // The message says what to do (scripts/install-models.js): a technician reads it in the journal.
        log.error('models-unavailable', { code: failure.code, advice: failure.message });
      });
    },
    verifier() {
      if (verifier === undefined) throw new KioskFailure('model/unavailable');
      return verifier;
    },
    async close() {
      verifier = undefined;
      await models?.close();
      models = undefined;
    },
  };
};
