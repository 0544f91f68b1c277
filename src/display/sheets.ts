// Contact sheets: every kind of screen of one language and mode, small, on one picture. They are the golden pictures of the tests
// and the pages of docs/screens.md; drawn by the kiosk's own rasteriser. Never used by the running kiosk.

import type { DisplayMode, Language } from '../core/screens.ts';
import { DISPLAY_MODES, LANGUAGES } from '../core/screens.ts';
import { buildScene } from './build-scene.ts';
import type { Rasteriser } from './raster.ts';
import { SAMPLE_FACILITY, sampleModels } from './samples.ts';
import type { DrawnScene } from './scene-builder.ts';

/** One sample of every screen and of every state in which it looks different. */
export const SHEET_SCREENS = [
  'splash', 'initialising', 'initialising-lost', 'idle', 'reading-card', 'choose-method', 'choose-method-languages', 'choose-method-locked',
  'face', 'face-too-far', 'face-retry', 'face-retry-camera', 'pin', 'pin-wrong',
  'pin-checking', 'pin-last-try', 'staff-check', 'staff-check-asked', 'staff-check-locked', 'consent',
  'consent-items-diagnosis-medication', 'consent-items-surgery', 'prescription', 'sending', 'done', 'done-desk',
  'done-stored', 'take-card', 'take-card-1', 'take-card-3', 'notice-card-not-my-number', 'notice-pin-blocked',
  'notice-certificate-expires-soon', 'out-of-service', 'how-to', 'technician', 'technician-self-test', 'shutting-down', 'consent-asking',
  'notice-card-not-recognised', 'notice-card-driving-licence', 'notice-card-transit', 'notice-card-several', 'notice-certificate-expired', 'choose-method-no-pin',
  'choose-method-no-photo', 'choose-method-photo-locked', 'choose-method-no-models', 'done-taken',
] as const; // biome-ignore format: six to a row, as on the sheet

export interface Sheet {
  readonly name: string;
  readonly language: Language;
  readonly mode: DisplayMode;
  readonly panel: { readonly width: number; readonly height: number };
}

const sheet = (language: Language, mode: DisplayMode, width: number, height: number): Sheet => ({
  name: `${language}-${mode}${width === 1280 ? '' : `-${width}x${height}`}`,
  language,
  mode,
  panel: { width, height },
});

export const SHEETS: readonly Sheet[] = [
  ...LANGUAGES.flatMap((language) => DISPLAY_MODES.map((mode) => sheet(language, mode, 1280, 800))),
  sheet('ja', 'standard', 800, 480),
  sheet('ja', 'standard', 800, 1280),
];

export const sceneOn = ({ language, mode, panel }: Sheet, name: string): DrawnScene => {
  const model = sampleModels(language, mode)[name];
  if (model === undefined) throw new RangeError(`no sample ${name}`);
  return buildScene(model, panel, SAMPLE_FACILITY);
};

/** The screen as RGBA pixels of the panel's size. */
export const drawScreen = async (rasteriser: Rasteriser, of: Sheet, name: string): Promise<Uint8Array> =>
  (
    await rasteriser.draw(
      { x: 0, y: 0, ...of.panel },
      sceneOn(of, name).blocks.map(({ svg }) => svg),
    )
  ).rgba;
