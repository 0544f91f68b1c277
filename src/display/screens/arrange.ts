// How the parts of a body are arranged on this panel: side by side on a wide one, one above the other on a tall one.
// The only place beside the frame that asks which way the panel stands.

import { columns, cutTop, rows } from '../layout.ts';
import type { Rect } from '../ports.ts';
import type { TextStyle } from '../scene-builder.ts';
import type { ScreenContext } from './context.ts';

/** Parts of a body, widths (or, on a tall panel, heights) in proportion to `weights`. */
export const beside = <const W extends readonly number[]>(
  { sizes }: ScreenContext,
  box: Rect,
  weights: W,
  gap: number,
  tall: { [K in keyof W]: number } = weights as { [K in keyof W]: number },
): { [K in keyof W]: Rect } => (sizes.portrait ? (rows(box, tall as W, gap) as { [K in keyof W]: Rect }) : columns(box, weights, gap));

/** Height of `count` choices of one height: a row, or on a tall panel a stack. */
export const choicesHeight = ({ sizes }: ScreenContext, count: number, height: number): number =>
  count === 0 ? 0 : sizes.portrait ? count * height + (count - 1) * sizes.gap : height;

/** Cells of equal size for choices. */
export const choices = (context: ScreenContext, box: Rect, count: number): Rect[] =>
  beside(
    context,
    box,
    Array.from({ length: count }, () => 1),
    context.sizes.gap,
  ) as unknown as Rect[];

/** The title at the top of a body, on one line or, on a tall panel, two. Answers what is left below it. */
export const heading = (context: ScreenContext, label: string, body: Rect, style: Partial<TextStyle> = {}): Rect => {
  const { build, sizes } = context;
  const lines = sizes.portrait ? 2 : 1;
  const [head, rest] = cutTop(body, sizes.title * (sizes.portrait ? 2.6 : 1.4), sizes.gap);
  build.text('title', label, head, {
    size: sizes.title,
    weight: 700,
    vertical: 'middle',
    maxLines: lines,
    smallest: Math.round(sizes.title * 0.65),
    leading: 1.25,
    balance: sizes.portrait,
    ...style,
  });
  return rest;
};
