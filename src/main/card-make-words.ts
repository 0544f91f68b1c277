// Words of `card make` that cannot all be true of one card. They are refused, for whichever gave way would be a surprise in the card.

import { parseArgs } from 'node:util';
import type { CardDefect } from '../card/twin/defects.ts';
import type { HolderDetails } from '../card/twin/request.ts';
import { refuseWords } from './arguments.ts';

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** Without this the last one would win in silence. The words have been read once without an error. */
export const refuseTwice = (words: readonly string[], options: Readonly<Record<string, { type: 'string' | 'boolean' }>>): void => {
  const { tokens } = parseArgs({ args: [...words], options, allowPositionals: true, tokens: true });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (seen.has(token.name)) {
      const instead = token.name === 'defect' ? 'a card has one defect: make another card for the other' : 'give it once';
      refuseWords(token.name, `--${token.name} is given twice; ${instead}`);
    }
    seen.add(token.name);
  }
};

const DATED: readonly (CardDefect | undefined)[] = ['expired', 'expired-in-grace', 'expires-soon'];

export const refuseContradictions = (values: Values, defect: CardDefect | undefined): void => {
  const both = (one: string, other: string, advice = '') => refuseWords(one, `--${one} and ${other} exclude each other${advice}`);
  if (values['pin'] !== undefined && values['no-pin'] === true) both('pin', '--no-pin');
  if (values['password'] !== undefined && values['no-sign'] === true) both('password', '--no-sign');
  if (values['pin'] !== undefined && defect === 'no-pin') both('pin', '--defect no-pin', ': leave one of them out');
  if (values['no-pin'] === true && defect === 'locked-pin')
    both('no-pin', '--defect locked-pin', ': a card without a PIN has none to lock');
  if (values['certificate-expires'] !== undefined && DATED.includes(defect))
    both('certificate-expires', `--defect ${defect}`, ', which sets that day: leave one of them out');
};

/** A certificate of JPKI ends with its card at the latest. `expires` and `certificateExpires` as completed. */
export const refuseDates = (
  values: Values,
  defect: CardDefect | undefined,
  { expires, certificateExpires }: Pick<HolderDetails, 'expires' | 'certificateExpires'>,
): void => {
  const asked = DATED.includes(defect) ? `--defect ${defect}` : '--certificate-expires';
  const wanted = DATED.includes(defect) || values['certificate-expires'] !== undefined;
  if (!wanted || certificateExpires <= expires) return;
  const card = values['expires'] === undefined ? `the card itself ends on ${expires}` : `--expires is ${expires}`;
  const advice = DATED.includes(defect) ? 'give --expires that day or a later one' : 'give an earlier day, or a later --expires';
  refuseWords(
    'certificate-expires',
    `${asked} ends the certificate on ${certificateExpires}, but ${card}; no certificate outlives its card: ${advice}`,
  );
};
