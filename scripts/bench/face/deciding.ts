// Starts deciding-process.js and answers what it measured.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../built.ts';
import { type FaceSet, swaying } from './pictures.ts';

export interface Deciding {
  /** Preview pictures in each whole second. */
  readonly fps: readonly number[];
  readonly loopMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Frames the face thread judged meanwhile. */
  readonly frames: number;
}

const CAMERA_FPS = 15;

/** One person sways before the camera for `seconds` and is judged all the time. */
export const measureDeciding = async (set: FaceSet, seconds: number): Promise<Deciding> => {
  const [card, frame] = set.pairs[0] ?? [set.paths[0] as string, set.paths[0] as string];
  const frames = await swaying((await set.read(frame)).jpeg, 2 * CAMERA_FPS);
  const { photo } = await set.read(card);
  const child = fork(fileURLToPath(new URL('deciding-process.js', import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: NODE_FLAGS,
  });
  return new Promise((resolve, reject) => {
    child.once('message', (result: Deciding) => resolve(result));
    child.once('exit', (code) => reject(new Error(`deciding-process.js ended with ${code}`)));
    child.send({ frames, photo, seconds });
  });
};
