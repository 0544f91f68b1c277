// What is on the panel now and what should be: draws the difference, the newest wish wins, nothing queues up.
// Parts drawn before are kept as tiles, and the likely next ones (pressed buttons, PIN dots) are drawn ahead,
// so that a touch reaches the panel by copying bytes. Owns the panel's memory; never decides what is shown.

import type { ScreenModel } from '../core/screens.ts';
import { anticipate } from './anticipate.ts';
import { buildScene, DEFAULT_FACILITY } from './build-scene.ts';
import { inHalves } from './halves.ts';
import { overlaps } from './layout.ts';
import { blit, bytesPerPixel, cut, decodePixels, encodePixels } from './pixels.ts';
import type { Rect, Scene, SceneElement, Surface } from './ports.ts';
import { PreviewPainter, type PreviewPicture } from './preview.ts';
import type { PreviewWindow } from './preview-window.ts';
import type { Rasteriser } from './raster.ts';
import type { DrawnScene } from './scene-builder.ts';
import type { Facility } from './screens/context.ts';
import {
  areaOf,
  around,
  bandsOf,
  buttonAt,
  changedRects,
  clip,
  type Drawing,
  drawingOf,
  fragmentsIn,
  TileCache,
  tileKey,
} from './tiles.ts';

export interface DisplayOptions {
  readonly surface: Surface;
  readonly rasteriser: Rasteriser;
  readonly facility?: Facility;
  /** Called when drawing fails; the screen keeps its last picture. */
  readonly onError?: (error: unknown) => void;
  /** Memory for tiles; default 6 MB. */
  readonly tileBytes?: number;
}

const DEFAULT_TILE_BYTES = 6 * 1024 * 1024;
/** Above this share of the panel one drawing of all that changed is cheaper than its parts. */
const WHOLE_ABOVE = 0.5;
const NOTHING: Drawing = { blocks: [] };

export class Display {
  readonly #surface: Surface;
  readonly #rasteriser: Rasteriser;
  readonly #facility: Facility;
  readonly #onError: (error: unknown) => void;
  readonly #tiles: TileCache;
  readonly #unwatchGeometry: () => void;
  #memory: Uint8Array;
  readonly #frameListeners = new Set<() => void>();
  #model: ScreenModel = { screen: 'splash', language: 'ja' };
  /** Scenes of the models that are likely next, by model. */
  #foreseen: ReadonlyMap<string, DrawnScene> = new Map();
  /** The model with which its screen appeared. */
  #first = this.#model;
  #scene: DrawnScene;
  #pressed: string | undefined;
  #wanted: Drawing = NOTHING;
  #shown: Drawing = NOTHING;
  #work: Promise<void> | undefined;
  #ahead: Promise<void> | undefined;
  #preview: PreviewPainter | undefined;
  #previewLive = false;
  #closed = false;

  constructor(options: DisplayOptions) {
    this.#surface = options.surface;
    this.#rasteriser = options.rasteriser;
    this.#facility = options.facility ?? DEFAULT_FACILITY;
    this.#onError = options.onError ?? (() => undefined);
    this.#tiles = new TileCache(options.tileBytes ?? DEFAULT_TILE_BYTES);
    this.#memory = new Uint8Array(this.#surface.geometry.strideBytes * this.#surface.geometry.height);
    this.#scene = buildScene(this.#model, this.#surface.geometry, this.#facility);
    this.#unwatchGeometry = this.#surface.onGeometry?.(() => this.#resize()) ?? (() => undefined);
  }

  /** The panel is another one now: everything is laid out and painted anew. */
  #resize(): void {
    if (this.#closed) return;
    this.#memory.fill(0);
    this.#memory = new Uint8Array(this.#surface.geometry.strideBytes * this.#surface.geometry.height);
    this.#shown = { blocks: [] };
    this.#foreseen = new Map();
    this.#pressed = undefined;
    this.#aheadOf = undefined;
    this.#scene = buildScene(this.#model, this.#surface.geometry, this.#facility);
    this.#preview?.forget();
    this.#preview = undefined;
    this.#followPreview();
    this.#want();
  }

  /** The scene of the newest model, whether drawn already or not. */
  get scene(): Scene {
    return this.#scene;
  }

  /** Shows a model from now on. Returns at once; what is known already is on the panel when it returns. */
  show(model: ScreenModel): void {
    const left = model.screen !== this.#model.screen;
    this.#model = model;
    this.#scene = this.#foreseen.get(JSON.stringify(model)) ?? buildScene(model, this.#surface.geometry, this.#facility);
    if (left) {
      this.#pressed = undefined;
      this.#first = model;
    }
    this.#followPreview();
    this.#want();
  }

  /** Visual feedback: a finger is on this element. */
  press(element: string): void {
    this.#pressed = element;
    this.#want();
  }

  release(): void {
    if (this.#pressed === undefined) return;
    this.#pressed = undefined;
    this.#want();
  }

  /** The button under a point in panel pixels. */
  elementAt(x: number, y: number): SceneElement | undefined {
    return buttonAt(this.#scene, x, y);
  }

  /** Width by height of the screen's preview; undefined on a screen without one. */
  get previewRatio(): number | undefined {
    return this.#preview?.ratio;
  }

  /** Puts a camera picture, or a window of it, into the screen's preview, mirrored; does nothing on a screen without one. */
  showPreview(picture: PreviewPicture, window?: PreviewWindow): void {
    const painter = this.#preview;
    if (painter === undefined || this.#closed) return;
    blit(this.#memory, this.#surface.geometry, painter.paint(picture, window), painter.box);
    this.#previewLive = true;
    // Before the screen itself is drawn the picture waits in memory.
    if (this.#shown.blocks.length > 0) this.#write([painter.box]);
  }

  /** Called after every change of panel pixels; returns the unsubscribe function. */
  onFrame(listener: () => void): () => void {
    this.#frameListeners.add(listener);
    return () => this.#frameListeners.delete(listener);
  }

  /** Resolves when the panel shows the newest model; tiles drawn ahead may still be under way. */
  async settled(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
  }

  /** Resolves when the tiles drawn ahead are ready too. */
  async warm(): Promise<void> {
    await this.settled();
    while (this.#ahead !== undefined) await this.#ahead;
  }

  /** What is on the panel now, pixel for pixel. */
  async png(): Promise<Uint8Array> {
    const { width, height } = this.#surface.geometry;
    return this.#rasteriser.png(decodePixels(this.#memory, this.#surface.geometry), width, height);
  }

  /** Stops drawing and wipes the panel's memory. The surface stays open: whoever opened it closes it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unwatchGeometry();
    this.#frameListeners.clear();
    await this.settled();
    await this.#ahead;
    this.#preview?.forget();
    this.#memory.fill(0);
  }

  #followPreview(): void {
    const box = this.#scene.preview;
    const same = box !== undefined && this.#preview !== undefined && sameRect(box, this.#preview.box);
    if (same) return;
    this.#preview?.forget();
    this.#previewLive = false;
    this.#preview = box === undefined ? undefined : new PreviewPainter(box, this.#surface.geometry);
  }

  #want(): void {
    if (this.#closed) return;
    this.#wanted = drawingOf(this.#scene, this.#pressed);
    if (this.#paintKnown() || this.#work !== undefined) return;
    this.#work = this.#draw().finally(() => {
      this.#work = undefined;
      this.#drawAhead();
    });
  }

  /** Rectangles to draw for the wanted drawing: few parts, or one around all of them, in halves when it is large. */
  #dirty(to: Drawing): readonly Rect[] {
    const { width, height } = this.#surface.geometry;
    const rects = changedRects(this.#shown, to).flatMap((rect) => clip(rect, { width, height }) ?? []);
    const all = around(rects);
    return all === undefined || areaOf(rects) <= width * height * WHOLE_ABOVE ? rects : inHalves(to, all);
  }

  /** Paints at once when every part is known. True when the panel shows what is wanted. */
  #paintKnown(): boolean {
    const rects = this.#dirty(this.#wanted);
    const tiles = rects.map((rect) => this.#tiles.get(this.#keyOf(this.#wanted, rect)));
    if (tiles.some((tile) => tile === undefined)) return false;
    this.#paint(
      this.#wanted,
      rects.flatMap((rect, i) => {
        const bytes = tiles[i];
        return bytes === undefined ? [] : [{ rect, bytes }];
      }),
    );
    return true;
  }

  async #draw(): Promise<void> {
    while (!this.#closed && this.#shown !== this.#wanted) {
      const [from, to] = [this.#shown, this.#wanted];
      const rects = this.#dirty(to);
      try {
        const parts = await Promise.all(rects.map(async (rect) => ({ rect, bytes: await this.#tile(to, rect) })));
        // A touch may have painted known tiles meanwhile: then the difference is another one, and what was drawn is kept.
        if (this.#shown === from && !this.#closed) this.#paint(to, parts);
      } catch (error) {
        this.#onError(error);
        return;
      }
    }
  }

  #keyOf(drawing: Drawing, rect: Rect): string {
    return tileKey(this.#surface.geometry.format, rect, fragmentsIn(drawing, rect));
  }

  async #tile(drawing: Drawing, rect: Rect): Promise<Uint8Array> {
    const fragments = fragmentsIn(drawing, rect);
    const { format } = this.#surface.geometry;
    const key = tileKey(format, rect, fragments);
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const pixels = await this.#rasteriser.draw(rect, fragments);
    const bytes = encodePixels(pixels.rgba, format);
    this.#tiles.set(key, bytes, bytesPerPixel(format));
    return bytes;
  }

  #paint(drawing: Drawing, parts: readonly { rect: Rect; bytes: Uint8Array }[]): void {
    const { geometry } = this.#surface;
    const box = this.#previewLive ? this.#preview?.box : undefined;
    const covered = box !== undefined && parts.some(({ rect }) => overlaps(rect, box));
    const live = covered ? { box, bytes: cut(this.#memory, geometry, box) } : undefined;
    for (const { rect, bytes } of parts) blit(this.#memory, geometry, bytes, rect);
    if (live !== undefined) blit(this.#memory, geometry, live.bytes, live.box);
    this.#shown = drawing;
    if (parts.length > 0) this.#write(parts.map(({ rect }) => rect));
  }

  /** Hands the rows of the rectangles to the panel. */
  #write(rects: readonly Rect[]): void {
    const { strideBytes } = this.#surface.geometry;
    try {
      for (const { from, to } of bandsOf(rects)) {
        this.#surface.writeRows(from, to - from, this.#memory.subarray(from * strideBytes, to * strideBytes));
      }
    } catch (error) {
      this.#onError(error);
      return;
    }
    for (const listener of this.#frameListeners) listener();
  }

  /** Draws the parts a touch is likely to need next, one after the other, until something new is wanted. */
  #drawAhead(): void {
    if (this.#closed || this.#ahead !== undefined || this.#shown !== this.#wanted) return;
    this.#ahead = this.#drawLikely(this.#scene)
      .catch(this.#onError)
      .finally(() => {
        this.#ahead = undefined;
        if (this.#work === undefined && !this.#closed && this.#aheadOf !== this.#scene.screen) this.#drawAhead();
      });
  }

  /** The screen whose likely parts were drawn last. */
  #aheadOf: string | undefined;

  async #drawLikely(scene: DrawnScene): Promise<void> {
    this.#aheadOf = scene.screen;
    const base = drawingOf(scene, undefined);
    this.#foreseen = new Map(
      anticipate(this.#model, this.#first).map((model) => [
        JSON.stringify(model),
        buildScene(model, this.#surface.geometry, this.#facility),
      ]),
    );
    const others = [...this.#foreseen.values()];
    const steps = others.map((other) => [base, drawingOf(other, undefined)] as const);
    const touches = [scene, ...others].flatMap((one) =>
      one.blocks.flatMap((block) => (block.pressed === undefined ? [] : [[drawingOf(one, undefined), drawingOf(one, block.id)] as const])),
    );
    for (const [before, after] of [...steps, ...touches]) {
      for (const rect of changedRects(before, after)) {
        const view = clip(rect, this.#surface.geometry);
        if (view === undefined) continue;
        for (const wanted of [after, before]) {
          if (this.#tiles.has(this.#keyOf(wanted, view))) continue;
          if (this.#closed || this.#work !== undefined || this.#scene.screen !== scene.screen) {
            this.#aheadOf = undefined;
            return;
          }
          await this.#tile(wanted, view);
        }
      }
    }
  }
}

const sameRect = (a: Rect, b: Rect): boolean => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
