// What the patient lets the facility see. Nothing is preselected, an unanswered question is a no, refusing costs nothing.
// Operations are always asked apart from the bundle. Then, where the facility asks for it, the kind of prescription.

import type { ConsentQuestion } from '../../core/screens.ts';
import type { VisitContext, VisitRecord } from '../context.ts';
import { apart, bundle, questionsAsked } from '../decisions.ts';
import { amend, type StateConfig } from '../setup.ts';
import { asking } from './helpers.ts';

const ask = (questions: (context: VisitContext) => readonly ConsentQuestion[]) =>
  amend((_visit, context) => ({ items: questions(context), index: 0 }));

/** The same answer to every question of a list, on top of what was said before. */
const answerAll = (questions: (context: VisitContext) => readonly ConsentQuestion[], given: boolean) =>
  amend((_visit, context) => ({ answers: Object.fromEntries(questions(context).map((question) => [question, given])) }));

const answerItem = (given: boolean) => {
  const noted = amend((visit) => ({ answers: answered(visit, given) }));
  return [
    { guard: 'moreItems', target: '#consent-items', reenter: true, actions: [noted, amend((visit) => ({ index: visit.index + 1 }))] },
    { target: '#consented', actions: noted },
  ] as const;
};

const answered = (visit: VisitRecord, given: boolean): VisitRecord['answers'] => {
  const question = visit.items[visit.index];
  return question === undefined ? visit.answers : { ...visit.answers, [question]: given };
};

/** Never stays here: somebody has been recognised; what is left to ask? */
export const identified: StateConfig = {
  id: 'identified',
  entry: { type: 'sound', params: { tone: 'accepted' } },
  always: [
    { guard: 'nothingAsked', target: '#consented' },
    { guard: 'noBundle', target: '#consent-items', actions: ask(apart) },
    { target: '#consent' },
  ],
};

/** Who it is is settled: what is decided now is kept and sent later, so a link that stays away ends nothing. */
const LINK_NOT_NEEDED = { 'LINK.DOWN': {} } as const;

export const consent: StateConfig = {
  initial: 'bundle',
  on: LINK_NOT_NEEDED,
  states: {
    bundle: asking('consent', 'consent', {
      on: {
        'PRESS.consent-all': [
          { guard: 'somethingApart', target: '#consent-items', actions: [answerAll(bundle, true), ask(apart)] },
          { target: '#consented', actions: answerAll(bundle, true) },
        ],
        'PRESS.consent-choose': { target: '#consent-items', actions: [answerAll(questionsAsked, false), ask(questionsAsked)] },
        'PRESS.consent-none': { target: '#consented', actions: answerAll(questionsAsked, false) },
      },
    }),
    items: asking('consent-items', 'consent-items', {
      on: {
        'PRESS.item-yes': [...answerItem(true)],
        'PRESS.item-no': [...answerItem(false)],
        'PRESS.back': [
          {
            guard: 'notFirstItem',
            target: '#consent-items',
            reenter: true,
            actions: amend((visit) => ({ index: visit.index - 1 })),
          },
          { guard: ({ context }) => bundle(context).length > 0, target: '#consent', actions: amend(() => ({ answers: {}, items: [] })) },
        ],
      },
    }),
  },
};

/** Never stays here. */
export const consented: StateConfig = {
  id: 'consented',
  always: [{ guard: 'asksPrescription', target: '#prescription' }, { target: '#sending' }],
};

export const prescription: StateConfig = asking('prescription', 'prescription', {
  on: {
    ...LINK_NOT_NEEDED,
    'PRESS.prescription-electronic': { target: '#sending', actions: amend(() => ({ prescription: 'electronic' })) },
    'PRESS.prescription-paper': { target: '#sending', actions: amend(() => ({ prescription: 'paper' })) },
    'PRESS.back': {
      guard: ({ context }) => bundle(context).length > 0,
      target: '#consent',
      actions: amend(() => ({ answers: {}, items: [] })),
    },
  },
});
