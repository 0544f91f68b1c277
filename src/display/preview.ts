// The live camera picture: mirrored, cut to an oval guide and written straight into panel memory.
// Plain byte work on purpose: a renderer per frame costs five times as much. Keeps no picture after `forget`.

import { bytesPerPixel } from './pixels.ts';
import type { PanelGeometry, Rect } from './ports.ts';
import { type PreviewWindow, wholeCut } from './preview-window.ts';
import { COLOURS } from './theme.ts';

/** Opaque RGB pixels of one camera picture, three bytes each, as the camera sees them (not mirrored). */
export interface PreviewPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const channelsOf = (colour: string): readonly [number, number, number] => {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
};

const [ringRed, ringGreen, ringBlue] = channelsOf(COLOURS.surface);
const RING = 6;
/** Outside the oval the picture is dimmed towards dark blue, so that the oval leads the eye. */
const DIM = 0.38;
const [dimRed, dimGreen, dimBlue] = channelsOf(COLOURS.primaryDeep);

/** Draws pictures into one rectangle of a panel. Masks are computed once per rectangle. */
export class PreviewPainter {
  readonly box: Rect;
  readonly #geometry: PanelGeometry;
  /** Per pixel: share of the camera picture, 0..256. */
  readonly #share: Uint16Array;
  /** Per pixel: what is added to it, as 0xRRGGBB. */
  readonly #add: Uint32Array;
  readonly #tile: Uint8Array;
  /** The tile's own bytes, a whole pixel at a time: a third of the writes. Little-endian, as every board this runs on and the formats are. */
  readonly #pixels: Uint16Array | Uint32Array;
  readonly #columns: Uint32Array;

  constructor(box: Rect, geometry: PanelGeometry) {
    this.box = box;
    this.#geometry = geometry;
    const count = box.width * box.height;
    this.#share = new Uint16Array(count);
    this.#add = new Uint32Array(count);
    this.#tile = new Uint8Array(count * bytesPerPixel(geometry.format));
    this.#pixels = geometry.format === 'XRGB8888' ? new Uint32Array(this.#tile.buffer) : new Uint16Array(this.#tile.buffer);
    this.#columns = new Uint32Array(box.width);
    this.#prepareMask();
  }

  #prepareMask(): void {
    const { width, height } = this.box;
    const [rx, ry] = [height * 0.36, height * 0.46];
    for (let y = 0, i = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, i += 1) {
        const dx = (x + 0.5 - width / 2) / rx;
        const dy = (y + 0.5 - height / 2) / ry;
        // Distance from the oval's edge in pixels, near enough for a six pixel line.
        const radius = Math.hypot(dx, dy);
        const distance = (radius - 1) * (radius === 0 ? rx : Math.hypot(dx * rx, dy * ry) / radius);
        const ring = Math.max(0, Math.min(1, RING / 2 + 0.5 - Math.abs(distance)));
        const dim = distance > 0 ? DIM : 0;
        const share = (1 - ring) * (1 - dim);
        this.#share[i] = Math.round(share * 256);
        const shade = (1 - ring) * dim;
        const mixed = (lit: number, dimmed: number) => Math.floor(ring * lit + shade * dimmed);
        this.#add[i] = (mixed(ringRed, dimRed) << 16) | (mixed(ringGreen, dimGreen) << 8) | mixed(ringBlue, dimBlue);
      }
    }
  }

  /** Width by height. */
  get ratio(): number {
    return this.box.width / this.box.height;
  }

  /** The tile for one picture: `window` of it (default: the largest cut from its middle) over the rectangle, nearest pixel, mirrored as in a mirror. */
  paint(picture: PreviewPicture, window: PreviewWindow = wholeCut(picture, this.ratio)): Uint8Array {
    const { width, height } = this.box;
    const scale = window.width / width;
    const down = window.height / height;
    const { data } = picture;
    const [share, add, pixels, columns] = [this.#share, this.#add, this.#pixels, this.#columns];
    const inside = (at: number, length: number) => Math.max(0, Math.min(length - 1, Math.floor(at)));
    for (let x = 0; x < width; x += 1) columns[x] = inside(window.x + (width - 1 - x + 0.5) * scale, picture.width) * 3;
    const wide = this.#geometry.format === 'XRGB8888';
    for (let y = 0, i = 0; y < height; y += 1) {
      const row = inside(window.y + (y + 0.5) * down, picture.height) * picture.width * 3;
      for (let x = 0; x < width; x += 1, i += 1) {
        const from = row + (columns[x] ?? 0);
        const part = share[i] ?? 0;
        const extra = add[i] ?? 0;
        const red = (((data[from] ?? 0) * part) >> 8) + (extra >> 16);
        const green = (((data[from + 1] ?? 0) * part) >> 8) + ((extra >> 8) & 0xff);
        const blue = (((data[from + 2] ?? 0) * part) >> 8) + (extra & 0xff);
        pixels[i] = wide ? (red << 16) | (green << 8) | blue : ((red & 0xf8) << 8) | ((green & 0xfc) << 3) | (blue >> 3);
      }
    }
    return this.#tile;
  }

  /** Overwrites what is left of the last picture. */
  forget(): void {
    this.#tile.fill(0);
  }
}
