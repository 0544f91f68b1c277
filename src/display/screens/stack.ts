// Texts one below another with even gaps, as one block placed in a box; shrunk together until the block fits.

import { rect } from '../layout.ts';
import type { Rect } from '../ports.ts';
import type { SceneBuilder, TextStyle } from '../scene-builder.ts';
import { fitText } from '../text/fit.ts';

export interface StackedText {
  readonly id: string;
  readonly label: string;
  readonly style: TextStyle;
  /** Pixels above it; the first one's counts for nothing. */
  readonly gap?: number;
}

const SMALLEST_SCALE = 0.7;

/** Draws the texts one below the other and answers the pixels left free above them, for a picture that belongs to them. */
export const stackTexts = (
  build: SceneBuilder,
  box: Rect,
  texts: readonly StackedText[],
  vertical: 'top' | 'middle' = 'middle',
): number => {
  for (let scale = 1; ; scale -= 0.04) {
    const placed = texts.map(({ label, style, gap = 0 }, i) => {
      const size = Math.round(style.size * scale);
      const fit = fitText({
        text: label,
        width: box.width,
        height: box.height,
        size,
        smallest: size,
        weight: style.weight ?? 400,
        leading: style.leading ?? 1.4,
        balance: style.balance ?? true,
        language: style.language ?? build.language,
      });
      const height = Math.ceil(size * (1 + (fit.lines.length - 1) * (style.leading ?? 1.4)));
      return { size, height, gap: i === 0 ? 0 : gap * scale, fits: fit.fits, whole: fit.whole };
    });
    const total = placed.reduce((sum, { height, gap }) => sum + height + gap, 0);
    const fits = total <= box.height && placed.every((one) => one.fits);
    const whole = placed.every((one) => one.whole);
    if (!(fits && whole) && scale > SMALLEST_SCALE) continue;
    let y = box.y + (vertical === 'middle' ? Math.max(0, (box.height - total) / 2) : 0);
    texts.forEach(({ id, label, style }, i) => {
      const { size = style.size, height = 0, gap = 0 } = placed[i] ?? {};
      y += gap;
      const room = fits ? height : Math.min(height, Math.max(1, box.y + box.height - y));
      build.text(id, label, rect(box.x, y, box.width, room), { ...style, size, smallest: size, vertical: 'top' });
      y += height;
    });
    return vertical === 'middle' ? Math.max(0, (box.height - total) / 2) : 0;
  }
};
