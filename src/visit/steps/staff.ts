// Staff vouch by looking (目視確認): the facility's passcode at the reader, or an approval at the terminal, which is asked at once.
// Five wrong passcodes lock the reader's way for the visit. An approval is for this visit alone, so nothing has to be switched back.

import { assign } from 'xstate';
import { lookReason } from '../decisions.ts';
import { amend, amended, closed, closeWith, type StateConfig, thrownCode } from '../setup.ts';
import { asking, ERROR_TONE, padEdges } from './helpers.ts';

export const staff: StateConfig = {
  initial: 'entering',
  entry: ['clearPad', amend(() => ({ entered: 0, wrong: false }))],
  exit: ['clearPad', 'stopAsking', amend(() => ({ entered: 0, wrong: false, receptionAsked: false }))],
  invoke: {
    id: 'askReception',
    src: 'askReception',
    input: ({ context }) => lookReason(context),
    onDone: { actions: assign(({ context }) => amended(context, { receptionAsked: true })) },
    // The reader's own way stays: the screen says no more than that staff are awaited.
    onError: { actions: { type: 'log', params: { event: 'visit.reception-not-asked' } } },
  },
  states: {
    entering: asking('staff-check', 'staff-check', {
      silence: 'staff',
      on: { ...padEdges('staff-check', '#staff-checking'), 'PRESS.back': '#offering' },
    }),
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
    locked: asking('staff-locked', 'staff-check', { silence: 'staff', on: { 'PRESS.back': '#offering' } }),
  },
};
