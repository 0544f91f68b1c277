// A camera that plays pictures: 640×480 JPEG frames at 30 per second while started, as a USB camera delivers them.
// It only makes frames; whether they show a living person is for the real pipeline to find out.

import { type Clock, sleep } from '../../core/clock.ts';
import { KioskFailure } from '../../core/failure.ts';
import { decodePicture, encodeJpeg, isJpeg, renderSvg } from '../pictures.ts';
import type { Camera, CameraFrame, Picture } from '../ports.ts';
import { FRAME, stageAttack, stageDark, stageNobody, stagePerson } from './staging.ts';

export type ShownAs = 'person' | 'print' | 'screen';

const DEFAULT_FPS = 30;

interface Play {
  readonly frames: readonly Uint8Array[];
  readonly fps: number;
}

const encodeAll = async (pictures: readonly Picture[]): Promise<Play> => ({
  frames: await Promise.all(pictures.map((picture) => encodeJpeg(picture))),
  fps: DEFAULT_FPS,
});

export class TwinCamera implements Camera {
  readonly #clock: Clock;
  /** Number and moment of the newest frame. The sensor's count goes on while nobody asks: frames not fetched are lost. */
  #seq = 0;
  #at: number;
  #users = 0;
  #plugged = true;
  /** Encoded when first needed: a start must not wait for it. */
  #play: Promise<Play>;
  /** Counts requests, so that a slow one never overwrites a later one. */
  #request = 0;

  /** Shows an empty reception hall until told otherwise. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.monotonicMs();
    this.#play = encodeAll([stageNobody()]);
  }

  async #show(make: () => Promise<Play>): Promise<void> {
    const request = ++this.#request;
    const play = await make();
    if (request === this.#request) this.#play = Promise.resolve(play);
  }

  /** JPEG or PNG of a person who stands there from now on, or the same picture held up on paper or on a screen. Throws KioskFailure input/invalid. */
  show(picture: Uint8Array, as: ShownAs = 'person'): Promise<void> {
    return this.#show(async () => {
      const decoded = await decodePicture(picture);
      return encodeAll(as === 'person' ? [await stagePerson(decoded)] : await stageAttack(decoded, as));
    });
  }

  /** A drawing of 4:3 as SVG (a resident before the camera). */
  showDrawing(svg: string): Promise<void> {
    return this.#show(async () => encodeAll([await renderSvg(svg, FRAME.width, FRAME.height)]));
  }

  /** A loop of frames, shown as they are; each is checked to be a picture. PNG frames become JPEG. Throws KioskFailure input/invalid. */
  showFrames(frames: readonly Uint8Array[], fps: number): Promise<void> {
    return this.#show(async () => {
      if (frames.length === 0) throw invalid('frames', 'Send at least one frame.');
      if (!(fps >= 1 && fps <= 60)) throw invalid('fps', 'fps is a number from 1 to 60.');
      const checked: Uint8Array[] = [];
      for (const frame of frames) {
        const picture = await decodePicture(frame);
        checked.push(isJpeg(frame) ? frame : await encodeJpeg(picture));
      }
      return { frames: checked, fps };
    });
  }

  /** Nobody stands there. */
  nobody(): Promise<void> {
    return this.#show(() => encodeAll([stageNobody()]));
  }

  /** Darkness. */
  dark(): Promise<void> {
    return this.#show(() => encodeAll([stageDark()]));
  }

  unplug(): void {
    this.#plugged = false;
  }

  plug(): void {
    this.#plugged = true;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  /** Users are counted: the sensor is on until each has stopped. */
  start(): void {
    this.#users++;
  }

  stop(): void {
    this.#users = Math.max(0, this.#users - 1);
  }

  get running(): boolean {
    return this.#users > 0;
  }

  async nextFrame(afterSeq: number, signal: AbortSignal): Promise<CameraFrame> {
    if (this.#users === 0) throw unavailable('not started');
    for (;;) {
      const { frames, fps } = await this.#play;
      signal.throwIfAborted();
      if (!this.#plugged) throw unavailable('unplugged');
      const period = 1000 / fps;
      const passed = Math.floor((this.#clock.monotonicMs() - this.#at) / period);
      this.#seq += passed;
      this.#at += passed * period;
      if (this.#seq > afterSeq) return { seq: this.#seq, at: this.#at, jpeg: frames[this.#seq % frames.length] as Uint8Array };
      await sleep(this.#clock, Math.max(1, this.#at + period - this.#clock.monotonicMs()), signal);
    }
  }
}

const invalid = (field: string, message: string) => new KioskFailure('input/invalid', { facts: { field }, message });

const unavailable = (reason: string) => new KioskFailure('camera/unavailable', { facts: { reason } });
