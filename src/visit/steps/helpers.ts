// Shapes that several steps share, so that no step can forget its deadline or an abort edge.

import type { ScreenName } from '../../core/screens.ts';
import { amend, closeWith, type StateConfig } from '../setup.ts';

/** Ways out of every step in which a person is asked something: cancel, silence. */
export const TIMED_OUT = { target: '#take-card', actions: closeWith('visit/timeout') } as const;
export const CANCELLED = { target: '#take-card', actions: closeWith('visit/cancelled') } as const;

export const ERROR_TONE = { type: 'sound', params: { tone: 'error' } } as const;

type Asking = {
  readonly on: NonNullable<StateConfig['on']>;
  readonly always?: NonNullable<StateConfig['always']>;
  /** How long silence is waited for. */
  readonly silence?: 'quiet' | 'staff';
};

/**
 * A step that waits for a person. Any press restarts its minute; silence ends the visit; cancel is always there.
 * The countdown exists only here, so it pauses by itself while a card operation runs.
 */
export const asking = (id: string, screen: ScreenName, { on, always, silence = 'quiet' }: Asking): StateConfig => ({
  id,
  meta: { screen },
  tags: 'asking',
  entry: { type: 'startCountdown', params: { timeout: `${silence}Ms`, screen, id } },
  exit: 'stopCountdown',
  ...(always === undefined ? {} : { always }),
  after: { [silence]: TIMED_OUT },
  on: {
    'PRESS.*': { target: `#${id}`, reenter: true },
    'PRESS.language': { target: `#${id}`, reenter: true, actions: 'setLanguage' },
    'PRESS.choose-language': { target: `#${id}`, reenter: true, actions: 'toggleLanguages' },
    'PRESS.cancel': CANCELLED,
    ...on,
  },
});

/** The ways to be recognised, wherever they are offered. */
export const METHOD_EDGES = {
  'PRESS.method-face': { guard: 'faceOpen', target: '#face' },
  'PRESS.method-pin': [
    { guard: 'pinNeedsConfirmation', target: '#pin-last-try' },
    { guard: 'pinOpen', target: '#pin' },
  ],
  'PRESS.method-staff': { guard: 'staffOpen', target: '#staff-check' },
} as const satisfies StateConfig['on'];

/** Keys of a pad of four digits at the step `id`; `enter` says where four digits go. */
export const padEdges = (id: string, enter: string): NonNullable<StateConfig['on']> => ({
  'PRESS.digit': {
    guard: 'padOpen',
    target: `#${id}`,
    reenter: true,
    actions: ['pushDigit', { type: 'sound', params: { tone: 'key' } }, amend((visit) => ({ entered: visit.entered + 1, wrong: false }))],
  },
  'PRESS.key-backspace': {
    target: `#${id}`,
    reenter: true,
    actions: ['popDigit', amend((visit) => ({ entered: Math.max(0, visit.entered - 1) }))],
  },
  'PRESS.key-clear': { target: `#${id}`, reenter: true, actions: ['clearPad', amend(() => ({ entered: 0 }))] },
  'PRESS.key-enter': { guard: 'padFull', target: enter },
});
