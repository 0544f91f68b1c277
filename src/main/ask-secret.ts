// Asks for a secret on standard input: not echoed at a terminal, a line of its own where input is piped.

import { createInterface } from 'node:readline';
import { ascii } from '../core/bytes.ts';
import { refuseWords } from './arguments.ts';

export interface SecretSource {
  /** ASCII digits of the next answer; the caller wipes them. Throws input/invalid when it is no ASCII text, or input ended. */
  ask(question: string, field: string): Promise<Uint8Array>;
  close(): void;
}

/** A Japanese keyboard types digits in their wide form as well. */
const plainDigits = (text: string): string => text.replace(/[０-９]/g, (digit) => digit.normalize('NFKC'));

/** Questions go to standard error: standard output belongs to the result. */
export const openSecretSource = (input: NodeJS.ReadStream = process.stdin): SecretSource => {
  const terminal = input.isTTY === true;
  // Without an output readline echoes nothing, and it takes the terminal out of its own echo.
  const lines = createInterface({ input, terminal });
  const answers = lines[Symbol.asyncIterator]();
  return {
    async ask(question, field) {
      process.stderr.write(`${question}: `);
      const { value, done } = await answers.next();
      process.stderr.write('\n');
      if (done === true) return refuseWords(field, `${field}: standard input ended before it came`);
      try {
        return ascii(plainDigits(String(value).trim()));
      } catch {
        return refuseWords(field, `${field}: ASCII digits are needed`);
      }
    },
    close: () => lines.close(),
  };
};
