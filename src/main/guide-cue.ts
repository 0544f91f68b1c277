// From what the camera sees to the tone that leads the face: pure.

import type { ScreenModel } from '../core/screens.ts';
import type { GuideCue } from '../device/sound/ports.ts';

type FaceScreen = Extract<ScreenModel, { screen: 'face' }>;

const CUES: Readonly<Record<NonNullable<FaceScreen['hint']>, GuideCue>> = {
  none: 'search',
  several: 'search',
  'too-far': 'closer',
  'too-near': 'back',
  'off-centre': 'search',
  turned: 'turn',
  tilted: 'turn',
  dark: 'search',
  'back-lit': 'search',
  'over-exposed': 'search',
  blurred: 'hold',
  'eyes-hidden': 'hold',
  mask: 'hold',
  'not-live': 'hold',
  'no-match': 'hold',
};

const TASK_CUES: Readonly<Record<NonNullable<FaceScreen['task']>, GuideCue>> = {
  'turn-left': 'left',
  'turn-right': 'right',
  blink: 'hold',
};

/** The guide for a screen; undefined where there is no camera to look into. */
export const guideCueOf = (model: ScreenModel): GuideCue | undefined => {
  if (model.screen !== 'face') return undefined;
  // Left and right are the patient's own, as they hear them.
  if (model.direction !== undefined) return model.direction;
  if (model.hint === undefined && model.task !== undefined) return TASK_CUES[model.task];
  return model.hint === undefined ? 'hold' : CUES[model.hint];
};
