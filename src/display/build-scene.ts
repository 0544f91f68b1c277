// From what the visit decided to what is on the panel: one pure function over all screens.
// Never measures time, never keeps state; the same model and panel give the same scene.

import type { ScreenModel } from '../core/screens.ts';
import { messagesFor, staffLanguage } from './languages/language.ts';
import { cutTop, frameOf, inset, rect } from './layout.ts';
import { type DrawnScene, SceneBuilder } from './scene-builder.ts';
import { consent, consentItems, prescription } from './screens/consent.ts';
import type { Facility, ScreenContext, ScreenEnd } from './screens/context.ts';
import { done, sending, takeCard } from './screens/finish.ts';
import { bannerHeight, drawBanner, drawSurroundings, footerHeight, showsProgress, surroundingsOf } from './screens/frame.ts';
import { howTo } from './screens/help.ts';
import { chooseMethod, face, faceRetry } from './screens/identity.ts';
import { chooseLanguage } from './screens/languages.ts';
import { drawLarge, isDrawnLarge } from './screens/large.ts';
import { largeSentences, shownSentence } from './screens/large-sentences.ts';
import { notice, outOfService } from './screens/notice.ts';
import { pin, pinLastTry, staffCheck } from './screens/pin.ts';
import { idle, initialising, readingCard, shuttingDown, splash } from './screens/start.ts';
import { technician } from './screens/technician.ts';
import { spoken } from './text/speech.ts';
import { sizesFor } from './theme.ts';

export const DEFAULT_FACILITY: Facility = { name: '受付キオスク', contacts: [] };

/** The scene of one screen for a panel of `width` × `height` pixels. */
export const buildScene = (
  model: ScreenModel,
  panel: { readonly width: number; readonly height: number },
  facility: Facility = DEFAULT_FACILITY,
): DrawnScene => {
  const sizes = sizesFor(panel, model.mode);
  // No patient reads the technician's screens: whatever stands on them is in the language of the facility.
  const language = model.screen === 'technician' ? staffLanguage(model.language) : model.language;
  const build = new SceneBuilder(panel, sizes, language, model.mode);
  const around = surroundingsOf(model);
  const messages = messagesFor(language);
  const large = sizes.large ? largeSentences(model, messages) : undefined;
  const count = large?.length ?? 0;
  const sentence = large?.[shownSentence(model, large)];
  const whole = frameOf(panel, sizes, { progress: showsProgress(model, sizes), footer: footerHeight(model, sizes, count) });
  const frame = around.bare === true ? { ...whole, body: inset(whole.panel, sizes.margin, sizes.gap) } : whole;
  const context: ScreenContext = {
    build,
    sizes,
    frame,
    messages,
    facility,
    ...(sentence === undefined ? {} : { sentence, sentences: count }),
  };
  drawSurroundings(context, model, count);
  // In large letters a lost link is one of the sentences.
  if (model.banner === undefined || around.bare === true || sizes.large) return finish(context, model, drawBody(context, model));
  const height = bannerHeight(sizes);
  const [box, body] = cutTop(frame.body, height, sizes.gap / 2);
  drawBanner(context, model, rect(0, box.y - sizes.gap, panel.width, height));
  const lowered = rect(body.x, body.y - sizes.gap / 2, body.width, body.height + sizes.gap / 2);
  return finish(context, model, drawBody({ ...context, frame: { ...frame, body: lowered } }, model));
};

const finish = ({ build }: ScreenContext, model: ScreenModel, end: ScreenEnd): DrawnScene =>
  build.finish(model.screen, spoken(end.speech, model.language), end.preview);

/** In large letters a screen is one sentence and its buttons; what is said aloud stays all that the usual screen says. */
const drawBody = (context: ScreenContext, model: ScreenModel): ScreenEnd => {
  if (model.choosingLanguage !== undefined) return chooseLanguage(context, model.choosingLanguage);
  if (!context.sizes.large || !isDrawnLarge(model)) return drawUsual(context, model);
  drawLarge(context, model);
  const { panel } = context.frame;
  const unseen = new SceneBuilder(panel, sizesFor(panel), model.language);
  return { speech: drawUsual({ ...context, build: unseen, sizes: unseen.sizes }, model).speech };
};

const drawUsual = (context: ScreenContext, model: ScreenModel): ScreenEnd => {
  switch (model.screen) {
    case 'splash': return splash(context);
    case 'initialising': return initialising(context, model);
    case 'idle': return idle(context, model);
    case 'reading-card': return readingCard(context);
    case 'choose-method': return chooseMethod(context, model);
    case 'face': return face(context, model);
    case 'face-retry': return faceRetry(context, model);
    case 'pin': return pin(context, model);
    case 'pin-last-try': return pinLastTry(context);
    case 'staff-check': return staffCheck(context, model);
    case 'consent': return consent(context, model);
    case 'consent-items': return consentItems(context, model);
    case 'prescription': return prescription(context);
    case 'sending': return sending(context);
    case 'done': return done(context, model);
    case 'take-card': return takeCard(context, model);
    case 'notice': return notice(context, model);
    case 'out-of-service': return outOfService(context, model);
    case 'how-to': return howTo(context, model);
    case 'technician': return technician(context, model);
    case 'shutting-down': return shuttingDown(context);
  }
}; // biome-ignore format: one line per screen
