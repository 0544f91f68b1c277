// The face match of a running kiosk: a thread of its own, started once, in the background. Without models the kiosk serves by PIN and staff look.

import type { KioskConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import { asFailure, KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import type { FacePlace, FaceVerifier } from '../faceauth/ports.ts';
import { startWorkerVerifier, type WorkerVerifier } from '../faceauth/worker/worker-verifier.ts';

export interface FaceService {
  /**
   * Starts the face thread with its models, once; a failure is logged and tried again at the next call. Resolves after 45 s at the latest: on a
   * slow box the loading goes on beside the patients, who have their PIN.
   */
  prepare(): Promise<void>;
  /** Throws model/unavailable while there are none. */
  verifier(): FaceVerifier;
  /** Called with every camera frame that was looked at: where the face is. */
  onFace(listener: (place: FacePlace | undefined) => void): void;
  close(): Promise<void>;
}

/** The self-test has a minute for all it does, and a kiosk without a face is better than none. */
const WAITED_FOR_MS = 45_000;

interface FaceServiceParts {
  readonly config: KioskConfig['face'];
  readonly log: Log;
  readonly clock: Clock;
  readonly startVerifier?: typeof startWorkerVerifier;
}

export const createFaceService = ({ config, log, clock, startVerifier = startWorkerVerifier }: FaceServiceParts): FaceService => {
  let verifier: WorkerVerifier | undefined;
  let starting: Promise<void> | undefined;
  let closed = false;
  let onFace: (place: FacePlace | undefined) => void = () => undefined;

  const start = async (): Promise<void> => {
    const { modelDirectory: root, falseAcceptRate, threshold, livenessThreshold, challenge } = config;
    const settings = {
      falseAcceptRate,
      challenge,
      ...(threshold === undefined ? {} : { threshold }),
      ...(root === undefined ? {} : { root }),
      ...(livenessThreshold === undefined ? {} : { livenessThreshold }),
    };
    const lost = (): void => {
      // A thread that never became ready has said why; the next self-test tries again.
      if (verifier === undefined) return;
      log.error('face.thread-lost');
      verifier = undefined;
      if (!closed) void prepare();
    };
    const started = await startVerifier(settings, log, lost, (place) => onFace(place));
    if (closed) await started.close();
    else verifier = started;
  };

  const withinReason = (loading: Promise<void>): Promise<void> =>
    new Promise((resolve) => {
      const handle = clock.setTimeout(() => {
        log.warn('models-slow', { waitedMs: WAITED_FOR_MS });
        resolve();
      }, WAITED_FOR_MS);
      void loading.then(() => {
        clock.clearTimeout(handle);
        resolve();
      });
    });

  const prepare = async (): Promise<void> => {
    if (verifier !== undefined) return;
    starting ??= start()
      .catch((cause: unknown) => {
        const failure = asFailure(cause, 'model/unavailable');
        // The message says what to do (scripts/install-models.js): a technician reads it in the journal.
        log.error('models-unavailable', { code: failure.code, advice: failure.message });
      })
      .finally(() => {
        starting = undefined;
      });
    await withinReason(starting);
  };

  return {
    prepare,
    verifier() {
      if (verifier === undefined) throw new KioskFailure('model/unavailable');
      return verifier;
    },
    onFace(listener) {
      onFace = listener;
    },
    async close() {
      closed = true;
      await starting;
      await verifier?.close();
      verifier = undefined;
    },
  };
};
