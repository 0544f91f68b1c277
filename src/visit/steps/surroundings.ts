// What goes on beside the journey: the link to the terminal with its grace, and the desk: tray, camera, orders, faults.
// These regions only keep flags; the journey decides what they mean.

import { base, type StateConfig } from '../setup.ts';

export const link: StateConfig = {
  initial: 'down',
  on: {
    // A terminal that speaks proves a broker of which nothing was heard, but not one that is known to be lost: its word may be an old one.
    'TERMINAL.READY': { actions: base.assign({ terminal: true, broker: ({ context }) => context.broker ?? true }) },
    'TERMINAL.LOST': { actions: base.assign({ terminal: false }) },
    'BROKER.READY': { actions: base.assign({ broker: true }) },
    'BROKER.LOST': { actions: base.assign({ broker: false }) },
  },
  states: {
    down: { always: { guard: 'linked', target: 'up' } },
    up: { always: { guard: 'notLinked', target: 'grace' } },
    /** A visit waits this long for a link that went away. */
    grace: {
      always: { guard: 'linked', target: 'up' },
      after: { grace: { target: 'down', actions: base.raise({ type: 'LINK.DOWN' }) } },
    },
  },
};

export const desk: StateConfig = {
  on: {
    'CARD.PLACED': { actions: base.assign({ card: true }) },
    'CARD.REMOVED': { actions: base.assign({ card: false }) },
    'CAMERA.READY': { actions: base.assign({ camera: true }) },
    'CAMERA.LOST': { actions: base.assign({ camera: false }) },
    FAULT: {
      guard: 'endsService',
      actions: [
        'noteFault',
        // A dead reader cannot tell that the card was taken.
        base.assign({ card: ({ context, event }) => context.card && !(event.type === 'FAULT' && event.code === 'reader/unavailable') }),
      ],
    },
    COMMAND: {
      actions: base.assign(({ event }) => {
        if (event.type !== 'COMMAND') return {};
        switch (event.command) {
          case 'out-of-service':
            return { serving: false };
          case 'in-service':
            return { serving: true, fault: undefined };
          case 'shutdown':
            return { stopping: true };
          default:
            return {};
        }
      }),
    },
  },
};
