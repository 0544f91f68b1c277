// Days of a Japanese reception: dates in Japan's time, which has no daylight saving (UTC+9 all year).
// Pure functions; never reads a clock.

const JAPAN_OFFSET_MS = 9 * 3_600_000;
export const DAY_MS = 86_400_000;

/** YYYY-MM-DD in Japan at a moment given in milliseconds since 1970. */
export const japanDate = (at: number): string => new Date(at + JAPAN_OFFSET_MS).toISOString().slice(0, 10);

/** The first moment of a YYYY-MM-DD day in Japan, or undefined when there is no such day. */
export const startOfJapanDay = (date: string): number | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const utc = Date.parse(`${date}T00:00:00Z`);
  // 2026-02-30 parses as 2 March in some engines: the round trip refuses it.
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== date) return undefined;
  return utc - JAPAN_OFFSET_MS;
};

/** The same day `years` earlier; 29 February becomes 1 March in a common year. */
export const yearsBefore = (date: string, years: number): string => {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year - years, month - 1, day)).toISOString().slice(0, 10);
};

/** Whole years from a birth date to a day, both YYYY-MM-DD. */
export const ageOn = (birth: string, day: string): number => {
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4));
  return day.slice(5) < birth.slice(5) ? years - 1 : years;
};
