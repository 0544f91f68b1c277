import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'tap';
import { identifyCard } from '../../src/card/my-number-card.ts';
import type { CardFaceReader } from '../../src/card/ports.ts';
import type { CardPinOutcome } from '../../src/card/reading.ts';
import { RefusedCodes } from '../../src/card/refused-codes.ts';
import type { SchemeTerminal } from '../../src/card/scheme-authentication.ts';
import { createCardTrust } from '../../src/card/trust.ts';
import { createSyntheticTerminal } from '../../src/card/twin/synthetic-terminal.ts';
import { VirtualCard } from '../../src/card/twin/virtual-card.ts';
import { ascii, concat, fromHex, hex } from '../../src/core/bytes.ts';
import { isFailure, KioskFailure } from '../../src/core/failure.ts';
import { createLog } from '../../src/core/log.ts';
import { CHALLENGE, connect, NOW, never, openWorkshop, readerOf } from './fixtures/cards.ts';

const workshop = await openWorkshop();
const { trust } = workshop;
type Session = Awaited<ReturnType<typeof identifyCard>>;
const open = (card: VirtualCard, connection = connect(card)) => identifyCard(connection);
const codeReader = (digits: string) => ({ readVerificationCode: async () => ascii(digits) });
const unconfirmed = { lastTryConfirmed: false };
const confirmed = { lastTryConfirmed: true };
const VISUAL = 'd3921000310001010402';
const TEXT = 'd3921000310001010408';
/** VERIFY with data, of the current file or by short id. */
const presentsCode = (command: string): boolean => /^002000(80|92|95)0e/.test(command);
const presentsPin = (command: string): boolean => /^002000(80|98)04/.test(command);

test('a visit reads certificate, counters and photo in one go, and the attributes once it goes on', async (t) => {
  const card = await workshop.make({ birth: '1980-02-17', family: '山田', given: '太郎', sex: 'male', address: '東京都千代田区１' });
  const connection = connect(card);
  const session = await identifyCard(connection);
  const reading = await session.readSummary(readerOf(card), NOW, trust, never);
  t.match(reading, {
    certificate: { state: 'valid' },
    hasPin: true,
    pinTriesLeft: 3,
    photo: 'ready',
    ageYears: 46,
  });
  t.same(reading.photoJp2, workshop.photoJp2);
  t.match(new X509Certificate(reading.certificateDer).subject, /CN=[A-Z0-9]{13}13101\d{4}A$/);
  const reads = connection.log.filter((command) => command.startsWith('00b0')).length;
  t.ok(reads <= 35, `only the photo is read of the face, in full chunks: ${reads} reads`);
  t.notOk(
    connection.log.some((command) => command.includes(TEXT)),
    'the text application is not asked before the summary is there',
  );
  t.match(await session.readAttributes(), { name: '山田\u3000太郎', address: '東京都千代田区１', birth: '19800217', sex: '1' });
  const asked = connection.log.length;
  t.match(await session.readAttributes(), { sex: '1' });
  t.equal(connection.log.length, asked, 'read once');

  await session.checkFaceSignature();
  const commands = connection.log.length;
  await session.checkFaceSignature();
  t.equal(connection.log.length, commands, 'the face is checked once');

  t.ok(connection.log.filter(presentsCode).length === 3, 'B: visual, text, visual again');
  const { photoJp2, certificateDer } = reading;
  session.close();
  session.close();
  t.ok(photoJp2?.every((byte) => byte === 0) && certificateDer.every((byte) => byte === 0), 'close wipes what was read');
  await t.rejects(session.verifyPin(ascii('1234'), unconfirmed), { code: 'visit/cancelled' });
});

test('a PIN check and a signature end with their signal while the card lies there and says nothing', async (t) => {
  const connection = connect(await workshop.make());
  let deaf = false;
  const session = await identifyCard({
    technology: connection.technology,
    transceive: (command, signal) =>
      deaf
        ? new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))
        : connection.transceive(command, signal),
  });
  deaf = true;
  for (const ask of [
    (signal: AbortSignal): Promise<unknown> => session.verifyPin(ascii('1234'), { ...unconfirmed, signal }),
    (signal: AbortSignal) => session.signWithPin(CHALLENGE, signal),
  ]) {
    const stop = new AbortController();
    const asked = ask(stop.signal);
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error('visit over'));
    await t.rejects(asked, new Error('visit over'));
  }
});

test('the photo comes before the certificate when the code is known, and after it while the code is still looked for', async (t) => {
  const card = await workshop.make();
  const AUTH_CERTIFICATE = '00b08a00';
  const PHOTO_FILE = '00b08200';
  const order = async (reader: CardFaceReader) => {
    const connection = connect(card);
    let photoAfter = 0;
    const session = await identifyCard(connection);
    await session.readSummary(reader, NOW, trust, never, (photo) => {
      t.same(photo, workshop.photoJp2);
      photoAfter = connection.log.length;
    });
    const at = (command: string) => connection.log.findIndex((one) => one.startsWith(command));
    return { photo: at(PHOTO_FILE), certificate: at(AUTH_CERTIFICATE), photoAfter };
  };
  const known = await order(readerOf(card));
  t.ok(
    known.photo < known.photoAfter && known.photoAfter <= known.certificate,
    'whoever waits for the photo can begin before the rest is read',
  );
  const slow: CardFaceReader = {
    async readVerificationCode(signal) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return readerOf(card).readVerificationCode(signal);
    },
  };
  const unknown = await order(slow);
  t.ok(unknown.certificate < unknown.photo, 'nothing waits for the camera');
});

test('the PIN is counted in the card, and the last try needs a confirmation', async (t) => {
  const card = await workshop.make({ pin: '4321' });
  const session = await open(card);
  const attempt = async (digits: string, options: { lastTryConfirmed: boolean }): Promise<CardPinOutcome> => {
    const pin = ascii(digits);
    const outcome = await session.verifyPin(pin, options);
    t.same([...pin], [0, 0, 0, 0], 'the PIN is wiped');
    return outcome;
  };
  t.same(await attempt('4321', unconfirmed), { outcome: 'verified' });
  t.same(await attempt('0000', unconfirmed), { outcome: 'wrong', triesLeft: 2 });
  t.same(await attempt('0000', unconfirmed), { outcome: 'wrong', triesLeft: 1 });
  t.same(await attempt('4321', unconfirmed), { outcome: 'unconfirmed', triesLeft: 1 });
  t.equal(card.info().pinTriesLeft, 1, 'an unconfirmed try never reaches the card');
  t.same(await attempt('0000', confirmed), { outcome: 'blocked' });
  t.same(await attempt('4321', confirmed), { outcome: 'blocked' });
  const reading = await session.readSummary(readerOf(card), NOW, trust, never);
  t.match(reading, { hasPin: true, pinTriesLeft: 0 }, 'a locked PIN is a PIN');
});

test('what is no PIN never reaches the card', async (t) => {
  const card = await workshop.make();
  const connection = connect(card);
  const session = await identifyCard(connection);
  const before = connection.log.length;
  for (const digits of ['', '123', '12345', '12a4', '12.4']) {
    const pin = ascii(digits);
    await t.rejects(session.verifyPin(pin, confirmed), {
      code: 'input/invalid',
      facts: { field: 'pin' },
      message: 'pin: exactly 4 ASCII digits are needed',
    });
    t.ok(pin.every((byte) => byte === 0));
  }
  t.equal(connection.log.length, before);
  t.equal(card.info().pinTriesLeft, 3);
});

test('a 顔認証マイナンバーカード has no PIN, which is not the same as a locked one', async (t) => {
  const card = await workshop.make({ pin: null });
  t.equal(card.info().pinTriesLeft, null);
  const session = await open(card);
  const reading = await session.readSummary(readerOf(card), NOW, trust, never);
  t.match(reading, { hasPin: false, photo: 'ready', certificate: { state: 'valid' } });
  t.notOk('pinTriesLeft' in reading);
  await t.rejects(session.verifyPin(ascii('0000'), confirmed), { code: 'pin/not-set' });
});

test('a PIN that was set after the card was issued without one is a PIN', async (t) => {
  const state = (await workshop.make({ pin: null })).toJSON();
  const secretSet = <T extends { left: number }>(secret: T): T => (secret.left === 0 ? { ...secret, left: 3, value: '2580' } : secret);
  const applications = (state.chip?.applications ?? []).map((one) => ({ ...one, secrets: one.secrets.map(secretSet) }));
  const card = VirtualCard.fromJSON({ ...state, chip: { ...state.chip, applications } });
  const session = await open(card);
  t.match(await session.readSummary(readerOf(card), NOW, trust, never), { hasPin: true, pinTriesLeft: 3 });
  t.same(await session.verifyPin(ascii('0000'), unconfirmed), { outcome: 'wrong', triesLeft: 2 });
  t.same(await session.verifyPin(ascii('2580'), unconfirmed), { outcome: 'verified' });
});

test('a signature after the PIN is made by the key of the certificate', async (t) => {
  const card = await workshop.make();
  const session = await open(card);
  await t.rejects(session.signWithPin(CHALLENGE), { code: 'card/read-failed', facts: { step: 'sign', sw: '6982' } });
  t.match(await session.verifyPin(ascii('1234'), unconfirmed), { outcome: 'verified' });
  const proof = await session.signWithPin(CHALLENGE);
  t.equal(proof.algorithm, 'RS256');
  const key = createPublicKey({ key: Buffer.from(proof.publicKey), format: 'der', type: 'spki' });
  t.ok(verify('sha256', CHALLENGE, key, proof.signature));
  await t.rejects(session.signWithPin(new Uint8Array(8)), RangeError);
});

test('the synthetic scheme: a terminal that the card believes signs without a PIN, and no other', async (t) => {
  const card = await workshop.make({ pin: null });
  const terminal = await createSyntheticTerminal(workshop.authority, workshop.authorityKeys);
  const connection = connect(card);
  const session = await open(card, connection);
  t.match(await session.signForTerminal(CHALLENGE, terminal), { algorithm: 'RS256' });
  t.ok(
    connection.log.some((command) => command.startsWith('80a206c100')),
    'the body goes in extended form',
  );
  const refused = { code: 'card/untrusted', facts: { part: 'terminal' } };
  const liar: SchemeTerminal = { ...terminal, sign: async () => terminal.sign(new Uint8Array(32)) };
  await t.rejects((await open(card)).signForTerminal(CHALLENGE, liar), refused, 'a signature over another challenge');
  const at = terminal.certificate.length - 1;
  const forged = { ...terminal, certificate: terminal.certificate.map((byte, i) => (i === at ? byte ^ 1 : byte)) };
  await t.rejects((await open(card)).signForTerminal(CHALLENGE, forged), refused, 'a certificate nobody signed');
  await t.rejects((await open(card)).signWithPin(CHALLENGE), { code: 'card/read-failed', facts: { sw: '6982' } }, 'nothing stays open');
  t.equal(hex(await card.transceive(fromHex('0082008001ff'))), '6982', 'a response without a challenge');
  t.equal(hex(await card.transceive(fromHex('80a206c10100'))), '6981', 'the anchor’s file is not the current one');
  t.equal(hex(await card.transceive(fromHex('80a207c10100'))), '6a86');
});

test('a card that signs with another key than its certificate shows is a fake', async (t) => {
  const card = await workshop.make();
  const other = await workshop.make();
  other.powerOn();
  const swapped = connect(card, async (command, response) => {
    if (!command.startsWith('802a')) return response;
    const forged = response.slice();
    forged[0] = (forged[0] ?? 0) ^ 1;
    return forged;
  });
  const session = await open(card, swapped);
  await session.verifyPin(ascii('1234'), unconfirmed);
  await t.rejects(session.signWithPin(CHALLENGE), { code: 'card/tampered' });
});

test('possession is proved without a PIN, even after another application was in use', async (t) => {
  const card = await workshop.make();
  const session = await open(card);
  await t.rejects(session.provePossession(CHALLENGE), { code: 'card/face-unreadable' }, 'not before the card face is open');
  await session.readSummary(readerOf(card), NOW, trust, never);
  await session.verifyPin(ascii('1234'), unconfirmed);
  const proof = await session.provePossession(CHALLENGE);
  const key = createPublicKey({ key: Buffer.from(proof.publicKey), format: 'der', type: 'spki' });
  t.ok(verify('sha256', CHALLENGE, key, proof.signature));
  await session.checkFaceSignature();
});

test('a code that the card takes back is not presented a third time', async (t) => {
  const card = await workshop.make();
  let presented = 0;
  const connection = connect(card, (command, response) => {
    if (!presentsCode(command)) return response;
    presented += 1;
    return presented === 3 ? fromHex('63c9') : response;
  });
  const session = await identifyCard(connection);
  await session.readSummary(readerOf(card), NOW, trust, never);
  await session.readAttributes();
  await t.rejects(session.checkFaceSignature(), { code: 'card/face-unreadable' });
  await t.rejects(session.checkFaceSignature(), { code: 'card/face-unreadable' });
  await t.rejects(session.provePossession(CHALLENGE), { code: 'card/face-unreadable' });
  t.equal(presented, 3, 'visual, text, visual again');
});

test('a wrong 照合番号B costs one try in one application, and is never presented again', async (t) => {
  const card = await workshop.make();
  const connection = connect(card);
  const session = await identifyCard(connection);
  const reading = await session.readSummary(codeReader('00000000000000'), NOW, trust, never);
  t.match(reading, { photo: 'blocked', photoFailure: 'code/wrong', codeTriesLeft: 9, certificate: { state: 'valid' }, hasPin: true });
  t.notOk('attributes' in reading);
  t.equal(connection.log.filter(presentsCode).length, 1);
  t.equal(card.info().codeTriesLeft, 9);
  await t.rejects(session.checkFaceSignature(), { code: 'card/face-unreadable' });
});

test('a 照合番号 that was refused is not presented again when the card is laid down anew, and a right one is', async (t) => {
  const card = await workshop.make();
  const refused = new RefusedCodes();
  const read = async (code: string | undefined) => {
    const session = await identifyCard(connect(card), { refused });
    return session.readSummary(code === undefined ? readerOf(card) : codeReader(code), NOW, trust, never);
  };
  t.match(await read('00000000000000'), { photo: 'blocked', photoFailure: 'code/wrong', codeTriesLeft: 9 });
  t.match(await read('00000000000000'), { photo: 'blocked', photoFailure: 'code/wrong', pinTriesLeft: 3 });
  t.equal(card.info().codeTriesLeft, 9, 'one try in all');
  t.match(await read(undefined), { photo: 'ready' });
  t.match(await read('00000000000001'), { photoFailure: 'code/wrong', codeTriesLeft: 9 }, 'another one is a first try');
  for (let i = 10; i < 110; i += 1) refused.add(new TextEncoder().encode(`000000000001${i}`));
  t.notOk(refused.has(new TextEncoder().encode('00000000000000')), 'the oldest of more than a hundred is forgotten');
});

test('below the safe threshold 照合番号B is not presented at all', async (t) => {
  const card = await workshop.make();
  for (let i = 0; i < 6; i += 1) {
    const session = await open(card);
    await session.readSummary(codeReader('00000000000000'), NOW, trust, never);
  }
  t.equal(card.info().codeTriesLeft, 4);
  const reading = await (await open(card)).readSummary(readerOf(card), NOW, trust, never);
  t.match(reading, { photo: 'blocked', photoFailure: 'code/too-few-tries', codeTriesLeft: 4 });
  t.equal(card.info().codeTriesLeft, 4);

  const locked = structuredClone(card.toJSON());
  const image = JSON.parse(JSON.stringify(locked)) as {
    chip: { applications: { aid: string; secrets: { id: number; left: number }[] }[] };
  };
  for (const secret of image.chip.applications.find(({ aid }) => aid === VISUAL)?.secrets ?? []) secret.left = 0;
  const blocked = VirtualCard.fromJSON(image as never);
  t.match(await (await open(blocked)).readSummary(readerOf(blocked), NOW, trust, never), {
    photo: 'blocked',
    photoFailure: 'code/blocked',
    codeTriesLeft: 0,
  });
});

test('an unreadable card face leaves the photo unreadable and the rest usable', async (t) => {
  const card = await workshop.make();
  const failing = { readVerificationCode: async () => Promise.reject(new KioskFailure('card/face-unreadable')) };
  t.match(await (await open(card)).readSummary(failing, NOW, trust, never), {
    photo: 'unreadable',
    photoFailure: 'card/face-unreadable',
    pinTriesLeft: 3,
  });
  t.match(await (await open(card)).readSummary(codeReader('1234'), NOW, trust, never), { photo: 'unreadable' });
  t.equal(card.info().codeTriesLeft, 10, 'ill-formed digits never reach the card');

  const broken = connect(card, (command, response) => (command.startsWith('00b08200') ? fromHex('ff2082ffff9000') : response));
  t.match(await (await open(card, broken)).readSummary(readerOf(card), NOW, trust, never), {
    photo: 'unreadable',
    photoFailure: 'card/malformed',
  });
  const noText = connect(card, (command, response) => (command.endsWith('010408') ? fromHex('6a82') : response));
  const session = await open(card, noText);
  t.equal((await session.readSummary(readerOf(card), NOW, trust, never)).photo, 'ready');
  t.equal(await session.readAttributes(), undefined);
  let stumbles = 1;
  const stumbling = connect(card, (command, response) => {
    if (command.endsWith('010408') && stumbles-- > 0) throw new KioskFailure('reader/protocol');
    return response;
  });
  const again = await open(card, stumbling);
  await again.readSummary(readerOf(card), NOW, trust, never);
  await t.rejects(again.readAttributes(), { code: 'reader/protocol' });
  t.match(await again.readAttributes(), { sex: '1' }, 'a stumble of the reader is no answer of the card');
});

test('a changed byte anywhere in the signed face is found', async (t) => {
  const card = await workshop.make();
  const bytesOf = async (tag: string) => {
    const image = card.toJSON().chip?.applications.find(({ aid }) => aid === VISUAL);
    const file = Buffer.from(image?.files.find(({ id }) => id === 2)?.content ?? '', 'base64');
    return file.indexOf(Buffer.from(tag, 'hex'), 24);
  };
  const flip = (fileId: number, at: number): VirtualCard => {
    const state = JSON.parse(JSON.stringify(card)) as {
      chip: { applications: { aid: string; files: { id: number; content: string }[] }[] };
    };
    const file = state.chip.applications.find(({ aid }) => aid === VISUAL)?.files.find(({ id }) => id === fileId);
    if (file === undefined) throw new Error('no file');
    const content = Buffer.from(file.content, 'base64');
    content[at] = (content[at] ?? 0) ^ 1;
    file.content = content.toString('base64');
    return VirtualCard.fromJSON(state as never);
  };
  const check = async (changed: VirtualCard) => {
    const session = await open(changed);
    const reading = await session.readSummary(readerOf(changed), NOW, trust, never);
    t.equal(reading.photo, 'ready');
    return session.checkFaceSignature();
  };
  for (const [what, tag, offset] of [
    ['birth', 'df2208', 9],
    ['key', 'df24', 200],
    ['name', 'df25', 30],
    ['photo', 'df27', 2000],
    ['signature', 'df288201', 50],
  ] as const) {
    await t.rejects(check(flip(2, (await bytesOf(tag)) + offset)), { code: 'card/tampered' }, what);
  }
  await t.rejects(check(flip(4, 100)), { code: 'card/tampered' }, 'the signer’s certificate');
  await t.rejects(check(flip(4, 20)), { code: 'card/untrusted' }, 'a signer under another authority');
  const session = await open(card);
  await session.readSummary(readerOf(card), NOW, createCardTrust({ authorities: [], faceAnchors: [] }), never);
  await t.rejects(session.checkFaceSignature(), { code: 'card/untrusted' });
  await t.rejects(session.checkFaceSignature(), { code: 'card/untrusted' }, 'the verdict stands');
});

test('what is no My Number Card is told apart', async (t) => {
  const licence = await workshop.make({ kind: 'driving-licence' });
  await t.rejects(open(licence), { code: 'card/driving-licence', facts: { kind: 'driving-licence' } });
  const transit = await workshop.make({ kind: 'transit' });
  await t.rejects(open(transit), { code: 'card/transit', facts: { kind: 'felica' } });
  const typeA = { technology: 'iso14443-a' as const, transceive: () => Promise.reject(new Error('not asked')) };
  await t.rejects(identifyCard(typeA), { code: 'card/not-my-number', facts: { kind: 'other-technology' } });
  const broken = await workshop.make({ kind: 'broken' });
  await t.rejects(open(broken), { code: 'card/not-recognised', facts: { kind: 'not-answering' } });
  t.match(broken.info(), { pinTriesLeft: null, codeTriesLeft: null, expires: null });

  const card = await workshop.make();
  const failing = (from: string, failure: () => Uint8Array) =>
    connect(card, (command, response) => (command.startsWith(from) ? failure() : response));
  const token = (label: string) => () => ascii(`${label.padEnd(160, ' ')}\x10\x00`).fill(0x90, 160, 161);
  t.ok(await open(card, failing('00b0', token('JPKIAPICCTOKEN2'))));
  for (const [label, kind, code] of [
    ['JPKIAPGPSETOKEN', 'android', 'card/phone'],
    ['JPKIAPIOSTOKEN', 'iphone', 'card/phone'],
    ['JPKIAPICCTOKEN', 'resident-card', 'card/not-my-number'],
    ['OTHER', 'other-token', 'card/not-my-number'],
  ] as const) {
    await t.rejects(open(card, failing('00b0', token(label))), { code, facts: { kind } }, label);
  }
  await t.rejects(
    open(
      card,
      failing('00a4', () => fromHex('6d00')),
    ),
    { code: 'card/not-my-number', facts: { kind: 'other-type-b' } },
  );
  await t.rejects(
    open(
      card,
      failing('00b0', () => fromHex('6982')),
    ),
    { code: 'card/not-my-number', facts: { kind: 'other-token' } },
  );
  const gone = () => {
    throw new KioskFailure('card/removed');
  };
  await t.rejects(open(card, failing('00a4', gone)), { code: 'card/removed' });
  await t.rejects(open(card, failing('00b0', gone)), { code: 'card/removed' });
  await t.rejects(
    open(
      card,
      failing('00b0', () => new Uint8Array(1)),
    ),
    { code: 'card/not-my-number' },
  );
});

test('a card taken away in the middle is a failure, whatever was being read', async (t) => {
  const card = await workshop.make();
  const steps = connect(card);
  await (await identifyCard(steps)).readSummary(readerOf(card), NOW, trust, never);
  for (let at = 0; at < steps.log.length; at += 3) {
    let count = 0;
    const connection = connect(card, (_, response) => {
      count += 1;
      if (count > at) throw new KioskFailure('card/removed');
      return response;
    });
    const visit = async () => (await identifyCard(connection)).readSummary(readerOf(card), NOW, trust, never);
    await t.rejects(visit(), { code: 'card/removed' }, `after ${at} answers`);
  }
});

test('an aborted visit stops between two commands and wipes the code that still arrives', async (t) => {
  const card = await workshop.make();
  let counted: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => {
    counted = () => setImmediate(resolve);
  });
  const connection = connect(card, (command, response) => {
    if (/^002000..$/.test(command)) counted();
    return response;
  });
  const session = await open(card, connection);
  const controller = new AbortController();
  let hand: (digits: Uint8Array) => void = () => undefined;
  const slow = {
    readVerificationCode: () =>
      new Promise<Uint8Array>((resolve) => {
        hand = resolve;
      }),
  };
  const reading = session.readSummary(slow, NOW, trust, controller.signal);
  await waiting;
  controller.abort(new KioskFailure('visit/cancelled'));
  await t.rejects(reading, { code: 'visit/cancelled' });
  session.close();
  const digits = ascii('55021720352222');
  hand(digits);
  await new Promise(setImmediate);
  t.ok(digits.every((byte) => byte === 0));

  const early = await open(card);
  await t.rejects(early.readSummary(slow, NOW, trust, controller.signal), { code: 'visit/cancelled' });
});

test('a step that is broken off at any command, heard or not, can be taken again, and the PIN after it', async (t) => {
  const card = await workshop.make({ pin: '1234' });
  const steps = [
    (session: Session, signal?: AbortSignal) => session.checkFaceSignature(signal).then(() => 'genuine'),
    (session: Session, signal?: AbortSignal) => session.readAttributes(signal).then((read) => (read === undefined ? 'closed' : 'read')),
    (session: Session, signal?: AbortSignal) => session.verifyPin(ascii('1234'), { ...unconfirmed, signal }).then(({ outcome }) => outcome),
  ];
  for (const [index, step] of steps.entries()) {
    for (const answered of [true, false]) {
      for (let at = 1; ; at += 1) {
        let left = Number.POSITIVE_INFINITY;
        const stop = new AbortController();
        const reason = new KioskFailure('visit/cancelled');
        const session = await open(
          card,
          connect(card, (_, response) => {
            left -= 1;
            if (left === 0) stop.abort(reason);
            if (left === 0 && !answered) throw reason;
            return response;
          }),
        );
        await session.readSummary(readerOf(card), NOW, trust, never);
        if (index === 0) await session.readAttributes();
        left = at;
        const outcome = await step(session, stop.signal).catch((cause: unknown) => cause);
        if (!stop.signal.aborted) break;
        const where = `step ${index}, command ${at}, ${answered ? 'heard' : 'not heard'}`;
        if (outcome instanceof Error && outcome !== reason) t.fail(`${where}: ${outcome.message}`);
        t.equal(await step(session), ['genuine', 'read', 'verified'][index], where);
        t.match(await session.verifyPin(ascii('1234'), unconfirmed), { outcome: 'verified' }, where);
        session.close();
      }
    }
  }
});

test('steps of one session wait for each other', async (t) => {
  const card = await workshop.make();
  const connection = connect(card, async (_, response) => {
    await new Promise(setImmediate);
    return response;
  });
  const session = await identifyCard(connection);
  const [reading, pin, face] = await Promise.all([
    session.readSummary(readerOf(card), NOW, trust, never),
    session.verifyPin(ascii('1234'), unconfirmed),
    session.checkFaceSignature().then(() => 'genuine'),
  ]);
  t.match([reading.photo, pin.outcome, face], ['ready', 'verified', 'genuine']);
});

test('at debug level nothing personal and no secret is logged', async (t) => {
  const lines: string[] = [];
  const card = await workshop.make({ pin: '8642', family: '秘密', given: '名前', birth: '1951-03-04', securityCode: '9753' });
  const session = await identifyCard(connect(card), { log: createLog('debug', { write: (line) => lines.push(line) }) });
  const reading = await session.readSummary(readerOf(card), NOW, trust, never);
  await session.readAttributes();
  await session.verifyPin(ascii('8642'), unconfirmed);
  await session.signWithPin(CHALLENGE);
  await session.checkFaceSignature();
  const text = lines.join('');
  t.ok(lines.length > 50);
  const code = card.printed()?.verificationCode ?? '';
  for (const secret of ['8642', hex(ascii('8642')), code, hex(ascii(code)), '秘密', '19510304', hex(ascii('19510304')), '9753'])
    t.notMatch(text, secret);
  t.notMatch(text, hex(reading.certificateDer.subarray(100, 110)));
});

test('whatever a hostile card answers, a visit ends in a reading or a failure, and no secret is tried twice', async (t) => {
  const card = await workshop.make();
  const mutation = fc.record({
    at: fc.nat(60),
    how: fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => () => bytes),
      fc.record({ byte: fc.nat(300), xor: fc.integer({ min: 1, max: 255 }) }).map(({ byte, xor }) => (response: Uint8Array) => {
        const changed = Uint8Array.from(response);
        const index = byte % changed.length;
        changed[index] = (changed[index] ?? 0) ^ xor;
        return changed;
      }),
      fc
        .nat(20)
        .map(
          (length) => (response: Uint8Array) => concat(response.subarray(0, Math.min(length, response.length - 2)), response.subarray(-2)),
        ),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      let count = 0;
      const connection = connect(VirtualCard.fromJSON(card.toJSON()), (_, response) => {
        count += 1;
        return mutations.filter(({ at }) => at === count).reduce((bytes, { how }) => how(bytes), response);
      });
      try {
        const session = await identifyCard(connection);
        const reading = await session.readSummary(readerOf(card), NOW, trust, never);
        await session.readAttributes();
        if (reading.photo === 'ready') await session.checkFaceSignature();
        await session.verifyPin(ascii('1234'), unconfirmed);
        await session.signWithPin(CHALLENGE);
      } catch (error) {
        if (!isFailure(error)) throw error;
      }
      const presented = connection.log.filter(presentsCode).length;
      return presented <= 3 && connection.log.filter(presentsPin).length <= 1;
    }),
    { numRuns: 80 },
  );
  t.equal(card.info().codeTriesLeft, 10);
});
