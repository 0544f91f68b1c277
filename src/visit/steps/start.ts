// From power to service: splash, self-test, waiting for the terminal.
// Both must be there before a card is taken; a failed self-test puts the kiosk out of service, with a reason.

import { assign } from 'xstate';
import { type StateConfig, thrownCode } from '../setup.ts';

export const splash: StateConfig = {
  id: 'splash',
  meta: { screen: 'splash' },
  entry: 'beginStart',
  after: { splash: '#initialising' },
};

export const initialising: StateConfig = {
  id: 'initialising',
  initial: 'testing',
  always: [
    { guard: 'stopping', target: '#shutting-down' },
    { guard: 'offDuty', target: '#out-of-service' },
  ],
  on: { 'POWER.SHORT': '#technician' },
  states: {
    testing: {
      id: 'testing',
      meta: { screen: 'initialising' },
      invoke: {
        id: 'selfTest',
        src: 'selfTest',
        // The reader has just answered, whatever was heard of it while it was still waking up.
        onDone: {
          target: 'waiting',
          actions: assign({ tested: true, fault: ({ context: { fault } }) => (fault?.startsWith('reader/') ? undefined : fault) }),
        },
        onError: {
          target: '#out-of-service',
          actions: assign({ fault: ({ event }) => thrownCode(event, 'visit/internal') }),
        },
      },
      after: { selfTest: { target: '#out-of-service', actions: assign({ fault: 'visit/internal' }) } },
    },
    waiting: {
      id: 'waiting',
      meta: { screen: 'initialising' },
      // Only the first arrival is a start: what follows says nothing about how long the next one takes.
      always: [
        { guard: 'unfit', target: '#out-of-service' },
        { guard: 'linked', target: '#idle', actions: ['recordStart', assign({ startedAt: undefined, startsBy: undefined })] },
      ],
      after: {
        link: {
          target: 'waiting',
          reenter: true,
          actions: ['rest', { type: 'log', params: { event: 'visit.still-waiting-for-terminal' } }],
        },
      },
    },
  },
};
