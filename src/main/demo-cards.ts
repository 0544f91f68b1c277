// The cards a visitor of the twin finds: one per drawn resident, and the cards that a reception meets now and then.

import type { Clock } from '../core/clock.ts';
import { renderSvg } from '../faceauth/pictures.ts';
import { type Resident, residentPortrait, residents } from '../twin/residents.ts';
import type { CardRequest, CardShelf } from './card-shelf.ts';

const DAY_MS = 86_400_000;
const day = (clock: Clock, fromNow: number): string => new Date(clock.now() + fromNow * DAY_MS).toISOString().slice(0, 10);

/** The holder's birthday in the calendar year `year`. */
const birthday = (birth: string, year: number): string => `${year}${birth.endsWith('02-29') ? '-02-28' : birth.slice(4)}`;

const cardOf = async (resident: Resident, clock: Clock): Promise<CardRequest> => {
  const year = new Date(clock.now()).getUTCFullYear();
  const { id, family, given, birth, sex } = resident;
  return {
    name: id,
    kind: 'my-number',
    photo: await renderSvg(residentPortrait(id, 'card'), 480, 640),
    family,
    given,
    birth,
    sex,
    expires: birthday(birth, year + 6),
    certificateExpires: birthday(birth, year + 3),
    pin: '1234',
  };
};

/** Puts the demonstration's cards on the shelf, those that are not there yet. */
export const fillShelf = async (shelf: CardShelf, clock: Clock): Promise<void> => {
  const own = await Promise.all(residents().map((resident) => cardOf(resident, clock)));
  const [first, second] = own as [CardRequest, CardRequest, ...CardRequest[]];
  const all: CardRequest[] = [
    ...own,
    { ...second, name: 'no-pin', pin: null },
    { ...first, name: 'expires-soon', certificateExpires: day(clock, 30) },
    { ...first, name: 'expired-in-grace', certificateExpires: day(clock, -30) },
    { ...first, name: 'expired', certificateExpires: day(clock, -200) },
    { name: 'driving-licence', kind: 'driving-licence' },
    { name: 'transit', kind: 'transit' },
    { name: 'broken', kind: 'broken' },
  ];
  const missing = all.filter(({ name }) => !shelf.has(name));
  for (const request of missing) await shelf.make(request);
};
