// A patient at a box that has no camera: the card on the tray, PIN and consent by touch, the card taken at the end.

import type { ElementId, Language, ScreenModel } from '../../src/core/screens.ts';
import { LANGUAGES } from '../../src/core/screens.ts';
import { type BoxLab, PIN } from './box-lab.ts';

const language: Language = 'ja';
/** Digits of the countdown are not compared. */
const timeout = { secondsLeft: 600, asking: false };

export const IDLE: ScreenModel = { language, screen: 'idle', languages: LANGUAGES };
export const CHOOSE: ScreenModel = { language, timeout, screen: 'choose-method', methods: ['pin', 'staff'], faceClosed: 'photo' };
const pin = (entered: number): ScreenModel => ({
  language,
  timeout,
  screen: 'pin',
  entered,
  length: 4,
  triesLeft: 3,
  wrong: false,
  checking: false,
});
const CONSENT: ScreenModel = { language, timeout, screen: 'consent', questions: ['diagnosis-medication'] };
const SURGERY: ScreenModel = { language, timeout, screen: 'consent-items', question: 'surgery', index: 0, count: 1 };
const shared = (['diagnosis-medication', 'surgery'] as const).map((question) => ({ question, given: true }));
/** With the number that reception has for this patient. Without a camera the card's face stays closed: reception knows nobody, and asks for a word. */
const done = (number: string | undefined): ScreenModel[] =>
  number === undefined ? [] : [{ language, screen: 'done', checkIn: 'see-reception', number, shared }];
const STORED: ScreenModel = { language, screen: 'done', checkIn: 'stored', shared };

export interface Told {
  /** see-reception: the terminal has signed for it; stored: the box keeps it until it does. */
  readonly checkIn: 'see-reception' | 'stored';
  readonly screens: readonly string[];
  /** Touches that were not felt. */
  readonly unfelt: number;
}

/** From the idle screen to the recap: what the patient was told. */
export const visitByPin = async (lab: BoxLab): Promise<Told> => {
  const { panel } = lab;
  const screens: string[] = [];
  let unfelt = 0;
  const sees = async (models: Parameters<typeof panel.sees>[0]): Promise<ScreenModel> => {
    const model = await panel.sees(models);
    if (screens.at(-1) !== model.screen) screens.push(model.screen);
    return model;
  };
  const step = async (model: ScreenModel, element: ElementId): Promise<void> => {
    unfelt += (await panel.press(await sees(model), element)) - 1;
  };
  await sees(IDLE);
  lab.layCard();
  await step(CHOOSE, 'method-pin');
  for (const [at, digit] of [...PIN].entries()) await step(pin(at), `key-${digit}` as ElementId);
  await step(pin(PIN.length), 'key-enter');
  await step(CONSENT, 'consent-all');
  const before = lab.visits().length;
  await step(SURGERY, 'item-yes');
  const told = await sees(() => [STORED, ...done(lab.visits()[before]?.number)]);
  return { checkIn: told === STORED ? 'stored' : 'see-reception', screens, unfelt };
};
