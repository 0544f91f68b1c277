// The seal and the terminal's word: what goes in comes out for the right terminal alone, and nothing else is believed.

import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { CompactSign, compactVerify, GeneralEncrypt, importJWK } from 'jose';
import { test } from 'tap';
import { type FailureCode, isFailure } from '../../src/core/failure.ts';
import { uuidV7 } from '../../src/core/ids.ts';
import { kioskTopic, type VisitMessage, visitSchema } from '../../src/uplink/contract/index.ts';
import { createOpener, createSealer } from '../../src/uplink/seal.ts';
import {
  generateKioskKeys,
  generateTerminalKeys,
  importKeys,
  type KeySet,
  loadKeySet,
  newestPrivateKey,
  parseKeySet,
  publicKeySet,
  rotateKeySet,
  storeKeySet,
} from '../../src/uplink/seal-keys.ts';
import { createWordSigner, createWordVerifier } from '../../src/uplink/seal-word.ts';
import { KIOSK, makeKeys, SITE, temporaryFolder, visitContent } from './helpers.ts';

const NOW = Date.UTC(2026, 5, 1);
const TOPIC = kioskTopic(SITE, KIOSK, 'visit');

const visit = (over: Partial<VisitMessage> = {}): VisitMessage => ({
  v: 1,
  type: 'visit',
  id: uuidV7(NOW),
  site: SITE,
  kiosk: KIOSK,
  seq: 7,
  bootId: uuidV7(NOW),
  issuedAt: new Date(NOW).toISOString(),
  expiresAt: new Date(NOW + 60_000).toISOString(),
  ...visitContent(),
  ...over,
});

const codeOf = async (promise: Promise<unknown>): Promise<[FailureCode, unknown] | 'no failure'> => {
  try {
    await promise;
  } catch (error) {
    if (isFailure(error)) return [error.code, Object.values(error.facts).at(-1)];
    throw error;
  }
  return 'no failure';
};

test('what the terminal signs is a JWS to others too', async (t) => {
  const { terminal } = await makeKeys();
  const ack = { v: 1, id: uuidV7(NOW), site: SITE, kiosk: KIOSK, seq: 7, status: 'accepted', at: new Date(NOW).toISOString() } as const;
  const word = await (await createWordSigner(terminal)).ack(ack);
  const [own] = await importKeys(terminal, 'sig', 'public');
  const { payload, protectedHeader } = await compactVerify(word, own?.key as KeyObject);
  t.same(JSON.parse(new TextDecoder().decode(payload)), ack);
  t.same(protectedHeader, { alg: 'ES256', kid: own?.kid, typ: 'kazashi-ack+jws' });
});

test('whatever fits the contract comes out of the seal as it went in', async (t) => {
  const { kiosk, terminal } = await makeKeys();
  const sealer = await createSealer(kiosk, [publicKeySet(terminal)]);
  const opener = await createOpener(terminal, [publicKeySet(kiosk)]);
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        name: fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
        address: fc.string({ maxLength: 100, unit: 'grapheme' }),
        birthdate: fc
          .date({ min: new Date('1900-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
          .map((date) => date.toISOString().slice(0, 10)),
        sex: fc.constantFrom('1' as const, '2' as const, '3' as const),
      }),
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.constantFrom('face' as const, 'pin' as const, 'staff' as const),
      async (patient, seq, method) => {
        const message = visit({ patient, seq, method });
        if (!visitSchema.safeParse(message).success) return;
        const sealed = await sealer.seal(message);
        const text = new TextDecoder().decode(sealed);
        if (patient.name.length > 3 && text.includes(patient.name)) throw new Error('a name is readable');
        const opened = await opener.open(TOPIC, sealed, NOW);
        t.same(opened.message, message);
      },
    ),
    { numRuns: 40 },
  );
});

test('any changed byte of a sealed visit is refused as a failure, never as an exception', async (t) => {
  const { kiosk, terminal } = await makeKeys();
  const sealed = await (await createSealer(kiosk, [publicKeySet(terminal)])).seal(visit());
  const opener = await createOpener(terminal, [publicKeySet(kiosk)]);
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ flip;
      const result = await codeOf(opener.open(TOPIC, changed, NOW));
      // A changed name of a member that nobody reads, or of the unprotected alg, may leave the content as it was.
      if (result !== 'no failure' && result[0] !== 'uplink/untrusted' && result[0] !== 'uplink/malformed') throw new Error(String(result));
      if (result === 'no failure') t.same((await opener.open(TOPIC, changed, NOW)).message.seq, 7);
    }),
    { numRuns: 60 },
  );
  t.same(await codeOf(opener.open(TOPIC, new TextEncoder().encode('{}'), NOW)), ['uplink/malformed', 'invalid_type']);
});

test('the kiosk cannot open what it sealed, and neither can another terminal', async (t) => {
  const { kiosk, terminal } = await makeKeys();
  const sealed = await (await createSealer(kiosk, [publicKeySet(terminal)])).seal(visit());
  const stranger = await createOpener(await generateTerminalKeys(), [publicKeySet(kiosk)]);
  t.same(await codeOf(stranger.open(TOPIC, sealed, NOW)), ['uplink/untrusted', 'not-for-this-terminal']);
  const publicOnly = await createOpener(publicKeySet(terminal), [publicKeySet(kiosk)]);
  t.same(await codeOf(publicOnly.open(TOPIC, sealed, NOW)), ['uplink/untrusted', 'not-for-this-terminal']);
});

test('topic, signer and content must name the same kiosk, and the purpose must be right', async (t) => {
  const { kiosk, terminal } = await makeKeys();
  const other = await generateKioskKeys('kiosk-2');
  const opener = await createOpener(terminal, [publicKeySet(kiosk), publicKeySet(other)]);
  const sealed = await (await createSealer(kiosk, [publicKeySet(terminal)])).seal(visit());
  const byOther = await (await createSealer(other, [publicKeySet(terminal)])).seal(visit());
  const unknown = await (await createSealer(await generateKioskKeys(KIOSK), [publicKeySet(terminal)])).seal(visit());
  const claims = await (await createSealer(kiosk, [publicKeySet(terminal)])).seal(visit({ kiosk: 'kiosk-2' }));
  const refused = async (topic: string, payload: Uint8Array) => codeOf(opener.open(topic, payload, NOW));
  t.same(await refused(kioskTopic(SITE, 'kiosk-2', 'visit'), sealed), ['uplink/untrusted', 'kiosk'], 'replayed on another topic');
  t.same(await refused(TOPIC, byOther), ['uplink/untrusted', 'kiosk'], 'signed by another kiosk of the site');
  t.same(await refused(TOPIC, unknown), ['uplink/untrusted', 'key-unknown']);
  t.same(await refused(TOPIC, claims), ['uplink/untrusted', 'kiosk'], 'claims to be another kiosk');
  t.same(await refused(kioskTopic('elsewhere', KIOSK, 'visit'), sealed), ['uplink/untrusted', 'kiosk'], 'another site');
  t.same(await refused(kioskTopic(SITE, KIOSK, 'request'), sealed), ['uplink/untrusted', 'purpose']);
  t.same(await refused(kioskTopic(SITE, KIOSK, 'state'), sealed), ['uplink/untrusted', 'topic']);
  t.same(await refused('other/topic', sealed), ['uplink/untrusted', 'topic']);
  t.match(await opener.open(TOPIC, sealed, NOW), { expired: false, kid: kiosk.keys[0]?.kid });
  t.match(await opener.open(TOPIC, sealed, NOW + 60_000), { expired: true }, 'told, so that it can be answered');
});

test('only the listed algorithms are accepted, whatever a header says', async (t) => {
  const { kiosk, terminal } = await makeKeys();
  const opener = await createOpener(terminal, [publicKeySet(kiosk)]);
  const { d: _, ...encryption } = terminal.keys.find(({ use }) => use === 'enc') ?? {};
  const kid = String((encryption as { kid?: string }).kid);
  const signingKid = kiosk.keys[0]?.kid ?? '';
  const secret = new TextEncoder().encode('a shared secret of thirty-two chars');
  const hmac = await new CompactSign(new TextEncoder().encode(JSON.stringify(visit())))
    .setProtectedHeader({ alg: 'HS256', kid: signingKid, typ: 'kazashi-visit+jws' })
    .sign(secret);
  const wrap = async (jws: string, alg: string, enc: string): Promise<Uint8Array> => {
    const envelope = new GeneralEncrypt(new TextEncoder().encode(jws)).setProtectedHeader({ enc });
    envelope.addRecipient(await importJWK(encryption, alg)).setUnprotectedHeader({ alg, kid });
    return new TextEncoder().encode(JSON.stringify(await envelope.encrypt()));
  };
  const none = `${Buffer.from(JSON.stringify({ alg: 'none', kid: signingKid })).toString('base64url')}.e30.`;
  t.same(await codeOf(opener.open(TOPIC, await wrap(hmac, 'ECDH-ES+A256KW', 'A256GCM'), NOW)), ['uplink/untrusted', 'signature']);
  t.same(await codeOf(opener.open(TOPIC, await wrap(none, 'ECDH-ES+A256KW', 'A256GCM'), NOW)), ['uplink/untrusted', 'signature']);
  t.same(await codeOf(opener.open(TOPIC, await wrap(hmac, 'ECDH-ES+A128KW', 'A256GCM'), NOW)), ['uplink/untrusted', 'decryption']);
  t.same(await codeOf(opener.open(TOPIC, await wrap(hmac, 'ECDH-ES+A256KW', 'A128CBC-HS256'), NOW)), ['uplink/untrusted', 'decryption']);
});

test('two generations of keys and several terminals overlap on both sides', async (t) => {
  const { kiosk, terminal } = await makeKeys();
  const rotated = rotateKeySet(terminal, await generateTerminalKeys());
  const second = await generateTerminalKeys();
  const newKiosk = rotateKeySet(kiosk, await generateKioskKeys(KIOSK));
  t.equal(rotated.keys.length, 4);
  t.not(newKiosk.keys[0]?.kid, kiosk.keys[0]?.kid);
  const sealed = await (await createSealer(newKiosk, [publicKeySet(rotated), publicKeySet(second)])).seal(visit());
  const trusted = [publicKeySet(newKiosk)];
  for (const keys of [terminal, rotated, second])
    t.match(await (await createOpener(keys, trusted)).open(TOPIC, sealed, NOW), { message: { seq: 7 } });
  const old = await (await createSealer(kiosk, [publicKeySet(rotated)])).seal(visit());
  t.match(
    await (await createOpener(rotated, trusted)).open(TOPIC, old, NOW),
    { kid: kiosk.keys[0]?.kid },
    'the generation before is still trusted',
  );
  const third = rotateKeySet(newKiosk, await generateKioskKeys(KIOSK));
  t.equal(third.keys.length, 2);
  t.notOk(
    third.keys.some(({ kid }) => kid === kiosk.keys[0]?.kid),
    'the one before that is not',
  );
  t.throws(() => rotateKeySet(kiosk, second), { code: 'config/invalid' });
  const signer = await createWordSigner(rotated);
  const ack = { v: 1, id: uuidV7(NOW), site: SITE, kiosk: KIOSK, seq: 1, status: 'accepted', at: new Date(NOW).toISOString() } as const;
  const word = await signer.ack(ack);
  const place = { site: SITE, kiosk: KIOSK };
  t.same(await (await createWordVerifier([publicKeySet(second), publicKeySet(rotated)])).ack(word, place), ack);
  t.same(await codeOf((await createWordVerifier([publicKeySet(terminal)])).ack(word, place)), ['uplink/untrusted', 'key-unknown']);
  t.same(await codeOf((await createWordVerifier([rotated])).ack(word, { site: SITE, kiosk: 'kiosk-2' })), ['uplink/untrusted', 'kiosk']);
  t.same(await codeOf(signer.ack({ ...ack, seq: 0 })), ['uplink/malformed', 'too_small']);
});

test('no other algorithm, header or encoding makes a word of the terminal out of what its public key allows', async (t) => {
  const { terminal } = await makeKeys();
  const [own] = terminal.keys.filter(({ use }) => use === 'sig');
  if (own === undefined) throw new Error('no signing key');
  const verifier = await createWordVerifier([publicKeySet(terminal)]);
  const signer = await createWordSigner(terminal);
  const place = { site: SITE, kiosk: KIOSK };
  const times = { issuedAt: new Date(NOW).toISOString(), expiresAt: new Date(NOW + 20_000).toISOString() };
  const command = { v: 1, id: uuidV7(NOW), site: SITE, kiosk: KIOSK, name: 'shutdown', ...times } as const;
  const ack = { v: 1, id: uuidV7(NOW), site: SITE, kiosk: KIOSK, seq: 1, status: 'accepted', at: new Date(NOW).toISOString() } as const;
  const base64 = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const { d: _, ...publicJwk } = own;
  const key = createPublicKey({ key: publicJwk, format: 'jwk' });
  // What an attacker has: the public key, in every form a verifier might mistake for a shared secret.
  const secrets = [
    JSON.stringify(publicJwk),
    String(key.export({ format: 'pem', type: 'spki' })),
    key.export({ format: 'der', type: 'spki' }),
    Buffer.concat([Buffer.of(4), Buffer.from(own.x, 'base64url'), Buffer.from(own.y, 'base64url')]),
    Buffer.from(own.x, 'base64url'),
  ];
  const hmac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  const attacker = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsa = (text: string, dsaEncoding: 'ieee-p1363' | 'der', privateKey = attacker.privateKey) =>
    sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding }).toString('base64url');
  const real = createPrivateKey({ key: { ...publicJwk, d: own.d ?? '' }, format: 'jwk' });
  for (const [typ, message, verify] of [
    ['kazashi-ack+jws', ack, (word: string) => verifier.ack(Buffer.from(word), place)],
    ['kazashi-command+jws', command, (word: string) => verifier.command(Buffer.from(word), place, NOW)],
  ] as const) {
    const head = { kid: own.kid, typ };
    const word = (header: object, seal: (text: string) => string) => {
      const text = `${base64(header)}.${base64(message)}`;
      return `${text}.${seal(text)}`;
    };
    const none = () => '';
    const forged: [string, string][] = [
      ...['none', 'None', 'NONE', ''].map((alg): [string, string] => [`alg "${alg}"`, word({ ...head, alg }, none)]),
      ['no alg', word(head, none)],
      ...secrets.map((secret, index): [string, string] => [`HS256 with form ${index} of the public key`, word({ ...head, alg: 'HS256' }, (text) => hmac(secret, text))]),
      ...secrets.map((secret, index): [string, string] => [`form ${index} called ES256`, word({ ...head, alg: 'ES256' }, (text) => hmac(secret, text))]),
      ['a key brought along (jwk)', word({ ...head, alg: 'ES256', jwk: attacker.publicKey.export({ format: 'jwk' }) }, (text) => ecdsa(text, 'ieee-p1363'))],
      ['a key to be fetched (jku)', word({ ...head, alg: 'ES256', jku: 'http://127.0.0.1:1/keys' }, (text) => ecdsa(text, 'ieee-p1363'))],
      ['r = s = 0', word({ ...head, alg: 'ES256' }, () => Buffer.alloc(64).toString('base64url'))],
      ['an empty signature', word({ ...head, alg: 'ES256' }, none)],
      // The true key, used otherwise than the contract says.
      ['ES384 in name', word({ ...head, alg: 'ES384' }, (text) => ecdsa(text, 'ieee-p1363', real))],
      ['a signature in DER', word({ ...head, alg: 'ES256' }, (text) => ecdsa(text, 'der', real))],
      ['an extension nobody knows (crit)', word({ ...head, alg: 'ES256', crit: ['x'], x: 1 }, (text) => ecdsa(text, 'ieee-p1363', real))],
      ['a payload that is not encoded (RFC 7797)', word({ ...head, alg: 'ES256', b64: false, crit: ['b64'] }, (text) => ecdsa(text, 'ieee-p1363', real))],
      ['a payload said to be not encoded', word({ ...head, alg: 'ES256', b64: false }, (text) => ecdsa(text, 'ieee-p1363', real))],
      ['a signature cut short', word({ ...head, alg: 'ES256' }, (text) => ecdsa(text, 'ieee-p1363', real).slice(0, -1))],
      ['base64 instead of base64url', word({ ...head, alg: 'ES256' }, (text) => `${ecdsa(text, 'ieee-p1363', real)}==`)],
    ]; // biome-ignore format: one attack a line
    for (const [what, attack] of forged) t.match(await codeOf(verify(attack)), ['uplink/untrusted', 'signature'], `${typ}: ${what}`);
    const honest = word({ ...head, alg: 'ES256' }, (text) => ecdsa(text, 'ieee-p1363', real));
    t.match(await verify(honest), message, `${typ}: the control, signed as the contract says, is believed`);
    const swapped = word({ ...head, alg: 'ES256', typ: 'JWT' }, (text) => ecdsa(text, 'ieee-p1363', real));
    t.same(await codeOf(verify(swapped)), ['uplink/untrusted', 'purpose']);
  }
  t.same(await codeOf(verifier.command(await signer.ack(ack), place, NOW)), ['uplink/untrusted', 'purpose']);
});

test('what another library sealed as RFC 7516 says is opened, and what departs from it anywhere is not', async (t) => {
  const { kiosk, terminal } = await makeKeys();
  const opener = await createOpener(terminal, [publicKeySet(kiosk)]);
  const [signing, recipient] = [await newestPrivateKey(kiosk, 'sig'), (await importKeys(publicKeySet(terminal), 'enc', 'public'))[0]];
  if (recipient === undefined) throw new Error('no key to encrypt to');
  const header = { alg: 'ES256', kid: signing.kid, typ: 'kazashi-visit+jws' };
  const signed = Buffer.from(await new CompactSign(Buffer.from(JSON.stringify(visit()))).setProtectedHeader(header).sign(signing.key));
  const sealed = (enc = 'A256GCM', alg = 'ECDH-ES+A256KW', apu?: string) => {
    const envelope = new GeneralEncrypt(signed).setProtectedHeader({ enc });
    const one = envelope.addRecipient(recipient.key).setUnprotectedHeader({ alg, kid: recipient.kid });
    if (apu !== undefined) one.setKeyManagementParameters({ apu: Buffer.from(apu), apv: Buffer.from('desk') });
    return envelope.encrypt();
  };
  const open = (jwe: unknown) => codeOf(opener.open(TOPIC, Buffer.from(JSON.stringify(jwe)), NOW));
  t.same(await open(await sealed()), 'no failure');
  t.same(await open(await sealed('A256GCM', 'ECDH-ES+A256KW', 'kiosk')), 'no failure', 'with party information (RFC 7518, 4.6.1)');

  const good = await sealed();
  const [first] = good.recipients;
  const shared = JSON.parse(Buffer.from(good.protected ?? '', 'base64url').toString());
  const epk = (first?.header?.['epk'] ?? shared.epk) as { x: string; y: string };
  const inHeader = (more: object) => ({ ...good, recipients: [{ ...first, header: { ...first?.header, ...more } }] });
  const short = (text = '', bytes = 4) => Buffer.from(text, 'base64url').subarray(0, bytes).toString('base64url');
  const departures: [string, unknown][] = [
    ['A128GCM', await sealed('A128GCM')],
    ['A256CBC-HS512', await sealed('A256CBC-HS512')],
    ['ECDH-ES+A128KW', await sealed('A256GCM', 'ECDH-ES+A128KW')],
    ['another algorithm in name', inHeader({ alg: 'ECDH-ES' })],
    ['a point that is not on the curve', inHeader({ epk: { ...epk, kty: 'EC', crv: 'P-256', y: epk.x } })],
    ['a coordinate cut short', inHeader({ epk: { ...epk, kty: 'EC', crv: 'P-256', x: short(epk.x, 31) } })],
    ['another curve in name', inHeader({ epk: { ...epk, kty: 'EC', crv: 'P-384' } })],
    ['a header parameter in two places', inHeader({ enc: 'A256GCM' })],
    ['compressed', inHeader({ zip: 'DEF' })],
    ['an extension nobody knows (crit)', inHeader({ crit: ['x'], x: 1 })],
    ['a tag of four bytes', { ...good, tag: short(good.tag) }],
    ['an empty tag', { ...good, tag: '' }],
    ['a nonce of four bytes', { ...good, iv: short(good.iv) }],
    ['party information that was not agreed on', inHeader({ apu: 'a2lvc2s' })],
    ['base64 instead of base64url', { ...good, ciphertext: `${good.ciphertext}=` }],
  ];
  for (const [what, jwe] of departures) t.same(await open(jwe), ['uplink/untrusted', 'decryption'], what);
  t.same(await open(good), 'no failure', 'the control');
});

test('key files are private, whole, and refused by name when they are not what they should be', async (t) => {
  const { path, remove } = temporaryFolder();
  t.teardown(remove);
  const { kiosk, terminal } = await makeKeys();
  const file = join(path, 'keys', 'kiosk.json');
  await storeKeySet(file, kiosk);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(statSync(join(path, 'keys')).mode & 0o777, 0o700);
  t.same(await loadKeySet(file), kiosk);
  const given: KeySet = publicKeySet(terminal);
  t.notMatch(JSON.stringify(given), /"d":/, 'nothing private in the public half');
  await storeKeySet(file, given);
  t.same(parseKeySet(JSON.parse(readFileSync(file, 'utf8')), file), given);
  await t.rejects(loadKeySet(join(path, 'absent.json')), { code: 'config/invalid', message: /absent\.json: cannot be read/ });
  writeFileSync(file, 'not json');
  await t.rejects(loadKeySet(file), { code: 'config/invalid', message: /kiosk\.json: not JSON/ });
  writeFileSync(file, JSON.stringify({ owner: 'x', keys: [{ kty: 'RSA' }] }));
  await t.rejects(loadKeySet(file), { code: 'config/invalid', message: /kiosk\.json: keys\.0\.kty/ });
  await t.rejects(storeKeySet(join(file, 'below-a-file.json'), kiosk), { code: 'storage/unwritable' });
  await t.rejects(createSealer(publicKeySet(kiosk), [given]), { code: 'config/invalid' }, 'a public half cannot sign');
  await t.rejects(createSealer(kiosk, []), { code: 'config/invalid' }, 'somebody must be able to open it');
});
