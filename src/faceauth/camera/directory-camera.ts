// Recorded pictures as a camera: JPEG and PNG files of a directory in the order of their names, again and again, at a given rate.
// For trying a kiosk's pictures at a desk. Reads files, writes none.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, sleep } from '../../core/clock.ts';
import { KioskFailure } from '../../core/failure.ts';
import { decodePicture, encodeJpeg, isJpeg } from '../pictures.ts';
import type { Camera, CameraFrame } from '../ports.ts';
import { type Rotation, turned } from './exif-orientation.ts';

const PICTURE = /\.(jpe?g|png)$/i;

const unavailable = (reason: string, message: string, cause?: unknown): KioskFailure =>
  new KioskFailure('camera/unavailable', { facts: { reason }, message, cause });

export class DirectoryCamera implements Camera {
  readonly #directory: string;
  readonly #fps: number;
  readonly #rotation: Rotation;
  readonly #clock: Clock;
  readonly #began: number;
  #users = 0;

  constructor(options: { directory: string; fps: number; rotation: Rotation; clock: Clock }) {
    this.#directory = options.directory;
    this.#fps = options.fps;
    this.#rotation = options.rotation;
    this.#clock = options.clock;
    this.#began = options.clock.monotonicMs();
  }

  start(): void {
    this.#users++;
  }

  stop(): void {
    this.#users = Math.max(0, this.#users - 1);
  }

  /** The files are looked up at each picture: those that come or go while it runs are seen. */
  async nextFrame(afterSeq: number, signal: AbortSignal): Promise<CameraFrame> {
    if (this.#users === 0) throw unavailable('not-started', 'the camera is off');
    const period = 1000 / this.#fps;
    const due = (): number => Math.floor((this.#clock.monotonicMs() - this.#began) / period) + 1;
    while (due() <= afterSeq) {
      await sleep(this.#clock, Math.max(1, this.#began + afterSeq * period - this.#clock.monotonicMs()), signal);
    }
    signal.throwIfAborted();
    const seq = due();
    const names = await readdir(this.#directory).catch((cause: unknown) => {
      throw unavailable('no-device', `camera directory: ${this.#directory} cannot be read`, cause);
    });
    const files = names.filter((name) => PICTURE.test(name)).sort();
    const name = files[seq % files.length];
    if (name === undefined) throw unavailable('no-device', `camera directory: no .jpg or .png in ${this.#directory}`);
    return { seq, at: this.#clock.monotonicMs(), jpeg: turned(await this.#read(name), this.#rotation) };
  }

  async #read(name: string): Promise<Uint8Array> {
    try {
      const bytes = await readFile(join(this.#directory, name));
      return isJpeg(bytes) ? bytes : await encodeJpeg(await decodePicture(bytes));
    } catch (cause) {
      throw unavailable('format', `camera directory: ${name} is no picture that can be read`, cause);
    }
  }
}
