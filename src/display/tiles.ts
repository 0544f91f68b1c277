// Which parts of the panel differ between two drawings, and the drawn parts themselves, kept for the next time.
// A tile is named by all that is drawn in it, so a kept one can never be wrong.

import { contains, overlaps, union } from './layout.ts';
import type { PixelFormat, Rect } from './ports.ts';
import { packRuns, unpackRuns } from './runs.ts';
import type { Block, DrawnScene } from './scene-builder.ts';

/** One drawing of a scene: its blocks with the pressed element's block replaced. */
export interface Drawing {
  readonly blocks: readonly { readonly rect: Rect; readonly svg: string }[];
}

export const drawingOf = (scene: DrawnScene, pressed: string | undefined): Drawing => ({
  blocks: scene.blocks.map((block) => ({ rect: block.rect, svg: svgOf(block, pressed) })),
});

const svgOf = (block: Block, pressed: string | undefined): string =>
  pressed !== undefined && block.id === pressed && block.pressed !== undefined ? block.pressed : block.svg;

/** Rectangles that must be drawn again to come from `before` to `after`; none overlaps another. */
export const changedRects = (before: Drawing, after: Drawing): Rect[] => {
  // Places are absolute in the SVG: equal text means equal pixels in the same place.
  const old = new Set(before.blocks.map(({ svg }) => svg));
  const now = new Set(after.blocks.map(({ svg }) => svg));
  const changed = [...before.blocks.filter(({ svg }) => !now.has(svg)), ...after.blocks.filter(({ svg }) => !old.has(svg))];
  return merge(changed.map((block) => block.rect));
};

const merge = (rects: readonly Rect[]): Rect[] => {
  const merged: Rect[] = [];
  for (const rect of rects) {
    let joined = rect;
    for (let i = 0; i < merged.length; i += 1) {
      const other = merged[i];
      if (other === undefined || !overlaps(other, joined)) continue;
      joined = union(other, joined);
      merged.splice(i, 1);
      // The larger rectangle may now touch one that was passed already.
      i = -1;
    }
    merged.push(joined);
  }
  return merged;
};

export const areaOf = (rects: readonly Rect[]): number => rects.reduce((sum, rect) => sum + rect.width * rect.height, 0);

/** The smallest rectangle around all of them; undefined around none. */
export const around = (rects: readonly Rect[]): Rect | undefined =>
  rects.reduce<Rect | undefined>((all, rect) => (all === undefined ? rect : union(all, rect)), undefined);

/** Rows [from, to) that the rectangles cover, from top to bottom; bands that touch are one. */
export const bandsOf = (rects: readonly Rect[]): { from: number; to: number }[] => {
  const bands: { from: number; to: number }[] = [];
  for (const { y, height } of [...rects].sort((a, b) => a.y - b.y)) {
    const last = bands.at(-1);
    if (last !== undefined && y <= last.to) last.to = Math.max(last.to, y + height);
    else bands.push({ from: y, to: y + height });
  }
  return bands;
};

/** What is drawn inside `view`, back to front. Blocks hidden below a later one that covers the view still count. */
export const fragmentsIn = (drawing: Drawing, view: Rect): string[] =>
  drawing.blocks.filter((block) => overlaps(block.rect, view)).map((block) => block.svg);

export const tileKey = (format: PixelFormat, view: Rect, fragments: readonly string[]): string =>
  `${format}|${view.x},${view.y},${view.width},${view.height}|${fragments.join('')}`;

/** The part of `rect` inside the panel, or undefined when nothing is left. */
export const clip = (rect: Rect, panel: { width: number; height: number }): Rect | undefined => {
  const x = Math.max(0, rect.x);
  const y = Math.max(0, rect.y);
  const width = Math.min(panel.width, rect.x + rect.width) - x;
  const height = Math.min(panel.height, rect.y + rect.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
};

/** The element under a point: the last drawn button, enabled or not. */
export const buttonAt = (scene: DrawnScene, x: number, y: number) => {
  for (let i = scene.elements.length - 1; i >= 0; i -= 1) {
    const element = scene.elements[i];
    if (element?.role === 'button' && contains(element.rect, x, y)) return element;
  }
  return undefined;
};

/** Above this a tile is not kept: it covers much of a screen. */
const LARGEST_BYTES = 1_200_000;

/** Least recently used tiles go first when the bytes run out. Kept as runs of one colour: a drawn button is flat. */
export class TileCache {
  readonly #tiles = new Map<string, { readonly kept: Uint32Array | Uint8Array; readonly size: 2 | 4 }>();
  readonly #limitBytes: number;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(key: string): Uint8Array | undefined {
    const tile = this.#tiles.get(key);
    if (tile === undefined) return undefined;
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    return tile.kept instanceof Uint8Array ? tile.kept : unpackRuns(tile.kept, tile.size);
  }

  has(key: string): boolean {
    return this.#tiles.has(key);
  }

  /** `size` = bytes a pixel. */
  set(key: string, pixels: Uint8Array, size: 2 | 4): void {
    if (this.#tiles.has(key) || pixels.length > LARGEST_BYTES) return;
    // A copy: what the renderer hands over lies outside the heap, and would stay there.
    const kept = packRuns(pixels, size) ?? pixels.slice();
    this.#tiles.set(key, { kept, size });
    this.#bytes += kept.byteLength;
    for (const [oldest, tile] of this.#tiles) {
      if (this.#bytes <= this.#limitBytes) break;
      this.#tiles.delete(oldest);
      this.#bytes -= tile.kept.byteLength;
    }
  }
}
