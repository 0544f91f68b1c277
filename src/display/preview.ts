// The live camera picture: mirrored, cut to an oval guide and written straight into panel memory.
// Plain byte work on purpose: a renderer per frame costs five times as much. Keeps no picture after `forget`.

import { bytesPerPixel } from './pixels.ts';
import type { PanelGeometry, Rect } from './ports.ts';
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
  /** Per pixel: what is added to it. */
  readonly #add: Uint8Array;
  readonly #tile: Uint8Array;
  #columns: Uint32Array = new Uint32Array(0);
  #columnsFor = 0;

  constructor(box: Rect, geometry: PanelGeometry) {
    this.box = box;
    this.#geometry = geometry;
    const count = box.width * box.height;
    this.#share = new Uint16Array(count);
    this.#add = new Uint8Array(count * 3);
    this.#tile = new Uint8Array(count * bytesPerPixel(geometry.format));
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
        this.#add[i * 3] = ring * ringRed + shade * dimRed;
        this.#add[i * 3 + 1] = ring * ringGreen + shade * dimGreen;
        this.#add[i * 3 + 2] = ring * ringBlue + shade * dimBlue;
      }
    }
  }

  /** The tile for one picture: covers the rectangle, centre cut, nearest pixel, mirrored as in a mirror. */
  paint(picture: PreviewPicture): Uint8Array {
    const { width, height } = this.box;
    const scale = Math.min(picture.width / width, picture.height / height);
    const left = (picture.width - width * scale) / 2;
    const top = (picture.height - height * scale) / 2;
    if (this.#columnsFor !== picture.width) {
      this.#columns = Uint32Array.from(
        { length: width },
        (_, x) => Math.min(picture.width - 1, Math.floor(left + (width - 1 - x + 0.5) * scale)) * 3,
      );
      this.#columnsFor = picture.width;
    }
    const { data } = picture;
    const [share, add, tile, columns] = [this.#share, this.#add, this.#tile, this.#columns];
    const wide = this.#geometry.format === 'XRGB8888';
    for (let y = 0, i = 0; y < height; y += 1) {
      const row = Math.min(picture.height - 1, Math.floor(top + (y + 0.5) * scale)) * picture.width * 3;
      for (let x = 0; x < width; x += 1, i += 1) {
        const from = row + (columns[x] ?? 0);
        const part = share[i] ?? 0;
        const red = (((data[from] ?? 0) * part) >> 8) + (add[i * 3] ?? 0);
        const green = (((data[from + 1] ?? 0) * part) >> 8) + (add[i * 3 + 1] ?? 0);
        const blue = (((data[from + 2] ?? 0) * part) >> 8) + (add[i * 3 + 2] ?? 0);
        if (wide) {
          tile[i * 4] = blue;
          tile[i * 4 + 1] = green;
          tile[i * 4 + 2] = red;
        } else {
          const word = ((red & 0xf8) << 8) | ((green & 0xfc) << 3) | (blue >> 3);
          tile[i * 2] = word & 0xff;
          tile[i * 2 + 1] = word >> 8;
        }
      }
    }
    return tile;
  }

  /** Overwrites what is left of the last picture. */
  forget(): void {
    this.#tile.fill(0);
  }
}
