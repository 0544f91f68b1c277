// Contact sheets: every screen of one language and mode, small, on one picture. They are the golden pictures of the tests
// and the pages of docs/screens.md; drawn by the kiosk's own rasteriser. Never used by the running kiosk.

import type { DisplayMode, Language } from '../core/screens.ts';
import { DISPLAY_MODES, LANGUAGES } from '../core/screens.ts';
import { buildScene } from './build-scene.ts';
import type { Rasteriser } from './raster.ts';
import { SAMPLE_FACILITY, sampleModels } from './samples.ts';
import type { DrawnScene } from './scene-builder.ts';

/** Every sample: all screens, and every state in which one looks different. */
export const SHEET_SCREENS: readonly string[] = Object.keys(sampleModels('ja'));

export interface Sheet {
  readonly name: string;
  readonly language: Language;
  readonly mode: DisplayMode;
  readonly panel: { readonly width: number; readonly height: number };
  /** Width in pixels of one small picture: large enough to be read where letters are as usual. */
  readonly tile: number;
}

const sheet = (language: Language, mode: DisplayMode, width: number, height: number, tile: number): Sheet => ({
  name: `${language}-${mode}${width === 1280 ? '' : `-${width}x${height}`}`,
  language,
  mode,
  panel: { width, height },
  tile,
});

/** Every language in every mode, and in standard letters on every panel. White on black has the layout of the standard mode. */
export const SHEETS: readonly Sheet[] = LANGUAGES.flatMap((language) => [
  ...DISPLAY_MODES.map((mode) => sheet(language, mode, 1280, 800, mode === 'standard' ? 320 : 240)),
  sheet(language, 'standard', 800, 480, 240),
  sheet(language, 'standard', 800, 1280, 160),
]);

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
