// What stands on a screen in 「大きな文字」: its sentences, one at a time, the one that matters first. Pure: no pixels.
// Nothing the usual screen says is left out; the next sentence is a press away, and all of them are said aloud together.

import { FAILURES } from '../../core/failure.ts';
import type { Language, ScreenModel } from '../../core/screens.ts';
import { messagesFor } from '../languages/language.ts';
import type { Messages } from '../languages/messages.ts';
import { sentencesOf } from '../text/sentences.ts';
import { guidanceText, methodNotes } from './identity.ts';
import { patientsLine } from './pin.ts';

/** One text or more for one screen; a text may be several sentences. Undefined: not a patient's screen. */
const textsOf = (model: ScreenModel, words: Messages): readonly string[] | undefined => {
  switch (model.screen) {
    case 'splash':
      return [words.splash.title];
    case 'initialising':
      return model.lost === undefined ? [words.initialising.title] : [words.initialising.lostTitle, words.initialising.lostBody];
    case 'idle':
      return [words.idle.title];
    case 'reading-card':
      return [words.readingCard.title];
    case 'choose-method':
      return [words.method.title, ...methodNotes(model, words.method).map(({ text }) => text)];
    case 'face':
      // What to do comes last in a hint, and first in large letters.
      return [...sentencesOf(guidanceText(words.face, model), model.language)].reverse().concat(words.face.privacy);
    case 'face-retry': {
      const { advice, reasons, attemptsLeft, noAttempts } = words.faceRetry;
      const again = model.attemptsLeft > 0 && model.methods.includes('face');
      return [advice[model.reason], reasons[model.reason], again ? attemptsLeft(model.attemptsLeft) : noAttempts];
    }
    case 'pin': {
      const { title, wrong, checking, lastWarning, lockWarning, body } = words.pin;
      if (model.checking) return [checking];
      const warning = model.triesLeft === 1 ? lastWarning : lockWarning;
      return [...(model.wrong ? [wrong] : []), title, warning, body];
    }
    case 'pin-last-try':
      return [words.pinLastTry.body, words.pinLastTry.unlock];
    case 'staff-check':
      return model.receptionAsked === true && !model.wrong && !model.locked
        ? [words.staffCheck.patient, words.staffCheck.asked]
        : [patientsLine(words, model)];
    case 'consent': {
      const { title, what, questions, separator, period, periodBody, free, freeBody } = words.consent;
      const list = model.questions.map((question) => questions[question]).join(separator);
      // What is shared stands beside the first offer to agree to it.
      return [`${what}: ${list}`, title, `${period}: ${periodBody}`, `${free}: ${freeBody}`];
    }
    case 'consent-items':
      return [words.items.titles[model.question], words.items.bodies[model.question], words.items.terms];
    case 'prescription':
      return [words.prescription.title];
    case 'sending':
      return [words.sending.title];
    case 'done': {
      const { [model.checkIn]: state, taken, recap, nothing, given: yes, notGiven: no } = words.done;
      const shared = model.shared.map(({ question, given }) => `${words.consent.questions[question]}: ${given ? yes : no}`);
      const notice = model.notice === undefined ? [] : [words.failures[model.notice].title, words.failures[model.notice].action];
      return [
        state.title,
        // The words of the card that is still there stand below its picture, on every page.
        ...(model.cardTaken === true ? [taken] : []),
        state.body,
        ...notice,
        ...(shared.length === 0 ? [nothing] : [recap, ...shared]),
      ];
    }
    case 'take-card': {
      const { title, body, reminder, urgent } = words.takeCard;
      const ended = model.after === undefined ? [] : [words.failures[model.after].title, words.failures[model.after].patient];
      return [title, ...ended, model.alarm >= 2 ? urgent : model.alarm === 1 ? body : reminder];
    }
    case 'notice': {
      const { title, patient, action } = words.failures[model.code];
      // A failure's first word is what to do; a kind word's, what it is about.
      return model.code in FAILURES ? [action, title, patient] : [title, action, patient];
    }
    case 'out-of-service': {
      const { outOfService } = words;
      const english = messagesFor('en').outOfService;
      return [outOfService.title, outOfService.body, ...(model.language === 'en' ? [] : [english.title, english.body])];
    }
    case 'how-to':
    case 'technician':
      return undefined;
    case 'shutting-down':
      return [words.shuttingDown.title];
  }
};

/** The sentences in their order, a lost link last; the question of the last seconds stands alone. */
export const largeSentences = (model: ScreenModel, words: Messages): readonly string[] | undefined => {
  const texts = textsOf(model, words);
  if (texts === undefined) return undefined;
  if (model.timeout?.asking === true) return [words.asking.title];
  const banner = model.banner === undefined ? [] : [words.banner[model.banner][KEPT.has(model.screen) ? 'kept' : 'goOn']];
  return [...texts, ...banner].flatMap((text) => [...sentencesOf(text, model.language as Language)]);
};

/** Screens after which the result waits in the outbox for the link; before them a link that stays away ends the visit. */
export const KEPT: ReadonlySet<ScreenModel['screen']> = new Set(['consent', 'consent-items', 'prescription', 'sending', 'done']);

/** Which of them stands there now. */
export const shownSentence = (model: ScreenModel, sentences: readonly string[]): number => (model.sentence ?? 0) % sentences.length;
