// The face thread: networks, pixels and evidence live here, so that a touch never waits for a face. Started by worker-verifier.ts.

import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../core/clock.ts';
import { asFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { thresholdForFar } from '../calibration.ts';
import { loadFaceModels } from '../models.ts';
import type { Camera, CameraFrame } from '../ports.ts';
import { createFaceVerifier, warmUpFaceModels } from '../verifier.ts';
import { type FromWorker, received, sendable, type ToWorker, type WorkerSettings } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('face-thread.ts runs as a worker only');

const say = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const log: Log = {
  debug: (event, facts = {}) => say({ type: 'log', level: 'debug', event, facts }),
  info: (event, facts = {}) => say({ type: 'log', level: 'info', event, facts }),
  warn: (event, facts = {}) => say({ type: 'log', level: 'warn', event, facts }),
  error: (event, facts = {}) => say({ type: 'log', level: 'error', event, facts }),
  child: () => log,
};

interface Waiting {
  resolve(frame: CameraFrame): void;
  reject(cause: unknown): void;
}

/** A verification under way: how to stop it, and who waits for its next frame. */
interface Watch {
  readonly stop: AbortController;
  waiting?: Waiting | undefined;
  /** The frame looked at now; wiped when the next is asked for. */
  shown?: Uint8Array | undefined;
}

const watches = new Map<number, Watch>();

const cameraOf = (id: number, watch: Watch): Camera => ({
  start: () => undefined,
  stop: () => undefined,
  nextFrame: (afterSeq, signal) =>
    new Promise((resolve, reject) => {
      watch.shown?.fill(0);
      watch.shown = undefined;
      if (signal.aborted) return reject(signal.reason);
      const end = () => reject(signal.reason);
      signal.addEventListener('abort', end, { once: true });
      const done = () => {
        signal.removeEventListener('abort', end);
        watch.waiting = undefined;
      };
      watch.waiting = {
        resolve: (frame) => {
          done();
          watch.shown = frame.jpeg;
          resolve(frame);
        },
        reject: (cause) => {
          done();
          reject(cause);
        },
      };
      say({ type: 'want-frame', id, afterSeq });
    }),
});

const serve = async ({ root, falseAcceptRate, ...options }: WorkerSettings): Promise<void> => {
  const models = await loadFaceModels(root === undefined ? {} : { root });
  await warmUpFaceModels(models);
  const verifier = createFaceVerifier({
    models,
    ...(falseAcceptRate === undefined ? {} : { threshold: thresholdForFar(models.manifest.calibration, falseAcceptRate) }),
    ...options,
    onFace: (place) => say({ type: 'seen', place }),
    clock: systemClock,
    log,
  });

  const enrol = async (id: number, photo: Uint8Array): Promise<void> => {
    try {
      const embedding = await verifier.enrol(photo);
      const copy = Float32Array.from(embedding);
      embedding.fill(0);
      say({ type: 'enrolled', id, embedding: copy }, [copy.buffer]);
    } catch (cause) {
      say({ type: 'failed', id, failure: sendable(cause) });
    } finally {
      photo.fill(0);
    }
  };

  const verify = async (id: number, enrolled: Float32Array, timeoutMs: number): Promise<void> => {
    const watch: Watch = { stop: new AbortController() };
    watches.set(id, watch);
    try {
      const onProgress = (progress: Extract<FromWorker, { type: 'progress' }>['progress']) => say({ type: 'progress', id, progress });
      const decision = await verifier.verify(enrolled, cameraOf(id, watch), { timeoutMs, signal: watch.stop.signal, onProgress });
      say({ type: 'decided', id, decision });
    } catch (cause) {
      say({ type: 'failed', id, failure: sendable(cause) });
    } finally {
      watches.delete(id);
      watch.shown?.fill(0);
      enrolled.fill(0);
    }
  };

  port.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'enrol':
        return void enrol(message.id, message.photo);
      case 'verify':
        return void verify(message.id, message.enrolled, message.timeoutMs);
      case 'frame': {
        const waiting = watches.get(message.id)?.waiting;
        // Nobody waits any more: the time was over first.
        if (waiting === undefined) message.jpeg.fill(0);
        else waiting.resolve({ seq: message.seq, at: message.at, jpeg: message.jpeg });
        return;
      }
      case 'no-frame':
        return watches.get(message.id)?.waiting?.reject(received(message.failure));
      case 'abort':
        return watches.get(message.id)?.stop.abort();
      case 'close':
        for (const { stop } of watches.values()) stop.abort();
        return void models.close().then(() => port.close());
    }
  });
  say({ type: 'ready' });
};

serve(workerData as WorkerSettings).catch((cause: unknown) => {
  say({ type: 'not-ready', failure: sendable(asFailure(cause, 'model/unavailable')) });
  port.close();
});
