// The kiosk's side of the face thread: a FaceVerifier that works elsewhere. Frames and photo are copied over; what was sent is the thread's to wipe.

import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../../core/clock.ts';
import { KioskFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { withDeadline } from '../../core/with-signal.ts';
import { holdRuntime } from '../hold-runtime.ts';
import type { Camera, Embedding, FaceDecision, FacePlace, FaceProgress, FaceVerifier } from '../ports.ts';
import { type FromWorker, received, sendable, type ToWorker, type WorkerSettings } from './messages.ts';

export interface WorkerVerifier extends FaceVerifier {
  /** Ends the thread; what is under way fails with visit/cancelled. */
  close(): Promise<void>;
}

interface Job {
  resolve(value: Embedding | FaceDecision): void;
  reject(cause: unknown): void;
  readonly camera?: Camera;
  readonly onProgress?: (progress: FaceProgress) => void;
  readonly ended: AbortController;
}

/** A card's photo takes a fraction of a second; whatever takes this long will not end, and the visit must go on without it. */
const PHOTO_MS = 10_000;

/** Ends it. A thread that does not hold the process does not hold it for its end either, whatever `ref` is told meanwhile (Node 20): a timer does. */
const endThread = async (worker: Worker): Promise<void> => {
  const hold = setInterval(() => undefined, 60_000);
  await worker.terminate().finally(() => clearInterval(hold));
};

/** Tests run from the sources, whose loader a thread does not inherit: there the built thread is used (`npm test` builds first). */
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/faceauth/worker/face-thread.js' : './face-thread.js',
  import.meta.url,
);

/**
 * Starts the thread and resolves when its models are loaded and warm.
 * Rejects with the thread's failure (model/unavailable, model/corrupt). `onLost` is called once if the thread ends by itself afterwards
 * or is ended because it hangs over a card's photo, `onFace` with every frame that was looked at.
 */
export const startWorkerVerifier = async (
  settings: WorkerSettings,
  log: Log,
  onLost: () => void = () => undefined,
  onFace: (place: FacePlace | undefined) => void = () => undefined,
  clock: Clock = systemClock,
): Promise<WorkerVerifier> => {
  await holdRuntime();
  // The networks keep their memory outside of the heap; what is young here dies with its frame.
  const worker = new Worker(THREAD, {
    workerData: settings,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const jobs = new Map<number, Job>();
  let lastId = 0;
  let closing = false;
  const tell = (message: ToWorker, transfer: ArrayBuffer[] = []): void => worker.postMessage(message, transfer);

  const end = (id: number): Job | undefined => {
    const job = jobs.get(id);
    jobs.delete(id);
    job?.ended.abort();
    if (jobs.size === 0 && !closing) worker.unref();
    return job;
  };

  const fetchFrame = async (id: number, afterSeq: number): Promise<void> => {
    const job = jobs.get(id);
    if (job?.camera === undefined) return;
    try {
      const { seq, at, jpeg } = await job.camera.nextFrame(afterSeq, job.ended.signal);
      if (!jobs.has(id)) return;
      const copy = Uint8Array.from(jpeg);
      tell({ type: 'frame', id, seq, at, jpeg: copy }, [copy.buffer]);
    } catch (cause) {
      if (jobs.has(id)) tell({ type: 'no-frame', id, failure: sendable(cause) });
    }
  };

  const ready = new Promise<void>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      switch (message.type) {
        case 'ready':
          return resolve();
        case 'not-ready':
          return reject(received(message.failure));
        case 'want-frame':
          return void fetchFrame(message.id, message.afterSeq);
        case 'seen':
          return onFace(message.place);
        case 'progress':
          return jobs.get(message.id)?.onProgress?.(message.progress);
        case 'enrolled': {
          const job = end(message.id);
          if (job === undefined) message.embedding.fill(0);
          return job?.resolve(message.embedding);
        }
        case 'decided':
          return end(message.id)?.resolve(message.decision);
        case 'failed':
          return end(message.id)?.reject(received(message.failure));
        case 'log':
          return log[message.level](message.event, message.facts);
      }
    });
    const lost = (cause: unknown): void => {
      reject(cause);
      for (const id of [...jobs.keys()]) end(id)?.reject(cause);
    };
    worker.on('error', (cause) => lost(new KioskFailure('visit/internal', { message: 'The face thread failed.', cause })));
    worker.on('exit', () => {
      lost(new KioskFailure(closing ? 'visit/cancelled' : 'visit/internal', { message: 'The face thread has ended.' }));
      if (!closing) onLost();
    });
  });
  await ready;
  worker.unref();

  const submit = <T extends Embedding | FaceDecision>(
    job: Pick<Job, 'camera' | 'onProgress'>,
    send: (id: number) => void,
    signal?: AbortSignal,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const id = ++lastId;
      const abort = () => {
        tell({ type: 'abort', id });
        end(id)?.reject(signal?.reason);
      };
      const ended = new AbortController();
      ended.signal.addEventListener('abort', () => signal?.removeEventListener('abort', abort), { once: true });
      signal?.addEventListener('abort', abort, { once: true });
      jobs.set(id, { ...job, ended, resolve: (value) => resolve(value as T), reject });
      worker.ref();
      send(id);
    });

  return {
    enrol: async (photoJp2) => {
      const late = new KioskFailure('face/photo-unreadable', {
        facts: { reason: 'time' },
        message: `The chip's photo took more than ${PHOTO_MS} ms.`,
      });
      const send = (id: number) => {
        const photo = Uint8Array.from(photoJp2);
        tell({ type: 'enrol', id, photo }, [photo.buffer]);
      };
      const limit = { clock, limitMs: PHOTO_MS, late, signal: new AbortController().signal };
      try {
        return await withDeadline(limit, (signal) => submit<Embedding>({}, send, signal));
      } catch (cause) {
        // A thread that hangs hears nothing any more, and would hold up the face that is to be looked at next: another takes its place.
        if (cause === late) await endThread(worker);
        throw cause;
      }
    },
    verify: async (enrolled, camera, { timeoutMs, signal, onProgress }) => {
      camera.start();
      try {
        const send = (id: number) => {
          const copy = Float32Array.from(enrolled);
          tell({ type: 'verify', id, enrolled: copy, timeoutMs }, [copy.buffer]);
        };
        return await submit<FaceDecision>({ camera, onProgress }, send, signal);
      } finally {
        camera.stop();
      }
    },
    close: async () => {
      closing = true;
      worker.ref();
      const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      tell({ type: 'close' });
      await gone;
    },
  };
};
