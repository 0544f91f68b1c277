// The pad of digits and the row of dots, for the PIN and for the staff's passcode.
// Shows how many digits were typed, never which; the keys keep their order.

import type { ElementId, Language } from '../../core/screens.ts';
import { messagesFor } from '../languages/language.ts';
import { columns, rect, rows } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { shape } from '../scene-builder.ts';
import { COLOURS } from '../theme.ts';
import type { ScreenContext } from './context.ts';

const DIGIT_ROWS = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
] as const;

/** Digits in a 3×4 block, 0 in the middle below; at their right delete, clear and a tall 決定. `language`: whose hands it is for. */
export const digitPad = (
  { build, sizes }: ScreenContext,
  area: Rect,
  state: { digits: boolean; remove: boolean; enter: boolean },
  language: Language = build.language,
): void => {
  const words = messagesFor(language).pin;
  // On a low panel under a banner the gaps give way before the keys do.
  const between = Math.max(4, Math.min(sizes.keyGap, Math.floor((area.height - 4 * sizes.target) / 3)));
  const [first, second, third, fourth] = rows(area, [1, 1, 1, 1], between);
  const digit = (value: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9, box: Rect) =>
    build.button(`key-${value}` satisfies ElementId, String(value), box, { kind: 'key', size: sizes.key, enabled: state.digits });
  const cells = (row: Rect) => columns(row, [1, 1, 1, 1.25], sizes.keyGap);
  [first, second, third].forEach((row, i) => {
    const values = DIGIT_ROWS[i] ?? DIGIT_ROWS[0];
    const [a, b, c] = cells(row);
    digit(values[0], a);
    digit(values[1], b);
    digit(values[2], c);
  });
  const bottom = cells(fourth);
  digit(0, rect(bottom[0].x, fourth.y, bottom[2].x + bottom[2].width - bottom[0].x, fourth.height));
  const size = sizes.compact ? 19 : 28;
  build.button('key-backspace', words.backspace, cells(first)[3], { kind: 'quiet', size, language, enabled: state.remove });
  build.button('key-clear', words.clear, cells(second)[3], { kind: 'quiet', size, language, enabled: state.remove });
  const top = cells(third)[3];
  build.button('key-enter', words.enter, rect(top.x, top.y, top.width, fourth.y + fourth.height - top.y), {
    kind: 'primary',
    size: sizes.compact ? 26 : 38,
    language,
    enabled: state.enter,
  });
  build.element('keypad', 'keypad', words.keypad, area, state.digits);
};

/** One box per digit: filled with a dot when typed, marked when next. `label` says the count in words. */
export const dots = (
  { build, sizes }: ScreenContext,
  area: Rect,
  label: string,
  state: { entered: number; length: number; wrong: boolean },
): void => {
  const side = Math.min(area.height, (area.width - (state.length - 1) * sizes.keyGap) / state.length);
  const parts = Array.from({ length: state.length }, (_, i) => {
    const box = rect(area.x + i * (side + sizes.keyGap), area.y, side, side);
    const filled = i < state.entered;
    const next = i === state.entered;
    const colour = state.wrong ? COLOURS.error : filled || next ? COLOURS.primary : COLOURS.borderStrong;
    const frame = shape(box, {
      fill: COLOURS.surface,
      border: colour,
      width: next ? sizes.stroke + 2 : sizes.stroke,
      radius: sizes.radius,
    });
    const [cx, cy] = [box.x + side / 2, box.y + side / 2];
    if (filled) return `${frame}<circle cx="${cx}" cy="${cy}" r="${side * 0.165}" fill="${COLOURS.text}"/>`;
    if (next)
      return `${frame}<rect x="${cx - side * 0.2}" y="${box.y + side * 0.78}" width="${side * 0.4}" height="${side * 0.05}" rx="2" fill="${colour}"/>`;
    return frame;
  });
  const box = rect(area.x, area.y, state.length * side + (state.length - 1) * sizes.keyGap, side);
  build.draw(box, parts.join(''));
  build.element('entered', 'text', label, box);
};
