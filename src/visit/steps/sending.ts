// The result is decided: it is sealed, stored and handed over. Taking the card, losing the link or pressing cancel change nothing any more.
// Must never call a result stored that may not be durable: at the deadline the session says which it is.

import { assign } from 'xstate';
import { outcomeOf, recapOf } from '../decisions.ts';
import { closed, closeWith, type StateConfig, thrownCode } from '../setup.ts';

export const sending: StateConfig = {
  id: 'sending',
  initial: 'waiting',
  entry: assign({ closing: ({ context }) => ({ recap: recapOf(context) }) }),
  invoke: {
    id: 'deliver',
    src: 'deliver',
    input: ({ context }) => outcomeOf(context),
    onDone: [
      {
        guard: ({ event }) => event.output.outcome === 'rejected',
        target: '#ended-notice',
        actions: assign(({ context, event: { output } }) =>
          closed(context, output.outcome === 'rejected' ? output.code : 'uplink/rejected', { taken: context.closing?.taken ?? false }),
        ),
      },
      {
        target: '#done',
        actions: assign({
          closing: ({ context, event: { output } }) => {
            const recap = context.closing?.recap ?? recapOf(context);
            if (output.outcome !== 'accepted') return { ...context.closing, recap };
            const { checkIn, number } = output;
            return { ...context.closing, recap: { ...recap, checkIn, ...(number === undefined ? {} : { number }) } };
          },
        }),
      },
    ],
    onError: {
      target: '#ended-notice',
      actions: assign(({ context, event }) =>
        closed(context, thrownCode(event, 'visit/internal'), { taken: context.closing?.taken ?? false }),
      ),
    },
  },
  on: {
    'CARD.REMOVED': { actions: assign({ closing: ({ context }) => ({ ...context.closing, taken: true }) }) },
    'CARD.PLACED': {},
    'LINK.DOWN': {},
    FAULT: {},
    COMMAND: {},
    'PRESS.*': {},
  },
  states: {
    waiting: { meta: { screen: 'sending' }, after: { sending: 'releasing' } },
    /** No longer waiting for the terminal's word: is the result durable? */
    releasing: {
      meta: { screen: 'sending' },
      entry: 'stopWaiting',
      after: { release: { target: '#ended-notice', actions: closeWith('uplink/not-acknowledged') } },
    },
  },
};
