// Which models are likely to follow one, so that their parts can be drawn before they are needed.
// A guess costs a little drawing in idle moments; a miss costs nothing but that.

import type { ScreenModel } from '../core/screens.ts';

/** `first` = the screen as it was when it appeared: any touch sets its countdown back to that. */
export const anticipate = (model: ScreenModel, first: ScreenModel): readonly ScreenModel[] => {
  const { timeout } = first;
  const touched: ScreenModel = timeout === undefined ? model : { ...model, timeout };
  if (touched.screen !== 'pin' && touched.screen !== 'staff-check') return touched === model ? [] : [touched];
  return Array.from({ length: touched.length + 1 }, (_, entered) => ({ ...touched, entered, wrong: false }));
};
