import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'tap';
import { readPlainFile } from '../../src/core/plain-file.ts';

test('a plain file is read, and nothing that has no end or no beginning', async (t) => {
  const directory = t.testdir({ small: 'abc', empty: '', folder: {} });
  const at = (name: string) => join(directory, name);
  t.same(readPlainFile(at('small'), 3), new TextEncoder().encode('abc'));
  t.same(readPlainFile(at('empty'), 3), new Uint8Array(0));
  t.same(readPlainFile(at('small'), 2), { fault: '3 bytes; at most 2 are allowed', reason: 'too-large' });
  t.same(readPlainFile(at('folder'), 3), { fault: 'is a directory, not a file', reason: 'EISDIR' });
  t.same(readPlainFile(at('absent'), 3), { fault: 'is missing', reason: 'ENOENT' });
  t.same(readPlainFile(join(at('small'), 'below'), 3), { fault: 'cannot be read', reason: 'ENOTDIR' });
  t.same(readPlainFile('/dev/zero', 3), { fault: 'is no plain file', reason: 'not-plain' });
  execFileSync('mkfifo', [at('pipe')]);
  t.same(readPlainFile(at('pipe'), 3), { fault: 'is no plain file', reason: 'not-plain' });
});
