import { sign, X509Certificate } from 'node:crypto';
import { test } from 'tap';
import { encodeTlv, parseTlv, parseTlvs } from '../../src/card/ber.ts';
import { ageYears, endOfJstDay, isDay, jstDay, monthsLater } from '../../src/card/calendar.ts';
import { cardProfile2016 } from '../../src/card/profile.ts';
import { cardProfile2028Draft } from '../../src/card/profile-2028.ts';
import { revocationFromLists } from '../../src/card/revocation-source.ts';
import { signatureHolds } from '../../src/card/signature.ts';
import {
  certificateAuthority,
  createCardTrust,
  judgeCertificate,
  judgeValidity,
  nullRevocationSource,
  whyUntrusted,
} from '../../src/card/trust.ts';
import { createSyntheticAuthority, restoreSyntheticAuthority } from '../../src/card/twin/authority.ts';
import { issueHolderCertificate, issueRevocationList } from '../../src/card/twin/certificates.ts';
import { sequence } from '../../src/card/twin/der.ts';
import { eraYear, verificationCodeB } from '../../src/card/verification-code.ts';
import { readCertificateFields } from '../../src/card/x509-fields.ts';
import { fromHex } from '../../src/core/bytes.ts';
import { NOW, openWorkshop } from './fixtures/cards.ts';
import {
  address,
  both,
  delta,
  directory,
  distributionPoint,
  type Extension,
  flag,
  type ListWishes,
  makeList,
  municipalName,
  relative,
  signingName,
  someReasons,
  unheardOf,
} from './fixtures/lists.ts';

const workshop = await openWorkshop();
const { authority, trust } = workshop;
const rules = cardProfile2016.jpki;
const { certificatePolicies: policies } = rules;
const DAY = 86_400_000;

const certificateOf = async (certificateExpires: string): Promise<Uint8Array> => {
  const card = await workshop.make({ certificateExpires });
  const file = Buffer.from(card.toJSON().chip?.applications[0]?.files.find(({ id }) => id === 0x0a)?.content ?? '', 'base64');
  return Uint8Array.from(file.subarray(0, 4 + file.readUInt16BE(2)));
};

test('validity is judged in calendar months around the last second of the last day in Japan', async (t) => {
  const from = Date.parse('2022-05-10T00:00:00Z');
  const to = endOfJstDay('2027-05-31');
  const at = (text: string) => judgeValidity(Date.parse(text), from, to);
  t.same(at('2022-05-09T23:59:59Z'), { state: 'not-yet-valid' });
  t.same(at('2027-02-28T14:59:58Z'), { state: 'valid' }, '28 February stands for the 31st');
  t.same(at('2027-02-28T14:59:59Z'), { state: 'expires-soon', days: 92 });
  t.same(at('2027-05-31T00:00:00Z'), { state: 'expires-soon', days: 0 }, 'the last day');
  t.same(at('2027-05-31T14:59:59Z'), { state: 'expires-soon', days: 0 });
  t.same(at('2027-05-31T15:00:00Z'), { state: 'expired-in-grace', days: 91 });
  t.same(at('2027-08-31T14:59:59Z'), { state: 'expired-in-grace', days: 0 });
  t.same(at('2027-08-31T15:00:00Z'), { state: 'expired' });
});

test('a card certificate is valid, soon to expire, in grace, expired or not yet valid', async (t) => {
  const der = await certificateOf('2028-02-17');
  const judge = (now: number) => judgeCertificate(der, now, trust, rules);
  const end = endOfJstDay('2028-02-17');
  t.same(await judge(NOW), { state: 'valid' });
  t.same(await judge(end - 10 * DAY), { state: 'expires-soon', days: 10 });
  t.match(await judge(end + 10 * DAY), { state: 'expired-in-grace' });
  t.same(await judge(end + 100 * DAY), { state: 'expired' });
  t.same(await judge(Date.parse('2023-02-01T00:00:00Z')), { state: 'not-yet-valid' });
  t.same(await judgeCertificate(await certificateOf('2033-02-17'), NOW, trust, rules), { state: 'not-yet-valid' });
});

test('the issuer is chosen by its key among generations of one name', async (t) => {
  const der = await certificateOf('2028-02-17');
  await workshop.authorityKeys(); // shifts the keys: the next authority has another one
  const newer = await createSyntheticAuthority({ now: NOW, newKeyPair: workshop.authorityKeys });
  const names = [authority, newer].map(({ certificate }) => certificateAuthority(certificate).certificate.subject);
  t.equal(names[0], names[1], 'both generations bear one name');
  const both = createCardTrust({ authorities: [newer.certificate, authority.certificate], faceAnchors: [] });
  t.same(await judgeCertificate(der, NOW, both, rules), { state: 'valid' });
  const onlyNewer = createCardTrust({ authorities: [newer.certificate], faceAnchors: [] });
  t.same(await judgeCertificate(der, NOW, onlyNewer, rules), { state: 'untrusted' });
  const stored = restoreSyntheticAuthority(JSON.parse(JSON.stringify(newer)));
  t.same(stored.trust, newer.trust);
});

test('a certificate without trust, policy or purpose is untrusted', async (t) => {
  const der = await certificateOf('2028-02-17');
  t.same(await judgeCertificate(der, NOW, createCardTrust({ authorities: [], faceAnchors: [] }), rules), { state: 'untrusted' });
  t.same(await judgeCertificate(der, NOW, trust, { ...rules, certificatePolicies: ['1.2.3'] }), { state: 'untrusted' }, 'another policy');
  t.same(
    await judgeCertificate(authority.certificate, NOW, trust, rules),
    { state: 'untrusted' },
    'the authority itself authenticates nobody',
  );
  const why = (anchors: readonly Uint8Array[], other: Partial<typeof rules> = {}, bytes = der) =>
    whyUntrusted(bytes, createCardTrust({ authorities: anchors, faceAnchors: [] }), { ...rules, ...other });
  const known = [authority.certificate];
  t.equal(why(known), undefined);
  t.equal(why([]), 'issuer');
  t.equal(why(known, { certificatePolicies: ['1.2.3'] }), 'policy');
  t.equal(why(known, {}, authority.certificate), 'usage');
  t.equal(why(known, {}, resigned(der, 'md5', 4)), 'algorithm');
  const forged = Uint8Array.from(der);
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  t.same(await judgeCertificate(forged, NOW, trust, rules), { state: 'tampered' }, 'it names an authority whose key did not sign it');
  t.equal(why(known, {}, forged), 'signature');
  t.same(await judgeCertificate(forged, NOW, createCardTrust({ authorities: [], faceAnchors: [] }), rules), { state: 'untrusted' });
  await t.rejects(judgeCertificate(der.subarray(0, 100), NOW, trust, rules), { code: 'card/malformed' });
});

/** The same certificate, signed anew: another last byte of the algorithm's identifier, inside and outside, or inside alone. */
const resigned = (der: Uint8Array, hash: string, inside: number, outside = inside): Uint8Array => {
  const [tbs, algorithm] = parseTlvs(parseTlv(der).value).map(({ raw }) => Uint8Array.from(raw)) as [Uint8Array, Uint8Array];
  const identifier = fromHex('2a864886f70d01010b');
  const put = (bytes: Uint8Array, last: number): Uint8Array => {
    bytes[Buffer.from(bytes).indexOf(identifier) + identifier.length - 1] = last;
    return bytes;
  };
  const signed = put(tbs, inside);
  const signature = sign(hash, signed, authority.key);
  return sequence(signed, put(algorithm, outside), encodeTlv(0x03, Uint8Array.of(0), signature));
};

test('a certificate is believed only by an algorithm that is no weaker than the card’s own', async (t) => {
  const der = await certificateOf('2028-02-17');
  const state = async (...how: [hash: string, inside: number, outside?: number]) =>
    (await judgeCertificate(resigned(der, ...how), NOW, trust, rules)).state;
  t.equal(await state('sha256', 11), 'valid');
  t.equal(await state('sha512', 13), 'valid');
  t.equal(await state('md5', 4), 'untrusted', 'MD5');
  t.equal(await state('sha1', 5), 'untrusted', 'SHA-1');
  t.equal(await state('sha256', 5, 11), 'tampered', 'inside another one than outside');
  t.same(await judgeCertificate(der, NOW, trust, cardProfile2028Draft.jpki), { state: 'untrusted' }, 'RSA for a card of P-384');
});

test('an authority whose key usage does not let it sign certificates vouches for nobody', async (t) => {
  const { certificate } = authority;
  const usage = fromHex('0603551d0f0101ff040403020106');
  const at = Buffer.from(certificate).indexOf(usage);
  t.ok(at > 0, 'keyCertSign and cRLSign');
  const crlOnly = Uint8Array.from(certificate);
  crlOnly[at + usage.length - 1] = 0x02;
  t.throws(() => certificateAuthority(resigned(crlOnly, 'sha256', 11)), {
    code: 'config/invalid',
    message: /^not the certificate .* authority: its key usage lacks keyCertSign$/,
  });
  const without = Uint8Array.from(certificate);
  // An extension of another name: there is no key usage at all.
  without.set(fromHex('0603551d7f'), at);
  t.ok(certificateAuthority(resigned(without, 'sha256', 11)), 'RFC 5280 4.2.1.3: where there is none, nothing is restricted');
});

test('revocation is asked by serial and issuer; the null source knows nothing', async (t) => {
  const der = await certificateOf('2028-02-17');
  const fields = readCertificateFields(der);
  const asked: unknown[] = [];
  const revoking = {
    check: async (certificate: { serial: string; authorityKeyId?: string }) => {
      asked.push(certificate);
      return 'revoked' as const;
    },
  };
  t.same(await judgeCertificate(der, NOW, createCardTrust(authority.trust, revoking), rules), { state: 'revoked' });
  t.match(asked, [
    { serial: /^[0-9a-f]{16}$|^1[0-9a-f]{14}$/, authorityKeyId: fields.authorityKeyId, distributionPoints: fields.distributionPoints },
  ]);
  t.match(fields.distributionPoints, [/^directory:.*chiyoda-ku crldp"\]\]$/]);
  t.equal(await nullRevocationSource.check({ serial: '01' }), 'unknown');
});

test('a revocation list by file: who is on it is revoked, who is not is good while the list is in force', async (t) => {
  const [bad, good] = [await certificateOf('2028-02-17'), await certificateOf('2028-02-18')];
  const list = await issueRevocationList(authority, [bad], NOW);
  const pem = Buffer.from(
    `-----BEGIN X509 CRL-----\n${Buffer.from(list).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END X509 CRL-----\n`,
  );
  for (const bytes of [list, pem]) {
    const at = (now: number) => revocationFromLists([{ name: 'a.crl', bytes }], trust.authorities, { now: () => now });
    const judge = async (der: Uint8Array, now: number) =>
      (await judgeCertificate(der, NOW, { ...trust, revocation: at(now) }, rules)).state;
    t.equal(await judge(bad, NOW), 'revoked');
    t.equal(await judge(good, NOW), 'valid');
    t.equal(await judge(bad, NOW + 40 * DAY), 'revoked', 'an old list still accuses');
    const { serialNumber } = new X509Certificate(good);
    const question = {
      serial: serialNumber.toLowerCase(),
      authorityKeyId: certificateAuthority(authority.certificate).fields.subjectKeyId ?? '',
      distributionPoints: readCertificateFields(good).distributionPoints,
    };
    t.equal(await at(NOW).check(question), 'good');
    t.equal(await at(NOW + 40 * DAY).check(question), 'unknown', 'but acquits nobody');
    t.equal(await at(NOW - DAY).check(question), 'unknown', 'nor before its time');
    t.equal(await at(NOW).check({ ...question, authorityKeyId: 'ff' }), 'unknown', 'another authority');
  }
  const newer = await issueRevocationList(authority, [], NOW + DAY);
  const newestOfTwo = revocationFromLists(
    [list, newer].map((bytes, i) => ({ name: `${i}`, bytes })),
    trust.authorities,
    { now: () => NOW + 2 * DAY },
  );
  t.equal(
    (await judgeCertificate(bad, NOW, { ...trust, revocation: newestOfTwo }, rules)).state,
    'valid',
    'the newest list of one scope counts',
  );
});

/** Certificates of holders in two municipalities, and one that names no list; `ask` = what lists say of each of them. */
const [east, west, nowhere] = await Promise.all(
  ['East-shi', 'West-shi', null].map(async (municipality) => {
    const { publicKey } = await workshop.cardKeys();
    const [notBefore, notAfter] = [new Date(NOW - 400 * DAY), new Date(NOW + 400 * DAY)];
    const request = { publicKey, authority, commonName: 'ABCDEFGHJKLMN131010001A', municipality, notBefore, notAfter };
    return issueHolderCertificate(request);
  }),
);
type Wishes = Omit<ListWishes, 'issuer' | 'thisUpdate'> & { readonly issued?: number };
const listOf = ({ issued = NOW - DAY, ...wishes }: Wishes): Uint8Array =>
  makeList({ issuer: authority, thisUpdate: issued, nextUpdate: NOW + 30 * DAY, ...wishes });
const sourceOf = (lists: readonly Uint8Array[], unused?: (why: string) => void) =>
  revocationFromLists(
    lists.map((bytes, i) => ({ name: `${i}.crl`, bytes })),
    trust.authorities,
    { now: () => NOW, unused: ({ name, why }) => unused?.(`${name}: ${why}`) },
  );
const ask = async (...lists: readonly Uint8Array[]): Promise<readonly string[]> => {
  const source = sourceOf(lists);
  const authorityKeyId = certificateAuthority(authority.certificate).fields.subjectKeyId ?? '';
  return Promise.all(
    [east, west, nowhere].map((der = new Uint8Array()) => {
      const { distributionPoints } = readCertificateFields(der);
      return source.check({ serial: new X509Certificate(der).serialNumber.toLowerCase(), authorityKeyId, distributionPoints });
    }),
  );
};
const all = [east, west, nowhere] as readonly Uint8Array[];
const ofPlace = (place: string, ...more: readonly Uint8Array[]): readonly Extension[] => [
  distributionPoint(directory(municipalName(place)), ...more),
];

test('the list of one municipality answers for its own certificates and no others', async (t) => {
  const [eastern, western] = ['East-shi', 'West-shi'].map((place) => listOf({ extensions: ofPlace(place, flag(1)) }));
  t.same(await ask(eastern as Uint8Array), ['good', 'unknown', 'unknown']);
  t.same(await ask(eastern as Uint8Array, western as Uint8Array), ['good', 'good', 'unknown']);
  t.same(await ask(listOf({ extensions: ofPlace('East-shi'), revoked: all })), ['revoked', 'unknown', 'unknown']);
  const own = await issueRevocationList(authority, [east, west] as readonly Uint8Array[], NOW - DAY, 'West-shi');
  t.same(await ask(own), ['unknown', 'revoked', 'unknown'], 'as the twin’s own authority issues it');
  const state = (lists: readonly Uint8Array[]) =>
    judgeCertificate(west as Uint8Array, NOW, { ...trust, revocation: sourceOf(lists) }, rules);
  t.same(await state([own]), { state: 'revoked' });
  t.match(await state([eastern as Uint8Array]), { state: 'valid' }, 'nobody could say: the certificate stays usable');
  const whole = await issueRevocationList(authority, all, NOW - DAY, null);
  t.same(await ask(whole), ['revoked', 'revoked', 'revoked'], 'a list without a distribution point speaks for all');
});

test('a newer list takes the place of an older one of its own scope only', async (t) => {
  const older = listOf({ extensions: ofPlace('East-shi'), revoked: [east as Uint8Array], issued: NOW - 9 * DAY });
  const newer = listOf({ extensions: ofPlace('East-shi') });
  for (const lists of [
    [older, newer],
    [newer, older],
  ])
    t.same(await ask(...lists), ['good', 'unknown', 'unknown'], 'a hold that was lifted');
  t.same(await ask(older, listOf({ extensions: ofPlace('West-shi') })), ['revoked', 'good', 'unknown']);
  t.same(await ask(older, listOf({})), ['revoked', 'good', 'good'], 'nor does the list of the whole authority');
  t.same(await ask(listOf({ revoked: all, issued: NOW - 9 * DAY }), newer), ['revoked', 'revoked', 'revoked']);
  t.same(await ask(listOf({ extensions: ofPlace('East-shi'), revoked: [east as Uint8Array] }), newer), ['revoked', 'unknown', 'unknown'], 'two of one moment'); // biome-ignore format: one line
  t.same(await ask(older, listOf({ extensions: ofPlace('East-shi'), issued: NOW + DAY })), ['revoked', 'unknown', 'unknown'], 'a list of tomorrow'); // biome-ignore format: one line
  const [first, second] = [delta, unheardOf(true)].map((extension) => listOf({ extensions: [...ofPlace('East-shi'), extension] }));
  t.same(await ask(older, first as Uint8Array, second as Uint8Array), ['revoked', 'unknown', 'unknown'], 'what cannot be used overrules nothing'); // biome-ignore format: one line
});

test('names are the same in another string type, case and spacing, and among several of a list', async (t) => {
  const named = (...parts: readonly Uint8Array[]) => ask(listOf({ extensions: [distributionPoint(...parts)] }));
  t.same(await named(directory(municipalName('East-shi', 0x13))), ['good', 'unknown', 'unknown'], 'PrintableString');
  t.same(await named(directory(municipalName(' EAST-SHI  '))), ['good', 'unknown', 'unknown']);
  t.same(await named(directory(municipalName('East-shi', 0x04))), ['unknown', 'unknown', 'unknown'], 'no text at all');
  t.same(await named(directory(municipalName('East-sh'))), ['unknown', 'unknown', 'unknown']);
  t.same(await named(address('http://crl.example/east.crl')), ['unknown', 'unknown', 'unknown']);
  t.same(await named(both(municipalName('West-shi'), 'http://crl.example/west.crl')), ['unknown', 'good', 'unknown']);
  const source = sourceOf([listOf({ extensions: [distributionPoint(address('HTTP://CRL.example/west.crl'))] })]);
  const authorityKeyId = certificateAuthority(authority.certificate).fields.subjectKeyId ?? '';
  const check = (point: string) => source.check({ serial: '01', authorityKeyId, distributionPoints: [point] });
  t.equal(await check('uri:http://crl.example/west.crl'), 'good', 'scheme and host have no case');
  t.equal(await check('uri:http://crl.example/WEST.crl'), 'unknown', 'a path has');
});

test('lists of authorities or attributes answer for nobody; genuine lists that cannot be used are told and stop no other', async (t) => {
  for (const kind of [2, 5] as const)
    t.same(await ask(listOf({ extensions: [distributionPoint(flag(kind))], revoked: all })), ['unknown', 'unknown', 'unknown']);
  t.same(await ask(listOf({ extensions: [distributionPoint(flag(1))], revoked: all })), ['revoked', 'revoked', 'revoked']);
  t.same(await ask(listOf({ extensions: [unheardOf(false)], revoked: all })), ['revoked', 'revoked', 'revoked'], 'not critical');
  const unusable: readonly (readonly [Wishes, RegExp])[] = [
    [{ extensions: [delta] }, /^1\.crl: a delta list/],
    [{ extensions: ofPlace('East-shi', flag(4)) }, /^1\.crl: an indirect list/],
    [{ extensions: ofPlace('East-shi', someReasons) }, /^1\.crl: a list of some reasons of revocation only$/],
    [{ extensions: [distributionPoint(relative)] }, /^1\.crl: a list whose distribution point has no full name$/],
    [{ extensions: [unheardOf(true)] }, /^1\.crl: a list with the critical extension 1\.3\.6\.1\.4\.1\.99999\.1, which is not known here$/],
    [{ entryExtension: ['2.5.29.29', true, new Uint8Array([0x30, 0])] }, /^1\.crl: a list with the critical extension 2\.5\.29\.29/],
  ];
  const good = listOf({ extensions: ofPlace('West-shi'), revoked: all });
  for (const [wishes, why] of unusable) {
    const bytes = listOf({ ...wishes, revoked: all });
    const told: string[] = [];
    sourceOf([good, bytes], (text) => told.push(text));
    t.match(told, [why]);
    t.equal(told.length, 1);
    t.same(await ask(good, bytes), ['unknown', 'revoked', 'unknown']);
  }
  const told: string[] = [];
  sourceOf([good, listOf({ entryExtension: ['2.5.29.21', true, new Uint8Array([0x0a, 1, 1])], revoked: all })], (text) => told.push(text));
  t.same(told, [], 'a reason of revocation is understood, even where it is critical');
});

test('a revocation list that is none, or nobody’s, is refused by name', async (t) => {
  const list = await issueRevocationList(authority, [], NOW);
  const refused = (bytes: Uint8Array, message: RegExp) =>
    t.throws(() => revocationFromLists([{ name: 'bad.crl', bytes }], trust.authorities), { code: 'config/invalid', message });
  refused(new Uint8Array(3), /^bad\.crl: not a certificate revocation list/);
  refused(authority.certificate, /^bad\.crl: not a certificate revocation list/);
  refused(
    list.map((byte, i) => (i === list.length - 1 ? byte ^ 1 : byte)),
    /^bad\.crl: signed by none of the configured authorities/,
  );
  // The twin's authority for signing has the same key under another name.
  refused(listOf({ issuerName: signingName }), /^bad\.crl: signed by none of the configured authorities/);
  refused(listOf({ extensions: [['2.5.29.28', true, new Uint8Array([0x30, 5])]] }), /^bad\.crl: not a certificate revocation list/);
});

test('the extensions have the shapes of the service', async (t) => {
  const fields = readCertificateFields(await certificateOf('2028-02-17'));
  t.match(fields, { digitalSignature: true, isAuthority: false, policies, unknownCritical: false });
  t.equal(fields.authorityKeyId, readCertificateFields(authority.certificate).subjectKeyId);
  const { certificate, fields: ofAuthority } = certificateAuthority(authority.certificate);
  t.equal(ofAuthority.isAuthority, true);
  t.same(certificateAuthority(new TextEncoder().encode(certificate.toString())).fields, ofAuthority, 'a configured authority may be PEM');
});

test('wrong trust material is refused with the name of the setting', async (t) => {
  const der = await certificateOf('2028-02-17');
  const invalid = (message: RegExp) => ({ code: 'config/invalid', facts: { field: 'reader.trustAnchors' }, message });
  t.throws(() => createCardTrust({ authorities: [new Uint8Array(3)], faceAnchors: [] }), invalid(/^not the certificate/));
  t.throws(() => createCardTrust({ authorities: [der], faceAnchors: [] }), invalid(/: its basic constraints/), 'no authority');
  const faceAnchors = [{ keyId: new Uint8Array(16), publicKey: new Uint8Array(3) }];
  t.throws(() => createCardTrust({ authorities: [], faceAnchors }), invalid(/face anchor/));
  t.throws(() => restoreSyntheticAuthority({ version: 1 } as never), { code: 'storage/corrupt' });
  const key = certificateAuthority(authority.certificate).certificate.publicKey;
  t.equal(signatureHolds('no-such-hash', key, der, der), false);
});

test('a birth date becomes a year of its Japanese era', async (t) => {
  const table = [
    ['1868-01-25', 'Meiji', 1],
    ['1912-07-29', 'Meiji', 45],
    ['1912-07-30', 'Taisho', 1],
    ['1926-12-24', 'Taisho', 15],
    ['1926-12-25', 'Showa', 1],
    ['1989-01-07', 'Showa', 64],
    ['1989-01-08', 'Heisei', 1],
    ['2019-04-30', 'Heisei', 31],
    ['2019-05-01', 'Reiwa', 1],
    ['2026-11-22', 'Reiwa', 8],
  ] as const;
  for (const [day, era, year] of table) t.same(eraYear(day), { era, year }, day);
  t.throws(() => eraYear('1868-01-24'), RangeError);
  const code = (...args: Parameters<typeof verificationCodeB>) => Buffer.from(verificationCodeB(...args)).toString('latin1');
  t.equal(code('1980-02-17', '2035-02-17', '1234'), '55021720351234');
  t.equal(code('2019-05-01', '2030-05-01', '0007'), '01050120300007');
});

test('days, months and ages count in Japan', async (t) => {
  t.equal(jstDay(Date.parse('2026-11-21T15:00:00Z')), '2026-11-22');
  t.equal(jstDay(monthsLater(Date.parse('2024-01-30T15:00:00Z'), 1)), '2024-02-29');
  t.equal(jstDay(monthsLater(Date.parse('2026-11-22T00:00:00Z'), -12)), '2025-11-22');
  t.ok(isDay('2024-02-29'));
  for (const wrong of ['2023-02-29', '2024-13-01', '24-01-01', '2024-00-10', '']) t.notOk(isDay(wrong), wrong);
  t.equal(ageYears('19800217', Date.parse('2026-02-16T14:59:59Z')), 45);
  t.equal(ageYears('19800217', Date.parse('2026-02-16T15:00:00Z')), 46, 'the birthday begins at midnight in Japan');
  t.equal(ageYears('00000000', NOW), undefined);
  t.equal(ageYears('20990101', NOW), undefined);
});
