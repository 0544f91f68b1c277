// What lies on the tray: a My Number Card (and of which generation), something else, or something that does not answer.
// Asks only for the public personal authentication application and its token label; presents no secret.

import { isFailure, KioskFailure } from '../core/failure.ts';
import type { CardChannel } from './channel.ts';
import { selectApplication } from './files.ts';
import { readTokenInfo, tokenKind } from './jpki.ts';
import type { DetectedCard } from './ports.ts';
import type { CardProfile } from './profile.ts';
import { CARD_PROFILES } from './profile-2028.ts';

export interface Identified {
  readonly profile: CardProfile;
  readonly tokenInfo: Uint8Array;
}

const notMyNumber = (kind: string): KioskFailure =>
  new KioskFailure('card/not-my-number', { facts: { kind }, message: `not a My Number Card: ${kind}` });

/** A removed card, a lost reader and an abort keep their own meaning; any other silence is a card that cannot be recognised. */
const silent = (cause: unknown, signal?: AbortSignal): unknown => {
  if (signal?.aborted === true || isFailure(cause, 'card/removed') || isFailure(cause, 'reader/unavailable')) return cause;
  return new KioskFailure('card/not-recognised', { facts: { kind: 'not-answering' }, cause });
};

/**
 * Leaves the JPKI application selected. Throws card/not-my-number with facts {kind}: other-technology, other-type-b, other-token, android,
 * iphone, resident-card; card/not-recognised with {kind: not-answering}; card/removed; reader/unavailable.
 */
export const identify = async (
  card: Pick<DetectedCard, 'technology'>,
  channel: CardChannel,
  signal?: AbortSignal,
  profiles: readonly CardProfile[] = CARD_PROFILES,
): Promise<Identified> => {
  if (card.technology !== 'iso14443-4b') throw notMyNumber('other-technology');
  for (const profile of profiles) {
    const selected = await selectApplication(channel, profile.jpki.aid, signal).catch((cause: unknown) => {
      // A card that answers, but refuses SELECT by name altogether, is of another kind, not broken.
      if (isFailure(cause, 'card/read-failed')) return false;
      throw silent(cause, signal);
    });
    if (!selected) continue;
    const tokenInfo = await readTokenInfo(channel, profile, signal).catch((cause: unknown) => {
      if (isFailure(cause, 'card/read-failed') || isFailure(cause, 'card/malformed')) throw notMyNumber('other-token');
      throw silent(cause, signal);
    });
    const kind = tokenKind(profile, tokenInfo);
    if (kind !== 'my-number') throw notMyNumber(kind ?? 'other-token');
    return { profile, tokenInfo };
  }
  throw notMyNumber('other-type-b');
};
