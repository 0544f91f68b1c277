// Presenting 照合番号B, and what its answer means for the card face. Counter first, below the safe threshold not at all, never a second try.

import { type Log, silentLog } from '../core/log.ts';
import type { CardChannel } from './channel.ts';
import type { SecretRule } from './profile.ts';
import type { FaceReading } from './reading.ts';
import { presentSecret } from './secrets.ts';

const FAILURE = { wrong: 'code/wrong', blocked: 'code/blocked', unsafe: 'code/too-few-tries' } as const;

/** Undefined: opened. Otherwise why the card face stays closed. Does not wipe `digits`. */
export const presentCodeB = async (
  channel: CardChannel,
  rule: SecretRule,
  digits: Uint8Array,
  { log = silentLog, signal }: { log?: Log; signal?: AbortSignal | undefined } = {},
): Promise<FaceReading | undefined> => {
  const result = await presentSecret(channel, rule, digits, { signal });
  log.debug('card.code', { outcome: result.outcome, ...('triesLeft' in result ? { triesLeft: result.triesLeft } : {}) });
  if (result.outcome === 'verified') return undefined;
  if (result.outcome === 'ill-formed') return { photo: 'unreadable', photoFailure: 'card/face-unreadable' };
  const codeTriesLeft = result.outcome === 'blocked' ? 0 : result.triesLeft;
  return { photo: 'blocked', photoFailure: FAILURE[result.outcome], codeTriesLeft };
};
