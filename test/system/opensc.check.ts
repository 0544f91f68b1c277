// An independent judge of the virtual card: OpenSC's own driver for My Number Cards, through pcscd and vsmartcard's reader; openssl for what the
// card certifies and signs, OpenJPEG for its photo.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t as root, test } from 'tap';
import { parseHeader, parseTlv, parseTlvs, requireTlv } from '../../src/card/ber.ts';
import { verificationCodeB } from '../../src/card/verification-code.ts';
import { concat, equal, fromHex } from '../../src/core/bytes.ts';
import { missing, VirtualReader } from './virtual-reader.ts';

const skip = missing();
const reader = new VirtualReader();
root.teardown(() => reader.close());

const PIN = '1234';
const PASSWORD = 'SIGN2026';
const path = (name: string): string => join(reader.directory, name);
const certificate = (id: string, ...more: string[]) => reader.run('pkcs15-tool', '--reader', '0', '--read-certificate', id, ...more);
const tries = (slot = '0'): string[] =>
  [...reader.run('pkcs15-tool', '--reader', slot, '--list-pins').all.matchAll(/Tries left\s*: (\d+)/g)].map(([, left]) => left ?? '');
const verifyPin = (id: string, pin: string) => reader.run('pkcs15-tool', '--reader', '0', '--verify-pin', '--auth-id', id, '--pin', pin);

/** Raw commands in one session; each answer's data and status word. */
const send = (...commands: readonly string[]): { data: Uint8Array; sw: string }[] => {
  const { all } = reader.run('opensc-tool', '--reader', '0', ...commands.flatMap((command) => ['-s', command.replaceAll(' ', '')]));
  return all
    .split('Received (')
    .slice(1)
    .map((answer) => {
      const [head = '', ...dump] = answer.split('\n');
      const sw = [...head.matchAll(/0x([0-9A-F]{2})/g)].map(([, byte]) => byte).join('');
      const rows = dump.map((row) => /^((?:[0-9A-F]{2} )+)/.exec(row)?.[1] ?? '');
      return { data: fromHex(rows.join('')), sw };
    });
};

let eject = async (): Promise<void> => undefined;

test('OpenSC takes the virtual card for a My Number Card and finds its PINs, keys and certificates', {
  skip,
  timeout: 120_000,
}, async (t) => {
  eject = await reader.insert('adult', ['--pin', PIN, '--password', PASSWORD]);
  t.equal(reader.run('opensc-tool', '--reader', '0', '-n').out.trim(), 'jpki');
  const { out } = reader.run('pkcs15-tool', '--reader', '0', '-D');
  const objects = [...out.matchAll(/^(PIN|Private RSA Key|Public RSA Key|X\.509 Certificate) \[(.+)\]/gm)].map(
    ([, kind, name]) => `${kind}: ${name}`,
  );
  t.same(objects, [
    'PIN: User Authentication PIN',
    'PIN: Digital Signature PIN',
    'Private RSA Key: User Authentication Key',
    'Private RSA Key: Digital Signature Key',
    'Public RSA Key: User Authentication Public Key',
    'Public RSA Key: Digital Signature Public Key',
    'X.509 Certificate: User Authentication Certificate',
    'X.509 Certificate: Digital Signature Certificate',
    'X.509 Certificate: User Authentication Certificate CA',
    'X.509 Certificate: Digital Signature Certificate CA',
  ]);
  t.same(tries(), ['3', '5']);
});

test('openssl verifies both certificates, and the one that bears a name is read after the sign password only', {
  skip,
  timeout: 120_000,
}, async (t) => {
  const refused = certificate('02');
  t.not(refused.status, 0);
  t.notMatch(refused.all, 'BEGIN CERTIFICATE');
  const chain: [string, ReturnType<typeof certificate>][] = [
    ['01', certificate('01')],
    ['02', certificate('02', '--verify-pin', '--auth-id', '02', '--pin', PASSWORD)],
    ['03', certificate('03')],
    ['04', certificate('04')],
  ];
  for (const [id, { status, out }] of chain) {
    t.equal(status, 0, `certificate ${id} is read`);
    writeFileSync(path(`${id}.pem`), out);
  }
  const openssl = (...args: string[]) => reader.run('openssl', ...args);
  const verify = (...args: string[]) => openssl('verify', '-x509_strict', '-check_ss_sig', ...args).all.trim();
  const authority = path('authorities.pem');
  writeFileSync(authority, ['authority', 'sign-authority'].map((name) => readFileSync(path(`adult/issuer/${name}.pem`), 'utf8')).join(''));
  t.equal(verify('-CAfile', authority, '-purpose', 'sslclient', path('01.pem')), `${path('01.pem')}: OK`);
  t.equal(verify('-CAfile', authority, path('02.pem')), `${path('02.pem')}: OK`);
  t.equal(verify('-CAfile', path('03.pem'), path('01.pem')), `${path('01.pem')}: OK`, 'by the authority on the card');
  t.equal(verify('-CAfile', path('04.pem'), path('02.pem')), `${path('02.pem')}: OK`);
  t.match(verify('-CAfile', path('04.pem'), path('01.pem')), 'unable to get local issuer certificate', 'each authority has its own name');

  const shown = (id: string) => openssl('x509', '-noout', '-text', '-nameopt', 'utf8,sep_comma_plus', '-in', path(`${id}.pem`)).out;
  const auth = shown('01');
  t.match(auth, /Issuer: .*OU=JPKI for user authentication/);
  t.match(auth, /Key Usage: critical\s+Digital Signature\n/);
  t.match(auth, '1.2.392.200149.8.5.1.3.30');
  t.match(auth, 'TLS Web Client Authentication');
  const sign = shown('02');
  t.match(sign, /Issuer: .*OU=JPKI for digital signature/);
  t.match(sign, /Key Usage: critical\s+Digital Signature, Non Repudiation\n/);
  t.equal(sign.match(/othername/g)?.length, 6, 'name, sex, birth, address and what was replaced in them');
});

test('both keys sign for OpenSC, and openssl verifies the signatures', { skip, timeout: 120_000 }, async (t) => {
  writeFileSync(path('message'), 'signed by a card');
  reader.run('openssl', 'dgst', '-sha256', '-binary', '-out', path('digest'), path('message'));
  for (const [id, pin] of [
    ['01', PIN],
    ['02', PASSWORD],
  ] as const) {
    const by = ['--reader', '0', '--sign', '--key', id, '--sha-256', '--pkcs1', '--input', path('digest'), '--output', path('signature')];
    t.equal(reader.run('pkcs15-crypt', ...by, '--pin', pin).status, 0, `key ${id} signs`);
    writeFileSync(path('key.pem'), reader.run('openssl', 'x509', '-noout', '-pubkey', '-in', path(`${id}.pem`)).out);
    const verified = reader.run('openssl', 'dgst', '-sha256', '-verify', path('key.pem'), '-signature', path('signature'), path('message'));
    t.equal(verified.all.trim(), 'Verified OK');
  }
  // Without its PIN a key does nothing, and nothing of an earlier session is left.
  const [, , signed] = send(
    '00A4040C0AD392F000260100000001',
    '00A4020C020017',
    `802A008033 3031300D060960864801650304020105000420${'00'.repeat(32)} 00`,
  );
  t.equal(signed?.sw, '6982');
});

test('照合番号B opens the card face through the reader, and OpenJPEG reads its photo', { skip, timeout: 120_000 }, async (t) => {
  const { holder } = JSON.parse(readFileSync(path('adult/card.json'), 'utf8')) as {
    holder: Record<'birth' | 'expires' | 'securityCode', string>;
  };
  const verificationCode = verificationCodeB(holder.birth, holder.expires, holder.securityCode);
  const visual = '00A4040C0AD3921000310001010402';
  const code = `002000920E${Buffer.from(verificationCode).toString('hex')}`;
  t.equal(send(visual, '00B0820000').at(-1)?.sw, '6982');

  const start = send(visual, code, '00B0820000').at(-1)?.data ?? new Uint8Array();
  const { headerLength, valueLength } = parseHeader(start);
  const reads = Array.from(
    { length: Math.ceil((headerLength + valueLength) / 256) },
    (_, i) => `00B0${i.toString(16).padStart(2, '0')}0000`,
  );
  const file = concat(
    ...send(visual, code, '00A4020C020002', ...reads)
      .slice(3)
      .map(({ data }) => data),
  );
  const photo = requireTlv(parseTlvs(parseTlv(file).value), 0xdf27, 'card-face').value;
  t.ok(equal(photo, readFileSync(path('adult/photo.jp2'))), 'the photo the card was made with');

  writeFileSync(path('read.jp2'), photo);
  const { status, all } = reader.run('opj_decompress', '-i', path('read.jp2'), '-o', path('read.pgm'));
  t.equal(status, 0, all);
  const pgm = readFileSync(path('read.pgm'));
  const [magic, size] = pgm
    .toString('latin1')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  t.same([magic, size], ['P5', '240 320']);
  const grey = pgm.subarray(-240 * 320);
  t.ok(Math.max(...grey) - Math.min(...grey) > 100, 'a picture with light and dark');
});

test('wrong PINs are counted, the third locks, and the lock outlives the card’s removal', { skip, timeout: 120_000 }, async (t) => {
  t.equal(verifyPin('01', PIN).status, 0);
  t.match(verifyPin('01', '9999').all, 'PIN code or key incorrect');
  t.same(tries(), ['2', '5']);
  t.equal(verifyPin('01', PIN).status, 0);
  t.same(tries(), ['3', '5'], 'a good PIN gives the tries back');
  for (let wrong = 0; wrong < 3; wrong += 1) verifyPin('01', '9999');
  t.match(verifyPin('01', PIN).all, 'Reference data not usable', 'the right PIN is refused');
  await eject();
  t.not(reader.run('opensc-tool', '--reader', '0', '--atr').status, 0, 'the card is gone');
  eject = await reader.insert('adult');
  t.same(tries(), ['0', '5']);
  t.equal(reader.run('opensc-tool', '--reader', '0', '-n').out.trim(), 'jpki', 'it is still a My Number Card');
  await eject();
});

test('a child’s card, in the second slot, has a blocked sign password and no certificate for signing', {
  skip,
  timeout: 120_000,
}, async (t) => {
  const takeOut = await reader.insert('child', ['--no-sign'], 1);
  t.same(tries('1'), ['3', '0']);
  const first = ['--reader', '1', '--read-certificate'];
  t.equal(reader.run('pkcs15-tool', ...first, '01').status, 0);
  t.not(reader.run('pkcs15-tool', ...first, '02', '--verify-pin', '--auth-id', '02', '--pin', 'KAZASHI1').status, 0);
  await takeOut();
});
