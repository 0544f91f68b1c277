// In large letters a screen says one sentence at a time: remembers which one, until another screen comes.
// The visit never hears of it, save that somebody is there.

import type { ElementId, ScreenModel } from '../core/screens.ts';

export class ReadOn {
  readonly #again: () => void;
  #screen = '';
  #sentence = 0;

  /** `again` shows the present screen anew, and tells the visit that somebody is there. */
  constructor(again: () => void) {
    this.#again = again;
  }

  /** The model with the sentence that is to be shown. A screen that comes anew begins at its first. */
  frame(model: ScreenModel): ScreenModel {
    const { screen, language } = model;
    const asking = model.timeout?.asking === true;
    const of = JSON.stringify([
      screen,
      language,
      asking,
      'question' in model && model.question,
      'code' in model && model.code,
      'wrong' in model && model.wrong,
    ]);
    if (of !== this.#screen) this.#sentence = 0;
    this.#screen = of;
    return model.mode === 'large' && this.#sentence > 0 ? { ...model, sentence: this.#sentence } : model;
  }

  /** True: the press was for the next sentence, and nobody else's. */
  press(element: ElementId): boolean {
    if (element !== 'next-sentence') return false;
    this.#sentence += 1;
    this.#again();
    return true;
  }
}
