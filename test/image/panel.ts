// What a patient sees on a machine's panel and touches there. What shall be seen is drawn by the renderer for the same screen.

import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import type { ElementId, ScreenModel } from '../../src/core/screens.ts';
import { buildScene } from '../../src/display/build-scene.ts';
import type { Rect } from '../../src/display/ports.ts';
import type { Rasteriser } from '../../src/display/raster.ts';
import type { DrawnScene } from '../../src/display/scene-builder.ts';
import { pause } from '../system/uplink/lab.ts';
import type { Machine } from './machine.ts';
import { difference, MOST_PIXELS, type Picture, toPng } from './picture.ts';

/** Emulated, on a busy machine, everything takes its time. */
const WAIT_MS = 1_800_000;
const LOOK_EVERY_MS = 1000;
/** A touch that has changed nothing for so long was not felt: it must be long, since a second one would hit the screen that follows. */
const AGAIN_MS = 60_000;
const MOST_TOUCHES = 6;
/** The ring of the countdown stands left of its words. */
const RING = 110;

export class Panel {
  readonly #machine: () => Machine;
  readonly #rasteriser: Rasteriser;
  /** Where the last picture goes when something else was to be seen. */
  readonly #evidence: string;
  readonly #drawn = new Map<string, Drawn>();

  constructor(machine: () => Machine, rasteriser: Rasteriser, evidence: string) {
    this.#machine = machine;
    this.#rasteriser = rasteriser;
    this.#evidence = evidence;
  }

  /** Waits until the screen, or one of those that `models` allows now, is on the panel, and answers which. The countdown's digits alone are not compared. */
  async sees(models: ScreenModel | (() => readonly ScreenModel[])): Promise<ScreenModel> {
    const end = performance.now() + WAIT_MS;
    // Of the machine that runs now: who still waits when it has gone off must not look at the next one.
    const machine = this.#machine();
    for (;;) {
      const seen = await machine.picture();
      const far: string[] = [];
      let last: Drawn | undefined;
      for (const model of typeof models === 'function' ? models() : [models]) {
        const wanted = await this.#draw(model, seen);
        last = wanted;
        const pixels = await difference(without(wanted.countdown, wanted.picture), without(wanted.countdown, seen));
        if (pixels <= MOST_PIXELS) return model;
        far.push(`${model.screen} (${pixels} pixels differ)`);
      }
      if (performance.now() > end) {
        writeFileSync(`${this.#evidence}-seen.png`, await toPng(seen));
        if (last !== undefined) writeFileSync(`${this.#evidence}-wanted.png`, await toPng(last.picture));
        throw new Error(`waited for ${far.join(' or ')}: look at ${this.#evidence}-seen.png`);
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  /**
   * Touches an element of the screen that is seen, and again when that has done nothing, as a person does: right after its start a box may not
   * listen to its panel yet. Answers how many touches it took.
   */
  async press(model: ScreenModel, id: ElementId): Promise<number> {
    for (let touches = 1; ; touches += 1) {
      await this.#touch(model, id);
      const end = performance.now() + AGAIN_MS;
      while (await this.#shows(model)) {
        if (performance.now() > end) break;
        await pause(LOOK_EVERY_MS);
      }
      if (performance.now() <= end) return touches;
      if (touches === MOST_TOUCHES) throw new Error(`${touches} touches of ${id} did nothing on ${model.screen}`);
    }
  }

  async #shows(model: ScreenModel): Promise<boolean> {
    const seen = await this.#machine().picture();
    const { countdown, picture } = await this.#draw(model, seen);
    return (await difference(without(countdown, picture), without(countdown, seen))) <= MOST_PIXELS;
  }

  async #touch(model: ScreenModel, id: ElementId): Promise<void> {
    const { width, height } = await this.#machine().picture();
    const found = buildScene(model, { width, height }).elements.find((element) => element.id === id);
    if (found === undefined || !found.enabled) throw new Error(`no ${id} on ${model.screen}`);
    const { rect } = found;
    await this.#machine().touch((rect.x + rect.width / 2) / width, (rect.y + rect.height / 2) / height);
  }

  async #draw(model: ScreenModel, { width, height }: Picture): Promise<Drawn> {
    const key = JSON.stringify([model, width, height]);
    const known = this.#drawn.get(key);
    if (known !== undefined) return known;
    const scene = buildScene(model, { width, height });
    const { rgba } = await this.#rasteriser.draw(
      { x: 0, y: 0, width, height },
      scene.blocks.map(({ svg }) => svg),
    );
    const rgb = new Uint8Array(
      await sharp(rgba, { raw: { width, height, channels: 4 } })
        .removeAlpha()
        .raw()
        .toBuffer(),
    );
    const drawn = { countdown: countdown(scene), picture: { width, height, rgb } };
    this.#drawn.set(key, drawn);
    return drawn;
  }
}

interface Drawn {
  readonly picture: Picture;
  /** What is not compared. */
  readonly countdown: Rect | undefined;
}

const countdown = ({ elements }: DrawnScene): Rect | undefined => {
  const words = elements.find(({ id }) => id === 'countdown')?.rect;
  return words === undefined ? undefined : { x: words.x - RING, y: words.y, width: words.width + RING, height: words.height };
};

/** The picture with a part of it painted over. */
const without = (part: Rect | undefined, picture: Picture): Picture => {
  if (part === undefined) return picture;
  const rgb = Uint8Array.from(picture.rgb);
  const from = Math.max(0, Math.floor(part.x));
  const to = Math.min(picture.width, Math.ceil(part.x + part.width));
  for (let y = Math.floor(part.y); y < Math.min(picture.height, part.y + part.height); y += 1)
    rgb.fill(0, (y * picture.width + from) * 3, (y * picture.width + to) * 3);
  return { ...picture, rgb };
};
