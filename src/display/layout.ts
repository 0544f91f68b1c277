// Boxes: how a panel is cut into header, progress, body and footer, and how a box is cut further.
// Pure arithmetic on whole pixels; never knows what is drawn in a box.

import type { Rect } from './ports.ts';
import type { Sizes } from './theme.ts';

export const rect = (x: number, y: number, width: number, height: number): Rect => {
  const left = Math.round(x);
  const top = Math.round(y);
  return { x: left, y: top, width: Math.round(x + width) - left, height: Math.round(y + height) - top };
};

export const inset = (box: Rect, dx: number, dy: number = dx): Rect =>
  rect(box.x + dx, box.y + dy, box.width - 2 * dx, box.height - 2 * dy);

/** Side by side, widths in proportion to `weights`. */
export const columns = <const W extends readonly number[]>(box: Rect, weights: W, gap: number): { [K in keyof W]: Rect } => {
  const unit = (box.width - gap * (weights.length - 1)) / weights.reduce((sum, weight) => sum + weight, 0);
  let x = box.x;
  return weights.map((weight) => {
    const cell = rect(x, box.y, weight * unit, box.height);
    x += weight * unit + gap;
    return cell;
  }) as { [K in keyof W]: Rect };
};

/** One above the other, heights in proportion to `weights`. */
export const rows = <const W extends readonly number[]>(box: Rect, weights: W, gap: number): { [K in keyof W]: Rect } =>
  columns(turn(box), weights, gap).map(turn) as { [K in keyof W]: Rect };

const turn = (box: Rect): Rect => ({ x: box.y, y: box.x, width: box.height, height: box.width });

/** Cuts `height` pixels off the top: [taken, rest below the gap]. */
export const cutTop = (box: Rect, height: number, gap = 0): [Rect, Rect] => [
  rect(box.x, box.y, box.width, height),
  rect(box.x, box.y + height + gap, box.width, box.height - height - gap),
];

/** Cuts `height` pixels off the bottom: [taken, rest above the gap]. */
export const cutBottom = (box: Rect, height: number, gap = 0): [Rect, Rect] => [
  rect(box.x, box.y + box.height - height, box.width, height),
  rect(box.x, box.y, box.width, box.height - height - gap),
];

/** Cuts `width` pixels off the left: [taken, rest right of the gap]. */
export const cutLeft = (box: Rect, width: number, gap = 0): [Rect, Rect] => [
  rect(box.x, box.y, width, box.height),
  rect(box.x + width + gap, box.y, box.width - width - gap, box.height),
];

/** Cuts `width` pixels off the right: [taken, rest left of the gap]. */
export const cutRight = (box: Rect, width: number, gap = 0): [Rect, Rect] => [
  rect(box.x + box.width - width, box.y, width, box.height),
  rect(box.x, box.y, box.width - width - gap, box.height),
];

/** A box of the given size in the middle of another, shrunk to fit. */
export const centred = (box: Rect, width: number, height: number): Rect => {
  const w = Math.min(width, box.width);
  const h = Math.min(height, box.height);
  return rect(box.x + (box.width - w) / 2, box.y + (box.height - h) / 2, w, h);
};

export interface Frame {
  readonly panel: Rect;
  readonly header: Rect;
  readonly progress: Rect;
  /** Between header (or progress) and footer, without margins. */
  readonly body: Rect;
  readonly footer: Rect;
}

export const frameOf = (panel: { width: number; height: number }, sizes: Sizes, parts: { progress: boolean; footer: number }): Frame => {
  const whole = rect(0, 0, panel.width, panel.height);
  const [header, belowHeader] = cutTop(whole, sizes.header);
  const [progress, belowProgress] = cutTop(belowHeader, parts.progress ? sizes.progress : 0);
  const [footer, body] = cutBottom(belowProgress, parts.footer);
  return { panel: whole, header, progress, body: inset(body, sizes.margin, sizes.gap), footer };
};

export const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export const union = (a: Rect, b: Rect): Rect => {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, width: Math.max(a.x + a.width, b.x + b.width) - x, height: Math.max(a.y + a.height, b.y + b.height) - y };
};

export const contains = (box: Rect, x: number, y: number): boolean =>
  x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
