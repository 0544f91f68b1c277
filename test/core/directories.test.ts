import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { makeDirectories } from '../../src/core/directories.ts';
import { openDatabase } from '../../src/terminal/store/schema.ts';
import { nodeDurableFs } from '../../src/uplink/durable-fs.ts';
import { generateKioskKeys, storeKeySet } from '../../src/uplink/seal-keys.ts';

test('directories are made for one user, and one that is there already is no failure', (t) => {
  const path = join(t.testdir(), 'a', 'b', 'c');
  makeDirectories(path);
  makeDirectories(path);
  t.equal(statSync(path).mode & 0o777, 0o700);
  t.end();
});

test('where no directory can be made, terminal, outbox and keys say so instead of hanging', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const nowhere = '/proc/kazashi/data';
  t.throws(() => makeDirectories(nowhere), { code: 'ENOENT' });
  t.throws(() => openDatabase(nowhere), { code: 'storage/unwritable' });
  await t.rejects(nodeDurableFs.makeDirectory(nowhere), { code: 'ENOENT' });
  await t.rejects(storeKeySet(join(nowhere, 'keys.json'), await generateKioskKeys('k')), { code: 'storage/unwritable' });
});
