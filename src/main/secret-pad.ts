// The digits a patient or a member of staff is typing. They live here alone: never in the statechart, never in a log.

import type { SecretPad } from '../visit/ports.ts';

const CAPACITY = 4;

export const createSecretPad = (): SecretPad => {
  const digits = new Uint8Array(CAPACITY);
  let count = 0;
  return {
    push(digit) {
      if (count < CAPACITY && Number.isInteger(digit) && digit >= 0 && digit <= 9) {
        digits[count] = 0x30 + digit;
        count += 1;
      }
      return count;
    },
    backspace() {
      if (count > 0) {
        count -= 1;
        digits[count] = 0;
      }
      return count;
    },
    clear() {
      digits.fill(0);
      count = 0;
      return count;
    },
    take() {
      const taken = digits.slice(0, count);
      digits.fill(0);
      count = 0;
      return taken;
    },
  };
};
