// A kiosk's image for recovery: sealed, whole, and the same kiosk again on another box.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { backUpKiosk, restoreKiosk } from '../../src/main/backup/backup.ts';
import { nodeDurableFs } from '../../src/uplink/durable-fs.ts';
import { Outbox } from '../../src/uplink/outbox.ts';
import { generateKioskKeys, loadKeySet, storeKeySet } from '../../src/uplink/seal-keys.ts';

const PASSPHRASE = Buffer.from('correct horse battery');
const AT = '2026-04-01T00:00:00.000Z';
const ID = '019b0f3e-7d10-7b2c-9d3e-4f5a6b7c8d9e';

const openOutbox = (data: string) =>
  Outbox.open({
    fs: nodeDurableFs,
    folder: join(data, 'uplink/outbox'),
    maxMessages: 100,
    maxBytes: 1_000_000,
    onCorrupt: () => undefined,
  });

/** A kiosk's directories with identity, a waiting visit, and things that can be made again. */
const kioskBox = async (directory: string) => {
  const [etc, data] = [join(directory, 'etc'), join(directory, 'data')];
  mkdirSync(join(data, 'fonts'), { recursive: true });
  const root = join(directory, 'new-box');
  mkdirSync(etc);
  mkdirSync(root);
  const config = join(etc, 'kazashi.toml');
  writeFileSync(
    config,
    `[site]\nid = "higashi"\n[kiosk]\nid = "kiosk-2"\ndataDirectory = "${data}"\n[uplink]\ncaFile = "${etc}/ca.pem"\nkeyFile = "${etc}/key.pem"\n`,
  );
  writeFileSync(join(etc, 'ca.pem'), 'authority');
  writeFileSync(join(etc, 'key.pem'), 'the private key', { mode: 0o600 });
  writeFileSync(join(etc, 'of-somebody-else.txt'), 'not the kiosk’s');
  writeFileSync(join(data, 'fonts/drawn.bin'), 'made again');
  await storeKeySet(join(data, 'kiosk.private.json'), await generateKioskKeys('kiosk-2'));
  mkdirSync(join(data, 'uplink/outbox'), { recursive: true });
  writeFileSync(join(data, 'uplink/lock'), 'of a process');
  writeFileSync(join(data, `uplink/outbox/000000000007-${ID}.done`), '');
  return { config, etc, data, root, image: join(directory, 'kiosk.image') };
};

test('a new box goes on as the same kiosk: settings, keys, the outbox and its sequence', async (t) => {
  const { config, etc, data, image, root } = await kioskBox(t.testdir());
  const keys = await loadKeySet(join(data, 'kiosk.private.json'));
  const { nextSeq } = await openOutbox(data);
  t.equal(nextSeq, 8);
  t.ok(backUpKiosk(config, image, PASSPHRASE, AT) >= 5);
  const { kiosk } = restoreKiosk(image, PASSPHRASE, { root });
  t.equal(kiosk, 'kiosk-2');
  for (const file of [config, join(etc, 'ca.pem'), join(etc, 'key.pem')])
    t.equal(readFileSync(join(root, file), 'utf8'), readFileSync(file, 'utf8'));
  t.equal(statSync(join(root, etc, 'key.pem')).mode & 0o777, 0o600);
  t.same(await loadKeySet(join(root, data, 'kiosk.private.json')), keys);
  t.equal((await openOutbox(join(root, data))).nextSeq, nextSeq, 'no sequence number is used twice');
  for (const left of [join(data, 'fonts'), join(data, 'uplink/lock'), join(etc, 'of-somebody-else.txt')])
    t.notOk(existsSync(join(root, left)), left);
});

test('the image shows nothing without its passphrase, and no byte of it can be changed', async (t) => {
  const { config, image, root } = await kioskBox(t.testdir());
  backUpKiosk(config, image, PASSPHRASE, AT);
  const sealed = readFileSync(image);
  t.notMatch(sealed.toString('latin1'), /the private key|authority|"d":/);
  t.throws(() => restoreKiosk(image, Buffer.from('correct horse batterie'), { root }), {
    code: 'input/invalid',
    message: /passphrase is wrong/,
  });
  for (const at of [20, sealed.indexOf(0x0a) + 5, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    writeFileSync(image, changed);
    t.throws(() => restoreKiosk(image, PASSPHRASE, { root }), { code: 'input/invalid' }, `byte ${at}`);
  }
  writeFileSync(image, sealed.subarray(0, sealed.length / 2));
  t.throws(() => restoreKiosk(image, PASSPHRASE, { root }), { message: /damaged/ });
  t.same(readdirSync(root), [], 'nothing was restored');
});

test('a box that is a kiosk already is not overwritten unless it is said, and then put aside', async (t) => {
  const { config, data, image } = await kioskBox(t.testdir());
  backUpKiosk(config, image, PASSPHRASE, AT);
  const other = await generateKioskKeys('kiosk-9');
  await storeKeySet(join(data, 'kiosk.private.json'), other);
  t.throws(() => restoreKiosk(image, PASSPHRASE, { root: '/' }), { message: /kiosk already.*--replace/ });
  restoreKiosk(image, PASSPHRASE, { root: '/', asideAs: '20260401' });
  t.equal((await loadKeySet(join(data, 'kiosk.private.json'))).owner, 'kiosk-2');
  t.same(await loadKeySet(join(data, 'kiosk.private.json.before-20260401')), other);
});

test('settings and keys outside the data directory are not overwritten either; the same image twice is no harm', async (t) => {
  const { config, etc, data, image, root } = await kioskBox(t.testdir());
  backUpKiosk(config, image, PASSPHRASE, AT);
  const [key, settings] = [join(root, etc, 'key.pem'), join(root, config)];
  mkdirSync(join(root, etc), { recursive: true });
  writeFileSync(key, 'the key of another kiosk', { mode: 0o600 });
  writeFileSync(settings, 'settings of another kiosk');
  t.throws(() => restoreKiosk(image, PASSPHRASE, { root }), {
    code: 'input/invalid',
    message: /(key\.pem|kazashi\.toml) and 1 more: .*--replace/,
  });
  t.equal(readFileSync(key, 'utf8'), 'the key of another kiosk');
  t.notOk(existsSync(join(root, data)), 'nothing was begun');
  restoreKiosk(image, PASSPHRASE, { root, asideAs: '20260401' });
  t.equal(readFileSync(key, 'utf8'), 'the private key');
  t.equal(readFileSync(`${key}.before-20260401`, 'utf8'), 'the key of another kiosk');
  t.equal(readFileSync(`${settings}.before-20260401`, 'utf8'), 'settings of another kiosk');
  // Cut off by a power failure and run again, it finishes what it began.
  rmSync(join(root, etc, 'ca.pem'));
  restoreKiosk(image, PASSPHRASE, { root });
  t.equal(readFileSync(join(root, etc, 'ca.pem'), 'utf8'), 'authority');
  // A visit that came after the image waits in the outbox: it is in no image.
  const waiting = join(root, data, `uplink/outbox/000000000009-${ID}.json`);
  writeFileSync(waiting, 'sealed');
  t.throws(() => restoreKiosk(image, PASSPHRASE, { root }), { message: /--replace/ });
  t.ok(existsSync(waiting));
});

test('an image that cannot be made says so in the guide’s words, and an older one stays', async (t) => {
  const { config, etc, image } = await kioskBox(t.testdir());
  backUpKiosk(config, image, PASSPHRASE, AT);
  const before = readFileSync(image);
  rmSync(join(etc, 'key.pem'));
  t.throws(() => backUpKiosk(config, image, PASSPHRASE, AT), {
    code: 'storage/unwritable',
    message: /システムイメージ作成に失敗しました。.*ENOENT/,
  });
  t.same(readFileSync(image), before);
  t.notOk(existsSync(`${image}.tmp`));
  // The new image cannot be put where it was to be read back.
  writeFileSync(join(etc, 'key.pem'), 'the private key');
  mkdirSync(`${image}.tmp`);
  t.throws(() => backUpKiosk(config, image, PASSPHRASE, AT), { code: 'storage/unwritable' });
  t.same(readFileSync(image), before, 'nothing that was not read back takes its place');
  rmSync(`${image}.tmp`, { recursive: true });
  writeFileSync(join(etc, 'key.pem'), 'the private key');
  t.throws(() => backUpKiosk(config, join(image, 'below-a-file'), PASSPHRASE, AT), { message: /システムイメージ作成に失敗しました。/ });
  t.throws(() => backUpKiosk(config, image, Buffer.from('2580'), AT), { code: 'input/invalid', message: /12 characters/ });
});
