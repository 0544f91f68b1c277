// The ways on from a notice: what their buttons are called and look like. What has ended cannot be continued: it is closed.

import type { FailureCode } from '../../core/failure.ts';
import { FAILURES } from '../../core/failure.ts';
import type { ElementId, NoticeCode } from '../../core/screens.ts';
import type { IconName } from '../icons.ts';
import type { Messages } from '../languages/messages.ts';

interface WayOn {
  readonly element: ElementId;
  readonly label: string;
  readonly icon: IconName;
}

export const isKindWord = (code: FailureCode | NoticeCode): code is NoticeCode => !(code in FAILURES);

export const wayOn = (code: FailureCode | NoticeCode, choice: 'continue' | 'face' | 'staff', messages: Messages): WayOn => {
  if (choice === 'face') return { element: 'method-face', label: messages.method.face, icon: 'face' };
  if (choice === 'staff') return { element: 'method-staff', label: messages.notice.staff, icon: 'staff' };
  return isKindWord(code)
    ? { element: 'continue', label: messages.notice.continue, icon: 'forward' }
    : { element: 'continue', label: messages.notice.close, icon: 'cross' };
};
