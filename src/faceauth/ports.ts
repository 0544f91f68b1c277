// Ports of face authentication: frames in, a decision out. Images and embeddings never leave this folder but as pixels for the preview.

import type { FaceGuidance, FaceHint } from '../core/screens.ts';

/** One camera picture. `seq` grows by one per frame; `jpeg` is what the camera delivered. */
export interface CameraFrame {
  readonly seq: number;
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly jpeg: Uint8Array;
}

export interface Camera {
  /** Newest frame with seq > afterSeq, waiting for it if need be. Throws KioskFailure camera/unavailable when unplugged. */
  nextFrame(afterSeq: number, signal: AbortSignal): Promise<CameraFrame>;
  /** Sensor on only while a visit needs it. */
  start(): void;
  stop(): void;
  /** Whether it is plugged in, told without switching the sensor on; undefined: this kind cannot tell. */
  readonly plugged?: boolean | undefined;
}

/** Decoded pixels, row by row, 8 bits per channel. channels 1 = grey, 3 = RGB. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Unit vector of 512 floats; wiped by whoever took it. */
export type Embedding = Float32Array;

/** Where a face is in the camera's picture: centre and height of its box, in shares of the picture's width and height. */
export interface FacePlace {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** What to tell the patient after a frame; empty: this frame is good. */
export type FaceProgress = FaceGuidance;

export type FaceDecision =
  /** score = cosine similarity of the best evidence; liveness 0..1. Numbers only. */
  | { readonly outcome: 'match'; readonly score: number; readonly liveness: number; readonly frames: number }
  | {
      readonly outcome: 'no-match' | 'not-live';
      readonly score: number;
      readonly liveness: number;
      readonly frames: number;
      readonly reason: FaceHint;
    }
  /** No usable face within the time. */
  | { readonly outcome: 'no-face'; readonly reason: FaceHint; readonly frames: number };

export interface FaceVerifier {
  /** Embedding of the chip's photo (JPEG 2000). Throws KioskFailure face/photo-unreadable. */
  enrol(photoJp2: Uint8Array): Promise<Embedding>;
  /** Watches the camera until sure or `timeoutMs` is over. Rejects with the signal's reason, or camera/unavailable. */
  verify(
    enrolled: Embedding,
    camera: Camera,
    options: { timeoutMs: number; signal: AbortSignal; onProgress(progress: FaceProgress): void },
  ): Promise<FaceDecision>;
}
