// Which rectangle of a panel in memory became different since somebody looked, so that a live view sends that and not the whole panel.
// Compares pixels where rows were written; the camera's picture counts as different whenever it was painted. Keeps one copy of the panel.

import { bytesPerPixel } from './pixels.ts';
import type { PanelGeometry, Rect } from './ports.ts';
import { around } from './tiles.ts';

/** Looks that are remembered; who was away longer gets the whole panel. */
const REMEMBERED = 100;

interface Look {
  readonly number: number;
  readonly screen?: Rect;
  readonly camera?: Rect;
}

/** What to send: parts pixel for pixel, and where the camera's picture is new. */
export interface PanelChange {
  readonly screen?: Rect;
  readonly camera?: Rect;
}

export class PanelChanges {
  readonly #geometry: PanelGeometry;
  readonly #memory: Uint8Array;
  readonly #copy: Uint8Array;
  #from: number;
  #to: number;
  #looks: Look[] = [];
  #number = 0;

  /** `memory` is the panel's own, not a copy. */
  constructor(memory: Uint8Array, geometry: PanelGeometry) {
    this.#geometry = geometry;
    this.#memory = memory;
    this.#copy = Uint8Array.from(memory);
    [this.#from, this.#to] = [geometry.height, 0];
  }

  /** Rows [y, y + rows) were written. */
  written(y: number, rows: number): void {
    this.#from = Math.min(this.#from, y);
    this.#to = Math.max(this.#to, y + rows);
  }

  /** Compares what was written since the last look, and answers this look's number. `camera`: where the live picture is now. */
  look(camera?: Rect): number {
    if (this.#from >= this.#to) return this.#number;
    const screen = this.#difference(camera);
    const painted = camera !== undefined && camera.y < this.#to && camera.y + camera.height > this.#from;
    const { strideBytes } = this.#geometry;
    const [start, end] = [this.#from * strideBytes, this.#to * strideBytes];
    this.#copy.set(this.#memory.subarray(start, end), start);
    [this.#from, this.#to] = [this.#geometry.height, 0];
    if (screen === undefined && !painted) return this.#number;
    this.#number += 1;
    this.#looks.push({
      number: this.#number,
      ...(screen === undefined ? {} : { screen }),
      ...(painted ? { camera } : {}),
    });
    if (this.#looks.length > REMEMBERED) this.#looks.shift();
    return this.#number;
  }

  /** What became different after look `seen`; all of the panel for who has seen nothing, or too long ago. */
  since(seen: number | undefined): PanelChange {
    const { width, height } = this.#geometry;
    const oldest = this.#looks[0]?.number ?? this.#number + 1;
    if (seen === undefined || seen < oldest - 1) return { screen: { x: 0, y: 0, width, height } };
    const missed = this.#looks.filter(({ number }) => number > seen);
    const screen = around(missed.flatMap((look) => look.screen ?? []));
    const camera = around(missed.flatMap((look) => look.camera ?? []));
    return { ...(screen === undefined ? {} : { screen }), ...(camera === undefined ? {} : { camera }) };
  }

  /** The rectangle around all that differs from the copy in the written rows, but for the camera's picture. */
  #difference(camera: Rect | undefined): Rect | undefined {
    const { width, strideBytes, format } = this.#geometry;
    const size = bytesPerPixel(format);
    let [left, right, top, bottom] = [width, -1, -1, -1];
    /** Bytes [start, end) of one row. */
    const compare = (row: number, start: number, end: number): void => {
      if (Buffer.compare(this.#memory.subarray(start, end), this.#copy.subarray(start, end)) === 0) return;
      let [first, last] = [start, end - 1];
      while (this.#memory[first] === this.#copy[first]) first += 1;
      while (this.#memory[last] === this.#copy[last]) last -= 1;
      left = Math.min(left, Math.floor((first - row * strideBytes) / size));
      right = Math.max(right, Math.floor((last - row * strideBytes) / size));
      if (top < 0) top = row;
      bottom = row;
    };
    for (let row = this.#from; row < this.#to; row += 1) {
      const start = row * strideBytes;
      const end = start + width * size;
      if (camera !== undefined && row >= camera.y && row < camera.y + camera.height) {
        compare(row, start, start + camera.x * size);
        compare(row, start + (camera.x + camera.width) * size, end);
      } else compare(row, start, end);
    }
    return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
  }
}
