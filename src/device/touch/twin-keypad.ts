// A simulated USB numeric keypad with boot keyboard reports (HID 1.11, appendix B.1): modifiers, reserved, six keys.

import { fromHex } from '../../core/bytes.ts';
import { KioskFailure } from '../../core/failure.ts';
import { type Key, usageOfKey } from './keyboard.ts';
import { TwinHidDevice } from './twin-hid.ts';

/** The keyboard descriptor of HID 1.11, appendix E.6, without its LEDs. */
export const TWIN_KEYPAD_DESCRIPTOR: Uint8Array = fromHex(`
  05 01 09 06 a1 01  05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02  95 01 75 08 81 01
  95 06 75 08 15 00 25 65 05 07 19 00 29 65 81 00 c0`);

const CHARACTERS: Readonly<Record<string, Key>> = {
  '\n': 'enter',
  '\r': 'enter',
  '\b': 'backspace',
  '\u001b': 'escape',
  '+': 'plus',
  '-': 'minus',
  '/': 'slash',
  '*': 'escape',
  '.': 'backspace',
};

const keyOf = (char: string): Key | undefined => (/^[0-9]$/.test(char) ? (char as Key) : CHARACTERS[char]);

export class TwinKeypad extends TwinHidDevice {
  constructor() {
    super(TWIN_KEYPAD_DESCRIPTOR);
  }

  /**
   * Presses and releases each key: digits, "\n" enter, "\b" backspace, "\u001b" escape, "+", "-", "/", "*" (cancel) and "." (delete).
   * Throws input/invalid before any key is pressed when one is not on the keypad.
   */
  type(keys: string): void {
    const usages = [...keys].map((char) => {
      const key = keyOf(char);
      if (key === undefined)
        throw new KioskFailure('input/invalid', {
          message: 'keys: only 0-9, enter, backspace, escape, + - / * and . are on the keypad',
          facts: { field: 'keys' },
        });
      return usageOfKey(key);
    });
    for (const usage of usages) {
      this.send(Uint8Array.of(0, 0, usage, 0, 0, 0, 0, 0));
      this.send(new Uint8Array(8));
    }
  }
}
