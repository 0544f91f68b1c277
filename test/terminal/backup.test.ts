import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { command, restoreCommand } from '../../src/main/commands/terminal-backup.ts';
import { backUp, restore } from '../../src/terminal/store/backup.ts';
import { createCopyRecord } from '../../src/terminal/store/copies.ts';
import { createInbox } from '../../src/terminal/store/inbox.ts';
import { openDatabase } from '../../src/terminal/store/schema.ts';
import { office } from './fixtures/office.ts';
import { handClock, NOON, temporary, visit } from './fixtures/site.ts';

test('a copy made while the terminal runs comes back with every visit, and what was there is kept', async (t) => {
  const directory = temporary(t);
  const [data, copy] = [join(directory, 'data'), join(directory, 'copies', 'one.db')];
  const db = openDatabase(data);
  const inbox = createInbox(db, () => NOON);
  const store = () => inbox.accept({ message: visit(), expired: false, sealed: new Uint8Array(9) });
  for (let n = 0; n < 3; n += 1) store();
  t.equal(backUp(data, copy).visits, 3, 'also what only the log beside the file holds');
  t.equal(statSync(copy).mode & 0o777, 0o600);
  t.throws(() => backUp(data, copy), { code: 'input/invalid', message: /exists already/ });
  store();
  t.throws(() => restore(copy, data, 'x'), { code: 'input/invalid', message: /in use: stop the terminal/ });
  t.equal(inbox.list(0, NOON + 1).length, 4, 'nothing happened to it');
  const other = join(directory, 'other');
  t.equal(restore(copy, other, 'x'), 3);
  t.equal(restore(copy, other, 'y'), 3);
  t.ok(statSync(join(other, 'terminal.db.before-y')).size > 0, 'what was there is kept');
  const again = openDatabase(other);
  t.equal(createInbox(again, () => NOON).list(0, NOON + 1).length, 3);
  t.equal(
    (createInbox(again, () => NOON).accept({ message: visit(), expired: false, sealed: new Uint8Array(9) }).visit ?? {}).number,
    '4',
    'numbers go on',
  );
  again.close();
  db.close();
  // A folder stands where the copy is written first.
  mkdirSync(join(directory, 'full.db.part'));
  t.throws(() => backUp(data, join(directory, 'full.db')), {
    code: 'storage/unwritable',
    message: /^システムイメージ作成に失敗しました。.*reception goes on/,
  });
  const broken = join(directory, 'broken.db');
  writeFileSync(broken, 'not a database');
  t.throws(() => restore(broken, data, 'y'), { code: 'input/invalid', message: /not a whole copy/ });
  t.throws(() => backUp(join(directory, 'nothing'), broken), { code: 'input/invalid' });
  await t.rejects(command.run(['--data', data]), { code: 'input/invalid' });
  await t.rejects(restoreCommand.run(['--from', copy]), { code: 'input/invalid' });
});

test('a copy that fails is told on the page, and can be put away only once there is a copy', async (t) => {
  const data = temporary(t);
  const { app, cookie } = await office(t, undefined, false, handClock(), data);
  const cookies = await cookie();
  const told = async () => (await app.inject({ url: '/api/copies', cookies })).json();
  const silence = () => app.inject({ method: 'POST', url: '/api/copies/silence', payload: {}, cookies });
  t.equal((await app.inject('/api/copies')).statusCode, 401);
  t.same(await told(), { madeAt: null, failedAt: null, silenced: false });
  const [night, next, third, fourth] = [1, 2, 3, 4].map((day) => `2026-05-0${day}T17:00:00.000Z`);
  const other = temporary(t);
  // A folder stands where the copy is written first.
  mkdirSync(join(other, 'full.db.part'));
  const fails = (at = '') => t.throws(() => backUp(data, join(other, 'full.db'), at), { code: 'storage/unwritable' });
  fails(night);
  t.same(await told(), { madeAt: null, failedAt: night, silenced: false });
  t.match([(await silence()).statusCode, (await silence()).json()], [409, { code: 'copies/none' }], 'nothing to fall back on');
  t.equal(backUp(data, join(other, 'one.db'), next).visits, 0);
  t.same(await told(), { madeAt: next, failedAt: null, silenced: false });
  fails(third);
  t.same(await told(), { madeAt: next, failedAt: third, silenced: false });
  t.equal((await silence()).statusCode, 200);
  fails(fourth);
  t.same(await told(), { madeAt: next, failedAt: fourth, silenced: true });
  t.equal(backUp(data, join(other, 'two.db'), fourth).visits, 0);
  t.match(await told(), { silenced: false }, 'the next failure is news again');
  t.equal(statSync(join(data, 'copies.json')).mode & 0o777, 0o600);
  writeFileSync(join(data, 'copies.json'), '{"madeAt":');
  t.same(createCopyRecord(data).read(), { silenced: false }, 'a file cut short counts as none');
});

test('a name that is taken is no failed copy while there is one of today; a nightly job with one name is heard of', (t) => {
  const [data, folder] = [temporary(t), temporary(t)];
  openDatabase(data).close();
  const [first, again, nextNight] = ['2026-05-01T17:00:00.000Z', '2026-05-01T17:00:30.000Z', '2026-05-02T16:59:59.000Z'];
  const taken = (file: string, at: string) => t.throws(() => backUp(data, file, at), { code: 'input/invalid', message: /folder/ });
  writeFileSync(join(folder, 'somebody’s.txt'), 'kept');
  taken(join(folder, 'somebody’s.txt'), first);
  t.match(createCopyRecord(data).read(), { failedAt: first }, 'there is no copy at all');
  t.equal(readFileSync(join(folder, 'somebody’s.txt'), 'utf8'), 'kept');
  backUp(data, join(folder, 'one.db'), first);
  taken(join(folder, 'one.db'), again);
  t.same(createCopyRecord(data).read(), { madeAt: first, silenced: false }, 'asked twice in a row');
  taken(join(folder, 'one.db'), nextNight);
  t.match(createCopyRecord(data).read(), { madeAt: first, failedAt: nextNight });
  t.same(backUp(data, folder, nextNight), { file: join(folder, 'terminal-20260502165959.db'), visits: 0 }, 'a folder needs no name');
  t.same(createCopyRecord(data).read(), { madeAt: nextNight, silenced: false });
  t.end();
});
