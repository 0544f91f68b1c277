// The one way a PIN or a 照合番号 may be presented to the card: its counter is read first, and it is presented at most once.

import type { CardChannel } from './channel.ts';
import { selectFile } from './files.ts';
import type { SecretRule } from './profile.ts';
import { SW, triesFrom, unexpectedStatus } from './status-word.ts';

/** P2 of VERIFY: the current file; with a short id added, that file. */
const CURRENT_FILE = 0x80;

/** Exactly so many ASCII digits. */
export const isDigits = (bytes: Uint8Array, length: number): boolean =>
  bytes.length === length && bytes.every((byte) => byte >= 0x30 && byte <= 0x39);

/** Tries left of a secret (0 = blocked), and the reference under which VERIFY then means it. */
interface Counter {
  readonly tries: number;
  readonly p2: number;
}

/**
 * By the secret's short id, as VERIFY takes it without SELECT: one exchange less. That the empty VERIFY takes it too is not known of real cards, so
 * only tries that are left are believed; whatever else comes, a lock included, is asked the old way, after SELECT. Costs no try: there is no data.
 */
const readCounter = async (channel: CardChannel, rule: SecretRule, signal?: AbortSignal): Promise<Counter> => {
  const ask = async (p2: number) => (await channel.send({ cla: 0, ins: 0x20, p1: 0, p2 }, signal)).sw;
  const shortId = CURRENT_FILE | rule.file;
  const left = triesFrom(await ask(shortId)) ?? 0;
  if (left > 0) return { tries: left, p2: shortId };
  await selectFile(channel, rule.file, signal);
  const sw = await ask(CURRENT_FILE);
  const tries = sw === SW.blocked ? 0 : triesFrom(sw);
  if (tries === undefined) throw unexpectedStatus('counter', sw, { file: rule.file });
  return { tries, p2: CURRENT_FILE };
};

/** Tries left of a secret, 0 = blocked. Never costs a try. */
export const readTries = async (channel: CardChannel, rule: SecretRule, signal?: AbortSignal): Promise<number> =>
  (await readCounter(channel, rule, signal)).tries;

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
  const { tries: triesLeft, p2 } = await readCounter(channel, rule, signal);
  if (triesLeft === 0) return { outcome: 'blocked' };
  if (triesLeft < safeTries) return { outcome: 'unsafe', triesLeft };
  // No signal: a VERIFY under way is always heard out, so that its outcome is known.
  const { sw } = await channel.send({ cla: 0, ins: 0x20, p1: 0, p2, data: secret });
  if (sw === SW.ok) return { outcome: 'verified' };
  const left = triesFrom(sw);
  if (sw === SW.blocked || left === 0) return { outcome: 'blocked' };
  if (left !== undefined) return { outcome: 'wrong', triesLeft: left };
  throw unexpectedStatus('verify', sw, { file: rule.file });
};
