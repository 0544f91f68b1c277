// Lists and searches of visits on a real database, without the HTTP side.

import { test } from 'tap';
import { createLibsqlRegistry } from '../../src/terminal/eligibility/libsql-registry.ts';
import type { EligibilityAnswer, Qualification } from '../../src/terminal/eligibility/ports.ts';
import { createInbox } from '../../src/terminal/store/inbox.ts';
import { openDatabase, searchable } from '../../src/terminal/store/schema.ts';
import { COUNT_LIMIT, type VisitQuery } from '../../src/terminal/store/visit-pages.ts';
import { RESIDENTS } from '../../src/twin/residents-data.ts';
import { HOUR, handClock, NOON, temporary, visit } from './fixtures/site.ts';

const DAY = 24 * HOUR;

const shelf = (t: { teardown(run: () => void): void }, directory = temporary(t)) => {
  const { clock, pass } = handClock();
  const db = openDatabase(directory);
  t.teardown(() => db.close());
  const inbox = createInbox(db, () => clock.now());
  /** A visit of somebody, finished at a moment. */
  const store = (name: string, at = NOON, reading?: string) => {
    const message = visit({ patient: { name, address: '', birthdate: '1951-04-01', sex: '2' } }, at);
    const eligibility: EligibilityAnswer = {
      ReferenceClassification: '1',
      QualificationValidity: '1',
      ResultList: [{ NameKana: reading }] as Qualification[],
      source: 'synthetic',
    };
    inbox.accept({ message, expired: false, sealed: new Uint8Array(1), ...(reading === undefined ? {} : { eligibility }) });
    return message;
  };
  /** Every page of a search, two visits each. */
  const pages = (query: Partial<VisitQuery>) => {
    const found: string[][] = [];
    for (let after: VisitQuery['after']; ; ) {
      const page = inbox.page({ from: NOON - DAY, to: NOON + DAY, limit: 2, ...query, ...(after === undefined ? {} : { after }) });
      found.push(page.visits.map(({ number }) => number));
      after = page.next;
      if (after === undefined) return found;
    }
  };
  return { db, inbox, store, pages, pass, directory };
};

test('a search goes through every page, newest first, also where several visits ended in the same moment', (t) => {
  const { store, pages, inbox } = shelf(t);
  for (const at of [NOON, NOON - HOUR, NOON, NOON, NOON - 2 * DAY, NOON]) store('架空　花子', at);
  store('架空　太郎', NOON + 1);
  t.strictSame(pages({ text: '花子' }), [['6', '4'], ['3', '1'], ['2']]);
  t.strictSame(pages({ text: '空太' }), [['7']], 'blanks in the name are passed over');
  t.strictSame(pages({}), [
    ['7', '6'],
    ['4', '3'],
    ['1', '2'],
  ]);
  t.strictSame(pages({ text: ' ４ ' }), [['4']], 'the number, typed in full width');
  t.strictSame(pages({ text: '花" OR "太' }), [[]], 'what was typed is no query language');
  t.equal(inbox.page({ from: NOON - DAY, to: NOON + DAY, limit: 2, text: '花子' }).total, 5);
  t.end();
});

test('nobody counts further than is of use', (t) => {
  const { db, inbox, store } = shelf(t);
  store('架空　花子');
  const columns = 'boot_id, received_at, method, language, result, number, proof, certificate, consent, kiosk';
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ${COUNT_LIMIT + 5})
    INSERT INTO visits (row, message_id, visit_id, seq, at, ${columns})
    SELECT i, 'm' || i, 'v' || i, 1000000 + i, at + i, ${columns} FROM n, visits WHERE row = 1`);
  const all = { from: NOON - DAY, to: NOON + DAY, limit: 5 };
  t.equal(inbox.page(all).total, COUNT_LIMIT);
  t.equal(inbox.page({ ...all, from: NOON + 3000 }).total, COUNT_LIMIT + 6 - 3000);
  t.end();
});

test('a name is found by any part of its reading, in either kana, and nothing runs from the name into the reading', (t) => {
  const { store, pages } = shelf(t, temporary(t));
  store('佐藤　遥', NOON, 'サトウ　ハルカ');
  store('架空　さくら');
  for (const text of ['サトウ', 'さとう', 'ﾊﾙｶ', 'とうは', '佐藤', '藤遥']) t.strictSame(pages({ text }), [['1']], text);
  t.strictSame(pages({ text: 'さくら' }), [['2']], 'a name in hiragana is found as it is written');
  for (const text of ['遥サ', 'reading', '"サトウ', 'サトウ" OR "架空']) t.notOk(pages({ text }).flat().includes('2'), text);
  t.strictSame(pages({ text: '遥サ' }), [[]]);
  t.end();
});

test('the registry knows how the residents of the demonstration are read, and what a card does not carry', async (t) => {
  const registry = createLibsqlRegistry(shelf(t).db);
  const holder = (name: string, address = '架空県見本市1番地') =>
    registry.byCard({ name, address, birthdate: '1991-04-12', sex: '2' }, '2026-05-01').then(({ ResultList }) => ResultList[0]);
  const known = await holder('佐藤　遥');
  t.match(known, { NameKana: 'サトウ　ハルカ', PostNumber: /^999-\d{4}$/ });
  t.same(await holder('佐藤　遥'), known, 'the same person, the same answer');
  t.equal((await holder('佐藤　不詳'))?.NameKana, undefined, 'half a reading is none');
  t.equal((await holder('佐藤　遥', ''))?.PostNumber, undefined);
  for (const { family, given } of RESIDENTS) t.type((await holder(`${family}　${given}`))?.NameKana, 'string', `${family}　${given}`);
});

test('a database of the version before keeps its names and its words to the kiosks', (t) => {
  const directory = temporary(t);
  const old = shelf(t, directory);
  const message = old.store('架空　花子');
  old.db.exec(`DROP INDEX visits_number; DROP TABLE visit_names; CREATE VIRTUAL TABLE visit_names USING fts5(name, content='', contentless_delete=1);
    UPDATE acks SET keep_until = ${NOON}; PRAGMA user_version = 2;`);
  old.db.prepare('INSERT INTO visit_names (rowid, name) VALUES (1, ?)').run(searchable('架空　花子'));
  const now = shelf(t, directory);
  t.strictSame(now.pages({ text: '花子' }), [['1']]);
  now.pass(30 * DAY);
  now.inbox.purge(60 * DAY);
  t.match(now.inbox.accept({ message, expired: false, sealed: new Uint8Array(1) }), { fresh: false, ack: { status: 'accepted' } });
  now.pass(60 * DAY);
  t.strictSame(now.inbox.purge(60 * DAY), { visits: 1, acks: 1 });
  t.strictSame(now.db.prepare("SELECT rowid FROM visit_names WHERE visit_names MATCH '花'").all(), [], 'the name went with its visit');
  t.end();
});
