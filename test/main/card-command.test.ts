// The command `kazashi card`, run as a process would run it: words in, text and exit status out.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type Test, test } from 'tap';
import { hasCard, issuerOf } from '../../src/card/twin/card-directory.ts';
import { readIssuer } from '../../src/card/twin/issuer-directory.ts';
import { bitmapPng } from '../../src/card/twin/png.ts';
import { vpcdFrame } from '../../src/card/twin/vpcd.ts';
import { fromHex } from '../../src/core/bytes.ts';
import { isFailure } from '../../src/core/failure.ts';
import { openSecretSource } from '../../src/main/ask-secret.ts';
import type { CardReport } from '../../src/main/card-report.ts';
import { verdictOf } from '../../src/main/card-verdict.ts';
import { command } from '../../src/main/commands/card.ts';
import { printedTexts } from '../../src/main/printed-text.ts';
import { readTrustDirectory } from '../../src/main/trust-directory.ts';
import { delta, makeList } from '../card/fixtures/lists.ts';

/** Standard output and status, or the failure's message. */
const run = async (t: Test, ...words: readonly string[]): Promise<{ status?: number | undefined; out: string; refused?: string }> => {
  const written = t.capture(process.stdout, 'write', () => true);
  const out = () =>
    written()
      .map(({ args }) => String(args[0]))
      .join('');
  try {
    const status = await command.run(words);
    return { status, out: out() };
  } catch (failure) {
    if (!isFailure(failure)) throw failure;
    return { out: out(), refused: failure.message };
  } finally {
    written.restore();
  }
};

const certificate = (state: 'valid' | 'not-yet-valid') => ({ state, validTo: '2030-01-01T00:00:00.000Z', issuer: 'CN=A', key: 'P-384' });

const DRAFT = ['--generation', '2028-draft'];

test('a card is made, shown and read; nothing secret or personal is printed by read', async (t) => {
  const directory = join(t.testdir(), 'card');
  const made = await run(t, 'make', directory, ...DRAFT, '--pin', '4711', '--security-code', '0815', '--family', '鈴木', '--given', '一郎', '--birth', '1950-03-04', '--sex', 'male', '--photo-bytes', '3000'); // biome-ignore format: one command line
  t.equal(made.status, 0, made.refused ?? 'made');
  t.match(made.out, `kazashi card read --reader ${directory}`);

  const shown = await run(t, 'show', directory);
  t.notMatch(shown.out, 'GET DATA', 'the draft has no such objects');
  for (const part of [
    '鈴木\u3000一郎',
    '昭和25年3月4日',
    '4711',
    '10 tries left',
    'P-384',
    'EF 0012  secret       10 of 10 tries left',
    '240 × 320, grey',
  ]) {
    t.match(shown.out, part);
  }

  const { out, status } = await run(t, 'read', '--reader', directory, '--instant');
  t.equal(status, 0);
  t.match(out, /certificate +valid\n +until 20\d\d-03-04, P-384\n/);
  t.match(out, /PIN +3 tries left\n/);
  t.match(out, /photo +JPEG 2000, \d{4} bytes, 240 × 320, decodes \(not shown\)\n/);
  t.match(out, /face signature +genuine/);
  t.match(out, /possession +proved.*\(ES384\)\n/);
  t.match(out, /holder +鈴○\u3000○○ {3}東京都○+ {3}born ○{8}, sex ○\n/);
  const code = /照合番号B +(\d{14}) /.exec(shown.out)?.[1] ?? 'none';
  for (const secret of ['4711', '0815', '一郎', '1950', code]) t.notMatch(out, secret);

  const json = await run(t, 'read', '--reader', directory, '--instant', '--json', '--personal');
  t.match(JSON.parse(json.out), {
    technology: 'iso14443-4b',
    generation: '2028-draft',
    certificate: { state: 'valid', key: 'P-384' },
    holder: { name: '鈴木\u3000一郎', birth: '19500304', sex: '1' },
    faceSignature: 'genuine',
    possession: 'ES384',
  });
});

test('a PIN on standard input is presented when it is one, and what became of it is told', async (t) => {
  const directory = join(t.testdir(), 'card');
  t.equal((await run(t, 'make', directory, ...DRAFT, '--pin', '4711')).status, 0);
  const words = ['dist/main.js', 'card', 'read', '--reader', directory, '--instant', '--pin'];
  for (const [pin, told] of [
    ['12', 'not presented: a PIN is four digits'],
    ['0000', 'wrong, 2 tries left'],
    ['0000', 'wrong, 1 try left'],
    ['4711', 'not presented: 1 try left, a wrong one locks the card; --last-try presents it'],
  ] as const) {
    const { stdout, status } = spawnSync(process.execPath, words, { input: `${pin}\n`, encoding: 'utf8' });
    t.match(stdout, `PIN try               ${told}\n`);
    t.equal(status, 0);
  }
  const { stdout } = spawnSync(process.execPath, [...words, '--last-try'], { input: '4711\n', encoding: 'utf8' });
  t.match(stdout, 'PIN try               accepted');
});

test('show lists everything that a card of today holds, and a PIN that was never set is not called locked', async (t) => {
  const directory = join(t.testdir(), 'card');
  await run(t, 'make', directory, '--no-pin');
  const { out } = await run(t, 'show', directory);
  t.match(out, /common +AID D3921000310001010100\n +EF 0001 +1 record +read free\n/);
  t.match(out, 'EF 0010  reserved ');
  t.match(out, /GET DATA +00F0 +5 bytes +read free\n +00F2 +8 bytes/);
  t.match(out, /auth-pin +not set\n/);
  t.match(out, /text-blocked +locked\n/);
  t.match(out, /authentication +until .*, RSA-2048, /);
});

/** `card read` as a process of its own, with these lines on its standard input. */
const readWith = (directory: string, input: string, ...words: readonly string[]) =>
  spawnSync(process.execPath, ['dist/main.js', 'card', 'read', '--reader', directory, '--instant', ...words], { input, encoding: 'utf8' });

test('a signature that does not hold, or never came, is not told as one that was verified', async (t) => {
  const [directory, other] = ['card', 'other'].map((name) => join(t.testdir(), name)) as [string, string];
  await run(t, 'make', directory, ...DRAFT);
  await run(t, 'make', other, ...DRAFT);
  writeFileSync(join(directory, 'auth-key.pem'), readFileSync(join(other, 'auth-key.pem')));
  const { stdout, status } = readWith(directory, '1234\n', '--pin');
  t.match(stdout, "PIN try               accepted, but no signature of the card's authentication key came that its certificate verifies: card/tampered\n"); // biome-ignore format: one line
  t.notMatch(stdout, 'undefined');
  t.match(stdout, /the kiosk says +card\/tampered\n/);
  t.equal(status, 1);
});

test('after the try that locks the card the PIN is no way any more', async (t) => {
  const directory = join(t.testdir(), 'card');
  await run(t, 'make', directory, ...DRAFT, '--defect', 'locked-code');
  const file = join(directory, 'card.json');
  const document = JSON.parse(readFileSync(file, 'utf8'));
  document.secrets['auth-pin'].triesLeft = 1;
  writeFileSync(file, JSON.stringify(document));
  const { stdout, status } = readWith(directory, '9999\n', '--pin', '--last-try');
  t.match(stdout, 'PIN try               wrong: that was the last try, it is locked now\n');
  const again = readWith(directory, '9999\n', '--pin', '--last-try');
  t.match(again.stdout, 'PIN try               refused: locked\n');
  t.notMatch(stdout, 'goes on');
  t.equal(status, 1);
});

test('what was typed and could not be presented is told with its reason', async (t) => {
  const directory = join(t.testdir(), 'card');
  await run(t, 'make', directory, ...DRAFT);
  t.match(
    readWith(directory, '550217203512345\n', '--code').stdout,
    'card/face-unreadable: 照合番号B was not presented: it has 14 digits\n',
  );
  const ended = readWith(directory, '', '--pin');
  t.match(ended.stdout, 'PIN try               not presented: standard input ended before it came\n');
  t.match(ended, { status: 0, stdout: /the kiosk says +goes on: face or PIN\n/ });
  t.match(readWith(directory, '', '--code').stdout, '照合番号B was not presented: standard input ended before it came\n');
});

/** `card read` with a PIN that comes later: until then the card lies on its reader. */
const startReading = (directory: string) => {
  const child = spawn(process.execPath, ['dist/main.js', 'card', 'read', '--reader', directory, '--instant', '--pin']);
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => said.push(String(text)));
  const asked = new Promise<void>((resolve) => child.stderr.on('data', (text) => /PIN: /.test(String(text)) && resolve()));
  const ended = once(child, 'close').then(([status, signal]) => ({ status, signal, said: said.join('') }));
  return { child, asked, ended };
};

test('one program at a time has a card; the lock goes with it, and a dead one holds nobody up', async (t) => {
  const directory = join(t.testdir(), 'card');
  const lock = join(directory, 'lock');
  await run(t, 'make', directory, ...DRAFT);
  const refusal = (pid: number | undefined) => `${directory}: the card is in use by process ${pid}: end that one first, for two at once would lose count of its tries`; // biome-ignore format: one sentence
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { child, asked, ended } = startReading(directory);
    await asked;
    t.equal((await run(t, 'read', '--reader', directory, '--instant')).refused, refusal(child.pid));
    t.equal((await run(t, 'serve', directory)).refused, refusal(child.pid));
    t.equal((await run(t, 'show', directory)).status, 0, 'whoever only looks needs no lock');
    child.kill(signal);
    t.match(await ended, { signal });
    t.notOk(existsSync(lock), `${signal} takes the lock away`);
  }
  const killed = startReading(directory);
  await killed.asked;
  killed.child.kill('SIGKILL');
  await killed.ended;
  t.ok(existsSync(lock));
  t.match(await run(t, 'read', '--reader', directory, '--instant'), { out: /PIN +3 tries left/ });
  t.notOk(existsSync(lock));
  t.match((await run(t, 'read', '--reader', directory, '--trust', join(directory, 'photo.jp2'))).refused, /not a directory/);
  t.notOk(existsSync(lock), 'a refusal lets go of it');
});

test('wrong PINs that come at once cost a try each, or were never presented', async (t) => {
  const directory = join(t.testdir(), 'card');
  await run(t, 'make', directory, ...DRAFT);
  const readings = Array.from({ length: 4 }, () => startReading(directory));
  for (const { child } of readings) {
    // Who is refused is gone before its PIN comes.
    child.stdin.on('error', () => undefined);
    child.stdin.end('0000\n');
  }
  const ends = (await Promise.all(readings.map(({ ended }) => ended))).map(({ said }) => said);
  const wrong = ends.filter((said) => /PIN try +wrong/.test(said)).length;
  const unheard = ends.filter((said) => /in use by process|PIN try +not presented/.test(said)).length;
  t.ok(wrong >= 1);
  t.equal(wrong + unheard, 4, ends.join('\n'));
  t.equal(JSON.parse(readFileSync(join(directory, 'card.json'), 'utf8')).secrets['auth-pin'].triesLeft, 3 - wrong);
});

test('each defect reads as what a kiosk would say of it', async (t) => {
  const base = t.testdir();
  const issuer = join(base, 'first');
  t.equal((await run(t, 'make', issuer, ...DRAFT)).status, 0);
  const read = async (defect: string) => {
    const directory = join(base, defect);
    t.equal((await run(t, 'make', directory, '--issuer', issuer, '--defect', defect)).status, 0, defect);
    return run(t, 'read', '--reader', directory, '--instant');
  };
  const refused = (code: string) => new RegExp(`the kiosk says +${code}\\n +patient: .+\\n +.+\\n +staff: +.+\\n`);
  const served = await read('expired-in-grace');
  t.match(served.out, /certificate +expired, still in its grace/);
  t.match(served, { status: 0, out: /the kiosk says +goes on: face or PIN\n +certificate\/expired-in-grace\n +patient: .+\n/ });
  t.match((await read('expires-soon')).out, /the kiosk says +goes on: face or PIN\n +certificate\/expires-soon\n/);
  t.match(await read('expired'), { status: 1, out: refused('certificate/expired') });
  const revoked = await read('revoked');
  t.match(revoked.out, /certificate +revoked\n/);
  t.match(revoked, { status: 1, out: refused('certificate/revoked') });
  const foreign = await read('unknown-issuer');
  t.match(foreign.out, /certificate +untrusted[\s\S]*face signature +card\/untrusted\n/);
  t.match(foreign, { status: 1, out: refused('card/untrusted') });
  const withoutPin = await read('no-pin');
  t.match(withoutPin.out, /PIN +none: a 顔認証マイナンバーカード\n/);
  t.match(withoutPin, { status: 0, out: /the kiosk says +goes on: face\n/ });
  const lockedPin = await read('locked-pin');
  t.match(lockedPin.out, /PIN +locked: only the city office unlocks it\n +patient: .+\n/);
  t.match(lockedPin, { status: 0, out: /the kiosk says +goes on: face\n/ });
  const lockedCode = await read('locked-code');
  t.match(lockedCode.out, /card face +closed: code\/blocked, 0 tries left\n +patient: .+\n/);
  t.match(lockedCode, { status: 0, out: /the kiosk says +goes on: PIN\n/ });
  const tampered = await read('tampered-photo');
  t.match(tampered.out, /face signature +card\/tampered\n/);
  t.match(tampered, { status: 1, out: refused('card/tampered') });
  t.match(await read('truncated-file'), {
    status: 0,
    out: /card face +closed: card\/read-failed\n +patient: .+\n[\s\S]*the kiosk says +goes on: PIN\n/,
  });
  t.match(await read('iphone'), { status: 1, out: /the kiosk says +card\/phone\n +patient: .+\n +.+\n +staff: +.+\n/ });
  t.match(await read('type-a'), { status: 1, out: /in the field +ISO\/IEC 14443 type A\nthe kiosk says +card\/not-my-number\n/ });
  t.match(await read('leaves'), { status: 1, out: /the kiosk says +card\/removed\n/ });
  const refusedToServe = async (name: string) => (await run(t, 'serve', join(base, name))).refused?.replaceAll(base, 'BASE');
  t.match(
    await refusedToServe('type-a'),
    /^BASE\/type-a: .*a card of type A that speaks no ISO\/IEC 7816-4, .*; kazashi card read --reader/,
  );
  await read('two-cards');
  t.match(await refusedToServe('two-cards'), /holds one card; the defect "two-cards" needs a radio; kazashi card read --reader BASE/);
  for (const kind of ['transit', 'broken']) await run(t, 'make', join(base, kind), '--kind', kind);
  t.match(await refusedToServe('transit'), /^BASE\/transit: a FeliCa card speaks no ISO\/IEC 7816-4/);
  t.match(await refusedToServe('broken'), /^BASE\/broken: a broken card answers nothing/);
});

test("as JSON the kiosk's answer stands beside what was read, and what went wrong where nothing was", async (t) => {
  const base = t.testdir();
  const [made, expired] = [join(base, 'made'), join(base, 'expired')];
  t.equal((await run(t, 'make', made, ...DRAFT)).status, 0);
  t.equal((await run(t, 'make', expired, '--issuer', made, '--defect', 'expired')).status, 0);
  const json = async (...words: readonly string[]) => {
    const { status, out } = await run(t, 'read', ...words, '--json');
    return { status, ...JSON.parse(out) };
  };
  t.match(await json('--reader', made, '--instant'), { status: 0, kiosk: { ways: ['face', 'pin'] } });
  t.match(await json('--reader', expired, '--instant'), { status: 1, kiosk: { ways: [], failure: 'certificate/expired' } });
  const nowhere = join(base, 'nowhere');
  t.match(await json('--reader', nowhere), { status: 1, failure: 'input/invalid', message: /^--reader: there is no directory / });
  const settings = join(base, 'kazashi.toml');
  writeFileSync(settings, '[reader]\ni2cBus = 61\n');
  t.match(await json('--config', settings, '--wait', '1'), { status: 1, failure: /^reader\//, message: /./ }, 'no reader on that bus');
});

test('a card without a way left is refused with the words of the way that can be mended', (t) => {
  const report: CardReport = { ms: {}, certificate: certificate('valid'), pin: { set: true, triesLeft: 0 }, face: { state: 'unreadable' } };
  t.same(verdictOf(report), { ways: [], failure: 'pin/only-way-blocked' });
  t.same(verdictOf({ ...report, pin: { set: false }, face: { state: 'blocked', failure: 'code/blocked' } }), {
    ways: [],
    failure: 'code/blocked',
  });
  const photo = { bytes: 900, failure: 'face/photo-unreadable' } as const;
  t.same(verdictOf({ ...report, pin: { set: false }, face: { state: 'ready' }, photo }), { ways: [], failure: 'face/photo-unreadable' });
  t.same(verdictOf({ ...report, certificate: certificate('not-yet-valid') }), { ways: [], failure: 'certificate/not-yet-valid' });
  t.end();
});

test('a card of another kind is one word of card.json', async (t) => {
  const directory = join(t.testdir(), 'transit');
  t.equal((await run(t, 'make', directory, '--kind', 'transit')).status, 0);
  t.match((await run(t, 'show', directory)).out, /transit: FeliCa, no My Number Card/);
  t.match(await run(t, 'read', '--reader', directory, '--instant'), {
    status: 1,
    out: /in the field +FeliCa\nthe kiosk says +card\/transit/,
  });
});

test('every wrong word is refused with what is allowed, and nothing is written', async (t) => {
  const base = t.testdir({ 'notes.txt': 'no picture', empty: {} });
  const made = join(base, 'made');
  t.equal((await run(t, 'make', made, ...DRAFT)).status, 0);
  const fresh = join(base, 'fresh');
  const notes = join(base, 'notes.txt');
  const large = join(base, 'large.png');
  writeFileSync(
    large,
    bitmapPng(6000, 5000, () => false),
  );
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /^card: found nothing; allowed: make, show, serve, read/],
    [['take'], /^card: found "take"/],
    [['make'], /^card make needs one directory/],
    [['make', ''], /^card make needs one directory/],
    [['make', fresh, '--colour', 'red'], /--colour: no such option; allowed: --/],
    [['make', made], /card\.json is there already: move that card away, or give another directory$/],
    [['make', fresh, '--photo', join(base, 'none.jpg')], /^--photo: there is no file /],
    [['make', fresh, '--photo', notes], /^--photo: .*notes\.txt is no JPEG, PNG or JP2 picture$/],
    [['make', fresh, '--photo', join(base, 'empty')], /^--photo: .*empty is a directory, not a file$/],
    [['make', fresh, '--photo', '/dev/zero'], /^--photo: \/dev\/zero is no plain file$/],
    [['make', fresh, '--photo-bytes', '12'], /^--photo-bytes: found "12"; allowed: a whole number from 1000 to 24000$/],
    [['make', fresh, '--birth', '1991-02-30'], /^--birth: a day as YYYY-MM-DD/],
    [['make', fresh, '--pin', '12'], /^--pin: four digits; --no-pin makes a card without one$/],
    [['make', fresh, '--expires', '9999-12-31'], /^--expires: a day as YYYY-MM-DD after birth, at most ten years from this year$/],
    [['make', fresh, '--security-code', '12'], /^--security-code: four digits$/],
    [['make', fresh, '--password', 'short'], /^--password: 6 to 16 of the letters A-Z and the digits$/],
    [['make', fresh, '--photo', large], /^--photo: .*large\.png has 6000 × 5000 pixels, and 25 megapixels are the most$/],
    [['make', fresh, '--pin', '1234', '--no-pin'], /^--pin and --no-pin exclude each other$/],
    [['make', fresh, '--password', 'SECRET1', '--no-sign'], /^--password and --no-sign exclude each other$/],
    [['make', fresh, '--defect', 'no-pin', '--pin', '4711'], /^--pin and --defect no-pin exclude each other: leave one of them out$/],
    [['make', fresh, '--defect', 'locked-pin', '--no-pin'], /^--no-pin and --defect locked-pin exclude each other: /],
    [
      ['make', fresh, '--defect', 'expired', '--certificate-expires', '2027-01-01'],
      /^--certificate-expires and --defect expired exclude each other, which sets that day/,
    ],
    [['make', fresh, '--defect', 'expired', '--defect', 'no-pin'], /^--defect is given twice; a card has one defect: make another card/],
    [['make', fresh, '--pin', '1111', '--pin', '2222'], /^--pin is given twice; give it once$/],
    [
      ['make', fresh, '--expires', '2027-01-01', '--certificate-expires', '2027-01-02'],
      /^--certificate-expires ends the certificate on 2027-01-02, but --expires is 2027-01-01; no certificate outlives its card: give an/,
    ],
    [
      ['make', fresh, '--expires', '2000-01-01', '--defect', 'expired'],
      /^--defect expired ends the certificate on 20.*, but --expires is 2000-01-01; .*: give --expires that day or a later one$/,
    ],
    [
      ['make', fresh, '--photo-bytes', '24000'],
      /^--photo-bytes: this picture fills \d+ bytes at best quality; give at most that, or --photo/,
    ],
    [
      ['make', fresh, '--photo', join(made, 'photo.jp2'), '--photo-bytes', '6000'],
      /^--photo-bytes: a JP2 file goes onto the card as it is; leave/,
    ],
    [['make', fresh, '--kana', 'スズキ', '--generation', '2016'], /^--kana: only a card of generation 2028-draft holds this; add/],
    [['make', fresh, '--defect', 'bent'], /^--defect: found "bent"; allowed: expired, /],
    [['make', fresh, '--kind', 'library'], /^--kind: found "library"; allowed: my-number, /],
    [['make', fresh, '--kind', 'transit', '--pin', '1234'], /^--pin: a transit card has nothing of this/],
    [['make', fresh, '--generation', '2040'], /^--generation: found "2040"; allowed: 2016, 2028-draft$/],
    [['make', fresh, '--issuer', base], /^--issuer: there is no card with an issuer in /],
    [['make', fresh, '--issuer', made, '--generation', '2016'], /issues cards of generation 2028-draft, not 2016$/],
    [['show'], /^card show needs one directory/],
    [['show', base], /there is no card in .*; make one with: kazashi card make/],
    [['serve'], /^card serve needs one directory/],
    [['serve', made, '--vpcd', 'here'], /^--vpcd: found "here"; HOST:PORT is needed/],
    [['read', made], /a card's directory goes after --reader/],
    [['read', '--reader', base], /^--reader: .* holds no card\.json; allowed: pn532, pcsc, or the directory/],
    [['read', '--reader', join(base, 'nowhere')], /^--reader: there is no directory /],
    [['read', '--reader', made, '--wait', '0'], /^--wait: found "0"; allowed: seconds/],
    [['read', '--reader', made, '--trust', notes], /notes\.txt: not a directory of certificates/],
  ];
  for (const [words, message] of wrong) t.match((await run(t, ...words)).refused, message, words.join(' '));
  t.notOk(hasCard(fresh));
  t.notMatch((await run(t, 'read', '--reader', made, '--pin', '9999')).refused, '9999', 'what looks like a secret is not repeated');
  t.match((await run(t, 'make', '--help')).out, /--security-code NNNN/);
});

test('files of a card without its card.json are not overwritten', async (t) => {
  const directory = t.testdir({ 'auth-key.pem': 'the only copy', issuer: {}, 'notes.txt': 'of a person' });
  const { refused } = await run(t, 'make', directory, ...DRAFT);
  t.equal(
    refused,
    `${directory} has no card.json, but files of a card: auth-key.pem, issuer; they would be overwritten: move them away, or give another directory`,
  );
  t.equal(readFileSync(join(directory, 'auth-key.pem'), 'utf8'), 'the only copy');
  t.notOk(hasCard(directory));
  const notes = t.testdir({ 'notes.txt': 'of a person' });
  t.equal((await run(t, 'make', notes, ...DRAFT)).status, 0, "what is of no card is in nobody's way");
});

test('a certificate may end with its card, and no later', async (t) => {
  const directory = join(t.testdir(), 'card');
  const day = '2030-05-06';
  t.equal((await run(t, 'make', directory, ...DRAFT, '--expires', day, '--certificate-expires', day)).status, 0);
  t.match((await run(t, 'show', directory)).out, /authentication +until 2030-05-06/);
});

test('a place where no directory can be made is named, instead of being tried for ever', async (t) => {
  const base = t.testdir({ file: '' });
  for (const place of ['/proc/none/card', join(base, 'file', 'card')]) {
    const { refused } = await run(t, 'make', place, '--kind', 'transit');
    t.equal(refused, `${place}/card.json: cannot be written; give another directory`);
  }
  const deep = join(base, 'a', 'b', 'card');
  t.equal((await run(t, 'make', deep, '--kind', 'transit')).status, 0);
  t.ok(hasCard(deep));
});

test('a trust directory names the file that is wrong', async (t) => {
  const made = join(t.testdir(), 'card');
  await run(t, 'make', made, ...DRAFT);
  const trust = join(made, 'trust');
  const untold = (file: string) => t.fail(file);
  t.match(readTrustDirectory(trust, untold), { authorities: { length: 1 }, faceAnchors: { length: 1 } });
  t.match(readTrustDirectory(undefined, untold), { authorities: [], faceAnchors: [] });
  for (const [name, message] of [
    ['face-anchor-00ff.pem', /face-anchor-00ff\.pem: not a public key \(PEM\)$/],
    ['old.cer', /old\.cer: not the certificate \(DER or PEM\) of a certificate authority$/],
    ['list.crl', /list\.crl: not a certificate revocation list/],
  ] as const) {
    writeFileSync(join(trust, name), 'x');
    t.throws(() => readTrustDirectory(trust, untold), { code: 'config/invalid', message }, name);
    writeFileSync(join(trust, name), readFileSync(join(trust, 'authority-1.pem')));
    if (name === 'old.cer') t.equal(readTrustDirectory(trust, untold).authorities.length, 2);
    rmSync(join(trust, name));
  }
  for (const name of ['zero.cer', 'zero.crl', 'face-anchor-00ff.pem']) {
    symlinkSync('/dev/zero', join(trust, name));
    t.throws(() => readTrustDirectory(trust, untold), { code: 'config/invalid', message: `${join(trust, name)}: is no plain file` });
    rmSync(join(trust, name));
  }
  const issuer = readIssuer(issuerOf(made));
  writeFileSync(join(trust, 'delta.crl'), makeList({ issuer, thisUpdate: Date.now() - 60_000, extensions: [delta] }));
  const told: (readonly string[])[] = [];
  readTrustDirectory(trust, (...words) => told.push(words));
  t.match(told, [['delta.crl', /^a delta list/]]);
  const errors = t.capture(process.stderr, 'write', () => true);
  t.equal((await run(t, 'read', '--reader', made, '--instant')).status, 0, 'it stops nothing');
  t.match(
    errors().map(({ args }) => String(args[0])),
    [/^kazashi: delta\.crl is not used: it is a delta list/],
  );
  errors.restore();
});

test('a card that is served says where, and is taken out when the reader goes', async (t) => {
  const directory = join(t.testdir(), 'card');
  await run(t, 'make', directory, ...DRAFT);
  const reader = createServer((socket) => setTimeout(() => socket.destroy(), 50));
  t.teardown(() => reader.close());
  await new Promise<void>((resolve) => reader.listen(0, '127.0.0.1', resolve));
  const { port } = reader.address() as { port: number };
  const served = await run(t, 'serve', directory, '--vpcd', `127.0.0.1:${port}`);
  t.match(served, { status: 0, out: `${directory} is in the reader at 127.0.0.1:${port}\n` });
});

test('a served card that leaves says that it was taken away, and that this was wanted', async (t) => {
  const directory = join(t.testdir(), 'card');
  await run(t, 'make', directory, ...DRAFT, '--defect', 'leaves');
  let heldWhileServed = false;
  const select = vpcdFrame(fromHex('00a4040c09f04b415a4153484901'));
  const reader = createServer((socket) => {
    socket.on('data', () => socket.write(select));
    socket.on('error', () => undefined);
    // Told after the run, which has standard output to itself.
    heldWhileServed = existsSync(join(directory, 'lock'));
    socket.write(vpcdFrame(Uint8Array.of(1)));
    socket.write(select);
  });
  t.teardown(() => reader.close());
  await new Promise<void>((resolve) => reader.listen(0, '127.0.0.1', resolve));
  const { port } = reader.address() as { port: number };
  const served = await run(t, 'serve', directory, '--vpcd', `127.0.0.1:${port}`);
  t.equal(served.status, 0, served.refused ?? 'no failure');
  t.match(served.out, `${directory} was taken away in its command 5, as its defect "leaves" wants it\n`);
  t.ok(heldWhileServed);
  t.notOk(existsSync(join(directory, 'lock')));
});

test('secrets are asked on standard input, a line each', async (t) => {
  const input = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.ReadStream & PassThrough;
  const questions = t.capture(process.stderr, 'write', () => true);
  const secrets = openSecretSource(input);
  input.write('55021720351234\n4711 \n１２３４\nｐｉｎ\n');
  t.equal(Buffer.from(await secrets.ask('照合番号B', 'code')).toString(), '55021720351234');
  t.equal(Buffer.from(await secrets.ask('PIN', 'pin')).toString(), '4711');
  t.equal(Buffer.from(await secrets.ask('PIN', 'pin')).toString(), '1234', 'typed in wide digits');
  await t.rejects(secrets.ask('PIN', 'pin'), { code: 'input/invalid', message: 'pin: ASCII digits are needed' });
  input.end();
  await t.rejects(secrets.ask('PIN', 'pin'), { message: 'pin: standard input ended before it came' });
  secrets.close();
  t.match(
    questions()
      .map(({ args }) => String(args[0]))
      .join(''),
    /^照合番号B: \nPIN: \n/,
  );
});

test('name and address are drawn as 1-bit pictures with ink in them', async (t) => {
  const [name = new Uint8Array()] = await printedTexts(['佐藤　一']);
  t.same([...name.subarray(16, 26)], [0, 0, 0, 4 * 18 + 8, 0, 0, 0, 24, 1, 0]);
  const [blank = new Uint8Array()] = await printedTexts(['　　　　']);
  t.ok(name.length > blank.length + 40, 'there is more in it than a blank');
});
