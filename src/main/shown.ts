// What a screen means for the lamp of the card tray, and which failure code it tells.

import { FAILURES, type FailureCode } from '../core/failure.ts';
import type { NoticeCode, ScreenModel } from '../core/screens.ts';
import type { LampColour } from '../device/gpio/lamp.ts';

const isFailureCode = (code: string): code is FailureCode => code in FAILURES;

/** Blue: put a card here. Green: all is well, leave it. Red: something needs a person. */
export const lampOf = (model: ScreenModel): LampColour => {
  switch (model.screen) {
    case 'idle':
      return 'blue';
    case 'reading-card':
    case 'choose-method':
    case 'face':
    case 'pin':
    case 'staff-check':
    case 'consent':
    case 'consent-items':
    case 'prescription':
    case 'sending':
    case 'done':
      return 'green';
    case 'take-card':
      return model.alarm > 0 ? 'red' : 'green';
    case 'notice':
      // A kind word is no trouble.
      return isFailureCode(model.code) ? 'red' : 'green';
    case 'face-retry':
    case 'pin-last-try':
    case 'out-of-service':
      return 'red';
    default:
      return 'off';
  }
};

const ownCode = (model: ScreenModel): FailureCode | NoticeCode | undefined => {
  switch (model.screen) {
    case 'notice':
      return model.code;
    case 'choose-method':
      return model.faceClosed === 'camera' ? 'camera/unavailable' : undefined;
    case 'face-retry':
      return model.reason === 'camera' ? 'camera/unavailable' : `face/${model.reason}`;
    case 'take-card':
      return model.after;
    case 'out-of-service':
      return model.code;
    case 'initialising':
      return model.lost;
    case 'staff-check':
      return model.wrong ? 'staff/wrong-passcode' : undefined;
    default:
      return undefined;
  }
};

/** The code a screen tells its reader, if any: its own (of a failure or of a kind word), or the link that is down meanwhile. */
export const failureShown = (model: ScreenModel): FailureCode | NoticeCode | undefined => ownCode(model) ?? model.banner;
