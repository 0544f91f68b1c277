// The live camera picture on the face screen: newest frame, decoded, handed to the display. Runs only while a screen has a place for it.
// Pixels are wiped after they were shown; a camera that is away leaves the last picture and is the face match's business.

import { type Clock, sleep } from '../core/clock.ts';
import type { PreviewPicture } from '../display/preview.ts';
import { type PreviewFace, type PreviewWindow, WindowFollower } from '../display/preview-window.ts';
import { decodePicture } from '../faceauth/pictures.ts';
import type { Camera } from '../faceauth/ports.ts';

/** The box has other work than a preview; 12 to 15 pictures a second look alive. */
const PICTURES_PER_SECOND = 15;
const AWAY_MS = 500;

export interface LivePreview {
  /** Where the face is in the newest frame that was looked at; undefined: nowhere. */
  follow(face: PreviewFace | undefined): void;
  /** Starts or stops the camera picture. */
  show(wanted: boolean): void;
  stop(): Promise<void>;
}

/** Where pictures go: the display, or what stands for it. */
export interface PreviewPanel {
  readonly previewRatio: number | undefined;
  showPreview(picture: PreviewPicture, window: PreviewWindow): void;
}

/** `picturesPerSecond` at most, and as many as the camera delivers. */
export const createLivePreview = (
  camera: Camera,
  panel: PreviewPanel,
  clock: Clock,
  picturesPerSecond = PICTURES_PER_SECOND,
): LivePreview => {
  const follower = new WindowFollower();
  let seen: PreviewFace | undefined;
  let current: { readonly stopping: AbortController; readonly done: Promise<void> } | undefined;

  const run = async (signal: AbortSignal): Promise<void> => {
    camera.start();
    let seq = -1;
    let drawnAt = clock.monotonicMs();
    follower.reset();
    seen = undefined;
    try {
      while (!signal.aborted) {
        const began = clock.monotonicMs();
        try {
          const frame = await camera.nextFrame(seq, signal);
          seq = frame.seq;
          const picture = await decodePicture(frame.jpeg);
          const ratio = panel.previewRatio;
          if (!signal.aborted && ratio !== undefined) {
            const now = clock.monotonicMs();
            follower.see(seen, picture, ratio);
            seen = undefined;
            panel.showPreview(picture, follower.step(now - drawnAt, picture, ratio));
            drawnAt = now;
          }
          picture.data.fill(0);
          const left = 1000 / picturesPerSecond - (clock.monotonicMs() - began);
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
    follow(face) {
      seen = face;
    },
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
