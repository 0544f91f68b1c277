// Calendar arithmetic in Japan's time (UTC+9, no summer time), where cards and ages count. Pure.

const JST_MS = 9 * 3_600_000;

/** The same JST time of day `months` later (or earlier); the 31st becomes the month's last day where there is none. */
export const monthsLater = (at: number, months: number): number => {
  const local = new Date(at + JST_MS);
  const day = local.getUTCDate();
  local.setUTCDate(1);
  local.setUTCMonth(local.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate();
  local.setUTCDate(Math.min(day, lastDay));
  return local.getTime() - JST_MS;
};

/** "YYYY-MM-DD" in Japan at a moment. */
export const jstDay = (at: number): string => new Date(at + JST_MS).toISOString().slice(0, 10);

/** Last second of a day "YYYY-MM-DD" in Japan, epoch milliseconds. */
export const endOfJstDay = (day: string): number => Date.parse(`${day}T14:59:59Z`);

/** Whether the text is a day of the calendar, "YYYY-MM-DD". */
export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};

/** Completed years of age in Japan at `now`, for a birth date YYYYMMDD; undefined for digits that are no date (the card may hold zeros). */
export const ageYears = (birth: string, now: number): number | undefined => {
  const day = `${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6, 8)}`;
  const today = jstDay(now);
  if (!isDay(day) || day > today) return undefined;
  return Number(today.slice(0, 4)) - Number(day.slice(0, 4)) - (today.slice(5) < day.slice(5) ? 1 : 0);
};
