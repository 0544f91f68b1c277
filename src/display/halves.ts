// Cuts a large drawing in two that cost about the same, so that two cores draw them side by side.
// Outlines of characters are nearly all of the cost; a block that lies across the cut is drawn twice.

import type { Rect } from './ports.ts';
import type { Drawing } from './tiles.ts';

/** Smaller rectangles are drawn in one go: a second document costs about a millisecond. */
const WORTH_CUTTING = 300_000;
/** A pixel's cost in characters: filling and copying. */
const CHARACTERS_PER_PIXEL = 1 / 8000;

const TEXT = />([^<]+)</g;

/** Characters that are drawn as outlines. */
const charactersIn = (svg: string): number => {
  let count = 0;
  for (const [, text = ''] of svg.matchAll(TEXT)) count += text.length;
  return count;
};

/** `rect` itself, or its upper and its lower part. */
export const inHalves = (drawing: Drawing, rect: Rect): readonly Rect[] => {
  if (rect.width * rect.height < WORTH_CUTTING) return [rect];
  const bottom = rect.y + rect.height;
  const inside = drawing.blocks
    .map((block) => ({ top: block.rect.y, bottom: block.rect.y + block.rect.height, cost: charactersIn(block.svg) }))
    .filter((block) => block.top < bottom && block.bottom > rect.y);
  const cuts = [...new Set(inside.flatMap((block) => [Math.round(block.top), Math.round(block.bottom)]))].filter(
    (y) => y > rect.y && y < bottom,
  );
  let best = { cut: rect.y + Math.round(rect.height / 2), cost: Number.POSITIVE_INFINITY };
  for (const cut of cuts) {
    let upper = rect.width * (cut - rect.y) * CHARACTERS_PER_PIXEL;
    let lower = rect.width * (bottom - cut) * CHARACTERS_PER_PIXEL;
    for (const block of inside) {
      if (block.top < cut) upper += block.cost;
      if (block.bottom > cut) lower += block.cost;
    }
    const cost = Math.max(upper, lower);
    if (cost < best.cost) best = { cut, cost };
  }
  return [
    { ...rect, height: best.cut - rect.y },
    { ...rect, y: best.cut, height: bottom - best.cut },
  ];
};
