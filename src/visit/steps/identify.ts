// Who is it: the choice of the way, and the three ways. Staff may approve from the terminal during any of them, for this visit only.

import { amend, closeWith, type StateConfig } from '../setup.ts';
import { face } from './face.ts';
import { asking, METHOD_EDGES } from './helpers.ts';
import { pin } from './pin.ts';
import { staff } from './staff.ts';

/** A camera that is pulled out here may have been the only way. */
const chooseMethod = asking('choose-method', 'choose-method', { always: { guard: 'noWayLeft', target: '#offering' }, on: METHOD_EDGES });

/** The PIN has just been locked: said with the ways that are left. */
const barred = asking('barred', 'notice', {
  always: {
    guard: 'noWayLeft',
    target: '#ended-notice',
    actions: closeWith('pin/only-way-blocked'),
  },
  on: { ...METHOD_EDGES, 'PRESS.continue': '#offering', 'PRESS.back': '#offering' },
});

export const identify: StateConfig = {
  initial: 'choose-method',
  on: {
    COMMAND: {
      guard: 'approves',
      target: '#identified',
      actions: [{ type: 'log', params: { event: 'visit.approved-from-terminal' } }, amend(() => ({ method: 'staff' }))],
    },
  },
  states: { 'choose-method': chooseMethod, face, pin, 'staff-check': staff, barred },
};
