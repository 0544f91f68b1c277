// The visit is over and its card session closed. Says how it ended, and gives no rest until the card is gone.

import { assign } from 'xstate';
import { base, type StateConfig } from '../setup.ts';

/**
 * Whoever presses anything (another language, the next sentence, a key) has the whole time again; the tone sounds once.
 * A card snatched away at the tone does not take the words with it: they are needed the more.
 */
const telling: StateConfig = {
  meta: { screen: 'notice' },
  tags: 'showing',
  exit: 'stopCountdown',
  after: { notice: '#take-card' },
  on: {
    'CARD.PLACED': '#resting',
    'PRESS.*': { target: '#ended-notice-again', reenter: true },
    'PRESS.continue': '#take-card',
    'PRESS.cancel': '#take-card',
    'PRESS.choose-language': { target: '#ended-notice-again', reenter: true, actions: 'toggleLanguages' },
    'PRESS.language': { target: '#ended-notice-again', reenter: true, actions: 'setLanguage' },
  },
};
const COUNTING = { type: 'startCountdown', params: { timeout: 'noticeMs', screen: 'notice' } } as const;

const notice: StateConfig = { ...telling, id: 'ended-notice', entry: [{ type: 'sound', params: { tone: 'error' } }, COUNTING] };
const noticeAgain: StateConfig = { ...telling, id: 'ended-notice-again', entry: COUNTING };

const recap: StateConfig = {
  meta: { screen: 'done' },
  tags: 'showing',
  exit: 'stopCountdown',
  after: { done: '#take-card' },
  on: {
    'CARD.REMOVED': { target: '#done-taken', actions: assign({ closing: ({ context }) => ({ ...context.closing, taken: true }) }) },
    'CARD.PLACED': '#resting',
    'PRESS.*': { target: '#done-again', reenter: true },
    'PRESS.language': { target: '#done-again', reenter: true, actions: 'setLanguage' },
    'PRESS.continue': '#take-card',
    'PRESS.cancel': '#take-card',
  },
};
const SHOWING_RECAP = { type: 'startCountdown', params: { timeout: 'doneMs', screen: 'done' } } as const;

const done: StateConfig = { ...recap, id: 'done', entry: [{ type: 'sound', params: { tone: 'accepted' } }, SHOWING_RECAP] };
const doneAgain: StateConfig = { ...recap, id: 'done-again', entry: SHOWING_RECAP };

/** The card is in the patient's hand; the number is still wanted. Whoever comes next, or presses something, ends it; who reads on does not. */
const taken: StateConfig = {
  id: 'done-taken',
  meta: { screen: 'done' },
  tags: 'showing',
  entry: { type: 'startCountdown', params: { timeout: 'takenMs', screen: 'done' } },
  exit: 'stopCountdown',
  after: { taken: '#resting' },
  on: {
    'CARD.PLACED': '#resting',
    'PRESS.*': '#resting',
    'PRESS.other': { target: '#done-taken', reenter: true },
    'PRESS.language': { actions: 'setLanguage' },
  },
};

const level = (tone: 'alarm-1' | 'alarm-2' | 'alarm-3' | undefined, next: string): StateConfig => ({
  meta: { screen: 'take-card' },
  ...(tone === undefined ? {} : { entry: { type: 'sound', params: { tone } } }),
  after: { alarm: { target: next, reenter: true } },
});

/** The alarm rises, and stays at its height until somebody takes the card. */
const takeCard: StateConfig = {
  id: 'take-card',
  initial: 'quiet',
  always: { guard: 'cardGone', target: '#resting' },
  on: {
    'CARD.PLACED': '#resting',
    // Who took it late wants the reception number as well.
    'CARD.REMOVED': [
      { guard: 'hasNumber', target: '#done-taken', actions: assign({ closing: ({ context }) => ({ ...context.closing, taken: true }) }) },
      '#resting',
    ],
  },
  states: {
    quiet: level(undefined, 'asking'),
    asking: level('alarm-1', 'urging'),
    urging: level('alarm-2', 'insisting'),
    insisting: level('alarm-3', 'insisting'),
  },
};

export const ended: StateConfig = {
  initial: 'take-card',
  // Whatever ended the visit: nothing of it stays but what these screens say.
  entry: base.assign({ visit: undefined }),
  on: { 'PRESS.language': { actions: 'setLanguage' } },
  states: { notice, 'notice-again': noticeAgain, done, 'done-again': doneAgain, taken, 'take-card': takeCard },
};
