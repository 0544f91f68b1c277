// The live camera picture on the face screen: newest frame, decoded, handed to the display. Runs only while a screen has a place for it.
// Pixels are wiped after they were shown; a camera that is away leaves the last picture and is the face match's business.

import { type Clock, sleep } from '../core/clock.ts';
import { decodePicture } from '../faceauth/pictures.ts';
import type { Camera, Picture } from '../faceauth/ports.ts';

/** The box has other work than a preview; 12 to 15 pictures a second look alive. */
const FRAME_MS = 1000 / 15;
const AWAY_MS = 500;

export interface LivePreview {
  /** Starts or stops the camera picture. */
  show(wanted: boolean): void;
  stop(): Promise<void>;
}

export const createLivePreview = (camera: Camera, draw: (picture: Picture) => void, clock: Clock): LivePreview => {
  let current: { readonly stopping: AbortController; readonly done: Promise<void> } | undefined;

  const run = async (signal: AbortSignal): Promise<void> => {
    camera.start();
    let seq = -1;
    try {
      while (!signal.aborted) {
        const began = clock.monotonicMs();
        try {
          const frame = await camera.nextFrame(seq, signal);
          seq = frame.seq;
          const picture = await decodePicture(frame.jpeg);
          if (!signal.aborted) draw(picture);
          picture.data.fill(0);
          const left = FRAME_MS - (clock.monotonicMs() - began);
          if (left > 0) await sleep(clock, left, signal);
        } catch {
          if (!signal.aborted) await sleep(clock, AWAY_MS, signal).catch(() => undefined);
        }
      }
    } finally {
      camera.stop();
    }
  };

  const end = (): Promise<void> => {
    current?.stopping.abort();
    const done = current?.done ?? Promise.resolve();
    current = undefined;
    return done;
  };

  return {
    show(wanted) {
      if (!wanted) void end();
      else if (current === undefined) {
        const stopping = new AbortController();
        current = { stopping, done: run(stopping.signal) };
      }
    },
    stop: end,
  };
};
