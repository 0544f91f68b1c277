// Hands pictures of the tray to the thread that reads them. The thread starts with the first picture and stays; one that dies fails what it had in
// hand, and the next picture gets a new one.

import { Worker } from 'node:worker_threads';
import { KioskFailure } from '../../core/failure.ts';
import { holdRuntime } from '../hold-runtime.ts';
import type { FrameReading, FrameRules } from './read-frame.ts';
import type { ReadAnswer, ReadRequest } from './reading-thread.ts';

export interface PictureReader {
  /** Reads a JPEG or PNG. Throws input/invalid for what is no picture, model/unavailable, model/corrupt. Does not touch `bytes`. */
  read(bytes: Uint8Array, rules: FrameRules): Promise<FrameReading>;
  /** Idempotent; what is still read fails with visit/cancelled. */
  close(): Promise<void>;
}

/** The thread's file beside this one: built, or as it was written. */
const threadFile = (): URL => new URL(import.meta.url.endsWith('.ts') ? './reading-thread.ts' : './reading-thread.js', import.meta.url);

interface Waiting {
  resolve(reading: FrameReading): void;
  reject(cause: unknown): void;
}

export const createPictureReader = (): PictureReader => {
  let worker: Worker | undefined;
  let count = 0;
  const waiting = new Map<number, Waiting>();
  const failAll = (failure: KioskFailure): void => {
    const all = [...waiting.values()];
    waiting.clear();
    for (const { reject } of all) reject(failure);
  };
  const answered = (answer: ReadAnswer): void => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker?.unref();
    if ('reading' in answer) asked?.resolve(answer.reading);
    else asked?.reject(new KioskFailure(answer.failure.code, { message: answer.failure.message }));
  };
  const start = (): Worker => {
    void holdRuntime();
    const started = new Worker(threadFile());
    started.on('message', answered);
    const died = (cause?: unknown): void => {
      if (worker === started) worker = undefined;
      failAll(new KioskFailure('card/face-unreadable', { cause, facts: { reason: 'reader-died' } }));
    };
    started.on('error', died);
    started.on('exit', () => died());
    return started;
  };
  return {
    read: (bytes, rules) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        const id = ++count;
        waiting.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, bytes, rules } satisfies ReadRequest);
      }),
    async close() {
      const old = worker;
      worker = undefined;
      failAll(new KioskFailure('visit/cancelled'));
      await old?.terminate();
    },
  };
};
