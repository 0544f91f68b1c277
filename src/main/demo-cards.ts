// The cards a visitor of the twin finds: one per drawn resident, and the cards that a reception meets now and then.

import { jstDay } from '../card/calendar.ts';
import { type KeyPair, type NewKeyPair, newRsaKeyPair } from '../card/twin/keys.ts';
import type { Clock } from '../core/clock.ts';
import { renderSvg } from '../faceauth/pictures.ts';
import { type Resident, residentPortrait, residents } from '../twin/residents.ts';
import type { CardRequest, CardShelf } from './card-shelf.ts';

const DAY_MS = 86_400_000;
const day = (clock: Clock, fromNow: number): string => jstDay(clock.now() + fromNow * DAY_MS);

/** The holder's birthday in the calendar year `year`. */
const birthday = (birth: string, year: number): string => `${year}${birth.endsWith('02-29') ? '-02-28' : birth.slice(4)}`;

const cardOf = (resident: Resident, clock: Clock): CardRequest => {
  const year = Number(jstDay(clock.now()).slice(0, 4));
  const { id, family, given, birth, sex } = resident;
  return {
    name: id,
    kind: 'my-number',
    family,
    given,
    birth,
    sex,
    expires: birthday(birth, year + 6),
    certificateExpires: birthday(birth, year + 3),
    pin: '1234',
  };
};

/** Card and the resident whose photo it bears. */
interface Wanted {
  readonly card: CardRequest;
  readonly portraitOf?: string;
}

const demoCards = (clock: Clock): readonly Wanted[] => {
  const all = residents();
  const [first, second] = all as [Resident, Resident, ...Resident[]];
  // Every resident's card has keys of its own. The variations are the same people again: one pair serves them all.
  let shared: Promise<KeyPair> | undefined;
  const newKeyPair: NewKeyPair = () => {
    shared ??= newRsaKeyPair();
    return shared;
  };
  const variation = (resident: Resident, name: string, change: Partial<CardRequest>): Wanted => ({
    card: { ...cardOf(resident, clock), name, newKeyPair, ...change },
    portraitOf: resident.id,
  });
  return [
    ...all.map((resident) => ({ card: cardOf(resident, clock), portraitOf: resident.id })),
    variation(second, 'no-pin', { pin: null }),
    variation(first, 'expires-soon', { certificateExpires: day(clock, 30) }),
    variation(first, 'expired-in-grace', { certificateExpires: day(clock, -30) }),
    variation(first, 'expired', { certificateExpires: day(clock, -200) }),
    // P-384 keys are made in a moment: it needs none of the shared pair.
    { card: { ...cardOf(first, clock), name: 'next-card', generation: '2028-draft' }, portraitOf: first.id },
    variation(second, 'slow', { defect: 'slow' }),
    variation(second, 'two-cards', { defect: 'two-cards' }),
    { card: { name: 'driving-licence', kind: 'driving-licence' } },
    { card: { name: 'transit', kind: 'transit' } },
    { card: { name: 'broken', kind: 'broken' } },
  ];
};

/** Puts the demonstration's cards on the shelf, those that are not there yet. */
export const fillShelf = async (shelf: CardShelf, clock: Clock): Promise<void> => {
  const missing = demoCards(clock).filter(({ card }) => !shelf.has(card.name));
  await shelf.makeAll(
    await Promise.all(
      missing.map(async ({ card, portraitOf }) =>
        portraitOf === undefined ? card : { ...card, photo: await renderSvg(residentPortrait(portraitOf, 'card'), 480, 640) },
      ),
    ),
  );
};

/** Names of the demonstration's cards. */
export const demoCardNames = (clock: Clock): ReadonlySet<string> => new Set(demoCards(clock).map(({ card }) => card.name));
