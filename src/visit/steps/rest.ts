// Between visits: the crossroads every visit ends at, idle, how-to, technician, out of service, shutting down.
// Entering the crossroads forgets everything about the patient, the language included.

import { base, type StateConfig } from '../setup.ts';

/** What comes before being idle, the most pressing first. */
const NEXT = [
  { guard: 'stopping', target: '#shutting-down' },
  { guard: 'unfit', target: '#out-of-service' },
  { guard: 'untested', target: '#testing' },
  { guard: 'notLinked', target: '#waiting' },
  { guard: 'cardPresent', target: '#visit' },
] as const;

/** Never stays here: decides what the kiosk does next. */
export const resting: StateConfig = { id: 'resting', entry: 'rest', always: [...NEXT, { target: '#idle' }] };

export const idle: StateConfig = {
  id: 'idle',
  meta: { screen: 'idle' },
  // Whoever has just chosen a language reads in it why nothing works now.
  always: NEXT,
  after: { idle: { target: '#resting' } },
  on: {
    // The language chosen here is the one the visit begins in.
    'CARD.PLACED': '#visit',
    'PRESS.help': '#how-to',
    'PRESS.language': { target: '#idle', reenter: true, actions: 'setLanguage' },
    'PRESS.mode': { target: '#idle', reenter: true, actions: 'setMode' },
    'POWER.SHORT': '#technician',
  },
};

export const howTo: StateConfig = {
  id: 'how-to',
  meta: { screen: 'how-to' },
  tags: 'showing',
  entry: { type: 'startCountdown', params: { timeout: 'howToMs', screen: 'how-to' } },
  exit: 'stopCountdown',
  always: NEXT,
  // Seen to its end it leaves everything as chosen, too: idle forgets by itself.
  after: { howTo: '#idle' },
  on: {
    'CARD.PLACED': '#visit',
    // Whoever touches anything has seen enough; the language they chose stays.
    'PRESS.*': '#idle',
    'PRESS.cancel': '#resting',
    'PRESS.language': { target: '#how-to', reenter: true, actions: 'setLanguage' },
  },
};

/** Only the door: what lies behind it is unlocked elsewhere. */
export const technician: StateConfig = {
  id: 'technician',
  meta: { screen: 'technician' },
  tags: 'asking',
  entry: { type: 'startCountdown', params: { timeout: 'quietMs', screen: 'technician' } },
  exit: 'stopCountdown',
  always: { guard: 'stopping', target: '#shutting-down' },
  after: { quiet: '#resting' },
  on: {
    'PRESS.*': { target: '#technician', reenter: true },
    'PRESS.back': '#resting',
    'PRESS.cancel': '#resting',
    'POWER.SHORT': '#resting',
    'CARD.PLACED': '#resting',
  },
};

export const outOfService: StateConfig = {
  id: 'out-of-service',
  meta: { screen: 'out-of-service' },
  entry: base.assign({ tested: ({ context }) => context.tested && context.fault === undefined }),
  always: [
    { guard: 'stopping', target: '#shutting-down' },
    { guard: 'fit', target: '#resting' },
  ],
  // After a fault the self-test is tried again by and by; out of service by order lasts until the order is lifted.
  after: {
    retest: [
      { guard: 'faulty', actions: base.assign({ fault: undefined, tested: false }), target: '#resting' },
      { target: '#out-of-service', reenter: true, actions: 'rest' },
    ],
  },
  on: { FAULT: { guard: 'endsService', target: '#out-of-service', reenter: true }, 'POWER.SHORT': '#technician' },
};

export const shuttingDown: StateConfig = {
  id: 'shutting-down',
  initial: 'closing',
  entry: 'rest',
  on: { 'POWER.LONG': {} },
  states: {
    closing: { meta: { screen: 'shutting-down' }, after: { shutdown: 'off' } },
    /** The power may be cut now. */
    off: { meta: { screen: 'shutting-down' }, type: 'final' },
  },
};
