// The newest picture of a camera and those who wait for it. The latest wins: a picture that nobody took in time is zeroed and lost.
// Pictures that were handed out are zeroed too, once they are old: whoever looked at one has decoded it long before.

import type { CameraFrame } from '../ports.ts';

/** Two seconds at 15 pictures a second. */
const KEPT = 30;

interface Waiter {
  readonly afterSeq: number;
  resolve(frame: CameraFrame): void;
  reject(reason: unknown): void;
}

export class FrameHub {
  #latest: CameraFrame | undefined;
  #taken = false;
  #seq = 0;
  readonly #given: CameraFrame[] = [];
  readonly #waiters = new Set<Waiter>();

  /** A new picture; wakes everybody. */
  put(jpeg: Uint8Array, at: number): void {
    const old = this.#latest;
    if (old !== undefined && !this.#taken) old.jpeg.fill(0);
    this.#latest = { seq: ++this.#seq, at, jpeg };
    this.#taken = false;
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter);
      waiter.resolve(this.#take(this.#latest));
    }
  }

  /** The newest picture after `afterSeq`, or the next one. Rejects with the signal's reason, or with what `fail` is given. */
  next(afterSeq: number, signal: AbortSignal): Promise<CameraFrame> {
    const latest = this.#latest;
    if (latest !== undefined && latest.seq > afterSeq) return Promise.resolve(this.#take(latest));
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', aborted);
      };
      const aborted = () => waiter.reject(signal.reason);
      const waiter: Waiter = {
        afterSeq,
        resolve(frame) {
          leave();
          resolve(frame);
        },
        reject(reason) {
          leave();
          reject(reason);
        },
      };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }

  /** There will be no picture for now: everybody who waits is told, and what is left is zeroed. */
  fail(reason: unknown): void {
    this.wipe();
    for (const waiter of [...this.#waiters]) waiter.reject(reason);
  }

  /** Forgets and zeroes every picture. Numbers go on counting. */
  wipe(): void {
    this.#latest?.jpeg.fill(0);
    this.#latest = undefined;
    for (const frame of this.#given.splice(0)) frame.jpeg.fill(0);
  }

  #take(frame: CameraFrame): CameraFrame {
    if (!this.#taken) {
      this.#taken = true;
      this.#given.push(frame);
      if (this.#given.length > KEPT) this.#given.shift()?.jpeg.fill(0);
    }
    return frame;
  }
}
