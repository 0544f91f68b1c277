// Staff vouch by looking (目視確認): the facility's passcode at the reader. Five wrong ones lock this way for the visit.

import { assign } from 'xstate';
import { amend, amended, closed, closeWith, type StateConfig, thrownCode } from '../setup.ts';
import { asking, ERROR_TONE, padEdges } from './helpers.ts';

export const staff: StateConfig = {
  initial: 'entering',
  entry: ['clearPad', amend(() => ({ entered: 0, wrong: false }))],
  exit: ['clearPad', amend(() => ({ entered: 0, wrong: false }))],
  states: {
    entering: asking('staff-check', 'staff-check', { on: { ...padEdges('staff-check', '#staff-checking'), 'PRESS.back': '#offering' } }),
    checking: {
      id: 'staff-checking',
      meta: { screen: 'staff-check' },
      invoke: {
        id: 'checkPasscode',
        src: 'checkPasscode',
        onDone: [
          {
            guard: ({ event }) => event.output,
            target: '#identified',
            actions: assign(({ context }) => amended(context, { method: 'staff' })),
          },
          {
            target: '#staff-wrong',
            actions: [
              ERROR_TONE,
              assign(({ context }) => amended(context, { wrong: true, staffTriesLeft: (context.visit?.staffTriesLeft ?? 1) - 1 })),
            ],
          },
        ],
        onError: { target: '#ended-notice', actions: assign(({ context, event }) => closed(context, thrownCode(event, 'visit/internal'))) },
      },
      after: { check: { target: '#ended-notice', actions: closeWith('visit/internal') } },
    },
    wrong: {
      id: 'staff-wrong',
      entry: amend(() => ({ entered: 0 })),
      always: [{ guard: 'staffLocked', target: '#staff-locked' }, { target: '#staff-check' }],
    },
    /** Too many wrong passcodes: only the terminal can vouch now, or another way. */
    locked: asking('staff-locked', 'staff-check', { on: { 'PRESS.back': '#offering' } }),
  },
};
