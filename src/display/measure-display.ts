// Measures the display for a bench: whole screens, and the way from a touch to changed panel bytes.
// Gives every duration in milliseconds; judges nothing.

import { systemClock } from '../core/clock.ts';
import type { ScreenModel } from '../core/screens.ts';
import { Display } from './display.ts';
import { MemorySurface } from './memory-surface.ts';
import type { Rasteriser } from './raster.ts';
import { sampleModels } from './samples.ts';

/** Durations in milliseconds, in the order they were measured. */
export interface DisplayFigures {
  /** A whole screen on an empty panel, nothing remembered: from show() to its last row. */
  readonly wholeScreen: readonly number[];
  /** The screens of a visit one after the other, with what is remembered of the others. */
  readonly nextScreen: readonly number[];
  /** A finger comes down on a key: from press() to the row write of its feedback. */
  readonly pressFeedback: readonly number[];
  /** A digit was taken: from show() to the row write of its dot. */
  readonly pinDot: readonly number[];
  /** One camera picture of 640×480 mirrored into the oval. */
  readonly previewFrame: readonly number[];
}

const WHOLE = ['consent', 'choose-method', 'done', 'idle', 'notice-pin-blocked', 'pin', 'face'];
/** Screens of a visit one after the other. */
export const VISIT = ['idle', 'reading-card', 'choose-method', 'face', 'consent', 'consent-items-surgery', 'sending', 'done', 'take-card'];

/** Takes about three seconds with the default rounds. */
export const measureDisplay = async (
  rasteriser: Rasteriser,
  panel: { width: number; height: number },
  rounds = 40,
): Promise<DisplayFigures> => {
  const samples = sampleModels('ja');
  const model = (name: string | undefined): ScreenModel => samples[name ?? ''] ?? { screen: 'splash', language: 'ja' };
  const now = () => systemClock.monotonicMs();
  const open = () => new Display({ surface: new MemorySurface(panel.width, panel.height), rasteriser });
  const showOn = async (display: Display, next: ScreenModel): Promise<number> => {
    const start = now();
    display.show(next);
    await display.settled();
    return now() - start;
  };

  const wholeScreen: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const fresh = open();
    wholeScreen.push(await showOn(fresh, model(WHOLE[i % WHOLE.length])));
    await fresh.close();
  }

  const display = open();
  const nextScreen: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    nextScreen.push(await showOn(display, model(VISIT[i % VISIT.length])));
    await display.warm();
  }

  const pin = model('pin');
  display.show(pin);
  await display.warm();
  const pressFeedback: number[] = [];
  const pinDot: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const key = `key-${i % 10}`;
    const start = now();
    display.press(key);
    await display.settled();
    pressFeedback.push(now() - start);
    display.release();
    await display.settled();
    if (pin.screen !== 'pin') break;
    pinDot.push(await showOn(display, { ...pin, entered: i % 4 }));
    await display.warm();
  }

  display.show(model('face'));
  await display.settled();
  const picture = { width: 640, height: 480, data: new Uint8Array(640 * 480 * 3).fill(120) };
  const previewFrame: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const start = now();
    display.showPreview(picture);
    previewFrame.push(now() - start);
  }
  await display.close();
  return { wholeScreen, nextScreen, pressFeedback, pinDot, previewFrame };
};
