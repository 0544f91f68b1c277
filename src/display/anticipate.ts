// Which models are likely to follow one, so that their parts can be drawn before they are needed.
// A guess costs a little drawing in idle moments; a miss costs nothing but that.

import type { ScreenModel } from '../core/screens.ts';

export const anticipate = (model: ScreenModel): readonly ScreenModel[] => {
  if (model.screen !== 'pin' && model.screen !== 'staff-check') return [];
  const others = Array.from({ length: model.length + 1 }, (_, entered) => entered).filter((entered) => entered !== model.entered);
  return others.map((entered) => ({ ...model, entered, wrong: false }));
};
