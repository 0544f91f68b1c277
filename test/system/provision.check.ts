// Settings written into a disk image from outside, and found again by the FAT tools.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';

const missing = ['mcopy', 'mkfs.vfat', 'sfdisk'].filter(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool} || test -x /usr/sbin/${tool}`]).status !== 0,
);
const skip = missing.length === 0 ? false : `${missing.join(', ')} missing: apt-get install mtools dosfstools fdisk`;
const ENVIRONMENT = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
const run = (tool: string, words: readonly string[], input = '') =>
  execFileSync(tool, words, { env: ENVIRONMENT, input, encoding: 'utf8' });
const provision = (...words: string[]) => spawnSync(process.execPath, ['bin/kazashi.js', 'provision', ...words], { encoding: 'utf8' });

for (const [label, type] of [
  ['gpt', 'U'],
  ['dos', 'c'],
] as const) {
  test(`settings and keys are written into the FAT partition of an image with a ${label} table, again and again`, { skip }, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'kazashi-provision-'));
    t.teardown(() => rmSync(directory, { recursive: true }));
    const [image, config, keys] = [join(directory, 'disk.img'), join(directory, 'mine.toml'), join(directory, 'keys')];
    run('truncate', ['-s', '64M', image]);
    run(
      'sfdisk',
      ['-q', image],
      `label: ${label}\nstart=4096, size=8192, type=L\nstart=16384, size=81920, type=${type}\n`.replace(
        'type=L',
        label === 'gpt' ? 'type=L' : 'type=83',
      ),
    );
    run('mkfs.vfat', ['-F', '16', '--offset', '16384', image, '40000']);
    mkdirSync(keys);
    writeFileSync(join(keys, 'key.pem'), 'secret');
    writeFileSync(join(keys, 'cert.pem'), 'certificate');
    const trust = join(directory, 'anchors');
    mkdirSync(trust);
    writeFileSync(join(trust, 'jpki.crt'), 'anchor');
    for (const id of ['kiosk-7', 'kiosk-8']) {
      writeFileSync(config, `[kiosk]\nid = "${id}"\n`);
      const { status, stderr, stdout } = provision('--image', image, '--config', config, '--keys', keys, '--trust', trust);
      t.equal(status, 0, stderr);
      t.match(stdout, `${id} at demo, 3 files of keys and certificates`);
      t.equal(run('mtype', ['-i', `${image}@@8M`, '::/kazashi.toml']), `[kiosk]\nid = "${id}"\n`);
      t.equal(run('mtype', ['-i', `${image}@@8M`, '::/kazashi/key.pem']), 'secret');
      t.equal(run('mtype', ['-i', `${image}@@8M`, '::/kazashi/trust/jpki.crt']), 'anchor');
    }
    writeFileSync(config, '[kiosk]\nid = "Kiosk 9"\n');
    const refused = provision('--image', image, '--config', config);
    t.equal(refused.status, 1);
    t.match(refused.stderr, /line 2: kiosk\.id/);
    t.equal(run('mtype', ['-i', `${image}@@8M`, '::/kazashi.toml']), '[kiosk]\nid = "kiosk-8"\n', 'wrong settings are not written');
  });
}

test('what is no image is refused with what to give instead', { skip }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'kazashi-provision-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const config = join(directory, 'kazashi.toml');
  writeFileSync(config, '');
  for (const [bytes, words] of [
    [Buffer.alloc(1 << 20), /holds no FAT partition/],
    [Buffer.from('28b52ffd00', 'hex'), /unpack it first: zstd -d/],
    [Buffer.alloc(10), /holds no FAT partition/],
  ] as const) {
    const image = join(directory, 'x.img');
    writeFileSync(image, bytes);
    const { status, stderr } = provision('--image', image, '--config', config);
    t.equal(status, 1);
    t.match(stderr, words);
  }
});
