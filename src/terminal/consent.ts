// What a patient's consent allows at a moment: each item for 24 hours after it was given, and nothing that was not given. Pure.

import { CONSENT_ITEMS } from '../uplink/contract/index.ts';
import { DAY_MS } from './calendar.ts';
import type { Consent, StoredVisit } from './model.ts';

export type ConsentItem = (typeof CONSENT_ITEMS)[number];
export const CONSENT_LIFETIME_MS = DAY_MS;

/** Milliseconds since 1970 when the patient answered. */
export const consentedAt = (visit: StoredVisit, item: ConsentItem): number => {
  const at = Date.parse(visit.consent[item]?.consentedAt ?? '');
  return Number.isNaN(at) ? visit.at : at;
};

/** The flags as they stand at `now`: a given consent older than 24 hours is 2 (expired). */
export const consentAt = (visit: StoredVisit, now: number): Consent => {
  const flags: { -readonly [Item in keyof Consent]: Consent[Item] } = {};
  for (const item of CONSENT_ITEMS) {
    const answer = visit.consent[item];
    if (answer === undefined) continue;
    const over = answer.flag === '1' && now - consentedAt(visit, item) >= CONSENT_LIFETIME_MS;
    flags[item] = over ? { ...answer, flag: '2' } : answer;
  }
  return flags;
};

/** given: may be shown now. expired: was given, 24 hours are over. none: not given. */
export const mayShow = (visit: StoredVisit, item: ConsentItem, now: number): 'given' | 'expired' | 'none' => {
  const flag = consentAt(visit, now)[item]?.flag;
  if (flag === '1') return 'given';
  return flag === '2' ? 'expired' : 'none';
};

/** Items that may be shown now. */
export const givenItems = (visit: StoredVisit, now: number): readonly ConsentItem[] =>
  CONSENT_ITEMS.filter((item) => mayShow(visit, item, now) === 'given');
