// A panel that is mounted turned: the display draws upright, the bytes go turned to the surface behind.
// Keeps one copy of the panel's memory; writes only rows in which something changed. The turn is the one of touch positions.

import { bytesPerPixel } from './pixels.ts';
import type { PanelGeometry, Surface } from './ports.ts';

/** Clockwise degrees, as panel.rotation in the configuration. */
export type Rotation = 0 | 90 | 180 | 270;

/** `surface` as seen by somebody before the turned panel; itself when it is not turned. Closing it closes `surface`. */
export const rotated = (surface: Surface, rotation: Rotation): Surface =>
  rotation === 0 ? surface : new RotatedSurface(surface, rotation);

interface Turned {
  readonly geometry: PanelGeometry;
  readonly memory: Uint8Array;
  readonly pixels: Uint16Array | Uint32Array;
  /** Pixels from one row to the next. */
  readonly pitch: number;
}

const turnedOf = ({ width, height, strideBytes, format }: PanelGeometry, rotation: Rotation): Turned => {
  const size = bytesPerPixel(format);
  const upright = rotation === 180 ? { width, height } : { width: height, height: width };
  const memory = new Uint8Array(strideBytes * height);
  return {
    geometry: { ...upright, strideBytes: upright.width * size, format },
    memory,
    pixels: size === 4 ? new Uint32Array(memory.buffer) : new Uint16Array(memory.buffer),
    pitch: strideBytes / size,
  };
};

class RotatedSurface implements Surface {
  readonly #behind: Surface;
  readonly #rotation: Rotation;
  #turned: Turned;

  constructor(behind: Surface, rotation: Rotation) {
    this.#behind = behind;
    this.#rotation = rotation;
    this.#turned = turnedOf(behind.geometry, rotation);
  }

  get geometry(): PanelGeometry {
    return this.#turned.geometry;
  }

  onGeometry(listener: () => void): () => void {
    const follow = (): void => {
      this.#turned.memory.fill(0);
      this.#turned = turnedOf(this.#behind.geometry, this.#rotation);
      listener();
    };
    return this.#behind.onGeometry?.(follow) ?? (() => undefined);
  }

  writeRows(y: number, rows: number, bytes: Uint8Array): void {
    const { width, height, strideBytes, format } = this.geometry;
    if (y < 0 || rows < 0 || y + rows > height || bytes.length !== rows * strideBytes) throw new RangeError('rows outside the panel');
    const size = bytesPerPixel(format);
    const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
    const length = rows * width;
    const source =
      size === 4
        ? new Uint32Array(aligned.buffer, aligned.byteOffset, length)
        : new Uint16Array(aligned.buffer, aligned.byteOffset, length);
    const { memory, pixels, pitch } = this.#turned;
    // Where the first pixel of a row goes, and how far the next one is.
    const turn = this.#rotation;
    const step = turn === 180 ? -1 : turn === 90 ? -pitch : pitch;
    const panelWidth = turn === 180 ? width : height;
    let [first, last] = [Number.POSITIVE_INFINITY, -1];
    for (let row = 0, from = 0; row < rows; row += 1) {
      const across = y + row;
      let at =
        turn === 180
          ? (height - 1 - across) * pitch + panelWidth - 1
          : turn === 90
            ? (width - 1) * pitch + across
            : panelWidth - 1 - across;
      for (let x = 0; x < width; x += 1, from += 1, at += step) {
        const pixel = source[from] as number;
        if (pixels[at] === pixel) continue;
        pixels[at] = pixel;
        const line = turn === 180 ? height - 1 - across : turn === 90 ? width - 1 - x : x;
        if (line < first) first = line;
        if (line > last) last = line;
      }
    }
    if (last < 0) return;
    const stride = this.#behind.geometry.strideBytes;
    this.#behind.writeRows(first, last - first + 1, memory.subarray(first * stride, (last + 1) * stride));
  }

  close(): void {
    this.#turned.memory.fill(0);
    this.#behind.close();
  }
}
