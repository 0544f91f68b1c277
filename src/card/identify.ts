// What lies on the tray: a My Number Card (and of which generation), something else, or something that does not answer.
// Asks only which applications there are, and for the token label; presents no secret.

import { fromHex } from '../core/bytes.ts';
import { type FailureCode, isFailure, KioskFailure } from '../core/failure.ts';
import type { CardChannel } from './channel.ts';
import { selectApplication } from './files.ts';
import { readTokenInfo, tokenKind } from './jpki.ts';
import type { CardTechnology, DetectedCard } from './ports.ts';
import type { CardProfile } from './profile.ts';
import { CARD_PROFILES } from './profile-2028.ts';

export interface Identified {
  readonly profile: CardProfile;
  readonly tokenInfo: Uint8Array;
}

/** First application of a driving licence (National Police Agency, specification of IC licence cards); its name can be selected without a PIN. */
const LICENCE = fromHex('a0000002310100000000000000000000');

/** What people put on the tray most has a code, and so a sentence, of its own. */
const CODES: Readonly<Record<string, FailureCode>> = {
  'driving-licence': 'card/driving-licence',
  felica: 'card/transit',
  android: 'card/phone',
  iphone: 'card/phone',
};

const notMyNumber = (kind: string): KioskFailure =>
  new KioskFailure(CODES[kind] ?? 'card/not-my-number', { facts: { kind }, message: `not a My Number Card: ${kind}` });

const otherTechnology = (technology: CardTechnology): KioskFailure => notMyNumber(technology === 'felica' ? 'felica' : 'other-technology');

/** A removed card, a lost reader and an abort keep their own meaning; any other silence is a card that cannot be recognised. */
const silent = (cause: unknown, signal?: AbortSignal): unknown => {
  if (signal?.aborted === true || isFailure(cause, 'card/removed') || isFailure(cause, 'reader/unavailable')) return cause;
  return new KioskFailure('card/not-recognised', { facts: { kind: 'not-answering' }, cause });
};

/**
 * Leaves the JPKI application selected. Throws card/several, card/driving-licence, card/transit (any FeliCa card), card/phone with facts {kind}: android, iphone;
 * card/not-my-number with {kind}: other-technology, other-type-b, other-token, resident-card; card/not-recognised with {kind: not-answering};
 * card/removed; reader/unavailable.
 */
export const identify = async (
  card: Pick<DetectedCard, 'technology' | 'several'>,
  channel: CardChannel,
  signal?: AbortSignal,
  profiles: readonly CardProfile[] = CARD_PROFILES,
): Promise<Identified> => {
  if (card.several === true) throw new KioskFailure('card/several');
  if (card.technology !== 'iso14443-4b') throw otherTechnology(card.technology);
  const has = (aid: Uint8Array): Promise<boolean> =>
    selectApplication(channel, aid, signal).catch((cause: unknown) => {
      // A card that answers, but refuses SELECT by name altogether, is of another kind, not broken.
      if (isFailure(cause, 'card/read-failed')) return false;
      throw silent(cause, signal);
    });
  for (const profile of profiles) {
    if (!(await has(profile.jpki.aid))) continue;
    const tokenInfo = await readTokenInfo(channel, profile, signal).catch((cause: unknown) => {
      if (isFailure(cause, 'card/read-failed') || isFailure(cause, 'card/malformed')) throw notMyNumber('other-token');
      throw silent(cause, signal);
    });
    const kind = tokenKind(profile, tokenInfo);
    if (kind !== 'my-number') throw notMyNumber(kind ?? 'other-token');
    return { profile, tokenInfo };
  }
  // Asked last: a My Number Card may hold a licence too, and is welcome.
  throw notMyNumber((await has(LICENCE)) ? 'driving-licence' : 'other-type-b');
};
