// A panel in memory: what the twin shows and tests look at. Keeps exactly the bytes a framebuffer would.

import { bytesPerPixel, cut, decodePixels } from './pixels.ts';
import type { PanelGeometry, PixelFormat, Rect, Surface } from './ports.ts';

export class MemorySurface implements Surface {
  readonly geometry: PanelGeometry;
  /** The panel's bytes, to be read only. */
  readonly memory: Uint8Array;
  readonly #listeners = new Set<(y: number, rows: number) => void>();

  /** `padding` = unused bytes at the end of each row, as real panels have them. */
  constructor(width: number, height: number, format: PixelFormat = 'XRGB8888', padding = 0) {
    this.geometry = { width, height, strideBytes: width * bytesPerPixel(format) + padding, format };
    this.memory = new Uint8Array(this.geometry.strideBytes * height);
  }

  writeRows(y: number, rows: number, bytes: Uint8Array): void {
    const { height, strideBytes } = this.geometry;
    if (y < 0 || rows < 0 || y + rows > height || bytes.length !== rows * strideBytes) throw new RangeError('rows outside the panel');
    this.memory.set(bytes, y * strideBytes);
    for (const listener of this.#listeners) listener(y, rows);
  }

  /** Called after every write of rows [y, y + rows); returns the unsubscribe function. */
  onWrite(listener: (y: number, rows: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is on the panel now, or on a part of it: RGB, three bytes per pixel, row by row. */
  rgb(part?: Rect): Uint8Array {
    if (part === undefined) return decodePixels(this.memory, this.geometry);
    const { width, height } = part;
    const { format } = this.geometry;
    return decodePixels(cut(this.memory, this.geometry, part), { width, height, strideBytes: width * bytesPerPixel(format), format });
  }

  close(): void {
    this.#listeners.clear();
  }
}
