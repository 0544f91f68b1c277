// Our own PC/SC adapter against a real PC/SC service: the card layer reads a served card through pcscd as it reads one on the PN532.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { t as root, test } from 'tap';
import { missing, missingAddon, PROGRAM, VirtualReader } from './virtual-reader.ts';

const skip = missing() || missingAddon();
const reader = new VirtualReader();
root.teardown(() => reader.close());

const directory = (name: string): string => join(reader.directory, name);
const read = (name: string, input: string, ...more: readonly string[]) =>
  reader.run(
    { input },
    process.execPath,
    PROGRAM,
    'card',
    'read',
    '--reader',
    'pcsc',
    '--trust',
    join(directory(name), 'trust'),
    '--wait',
    '20',
    ...more,
  );
const codeOf = (name: string): string => {
  const shown = reader.run(process.execPath, PROGRAM, 'card', 'show', directory(name)).out;
  return /照合番号B +(\d{14})/.exec(shown)?.[1] ?? '';
};

for (const generation of ['2016', '2028-draft']) {
  test(`through pcscd a card of generation ${generation} is read, opened, checked, and signs`, { skip, timeout: 120_000 }, async (t) => {
    const name = `card-${generation}`;
    const eject = await reader.insert(name, ['--generation', generation, '--pin', '4711']);
    const { out, all, status } = read(name, `${codeOf(name)}\n4711\n`, '--code', '--pin', '--json');
    t.equal(status, 0, all);
    t.match(JSON.parse(out), {
      technology: 'iso14443-4b',
      generation,
      certificate: { state: 'valid' },
      pin: { set: true, triesLeft: 3 },
      face: { state: 'ready' },
      photo: { width: 240, height: 320 },
      faceSignature: 'genuine',
      pinTry: { outcome: 'verified', signed: generation === '2016' ? 'RS256' : 'ES384' },
    });
    t.match(JSON.parse(read(name, '0000\n', '--pin', '--json').out), {
      pinTry: { outcome: 'wrong', triesLeft: 2 },
      face: { state: 'unreadable' },
    });
    t.match(
      readFileSync(join(directory(name), 'card.json'), 'utf8'),
      '"auth-pin": { "value": "4711", "triesLeft": 2 }',
      'counted in the card',
    );
    await eject();
    const nobody = read(name, '', '--wait', '1');
    t.equal(nobody.status, 1);
    t.match(nobody.all, 'no card was read within 1 s');
  });
}

test('a card that is taken away in the middle is told as taken away', { skip, timeout: 120_000 }, async (t) => {
  const eject = await reader.insert('leaves', ['--generation', '2028-draft', '--defect', 'leaves']);
  const { out, status, all } = read('leaves', '', '--json');
  t.equal(status, 1, all);
  t.match(JSON.parse(out), { failure: 'card/removed' });
  await eject();
});
