// The four digits of the patient, checked by the card itself. Three wrong tries lock the card for good,
// so the tries left are always shown and the last one needs a confirmation. The digits stay on the pad, never in memory here.

import { assign } from 'xstate';
import { amend, amended, closed, closeWith, type StateConfig, thrownCode } from '../setup.ts';
import { asking, ERROR_TONE, METHOD_EDGES, padEdges } from './helpers.ts';

export const pin: StateConfig = {
  initial: 'entering',
  entry: ['clearPad', amend(() => ({ entered: 0, wrong: false }))],
  exit: ['clearPad', amend(() => ({ entered: 0, wrong: false, lastTryConfirmed: false }))],
  states: {
    entering: asking('pin', 'pin', { on: { ...padEdges('pin', '#pin-checking'), 'PRESS.back': '#choose-method' } }),
    'last-try': asking('pin-last-try', 'pin-last-try', {
      on: {
        'PRESS.continue': { target: '#pin', actions: amend(() => ({ lastTryConfirmed: true, wrong: false })) },
        'PRESS.back': '#choose-method',
        'PRESS.method-face': METHOD_EDGES['PRESS.method-face'],
        'PRESS.method-staff': METHOD_EDGES['PRESS.method-staff'],
      },
    }),
    checking: {
      id: 'pin-checking',
      meta: { screen: 'pin' },
      invoke: {
        id: 'checkPin',
        src: 'checkPin',
        input: ({ context }) => ({ lastTryConfirmed: context.visit?.lastTryConfirmed ?? false }),
        onDone: [
          {
            guard: ({ event }) => event.output.outcome === 'verified',
            target: '#identified',
            actions: assign(({ context }) => amended(context, { method: 'pin' })),
          },
          {
            guard: ({ event }) => event.output.outcome === 'blocked',
            target: '#barred',
            actions: [ERROR_TONE, assign(({ context }) => amended(context, { pinTriesLeft: 0 }))],
          },
          {
            target: '#pin-wrong',
            actions: [
              ERROR_TONE,
              assign(({ context, event: { output } }) =>
                output.outcome === 'wrong' ? amended(context, { wrong: true, pinTriesLeft: output.triesLeft }) : {},
              ),
            ],
          },
        ],
        onError: [
          {
            guard: ({ event }) => thrownCode(event, 'card/read-failed') === 'pin/blocked',
            target: '#barred',
            actions: assign(({ context }) => amended(context, { pinTriesLeft: 0 })),
          },
          { target: '#ended-notice', actions: assign(({ context, event }) => closed(context, thrownCode(event, 'card/read-failed'))) },
        ],
      },
      after: { check: { target: '#ended-notice', actions: closeWith('card/read-failed') } },
    },
    wrong: {
      id: 'pin-wrong',
      entry: amend(() => ({ entered: 0, lastTryConfirmed: false })),
      always: [{ guard: 'pinNeedsConfirmation', target: '#pin-last-try' }, { guard: 'pinOpen', target: '#pin' }, { target: '#barred' }],
    },
  },
};
