// The whole journey as one statechart: three regions, the journey itself and what it depends on.
// Every edge out of a visit that must never be forgotten stands on the visit state itself.

import { linkFailure } from './decisions.ts';
import { base, closeWith, initialContext, type StateConfig } from './setup.ts';
import { consent, consented, identified, prescription } from './steps/consent.ts';
import { ended } from './steps/ended.ts';
import { CANCELLED } from './steps/helpers.ts';
import { identify } from './steps/identify.ts';
import { kindWord, offering, reading, sorting } from './steps/reading.ts';
import { howTo, idle, outOfService, resting, shuttingDown, technician } from './steps/rest.ts';
import { sending } from './steps/sending.ts';
import { initialising, splash } from './steps/start.ts';
import { desk, link } from './steps/surroundings.ts';

const visit: StateConfig = {
  id: 'visit',
  initial: 'reading',
  entry: ['newVisit', 'openCard', { type: 'sound', params: { tone: 'card-detected' } }],
  exit: ['closeCard', 'closeLanguages'],
  on: {
    'CARD.REMOVED': { target: '#ended-notice', actions: closeWith('card/removed') },
    // Another card although nobody saw the first one go: the first visit is over, a new one begins.
    'CARD.PLACED': { target: '#visit', reenter: true },
    'LINK.DOWN': { target: '#ended-notice', actions: closeWith(linkFailure) },
    FAULT: {
      guard: 'endsService',
      target: '#ended-notice',
      actions: closeWith((_context, event) => (event.type === 'FAULT' ? event.code : 'visit/internal')),
    },
    COMMAND: { guard: 'cancels', ...CANCELLED },
    'PRESS.cancel': CANCELLED,
    'PRESS.language': { actions: 'setLanguage' },
    'PRESS.choose-language': { actions: 'toggleLanguages' },
  },
  states: { reading, sorting, 'kind-word': kindWord, offering, identify, identified, consent, consented, prescription, sending },
};

const journey: StateConfig = {
  initial: 'splash',
  on: { 'POWER.LONG': '#shutting-down' },
  states: {
    splash,
    initialising,
    resting,
    idle,
    'how-to': howTo,
    technician,
    'out-of-service': outOfService,
    visit,
    ended,
    'shutting-down': shuttingDown,
  },
};

export const visitMachine = base.createMachine({
  id: 'kiosk',
  type: 'parallel',
  context: initialContext,
  states: { journey, link, desk },
});

export type VisitMachine = typeof visitMachine;
