// Pixel formats and copying: plain byte work, no library, no allocation per frame where it can be helped.

import type { PanelGeometry, PixelFormat, Rect } from './ports.ts';

export const bytesPerPixel = (format: PixelFormat): 2 | 4 => (format === 'XRGB8888' ? 4 : 2);

/**
 * RGBA pixels in a panel's own format, rows without padding. XRGB8888 lies in memory as B, G, R, X.
 * Takes `rgba` over: the answer may lie in the same memory, since a whole panel's worth of fresh pages costs as much as the conversion.
 */
export const encodePixels = (rgba: Uint8Array, format: PixelFormat): Uint8Array => {
  const count = rgba.length >> 2;
  const aligned = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice();
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, count);
  if (format === 'XRGB8888') {
    // Little-endian words: ABGR in, XRGB out.
    for (let i = 0; i < count; i += 1) {
      const word = words[i] as number;
      words[i] = ((word & 0xff) << 16) | (word & 0xff00) | ((word >>> 16) & 0xff);
    }
    return new Uint8Array(aligned.buffer, aligned.byteOffset, count * 4);
  }
  const target = new Uint16Array(count);
  for (let i = 0; i < count; i += 1) {
    const word = words[i] as number;
    target[i] = ((word & 0xf8) << 8) | ((word & 0xfc00) >> 5) | ((word >>> 19) & 0x1f);
  }
  return new Uint8Array(target.buffer);
};

/** A panel's memory as opaque RGB, three bytes per pixel. */
export const decodePixels = (memory: Uint8Array, geometry: PanelGeometry): Uint8Array => {
  const { width, height, strideBytes, format } = geometry;
  const rgb = new Uint8Array(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    const row = y * strideBytes;
    if (format === 'XRGB8888') {
      for (let from = row; from < row + width * 4; from += 4, at += 3) {
        rgb[at] = memory[from + 2] as number;
        rgb[at + 1] = memory[from + 1] as number;
        rgb[at + 2] = memory[from] as number;
      }
      continue;
    }
    for (let from = row; from < row + width * 2; from += 2, at += 3) {
      const word = (memory[from] as number) | ((memory[from + 1] as number) << 8);
      const [red, green, blue] = [word >> 11, (word >> 5) & 0x3f, word & 0x1f];
      rgb[at] = (red << 3) | (red >> 2);
      rgb[at + 1] = (green << 2) | (green >> 4);
      rgb[at + 2] = (blue << 3) | (blue >> 2);
    }
  }
  return rgb;
};

/** Copies a tile without padding into a panel's memory at `box`. */
export const blit = (memory: Uint8Array, geometry: PanelGeometry, tile: Uint8Array, box: Rect): void => {
  const size = bytesPerPixel(geometry.format);
  const rowBytes = box.width * size;
  for (let row = 0; row < box.height; row += 1) {
    memory.set(tile.subarray(row * rowBytes, (row + 1) * rowBytes), (box.y + row) * geometry.strideBytes + box.x * size);
  }
};

/** Copies `box` out of a panel's memory as a tile without padding. */
export const cut = (memory: Uint8Array, geometry: PanelGeometry, box: Rect): Uint8Array => {
  const size = bytesPerPixel(geometry.format);
  const rowBytes = box.width * size;
  const tile = new Uint8Array(rowBytes * box.height);
  for (let row = 0; row < box.height; row += 1) {
    const from = (box.y + row) * geometry.strideBytes + box.x * size;
    tile.set(memory.subarray(from, from + rowBytes), row * rowBytes);
  }
  return tile;
};
