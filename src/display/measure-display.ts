// Measures the display for a bench: whole screens, and the way from a touch report to changed panel bytes.
// Gives medians in milliseconds; judges nothing.

import { systemClock } from '../core/clock.ts';
import type { ScreenModel } from '../core/screens.ts';
import { Display } from './display.ts';
import { MemorySurface } from './memory-surface.ts';
import type { Rasteriser } from './raster.ts';
import { sampleModels } from './samples.ts';

export interface DisplayFigures {
  /** One whole other screen, from show() to its last row. */
  readonly wholeScreenMs: number;
  /** A finger comes down on a key: from press() to the row write of its feedback. */
  readonly pressFeedbackMs: number;
  /** A digit was taken: from show() to the row write of its dot. */
  readonly pinDotMs: number;
  /** One camera picture of 640×480 mirrored into the oval. */
  readonly previewFrameMs: number;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Takes about a second with the default rounds. */
export const measureDisplay = async (
  rasteriser: Rasteriser,
  panel: { width: number; height: number },
  rounds = 40,
): Promise<DisplayFigures> => {
  const surface = new MemorySurface(panel.width, panel.height);
  const display = new Display({ surface, rasteriser });
  const samples = sampleModels('ja');
  const model = (name: string): ScreenModel => samples[name] ?? { screen: 'splash', language: 'ja' };
  const now = () => systemClock.monotonicMs();

  const whole: number[] = [];
  const screens = ['consent', 'choose-method', 'done', 'idle', 'notice-pin-blocked'];
  for (let i = 0; i < rounds; i += 1) {
    const start = now();
    display.show(model(screens[i % screens.length] ?? 'idle'));
    await display.settled();
    whole.push(now() - start);
  }

  const pin = model('pin');
  display.show(pin);
  await display.warm();
  const press: number[] = [];
  const dot: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const key = `key-${i % 10}`;
    const start = now();
    display.press(key);
    await display.settled();
    press.push(now() - start);
    display.release();
    await display.settled();
    if (pin.screen !== 'pin') break;
    const before = now();
    display.show({ ...pin, entered: i % 4 });
    await display.settled();
    dot.push(now() - before);
    await display.warm();
  }

  display.show(model('face'));
  await display.settled();
  const picture = { width: 640, height: 480, data: new Uint8Array(640 * 480 * 3).fill(120) };
  const preview: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const start = now();
    display.showPreview(picture);
    preview.push(now() - start);
  }
  await display.close();
  return { wholeScreenMs: median(whole), pressFeedbackMs: median(press), pinDotMs: median(dot), previewFrameMs: median(preview) };
};
