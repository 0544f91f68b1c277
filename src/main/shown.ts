// What a screen means for the lamp of the card tray, and which failure code it tells.

import { FAILURES, type FailureCode } from '../core/failure.ts';
import type { ScreenModel } from '../core/screens.ts';
import type { LampColour } from '../device/gpio/lamp.ts';

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
    case 'face-retry':
    case 'pin-last-try':
    case 'notice':
    case 'out-of-service':
      return 'red';
    default:
      return 'off';
  }
};

const isFailureCode = (code: string): code is FailureCode => code in FAILURES;

const ownFailure = (model: ScreenModel): FailureCode | undefined => {
  switch (model.screen) {
    case 'notice':
      return isFailureCode(model.code) ? model.code : undefined;
    case 'face-retry':
      return model.reason === 'camera' ? 'camera/unavailable' : `face/${model.reason}`;
    case 'take-card':
      return model.after;
    case 'out-of-service':
      return model.code;
    case 'staff-check':
      return model.wrong ? 'staff/wrong-passcode' : undefined;
    default:
      return undefined;
  }
};

/** The failure code a screen tells its reader, if any: its own, or the link that is down meanwhile. */
export const failureShown = (model: ScreenModel): FailureCode | undefined => ownFailure(model) ?? model.banner;
