// The one way a PIN or a 照合番号 may be presented to the card: its counter is read first, and it is presented at most once.

import type { CardChannel } from './channel.ts';
import { selectFile } from './files.ts';
import type { SecretRule } from './profile.ts';
import { SW, triesFrom, unexpectedStatus } from './status-word.ts';

/** Exactly so many ASCII digits. */
export const isDigits = (bytes: Uint8Array, length: number): boolean =>
  bytes.length === length && bytes.every((byte) => byte >= 0x30 && byte <= 0x39);

/** Tries left of a secret, 0 = blocked; selects its file. Never costs a try: the VERIFY carries no data. */
export const readTries = async (channel: CardChannel, rule: SecretRule, signal?: AbortSignal): Promise<number> => {
  await selectFile(channel, rule.file, signal);
  const { sw } = await channel.send({ cla: 0, ins: 0x20, p1: 0, p2: 0x80 }, signal);
  if (sw === SW.blocked) return 0;
  const tries = triesFrom(sw);
  if (tries === undefined) throw unexpectedStatus('counter', sw, { file: rule.file });
  return tries;
};

export type SecretOutcome =
  | { readonly outcome: 'verified' }
  | { readonly outcome: 'wrong'; readonly triesLeft: number }
  | { readonly outcome: 'blocked' }
  /** Not presented: fewer than `safeTries` were left. */
  | { readonly outcome: 'unsafe'; readonly triesLeft: number }
  /** Not presented: not the digits this secret is made of. */
  | { readonly outcome: 'ill-formed' };

/** Counter first, then at most one VERIFY. Does not wipe `secret`. */
export const presentSecret = async (
  channel: CardChannel,
  rule: SecretRule,
  secret: Uint8Array,
  { safeTries = rule.safeTries, signal }: { safeTries?: number; signal?: AbortSignal | undefined } = {},
): Promise<SecretOutcome> => {
  if (!isDigits(secret, rule.digits)) return { outcome: 'ill-formed' };
  const triesLeft = await readTries(channel, rule, signal);
  if (triesLeft === 0) return { outcome: 'blocked' };
  if (triesLeft < safeTries) return { outcome: 'unsafe', triesLeft };
  // No signal: a VERIFY under way is always heard out, so that its outcome is known.
  const { sw } = await channel.send({ cla: 0, ins: 0x20, p1: 0, p2: 0x80, data: secret });
  if (sw === SW.ok) return { outcome: 'verified' };
  const left = triesFrom(sw);
  if (sw === SW.blocked || left === 0) return { outcome: 'blocked' };
  if (left !== undefined) return { outcome: 'wrong', triesLeft: left };
  throw unexpectedStatus('verify', sw, { file: rule.file });
};
