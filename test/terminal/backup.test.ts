import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { command, restoreCommand } from '../../src/main/commands/terminal-backup.ts';
import { backUp, restore } from '../../src/terminal/store/backup.ts';
import { createInbox } from '../../src/terminal/store/inbox.ts';
import { openDatabase } from '../../src/terminal/store/schema.ts';
import { NOON, temporary, visit } from './fixtures/site.ts';

test('a copy made while the terminal runs comes back with every visit, and what was there is kept', async (t) => {
  const directory = temporary(t);
  const [data, copy] = [join(directory, 'data'), join(directory, 'copies', 'one.db')];
  const db = openDatabase(data);
  const inbox = createInbox(db, () => NOON);
  const store = () => inbox.accept({ message: visit(), expired: false, sealed: new Uint8Array(9) });
  for (let n = 0; n < 3; n += 1) store();
  t.equal(backUp(data, copy), 3, 'also what only the log beside the file holds');
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
