// Three lamps that fill up while the card stays: the rising alarm for those who do not hear it.

import { columns, rect } from '../layout.ts';
import type { Rect } from '../ports.ts';
import type { SceneBuilder } from '../scene-builder.ts';
import { COLOURS } from '../theme.ts';

/** `alarm` = how many are lit, 1 to 3; from the second on in the colour of an error. */
export const drawLamps = (build: SceneBuilder, box: Rect, alarm: number, width: number): void => {
  const cells = columns(rect(box.x, box.y, Math.min(box.width, width), box.height), [1, 1, 1], build.sizes.keyGap);
  cells.forEach((cell, i) => {
    const colour = i >= alarm ? COLOURS.grey : alarm >= 2 ? COLOURS.error : COLOURS.warningDark;
    // Lit ones are full, the others hollow: seen without telling colours apart, and in white on black too.
    build.panel(cell, { fill: i < alarm ? colour : COLOURS.surface, border: colour, width: 3, radius: cell.height / 2 });
  });
};
