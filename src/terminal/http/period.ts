// 資格確認対象期間: the period of a search, from the query to two moments. Pure.

import { DAY_MS, japanDate, startOfJapanDay, yearsBefore } from '../calendar.ts';
import { badInput } from './errors.ts';

const YEARS_BACK = 2;
/** As the page's fields are called. */
const LABELS = { from: 'いつから', to: 'いつまで' } as const;

const moment = (field: 'from' | 'to', text: unknown): { readonly at: number; readonly wholeDay: boolean } => {
  const day = typeof text === 'string' ? startOfJapanDay(text) : undefined;
  if (day !== undefined) return { at: day, wholeDay: true };
  const at = typeof text === 'string' && /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw badInput(field, `「${LABELS[field]}」は 2026-04-01 のような日付で入力してください`);
  return { at, wholeDay: false };
};

/**
 * [from, to) in milliseconds since 1970. Dates are days in Japan, `to` included; moments with a zone work too.
 * Without them: today. Throws 400 with the field: not a date, `to` before `from`, `from` more than two years back.
 */
export const searchPeriod = (query: { from?: unknown; to?: unknown }, now: number): { from: number; to: number } => {
  const today = japanDate(now);
  const start = moment('from', query.from ?? query.to ?? today);
  const end = moment('to', query.to ?? [today, typeof query.from === 'string' ? query.from : today].sort().at(-1));
  const oldest = startOfJapanDay(yearsBefore(today, YEARS_BACK)) ?? 0;
  if (start.at < oldest) throw badInput('from', `さかのぼれるのは2年前(${yearsBefore(today, YEARS_BACK)})までです`);
  if (end.at < start.at) throw badInput('to', '終わりの日は、始まりの日と同じかそれより後にしてください');
  return { from: start.at, to: end.wholeDay ? end.at + DAY_MS : end.at + 1 };
};
