import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import type { TextAttributes } from '../../src/card/card-face.ts';
import { keyName } from '../../src/card/key-name.ts';
import { identifyCard } from '../../src/card/my-number-card.ts';
import type { CardReading } from '../../src/card/reading.ts';
import { createCardTrust } from '../../src/card/trust.ts';
import { createSyntheticAuthority } from '../../src/card/twin/authority.ts';
import { issuerOf, openCard, trustOf, writeCard, writeOtherCard } from '../../src/card/twin/card-directory.ts';
import { KEPT_DEFECTS } from '../../src/card/twin/defects.ts';
import { readIssuer } from '../../src/card/twin/issuer-directory.ts';
import { newKeyPairFor } from '../../src/card/twin/keys.ts';
import { makeMaterial } from '../../src/card/twin/make-material.ts';
import type { VirtualCardRequest } from '../../src/card/twin/request.ts';
import { ascii, fromHex, hex } from '../../src/core/bytes.ts';
import { CHALLENGE, connect, NOW, never, openWorkshop, readerOf } from './fixtures/cards.ts';

const workshop = await openWorkshop();
/** Elliptic keys are made in a millisecond: whatever does not need RSA uses the draft generation. */
const draftIssuer = await createSyntheticAuthority({ now: NOW, newKeyPair: newKeyPairFor('2028-draft') });

type Defect = Parameters<typeof writeCard>[1]['defect'];
const makeIn = async (t: Test, request: Partial<VirtualCardRequest> = {}, defect: Defect = null, issuer = draftIssuer): Promise<string> => {
  const directory = t.testdir();
  const makers = { authority: issuer, now: NOW, ...(issuer === draftIssuer ? {} : { newKeyPair: workshop.cardKeys }) };
  const material = await makeMaterial({ kind: 'my-number', photoJp2: workshop.photoJp2, ...request }, makers);
  await writeCard(directory, { material, issuer, trusted: issuer, defect });
  return directory;
};

const read = async (
  directory: string,
): Promise<CardReading & { readonly generation: string; readonly genuine: boolean; readonly attributes?: TextAttributes }> => {
  const { card } = await openCard(directory, NOW);
  const session = await identifyCard(connect(card));
  const trust = createCardTrust(readIssuer(issuerOf(directory)).trust);
  const reading = await session.readSummary(readerOf(card), NOW, trust, never);
  const attributes = await session.readAttributes();
  const genuine = await session.checkFaceSignature().then(
    () => true,
    () => false,
  );
  return { ...reading, ...(attributes === undefined ? {} : { attributes }), generation: session.generation, genuine };
};

/** As JSON: a test writes what nobody should. */
// biome-ignore lint/suspicious/noExplicitAny: any value may stand anywhere
type Document = Record<'holder' | 'secrets', any>;

const edit = (directory: string, change: (document: Document) => void): void => {
  const file = join(directory, 'card.json');
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
  change(document);
  writeFileSync(file, JSON.stringify(document));
};

test('a card of today is written as plain files, and is the same card when it is opened again', async (t) => {
  const directory = await makeIn(t, { family: '山田', given: '太郎', signCertificate: true }, null, workshop.authority);
  t.same(readdirSync(directory).sort(), [
    'auth-certificate.pem', 'auth-key.pem', 'card-key.pem', 'card.json', 'issuer', 'photo.jp2', 'sign-certificate.pem', 'sign-key.pem', 'trust',
  ]); // biome-ignore format: one list
  t.match(readFileSync(join(directory, 'card.json'), 'utf8'), '"auth-pin": { "value": "1234", "triesLeft": 3 },\n', 'a secret is one line');
  t.equal(statSync(join(directory, 'auth-key.pem')).mode & 0o077, 0, 'nobody else reads the keys');
  t.match(readdirSync(trustOf(directory)), [/^authority-1\.pem$/, /^face-anchor-[0-9a-f]{32}\.pem$/]);
  t.match(await read(directory), {
    generation: '2016',
    certificate: { state: 'valid' },
    pinTriesLeft: 3,
    photo: 'ready',
    attributes: { name: '山田\u3000太郎' },
    genuine: true,
  });
});

test('the draft generation is read by the same layer: P-384 all through, one code for face and text', async (t) => {
  const directory = await makeIn(t, { kana: 'ヤマダ　タロウ', latin: 'YAMADA TARO' });
  const { card } = await openCard(directory, NOW);
  const connection = connect(card);
  const session = await identifyCard(connection);
  const trust = createCardTrust(draftIssuer.trust);
  const reading = await session.readSummary(readerOf(card), NOW, trust, never);
  t.match(reading, {
    certificate: { state: 'valid' },
    photo: 'ready',
  });
  t.match(await session.readAttributes(), { nameKana: 'ヤマダ　タロウ', nameLatin: 'YAMADA TARO' });
  await session.checkFaceSignature();
  const possession = await session.provePossession(CHALLENGE);
  t.match(possession, { algorithm: 'ES384' });
  t.equal(possession.signature.length, 96);
  t.equal(
    connection.log.filter((command) => /^00200092.{4,}/.test(command)).length,
    2,
    'the code opens face and text at once, and again once the certificate was read in between',
  );
  t.same(await session.verifyPin(ascii('1234'), { lastTryConfirmed: false }), { outcome: 'verified' });
  t.match(await session.signWithPin(CHALLENGE), { algorithm: 'ES384' });
  t.equal(hex(await card.transceive(fromHex('802a028020 00000000000000000000000000000000000000000000000000000000000000 00 00'))), '6a86');
});

test('tries and changed PINs go back into card.json, and an edited counter counts', async (t) => {
  const directory = await makeIn(t);
  const { card } = await openCard(directory, NOW);
  card.powerOn();
  for (const command of [
    '00a4040c09f04b415a4153484901',
    '002000980439393939',
    '002000980431323334',
    '002401980435363738',
    '002000980439393939',
  ]) {
    await card.transceive(fromHex(command));
  }
  const stored = () => JSON.parse(readFileSync(join(directory, 'card.json'), 'utf8')).secrets['auth-pin'];
  t.same(stored(), { value: '5678', triesLeft: 2 });
  t.equal((await read(directory)).pinTriesLeft, 2);
  edit(directory, ({ secrets }) => Object.assign(secrets['auth-pin'], { triesLeft: 0 }));
  t.match(await read(directory), { hasPin: true, pinTriesLeft: 0 });
  edit(directory, ({ secrets }) => Object.assign(secrets['auth-pin'], { value: null, triesLeft: 0 }));
  t.match(await read(directory), { hasPin: false }, 'a PIN that nobody knows is no PIN');
});

test('an edited holder makes another genuine card, a replaced file of the chip a tampered one', async (t) => {
  const directory = await makeIn(t);
  edit(directory, ({ holder }) => Object.assign(holder, { family: '鈴木', birth: '1940-02-29', securityCode: '0042' }));
  const edited = await read(directory);
  t.match(edited, { photo: 'ready', genuine: true, ageYears: 86, attributes: { name: /^鈴木/ } });
  const { card } = await openCard(directory, NOW);
  const face = card.toJSON().chip?.applications[1]?.files.find(({ id }) => id === 0x02)?.content ?? '';
  const bytes = Buffer.from(face, 'base64');
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  mkdirSync(join(directory, 'raw'));
  writeFileSync(join(directory, 'raw', 'face-0002.bin'), bytes);
  t.match(await read(directory), { photo: 'ready', genuine: false });
  writeFileSync(join(directory, 'raw', 'face-0099.bin'), bytes);
  await t.rejects(openCard(directory, NOW), {
    message: /face-0099\.bin: means no file of the chip; possible: auth-0001\.bin, .*face-0002\.bin/,
  });
});

test('every kept defect survives on disk', async (t) => {
  const seen: Record<string, unknown> = {};
  for (const defect of KEPT_DEFECTS) {
    const directory = await makeIn(t, {}, defect);
    const opened = await openCard(directory, NOW);
    t.equal(opened.defect, defect);
    seen[defect] = await read(directory).then(
      ({ photo, pinTriesLeft, genuine }) => `${photo} ${pinTriesLeft} ${genuine}`,
      ({ code, facts }) => `${code} ${facts.kind}`,
    );
  }
  t.same(seen, {
    'locked-pin': 'ready 0 true',
    'locked-code': 'blocked 3 false',
    'tampered-photo': 'ready 3 false',
    'wrong-signature': 'ready 3 false',
    'truncated-file': 'unreadable 3 false',
    'android-phone': 'card/phone android',
    iphone: 'card/phone iphone',
    'resident-card': 'card/not-my-number resident-card',
    slow: 'ready 3 true',
    leaves: 'ready 3 true',
    'type-a': 'ready 3 true',
    'two-cards': 'ready 3 true',
  });
  const phone = await makeIn(t, {}, 'android-phone', workshop.authority);
  await t.rejects(read(phone), { code: 'card/phone', facts: { kind: 'android' } }, 'on a chip of today the label is known');
});

test('whatever is wrong in the directory is told by file and field', async (t) => {
  const make = () => makeIn(t);
  const sentence = async (directory: string): Promise<string> =>
    openCard(directory, NOW).then(
      () => 'accepted',
      ({ code, message }) => `${code} ${message.replaceAll(directory, 'DIR')}`,
    );
  const after = async (damage: (directory: string) => void): Promise<string> => {
    const directory = await make();
    damage(directory);
    return sentence(directory);
  };
  const remove = (name: string) => after((directory) => rmSync(join(directory, name), { recursive: true }));
  const garble = (name: string) => after((directory) => writeFileSync(join(directory, name), 'x'));
  const change = (run: (document: Document) => void) => after((directory) => edit(directory, run));

  t.equal(await remove('card.json'), 'input/invalid DIR/card.json: there is no card in DIR; make one with: kazashi card make DIR');
  t.equal(await remove('photo.jp2'), 'input/invalid DIR/photo.jp2: is missing');
  t.equal(await remove('issuer'), 'input/invalid DIR/issuer: the issuer of the card is missing');
  t.equal(await remove('issuer/face-signer.cvc'), 'input/invalid DIR/issuer/face-signer.cvc: is missing');
  t.match(await garble('card.json'), /^input\/invalid DIR\/card\.json: not JSON \(/);
  t.match(await garble('photo.jp2'), /^input\/invalid DIR\/photo\.jp2: no JPEG 2000 picture in a JP2 container$/);
  t.equal(await garble('auth-key.pem'), 'input/invalid DIR/auth-key.pem: not a private key (PKCS #8, PEM, without a password)');
  t.equal(await garble('auth-certificate.pem'), 'input/invalid DIR/auth-certificate.pem: not a certificate (PEM)');
  t.equal(await garble('issuer/face-signer.cvc'), 'input/invalid DIR/issuer/face-signer.cvc: not a card-verifiable certificate');
  t.equal(
    await change((document) => Object.assign(document, { defect: 'scratched', colour: 1 })),
    `input/invalid DIR/card.json: defect: must be null, or one of ${KEPT_DEFECTS.join(', ')}; colour: there is no such field`,
  );
  t.match(await change(({ holder }) => Object.assign(holder, { birth: '12.4.1991' })), /holder\.birth: must be a day as "YYYY-MM-DD"$/);
  t.match(await change(({ holder }) => Object.assign(holder, { birth: '1991-02-30' })), /card\.json: birth: a day as YYYY-MM-DD/);
  t.match(
    await change(({ secrets }) => Object.assign(secrets, { pin: { triesLeft: 1 } })),
    /secrets\.pin: there is no such secret; known: auth-pin/,
  );
  t.match(
    await change(({ secrets }) => Object.assign(secrets['auth-pin'], { value: '12345' })),
    /secrets\.auth-pin\.value: must be four digits, or null$/,
  );
  t.match(
    await change(({ secrets }) => Object.assign(secrets['auth-pin'], { triesLeft: 11 })),
    /secrets\.auth-pin\.triesLeft: must be at most 3$/,
  );
  t.match(await change((document) => Object.assign(document, { generation: '2016' })), /secrets\.face-birth-key: is missing/);
  t.match(await change((document) => Object.assign(document, { kind: 'library' })), /kind: must be one of my-number, driving-licence/);
});

test('what stands in card.json is what the chip becomes, or is refused', async (t) => {
  const refused = async (change: (document: Document) => void): Promise<string> => {
    const directory = await makeIn(t);
    edit(directory, change);
    return openCard(directory, NOW).then(
      () => 'accepted',
      ({ message }) => message.replace(directory, 'DIR'),
    );
  };
  t.equal(await refused(({ secrets }) => Object.assign(secrets['auth-pin'], { triesLeft: 4 })), 'DIR/card.json: secrets.auth-pin.triesLeft: must be at most 3'); // biome-ignore format: one line
  t.match(
    await refused(({ secrets }) => delete secrets['auth-pin']),
    /secrets\.auth-pin: is missing; one that nobody knows is \{ "value": null/,
  );
  t.match(
    await refused(({ secrets }) => delete secrets['auth-pin'].value),
    /secrets\.auth-pin: without a value nobody knows it, and triesLeft must/,
  );
  t.match(
    await refused(({ secrets }) => Object.assign(secrets['face-code-b'], { value: '1' })),
    /face-code-b\.value: follows from the holder/,
  );
  t.match(await refused((document) => Object.assign(document, { secrets: null })), /secrets: must be an object/);
  const nothing = await makeIn(t);
  writeFileSync(join(nothing, 'card.json'), 'null');
  await t.rejects(openCard(nothing, NOW), { message: /the file: must be an object \{ … \}$/ });
  const marked = await makeIn(t);
  writeFileSync(join(marked, 'card.json'), `\uFEFF${readFileSync(join(marked, 'card.json'), 'utf8')}`);
  t.equal((await openCard(marked, NOW)).card.kind, 'my-number', 'a mark of byte order stands in nobody’s way');
});

test('a defect that is written into card.json is the card’s, whatever tries stand beside it', async (t) => {
  const directory = await makeIn(t);
  edit(directory, (document) => Object.assign(document, { defect: 'locked-pin' }));
  const { card, document } = await openCard(directory, NOW);
  t.equal(card.info().pinTriesLeft, 0);
  t.match(document, { secrets: { 'auth-pin': { triesLeft: 0 } } }, 'and is told so');
});

test('a key of another kind or length than the generation’s is refused by its file', async (t) => {
  const of = async (generation: '2016' | '2028-draft', name: string, privateKey: KeyObject): Promise<string> => {
    const directory = await makeIn(t, { signCertificate: true }, null, generation === '2016' ? workshop.authority : draftIssuer);
    writeFileSync(join(directory, name), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    return openCard(directory, NOW).then(
      () => 'accepted',
      ({ message }) => message.replace(directory, 'DIR'),
    );
  };
  const edwards = generateKeyPairSync('ed25519').privateKey;
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  t.equal(await of('2016', 'auth-key.pem', edwards), 'DIR/auth-key.pem: the key is ed25519; a card of generation 2016 has RSA-2048');
  t.equal(await of('2016', 'sign-key.pem', short), 'DIR/sign-key.pem: the key is RSA-1024; a card of generation 2016 has RSA-2048');
  t.equal(await of('2016', 'card-key.pem', p256), 'DIR/card-key.pem: the key is P-256; a card of generation 2016 has RSA-2048');
  t.equal(
    await of('2028-draft', 'auth-key.pem', short),
    'DIR/auth-key.pem: the key is RSA-1024; a card of generation 2028-draft has P-384',
  );
  t.equal(keyName(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).publicKey), 'DSA-1024');
});

test('what has no end is refused before it is read', { skip: !existsSync('/dev/zero') && 'no /dev/zero here' }, async (t) => {
  const directory = await makeIn(t);
  rmSync(join(directory, 'photo.jp2'));
  symlinkSync('/dev/zero', join(directory, 'photo.jp2'));
  await t.rejects(openCard(directory, NOW), { message: `${join(directory, 'photo.jp2')}: is no plain file` });
  rmSync(join(directory, 'photo.jp2'));
  writeFileSync(join(directory, 'photo.jp2'), new Uint8Array(24_001));
  await t.rejects(openCard(directory, NOW), { message: /photo\.jp2: 24001 bytes; at most 24000 are allowed$/ });
});

test('what is no picture, no UTF-8 or no directory is named', async (t) => {
  const directory = await makeIn(t);
  const at = (name: string) => join(directory, name);
  const card = readFileSync(at('card.json'));
  writeFileSync(at('card.json'), Buffer.concat([card.subarray(0, 40), Buffer.of(0x8e, 0x52), card.subarray(40)]));
  await t.rejects(openCard(directory, NOW), {
    code: 'input/invalid',
    message: `${at('card.json')}: is not UTF-8 (Shift_JIS?); save it as UTF-8`,
  });
  writeFileSync(at('card.json'), Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), card]));
  t.ok(await openCard(directory, NOW), 'a byte order mark does no harm');
  writeFileSync(at('name.png'), 'hi');
  await t.rejects(openCard(directory, NOW), { message: `${at('name.png')}: is no PNG picture` });
  writeFileSync(at('name.png'), new Uint8Array(60_000));
  await t.rejects(openCard(directory, NOW), { message: `${at('name.png')}: 60000 bytes; at most 16384 are allowed` });
  rmSync(at('name.png'));
  writeFileSync(at('raw'), '');
  await t.rejects(openCard(directory, NOW), { message: `${at('raw')}: is no directory that can be read` });
});

test('cards of other kinds are one file', async (t) => {
  const directory = join(t.testdir(), 'licence');
  writeOtherCard(directory, 'driving-licence');
  t.same(readdirSync(directory), ['card.json']);
  const { card } = await openCard(directory, NOW);
  t.equal(card.kind, 'driving-licence');
  await t.rejects(identifyCard(connect(card)), { code: 'card/driving-licence' });
  t.notOk(existsSync(join(directory, 'card.json.new')));
});
