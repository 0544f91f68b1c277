// The card is identified and read; then its certificate decides whether the visit goes on, and with which word.

import { assign } from 'xstate';
import { certificateFailure, deadEnd } from '../decisions.ts';
import { amended, closed, closeWith, type StateConfig, thrownCode } from '../setup.ts';
import { CANCELLED } from './helpers.ts';

export const reading: StateConfig = {
  id: 'reading',
  meta: { screen: 'reading-card' },
  invoke: {
    id: 'readCard',
    src: 'readCard',
    onDone: {
      target: '#sorting',
      actions: assign(({ context, event: { output } }) => amended(context, { summary: output, pinTriesLeft: output.pinTriesLeft ?? 0 })),
    },
    onError: {
      target: '#ended-notice',
      actions: assign(({ context, event }) => closed(context, thrownCode(event, 'card/read-failed'))),
    },
  },
  after: { read: { target: '#ended-notice', actions: closeWith('card/read-failed') } },
};

/** Never stays here: what the certificate allows. */
export const sorting: StateConfig = {
  id: 'sorting',
  always: [
    {
      guard: 'certificateRefused',
      target: '#ended-notice',
      actions: closeWith(({ visit }) => certificateFailure(visit?.summary?.certificate) ?? 'card/untrusted'),
    },
    { guard: 'certificateNeedsWord', target: '#kind-word' },
    { target: '#offering' },
  ],
};

/** A certificate near or just past its end: said kindly, then the visit goes on by itself. Any press gives the whole time again. */
export const kindWord: StateConfig = {
  id: 'kind-word',
  meta: { screen: 'notice' },
  tags: 'showing',
  entry: { type: 'startCountdown', params: { timeout: 'noticeMs', screen: 'notice' } },
  exit: 'stopCountdown',
  after: { notice: '#offering' },
  on: {
    'PRESS.*': { target: '#kind-word', reenter: true },
    'PRESS.choose-language': { target: '#kind-word', reenter: true, actions: 'toggleLanguages' },
    'PRESS.continue': '#offering',
    'PRESS.cancel': CANCELLED,
    'PRESS.language': { target: '#kind-word', reenter: true, actions: 'setLanguage' },
  },
};

/** Never stays here: offers what is open, or says why nothing is. */
export const offering: StateConfig = {
  id: 'offering',
  always: [
    {
      guard: 'noWayLeft',
      target: '#ended-notice',
      actions: closeWith((context) => (context.visit === undefined ? 'visit/internal' : deadEnd(context.visit, context))),
    },
    { target: '#choose-method' },
  ],
};
