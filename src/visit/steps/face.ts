// The camera's face against the chip's photo. A failure says why and stays at this step; after the last attempt only other ways are left.

import { amend, closeWith, type StateConfig } from '../setup.ts';
import { asking, ERROR_TONE, METHOD_EDGES } from './helpers.ts';

/** The camera's failure is not the patient's: it costs no attempt. */
const WITHOUT_CAMERA = {
  target: '#face-retry',
  actions: [ERROR_TONE, amend(() => ({ faceReason: 'camera' as const, guidance: {} }))],
};

export const face: StateConfig = {
  initial: 'watching',
  states: {
    watching: {
      id: 'face',
      meta: { screen: 'face' },
      entry: amend(() => ({ guidance: {} })),
      invoke: { id: 'watchFace', src: 'watchFace' },
      after: {
        face: {
          target: '#face-retry',
          actions: [
            ERROR_TONE,
            amend((visit) => ({ faceReason: visit.guidance.hint ?? 'none', guidance: {}, attemptsLeft: visit.attemptsLeft - 1 })),
          ],
        },
      },
      on: {
        'FACE.HINT': { actions: amend((_visit, _context, event) => (event.type === 'FACE.HINT' ? { guidance: event.guidance } : {})) },
        'FACE.DONE': [
          { guard: ({ event }) => event.outcome.outcome === 'match', target: '#identified', actions: amend(() => ({ method: 'face' })) },
          {
            target: '#face-retry',
            actions: [
              ERROR_TONE,
              amend((visit, _context, event) => {
                if (event.type !== 'FACE.DONE' || event.outcome.outcome !== 'failed') return {};
                const { reason } = event.outcome;
                return { faceReason: reason, guidance: {}, attemptsLeft: visit.attemptsLeft - (reason === 'camera' ? 0 : 1) };
              }),
            ],
          },
        ],
        'CAMERA.LOST': WITHOUT_CAMERA,
        'FACE.FAILED': [
          { guard: ({ event }) => event.code === 'camera/unavailable', ...WITHOUT_CAMERA },
          {
            guard: ({ event }) => /^(face|model)\//.test(event.code),
            target: '#offering',
            actions: [
              ERROR_TONE,
              amend((_visit, _context, event) => ({
                faceOff: event.type === 'FACE.FAILED' && event.code.startsWith('model/') ? 'kiosk' : 'photo',
                guidance: {},
              })),
            ],
          },
          {
            target: '#ended-notice',
            actions: closeWith((_context, event) => (event.type === 'FACE.FAILED' ? event.code : 'visit/internal')),
          },
        ],
        'PRESS.method-pin': METHOD_EDGES['PRESS.method-pin'],
        'PRESS.method-staff': METHOD_EDGES['PRESS.method-staff'],
        'PRESS.back': '#choose-method',
      },
    },
    retry: asking('face-retry', 'face-retry', {
      always: { guard: 'noWayLeft', target: '#offering' },
      on: { ...METHOD_EDGES, 'PRESS.retry': { guard: 'faceOpen', target: '#face' }, 'PRESS.back': '#offering' },
    }),
  },
};
