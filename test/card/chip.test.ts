import { createPublicKey, publicDecrypt, publicEncrypt, verify, X509Certificate } from 'node:crypto';
import { test } from 'tap';
import { parseTlv } from '../../src/card/ber.ts';
import { cardProfile2016 } from '../../src/card/profile.ts';
import { SHA256_DIGEST_INFO } from '../../src/card/signature-scheme.ts';
import { judgeCertificate } from '../../src/card/trust.ts';
import { restoreSyntheticAuthority } from '../../src/card/twin/authority.ts';
import { loadImage } from '../../src/card/twin/chip-image.ts';
import { impossibleNumber } from '../../src/card/twin/request.ts';
import { VirtualCard, type VirtualCardState } from '../../src/card/twin/virtual-card.ts';
import { ascii, concat, equal, fromHex, hex } from '../../src/core/bytes.ts';
import { NOW, openWorkshop } from './fixtures/cards.ts';

const workshop = await openWorkshop();
const JPKI = '00a4040c0ad392f000260100000001';
const VISUAL = '00a4040c0ad3921000310001010402';
const TEXT = '00a4040c0ad3921000310001010408';
const RESIDENT = '00a4040c0ad3921000310001010401';
const COMMON = '00a4040c0ad3921000310001010100';
const PIN_GOOD = '002000800431323334';
const PIN_BAD = '002000800439393939';

const fixed = await workshop.make({ securityCode: '7788', signCertificate: true, signPassword: 'ABC123' });
const state = JSON.parse(JSON.stringify(fixed)) as VirtualCardState;
const CODE_GOOD = `00200080 0e ${hex(ascii(fixed.printed()?.verificationCode ?? ''))}`;

const codeA = Buffer.from(state.chip?.applications[1]?.secrets.find(({ id }) => id === 0x13)?.value ?? '', 'latin1').toString('hex');
const PASSWORD = `0020009b06${hex(ascii('ABC123'))}`;

const readSignCertificate = async (card: VirtualCard): Promise<Uint8Array> => {
  await ask(card, '00a4020c020001');
  const file = await card.transceive(fromHex('00b00000000000'));
  return parseTlv(file).raw;
};

/** A fresh copy of the card, powered. */
const fresh = (): VirtualCard => {
  const card = VirtualCard.fromJSON(structuredClone(state));
  card.powerOn();
  return card;
};
const ask = async (card: VirtualCard, command: string): Promise<string> => hex(await card.transceive(fromHex(command)));

test('every command of the table gets the answer that a real card is reported to give', async (t) => {
  // name, commands before, command, end of the expected answer
  const table: readonly (readonly [string, readonly string[], string, string])[] = [
    ['SELECT by name', [], JPKI, '9000'],
    ['SELECT by a prefix of the name', [], '00a4040c05d392f00026', '9000'],
    ['SELECT with FCI', [], '00a404000ad392f000260100000001', '6f0c840ad392f0002601000000019000'],
    ['SELECT of an unknown name', [], '00a4040c05a000000001', '6a82'],
    ['SELECT without a name', [], '00a4040c', '6a82'],
    ['an unknown name leaves the application selected', [JPKI, '00a4040c05a000000001'], '00a4020c02000a', '9000'],
    ['SELECT of a file', [JPKI], '00a4020c020018', '9000'],
    ['SELECT of a missing file', [JPKI], '00a4020c0200aa', '6a82'],
    ['SELECT of a file without application', [], '00a4020c02000a', '6a82'],
    ['SELECT of a file with one byte', [JPKI], '00a4020c010a', '6700'],
    ['SELECT with P1 09 does not work', [JPKI], '00a4090c02000a', '6a86'],
    ['SELECT with odd P2', [JPKI], '00a4040205d392f00026', '6a86'],
    ['SELECT of nothing changes nothing', [JPKI], '00a40000', '9000'],
    ['READ without a file', [JPKI], '00b0000004', '6986'],
    ['READ without an application', [], '00b0000004', '6986'],
    ['READ of a secret', [JPKI, '00a4020c020018'], '00b0000004', '6981'],
    ['READ without Le', [JPKI, '00a4020c02000a'], '00b00000', '6700'],
    ['READ of the certificate', [JPKI, '00a4020c02000a'], '00b0000002', '30829000'],
    ['READ by short id', [JPKI], '00b08a0002', '30829000'],
    ['READ by a short id that does not exist', [JPKI], '00b09d0002', '6a82'],
    ['READ by short id makes the file current', [JPKI, '00b08a0002'], '00b0000001', '309000'],
    ['READ past the end', [JPKI, '00a4020c020008'], '00b0000303', '6b00'],
    ['READ across the end gives what there is', [JPKI, '00a4020c020008'], '00b0000100', '8f009000'],
    ['READ of the closed card face', [VISUAL], '00b0820000', '6982'],
    ['READ of the card face after 照合番号B', [VISUAL, '00a4020c020012', CODE_GOOD], '00b0820002', 'ff209000'],
    ['status dies with the next application', [VISUAL, '00a4020c020012', CODE_GOOD, VISUAL], '00b0820002', '6982'],
    ['counter of the PIN', [JPKI, '00a4020c020018'], '00200080', '63c3'],
    ['counter by short id', [JPKI], '00200098', '63c3'],
    ['counter never answers 9000', [JPKI, '00a4020c020018', PIN_GOOD], '00200080', '63c3'],
    ['VERIFY good', [JPKI, '00a4020c020018'], PIN_GOOD, '9000'],
    ['VERIFY wrong', [JPKI, '00a4020c020018'], PIN_BAD, '63c2'],
    ['VERIFY of wrong length costs a try', [JPKI, '00a4020c020018'], '0020008003313233', '63c2'],
    ['a good PIN resets the counter', [JPKI, '00a4020c020018', PIN_BAD, PIN_GOOD], '00200080', '63c3'],
    ['the try that locks', [JPKI, '00a4020c020018', PIN_BAD, PIN_BAD], PIN_BAD, '63c0'],
    ['after the lock even the good PIN', [JPKI, '00a4020c020018', PIN_BAD, PIN_BAD, PIN_BAD], PIN_GOOD, '6984'],
    ['counter of a locked PIN', [JPKI, '00a4020c020018', PIN_BAD, PIN_BAD, PIN_BAD], '00200080', '63c0'],
    ['VERIFY without a file', [JPKI], PIN_GOOD, '6986'],
    ['VERIFY of a file that is no secret', [JPKI, '00a4020c02000a'], PIN_GOOD, '6981'],
    ['VERIFY of a missing short id', [JPKI], '0020009d0431323334', '6a88'],
    ['VERIFY with odd P1', [JPKI], '00200180', '6a86'],
    ['VERIFY with odd P2', [JPKI], '00200018', '6a86'],
    ['VERIFY with class 80', [JPKI], '80200098', '6e00'],
    ['text 0012 is born blocked', [TEXT, '00a4020c020012'], '00200080', '63c0'],
    ['text 0012 refuses', [TEXT, '00a4020c020012'], PIN_GOOD, '6984'],
    ['text attributes with 照合番号B', [TEXT, '00a4020c020015', CODE_GOOD], '00b0820002', 'ff209000'],
    ['SIGN before the PIN', [JPKI, '00a4020c020017'], '802a008001aa00', '6982'],
    ['a wrong PIN drops an earlier success', [JPKI, '00a4020c020018', PIN_GOOD, PIN_BAD, '00a4020c020017'], '802a008001aa00', '6982'],
    ['SIGN with an unknown P1', [JPKI, '00a4020c020018', PIN_GOOD], '802a099701aa00', '6a86'],
    ['SIGN with a digest of wrong length', [JPKI, '00a4020c020018', PIN_GOOD], '802a029701aa00', '6985'],
    ['SIGN of nothing', [JPKI, '00a4020c020018', PIN_GOOD], '802a009700', '6700'],
    ['SIGN of too much', [VISUAL], `802a0000f6${'aa'.repeat(246)}00`, '6700'],
    ['SIGN by default key where there is none', [JPKI], '802a000001aa00', '6a88'],
    ['SIGN with a file that is no key', [JPKI], '802a009801aa00', '6981'],
    ['GET CHALLENGE with data', [JPKI], '0084000001aa', '6700'],
    ['GET CHALLENGE with odd P1', [JPKI], '0084010008', '6a86'],
    ['INTERNAL AUTHENTICATE outside the common application', [JPKI], '0088009901aa00', '6a88'],
    ['INTERNAL AUTHENTICATE with another key', [COMMON], '0088009801aa00', '6a86'],
    ['INTERNAL AUTHENTICATE of nothing', [COMMON], '0088009900', '6700'],
    ['READ RECORD', [COMMON, '00a4020c020001'], '00b2010402', '01089000'],
    ['READ RECORD by short id', [COMMON], '00b2010c02', '01089000'],
    ['READ RECORD that does not exist', [COMMON, '00a4020c020001'], '00b2020400', '6a83'],
    ['READ RECORD 0', [COMMON, '00a4020c020001'], '00b2000400', '6a83'],
    ['READ RECORD without a file', [COMMON], '00b2010400', '6986'],
    ['READ RECORD of another kind of file', [JPKI, '00a4020c02000a'], '00b2010400', '6981'],
    ['READ RECORD with odd P2', [COMMON, '00a4020c020001'], '00b2010500', '6a86'],
    ['READ RECORD without Le', [COMMON, '00a4020c020001'], '00b20104', '6700'],
    ['READ BINARY of a record file', [COMMON, '00a4020c020001'], '00b0000000', '6981'],
    ['READ of the sign certificate before the password', [JPKI], '00b0810002', '6982'],
    ['READ of the sign certificate after the PIN', [JPKI, '00a4020c020018', PIN_GOOD], '00b0810002', '6982'],
    ['READ of the sign certificate after the password', [JPKI, PASSWORD], '00b0810002', '30829000'],
    ['READ of the authority for signing', [JPKI], '00b0820002', '30829000'],
    ['READ of the authority for authentication', [JPKI], '00b08b0002', '30829000'],
    ['READ of the unreadable 0009', [JPKI, PASSWORD], '00b0890002', '6982'],
    ['SELECT of files of no known purpose', [JPKI, '00a4020c020010', '00a4020c020005'], '00a4020c020016', '9000'],
    ['READ of a file of no known purpose', [JPKI, '00a4020c020010'], '00b0000002', '6981'],
    ['counter of the sign password', [JPKI], '0020009b', '63c5'],
    ['sign password in lower case costs a try', [JPKI], `0020009b06${hex(ascii('abc123'))}`, '63c4'],
    ['SIGN with the sign key after the PIN', [JPKI, '00a4020c020018', PIN_GOOD], '802a009a01aa00', '6982'],
    ['SIGN with PSS of a digest of wrong length', [JPKI, PASSWORD], '802a049a01aa00', '6985'],
    ['age record before its key', [VISUAL], '00b0810002', '6982'],
    ['age record after the first six digits of B', [VISUAL, `0020009106${CODE_GOOD.slice(12, 24)}`], '00b0810002', 'ff109000'],
    ['the birth key opens nothing else', [VISUAL, `0020009106${CODE_GOOD.slice(12, 24)}`], '00b0820002', '6982'],
    ['number image after 照合番号B', [VISUAL, '00a4020c020012', CODE_GOOD], '00b0850002', '6982'],
    ['number image after 照合番号A', [VISUAL, `002000930c${codeA}`], '00b0850002', 'ff409000'],
    ['card face after 照合番号A', [VISUAL, `002000930c${codeA}`], '00b0820002', 'ff209000'],
    ['basic data of the visual application', [VISUAL], '00b0830002', 'ff309000'],
    ['certificate of the face signer', [VISUAL], '00b0840002', '7f219000'],
    ['number in text before anything', [TEXT], '00b0810000', '6982'],
    ['number in text after the PIN has 17 bytes', [TEXT, '00a4020c020011', PIN_GOOD], '00b0810000', `ff100c${codeA}ffff9000`],
    ['number in text after 照合番号A', [TEXT, `002000940c${codeA}`], '00b081000f', `${codeA}9000`],
    ['照合番号A does not open the attributes', [TEXT, `002000940c${codeA}`], '00b0820002', '6982'],
    ['number in text after 照合番号B', [TEXT, '00a4020c020015', CODE_GOOD], '00b0810002', '6982'],
    ['attributes after the text PIN', [TEXT, '00a4020c020011', PIN_GOOD], '00b0820002', 'ff209000'],
    ['digests have 336 bytes', [TEXT, '00a4020c020011', PIN_GOOD, '00b0830000'], '00b0015001', '6b00'],
    ['basic data of the text application', [TEXT], '00b0850002', 'ff409000'],
    ['signing key of the text application', [TEXT], '00b0870002', 'ff509000'],
    ['SIGN with an Le that is too small', [VISUAL], '802a030001aa10', '6c00'],
    ['counter of the resident PIN', [RESIDENT], '0020009c', '63c3'],
    ['VERIFY of the resident PIN', [RESIDENT], '0020009c0431323334', '9000'],
    ['CHANGE PIN before VERIFY', [JPKI, '00a4020c020018'], '002401800435363738', '6982'],
    ['CHANGE PIN', [JPKI, '00a4020c020018', PIN_GOOD], '002401800435363738', '9000'],
    ['the new PIN holds', [JPKI, '00a4020c020018', PIN_GOOD, '002401800435363738', JPKI], '002000980435363738', '9000'],
    ['the old PIN no longer', [JPKI, '00a4020c020018', PIN_GOOD, '002401800435363738', JPKI], '002000980431323334', '63c2'],
    ['CHANGE PIN to five digits', [JPKI, '00a4020c020018', PIN_GOOD], '00240180053132333435', '6a80'],
    ['CHANGE PIN to letters', [JPKI, '00a4020c020018', PIN_GOOD], '002401800441424344', '6a80'],
    ['CHANGE PIN with odd P1', [JPKI, '00a4020c020018', PIN_GOOD], '002400800435363738', '6a86'],
    ['CHANGE PIN by short id', [JPKI, PASSWORD], `0024019b07${hex(ascii('NEWPASS'))}`, '9000'],
    ['CHANGE PIN to a password too short', [JPKI, PASSWORD], `0024019b05${hex(ascii('SHORT'))}`, '6a80'],
    ['CHANGE PIN of another secret than was verified', [JPKI, PASSWORD], '002401980435363738', '6982'],
    ['CHANGE PIN of a 照合番号', [TEXT, '00a4020c020015', CODE_GOOD], `002401800e${'31'.repeat(14)}`, '6981'],
    ['CHANGE PIN where the visual application has none', [VISUAL], '002401920431323334', '6d00'],
    ['CHANGE PIN of the resident application', [RESIDENT, '0020009c0431323334'], '8032009c0435363738', '9000'],
    ['CHANGE PIN of the common application', [COMMON, '0020009c0431323334'], '8032009c0435363738', '9000'],
    ['CHANGE PIN by the other command', [RESIDENT, '0020009c0431323334'], '0024019c0435363738', '6d00'],
    ['GET DATA: municipality', [], '00ca00f000', '31333130319000'],
    ['GET DATA: expiry', [], '00ca00f200', `${hex(ascii((fixed.printed()?.expires ?? '').replaceAll('-', '')))}9000`],
    ['GET DATA: answer to reset', [], '00ca5f5100', '3be000ff8131fe45149000'],
    ['GET DATA: card-verifiable certificate', [], '00ca7f2102', '7f219000'],
    ['GET DATA of an unknown object', [], '00ca012300', '6a88'],
    ['GET DATA once an application is selected', [JPKI], '00ca00f000', '6a88'],
    ['GET DATA without Le', [], '00ca00f0', '6700'],
    ['an unknown instruction', [JPKI], '00fe0000', '6d00'],
    ['an unknown class', [JPKI], '10a4040c', '6e00'],
    ['another channel', [JPKI], '01a4040c', '6881'],
    ['secure messaging', [JPKI], '0cb0000000', '6882'],
    ['half a command', [JPKI], '00b0', '6700'],
    ['contradicting lengths', [JPKI], '00a4040c05d392', '6700'],
  ];
  for (const [name, before, command, expected] of table) {
    const card = fresh();
    for (const earlier of before) await ask(card, earlier);
    t.equal((await ask(card, command)).slice(-expected.length), expected, name);
  }
});

test('extended READ gives the whole file with its filler', async (t) => {
  const card = fresh();
  await ask(card, JPKI);
  await ask(card, '00a4020c02000a');
  const whole = await card.transceive(fromHex('00b00000000000'));
  t.ok(whole.length > 1300);
  t.equal(hex(whole.subarray(-3)), 'ff9000');
});

test('the authentication key signs what P1 says, and its certificate verifies it', async (t) => {
  const card = fresh();
  await ask(card, JPKI);
  await ask(card, '00a4020c020018');
  await ask(card, PIN_GOOD);
  const image = state.chip?.applications[0]?.keys[0]?.pkcs8 ?? '';
  const key = createPublicKey({ key: Buffer.from(image, 'base64'), format: 'der', type: 'pkcs8' } as never);
  const message = ascii('challenge');
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', message));
  const info = concat(SHA256_DIGEST_INFO, digest);
  const sign = async (p1: string, data: Uint8Array) => {
    const answer = await card.transceive(concat(fromHex(`802a${p1}97`), Uint8Array.of(data.length), data, Uint8Array.of(0)));
    t.equal(hex(answer.subarray(-2)), '9000');
    return answer.subarray(0, -2);
  };
  for (const [p1, data] of [
    ['00', info],
    ['02', digest],
    ['03', message],
  ] as const) {
    t.ok(verify('sha256', message, key, await sign(p1, data)), `P1 ${p1}`);
  }
  t.equal(publicDecrypt(key, await sign('01', message)).toString('hex'), hex(digest), 'P1 01: the bare hash');
  t.ok(verify('sha256', message, { key, padding: 6, saltLength: 32 }, await sign('04', digest)), 'P1 04: PSS of a digest');
  t.ok(verify('sha256', message, { key, padding: 6, saltLength: 32 }, await sign('05', message)), 'P1 05: PSS');
  t.equal(publicEncrypt(key, Buffer.from('x')).length, 256);
});

test('a message longer than 255 bytes is signed by an extended command', async (t) => {
  const card = fresh();
  await ask(card, JPKI);
  await ask(card, PASSWORD);
  const message = Uint8Array.from({ length: 1000 }, (_, i) => i);
  const answer = await card.transceive(concat(fromHex('802a039a 00 03e8'), message, fromHex('0000')));
  t.equal(answer.length, 258);
  const { publicKey } = new X509Certificate(await readSignCertificate(card));
  t.ok(verify('sha256', message, publicKey, answer.subarray(0, -2)), 'by the key of the sign certificate');
});

test('the sign certificate names its holder, and no kiosk takes it for the other', async (t) => {
  const card = fresh();
  await ask(card, JPKI);
  await ask(card, PASSWORD);
  const der = await readSignCertificate(card);
  const certificate = new X509Certificate(der);
  const authority = new X509Certificate(await workshop.authority.signAuthorityCertificate());
  t.ok(certificate.verify(authority.publicKey));
  t.equal(certificate.issuer, authority.subject);
  const raw = Buffer.from(certificate.raw).toString('utf8');
  t.ok(raw.includes('番号\u3000花子') && raw.includes('東京都千代田区'), 'name and address');
  t.same(await judgeCertificate(der, NOW, workshop.trust, cardProfile2016.jpki), { state: 'untrusted' });
  const { authority: first } = workshop;
  const again = await restoreSyntheticAuthority(first.toJSON()).signAuthorityCertificate();
  t.ok(equal(again, await first.signAuthorityCertificate()), 'its issuer is the same after every restart');
});

test('a card without a sign certificate keeps the files, blocked and empty', async (t) => {
  const card = await workshop.make();
  card.powerOn();
  await ask(card, JPKI);
  t.equal(await ask(card, '00b0880003'), '008f009000', 'it says so');
  t.equal(await ask(card, '0020009b'), '63c0');
  t.equal(await ask(card, PASSWORD), '6984');
  t.equal(await ask(card, '00b0810002'), '6982');
  t.equal(await ask(card, '00a4020c02001a'), '9000');
  t.equal(await ask(card, '802a009a01aa00'), '6981');
});

test('the number on a synthetic card can be nobody’s', async (t) => {
  t.equal(impossibleNumber('12345678901'), '123456789019', 'the check digit would be 8');
  t.match(Buffer.from(codeA, 'hex').toString(), /^\d{12}$/);
});

test('a card that was stored before a newer version still works', async (t) => {
  const old = structuredClone(state) as unknown as {
    chip: { objects?: unknown; applications: { reserved?: unknown; change?: unknown }[] };
  };
  delete old.chip.objects;
  for (const application of old.chip.applications) {
    delete application.reserved;
    delete application.change;
  }
  const card = VirtualCard.fromJSON(old as never);
  card.powerOn();
  await ask(card, JPKI);
  t.equal(await ask(card, '002000980431323334'), '9000');
  t.equal(await ask(card, '002401980435363738'), '6d00');
});

test('the card face key and the common key sign without a PIN', async (t) => {
  const card = fresh();
  const image = state.chip?.applications.find(({ keys }) => keys[0]?.id === 0x19)?.keys[0]?.pkcs8 ?? '';
  const key = createPublicKey({ key: Buffer.from(image, 'base64'), format: 'der', type: 'pkcs8' } as never);
  await ask(card, COMMON);
  const proof = await card.transceive(fromHex('0088009904 01020304 00'));
  t.ok(verify('sha256', fromHex('01020304'), key, proof.subarray(0, -2)));
  await ask(card, VISUAL);
  const face = await card.transceive(fromHex('802a030004 01020304 00'));
  t.ok(verify('sha256', fromHex('01020304'), key, face.subarray(0, -2)));
  const first = await ask(card, '0084000008');
  t.equal(first.length, 20);
  t.not(await ask(card, '0084000008'), first, 'challenges differ');
});

test('counters outlive power, security status does not', async (t) => {
  const card = fresh();
  let writes = 0;
  const stop = card.onChange(() => {
    writes += 1;
  });
  await ask(card, JPKI);
  await ask(card, '00a4020c020018');
  await ask(card, PIN_GOOD);
  t.equal(writes, 2, 'the counter went down before the comparison and up after it');
  await ask(card, PIN_BAD);
  stop();
  card.powerOff();
  await t.rejects(card.transceive(fromHex(JPKI)), /does not answer/);
  card.powerOn();
  t.equal(await ask(card, '00b0000004'), '6986', 'nothing is selected after power-up');
  await ask(card, JPKI);
  t.equal(await ask(card, '802a009701aa00'), '6982');
  t.equal(await ask(card, '00200098'), '63c2');
  t.equal(card.info().pinTriesLeft, 2);

  const stored = VirtualCard.fromJSON(JSON.parse(JSON.stringify(card)));
  t.same(stored.info(), card.info(), 'the counter is in the stored form');
  stored.powerOn();
  await ask(stored, JPKI);
  t.equal(await ask(stored, `002000980431323334`), '9000', 'keys and secrets too');
});

test('visual and text application count 照合番号B apart', async (t) => {
  const card = fresh();
  await ask(card, VISUAL);
  await ask(card, '00a4020c020012');
  t.equal(await ask(card, `002000800e${'30'.repeat(14)}`), '63c9');
  await ask(card, TEXT);
  t.equal(await ask(card, '00200095'), '63ca');
  t.equal(card.info().codeTriesLeft, 9);
});

test('a damaged stored card is refused', async (t) => {
  t.throws(() => VirtualCard.fromJSON({ version: 2 } as never), { code: 'storage/corrupt' });
  t.throws(() => VirtualCard.fromJSON({ version: 1, kind: 'my-number', chip: { applications: [{}] } } as never), {
    code: 'storage/corrupt',
  });
  t.throws(() => loadImage({} as never), { code: 'storage/corrupt' });
});
