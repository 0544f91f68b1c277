// Two years of a hospital in a terminal's database, written by the terminal's own inbox and record, a batch a transaction.

import { randomBytes } from 'node:crypto';
import { DAY_MS } from '../../src/terminal/calendar.ts';
import { createLibsqlRegistry } from '../../src/terminal/eligibility/libsql-registry.ts';
import type { EligibilityAnswer } from '../../src/terminal/eligibility/ports.ts';
import { appendAudit } from '../../src/terminal/store/audit.ts';
import { createInbox } from '../../src/terminal/store/inbox.ts';
import { openDatabase } from '../../src/terminal/store/schema.ts';
import { visit } from '../../test/terminal/fixtures/site.ts';

const DAYS = 729;
const PATIENTS = 40_000;
/** 佐藤 is one in twenty here: three times as many as in Japan. */
const FAMILIES = '佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤 吉田 山田 山口 松本 井上 木村 斎藤 清水 山崎 阿部'.split(' ');
const GIVEN =
  '遥 健司 葵 茂 凛 節子 蓮 幸 花子 太郎 和子 洋子 明 誠 清 幸子 恵子 実 京子 進 美咲 大輔 直樹 由美 翔 陽子 勝 弘 隆 久美子'.split(' ');
const of = <Value>(values: readonly Value[], index: number): Value => values[index % values.length] as Value;

/** The name that one patient alone has. */
export const RARE_NAME = '龍造寺';
const nameOf = (patient: number): string =>
  patient === 777 ? `${RARE_NAME}　円` : `${of(FAMILIES, patient)}　${of(GIVEN, Math.floor(patient / 20))}`;

/** A day's registry answer; made once for each of a hundred people, for their size is what counts. */
const answers = async (registry: ReturnType<typeof createLibsqlRegistry>): Promise<readonly EligibilityAnswer[]> =>
  Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      registry.byCard({ name: nameOf(index), address: '架空県架空市一丁目1番1号', birthdate: '1951-04-01', sex: '2' }, '2026-04-01'),
    ),
  );

/** Fills `directory`; resolves with the visit id of the middle. `said` hears how many are written. */
export const fillYears = async (directory: string, count: number, said: (written: number) => void): Promise<string> => {
  const db = openDatabase(directory);
  // A fill that is cut short is thrown away: nothing has to be on the disk at once.
  db.exec('PRAGMA synchronous = OFF');
  const start = Date.now() - DAYS * DAY_MS;
  const moment = (index: number): number => start + Math.floor((index / count) * DAYS * DAY_MS);
  let now = start;
  const inbox = createInbox(db, () => now);
  const known = await answers(createLibsqlRegistry(db));
  const sealed = randomBytes(6000);
  // The size of a certificate with its chain of two; reading real ones would be most of the fill.
  const certificate = { state: 'valid', derBase64: randomBytes(2100).toString('base64') } as const;
  const evidence = { kind: 'card-face' } as const;
  const ids: string[] = [];
  for (let from = 0; from < count; from += 64) {
    now = moment(from);
    const batch = Array.from({ length: Math.min(64, count - from) }, (_, place) => {
      const index = from + place;
      const at = moment(index);
      const patient = Math.floor((index * 7919) % PATIENTS);
      const message = visit(
        {
          method: 'face',
          certificate,
          evidence,
          patient: { name: nameOf(patient), address: '架空県架空市一丁目1番1号', birthdate: '1951-04-01', sex: '2' },
        },
        at,
      );
      ids.push(message.visitId);
      return inbox.grouped.accept({ message, expired: false, sealed, eligibility: of(known, patient) });
    });
    await Promise.all(batch);
    if (from % 64_000 === 0) said(from);
  }
  // The list is looked at and the visit opened, each once.
  const add = appendAudit(db);
  for (let from = 0; from < count; from += 10_000) {
    db.exec('BEGIN');
    for (let index = from; index < Math.min(count, from + 10_000); index += 1) {
      add(moment(index), { account: 'reception', action: 'visits/list' });
      add(moment(index), { account: 'reception', action: 'visit/open', visitId: of(ids, index) });
    }
    db.exec('COMMIT');
  }
  db.close();
  return of(ids, Math.floor(count / 2));
};
