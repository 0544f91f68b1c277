// Which part of the camera picture the preview shows: it follows the face and comes nearer to a small one, so that whoever sits or stands sees
// themselves in the oval without anything being moved. Calm on purpose: nothing moves for a face that sways, and what moves eases. Pure but for its state.

/** A face in the camera picture: its box's centre and height, in shares of the picture's width and height. */
export interface PreviewFace {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** In picture pixels, not mirrored. */
export interface PreviewWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Centre and height of the window, in shares of the whole cut's height and from its middle. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

const WHOLE: Place = { x: 0, y: 0, height: 1 };
/** Height of the face by the window's: with hair and chin it fills the oval. */
const WANTED = 0.5;
/** Nearer than this shows the camera's pixels. */
const NEAREST = 0.5;
/** What a face may be off the middle (by the window's height) or off its size before the window follows, and how close it must come to rest again. */
const LEAVE = { off: 0.09, size: 1.3 } as const;
const REST = { off: 0.02, size: 1.06 } as const;
/** Time in which two thirds of the way are gone. */
const EASE_MS = 350;
/** A face that is lost for a moment is waited for; then the whole picture comes back. */
const LOST_MS = 1500;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

export class WindowFollower {
  #now = WHOLE;
  #target = WHOLE;
  #moving = false;
  #unseenMs = 0;

  /** The face of the newest frame that was looked at. */
  see(face: PreviewFace | undefined, picture: { readonly width: number; readonly height: number }, ratio: number): void {
    if (face === undefined) return;
    this.#unseenMs = 0;
    const cut = wholeCut(picture, ratio);
    const height = clamp((face.height * picture.height) / cut.height / WANTED, NEAREST, 1);
    // Where the window would leave the picture the face stays off the middle.
    const aside = (picture.width / cut.height - height * ratio) / 2;
    const along = (picture.height / cut.height - height) / 2;
    const x = clamp(((face.x - 0.5) * picture.width) / cut.height, -aside, aside);
    const y = clamp(((face.y - 0.5) * picture.height) / cut.height, -along, along);
    const seen = { x, y, height };
    const limit = this.#moving ? REST : LEAVE;
    const off = Math.hypot(seen.x - this.#now.x, seen.y - this.#now.y) / this.#now.height;
    const size = Math.max(seen.height / this.#now.height, this.#now.height / seen.height);
    this.#moving = off > limit.off || size > limit.size;
    if (this.#moving) this.#target = seen;
  }

  /** The window `passedMs` later, of the shape `ratio` (width by height). */
  step(passedMs: number, picture: { readonly width: number; readonly height: number }, ratio: number): PreviewWindow {
    this.#unseenMs += passedMs;
    if (this.#unseenMs > LOST_MS) this.#target = WHOLE;
    if (this.#moving || this.#unseenMs > LOST_MS) {
      const part = 1 - Math.exp(-passedMs / EASE_MS);
      const { x, y, height } = this.#now;
      const to = this.#target;
      this.#now = { x: x + (to.x - x) * part, y: y + (to.y - y) * part, height: height + (to.height - height) * part };
    }
    const cut = wholeCut(picture, ratio);
    const height = cut.height * this.#now.height;
    return {
      x: picture.width / 2 + this.#now.x * cut.height - (height * ratio) / 2,
      y: picture.height / 2 + this.#now.y * cut.height - height / 2,
      width: height * ratio,
      height,
    };
  }

  /** Nobody was there yet. */
  reset(): void {
    this.#now = WHOLE;
    this.#target = WHOLE;
    this.#moving = false;
    this.#unseenMs = 0;
  }
}

/** The largest part of the shape `ratio` from the picture's middle. */
export const wholeCut = (picture: { readonly width: number; readonly height: number }, ratio: number): PreviewWindow => {
  const height = Math.min(picture.height, picture.width / ratio);
  return { x: (picture.width - height * ratio) / 2, y: (picture.height - height) / 2, width: height * ratio, height };
};
