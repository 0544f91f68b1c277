// An independent judge of what revocation lists say: `openssl verify -crl_check` decides by the same files which list covers which certificate.
// The lists are openssl's own, the twin's, and hand-made ones of each kind.

import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { revocationFromLists } from '../../src/card/revocation-source.ts';
import { certificateAuthority } from '../../src/card/trust.ts';
import { createSyntheticAuthority } from '../../src/card/twin/authority.ts';
import { issueHolderCertificate, issueRevocationList } from '../../src/card/twin/certificates.ts';
import { newRsaKeyPair } from '../../src/card/twin/keys.ts';
import { readCertificateFields } from '../../src/card/x509-fields.ts';
import { directory, distributionPoint, flag, makeList, municipalName, someReasons, unheardOf } from '../card/fixtures/lists.ts';

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is missing: apt-get install openssl';
const NOW = Math.floor(Date.now() / 1000) * 1000;
const DAY = 86_400_000;

type Verdict = 'good' | 'revoked' | 'unknown';

/** What openssl says of a certificate, given the authority and one list. */
const opensslSays = (ca: string, list: string, certificate: string): Verdict => {
  const words = ['verify', '-purpose', 'any', '-crl_check', '-CAfile', ca, '-CRLfile', list, certificate];
  const { status, stdout, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
  if (status === 0) return 'good';
  if (/certificate revoked/i.test(stdout + stderr)) return 'revoked';
  // 3 no list, 12 out of date, 44 another scope, 36 a critical extension of the list.
  if (/error (3|12|44|36) at/.test(stdout + stderr)) return 'unknown';
  throw new Error(`openssl: ${stdout}${stderr}`);
};

const weSay = (ca: string, list: string, certificate: string): Promise<Verdict> => {
  const authority = certificateAuthority(readFileSync(ca));
  const { raw, serialNumber } = new X509Certificate(readFileSync(certificate));
  const { distributionPoints } = readCertificateFields(raw);
  return revocationFromLists([{ name: list, bytes: readFileSync(list) }], [authority]).check({
    serial: serialNumber.toLowerCase(),
    authorityKeyId: authority.fields.subjectKeyId ?? '',
    distributionPoints,
  });
};

/** Each list with each certificate; at least one of each verdict, or nothing was judged. */
const compare = async (t: Test, ca: string, lists: readonly string[], certificates: readonly string[]): Promise<void> => {
  const seen = new Set<Verdict>();
  for (const list of lists)
    for (const certificate of certificates) {
      const judged = opensslSays(ca, list, certificate);
      seen.add(judged);
      t.equal(await weSay(ca, list, certificate), judged, `${list.split('/').at(-1)} of ${certificate.split('/').at(-1)}`);
    }
  t.same([...seen].sort(), ['good', 'revoked', 'unknown']);
};

const CONFIG = (base: string, place: string): string => `
[ca]
default_ca = a
[a]
database = ${base}/index.${place}
crlnumber = ${base}/number
default_md = sha256
default_crl_days = 30
crl_extensions = ${place}
[East]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @EastPoint
[EastPoint]
fullname = dirName:EastName
onlyuser = TRUE
[EastName]
C = JP
O = JPKI
OU = Tests
CN = East-shi CRLDP
[West]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @WestPoint
[WestPoint]
fullname = dirName:WestName, URI:http://crl.example/west.crl
[WestName]
C = JP
O = JPKI
OU = Tests
CN = West-shi CRLDP
[All]
authorityKeyIdentifier = keyid
[Authorities]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @AuthoritiesPoint
[AuthoritiesPoint]
onlyCA = TRUE
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[EastHolder]
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
crlDistributionPoints = EastHolderPoint
[EastHolderPoint]
fullname = dirName:EastName
[WestHolder]
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
crlDistributionPoints = WestHolderPoint
[WestHolderPoint]
fullname = URI:http://crl.example/west.crl
[NowhereHolder]
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
`;

test('lists that openssl makes mean to the card layer what they mean to openssl', { skip, timeout: 120_000 }, async (t) => {
  const base = t.testdir();
  const at = (name: string) => join(base, name);
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const configOf = (place: string) => {
    writeFileSync(at(`${place}.cnf`), CONFIG(base, place));
    return at(`${place}.cnf`);
  };
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/C=JP/O=JPKI/OU=Tests', '-days', '900', '-config', configOf('East'), '-extensions', 'authority'); // biome-ignore format: one command line
  const certificates = ['East-1', 'East-2', 'West-1', 'West-2', 'Nowhere-1', 'Nowhere-2'].map((name, i) => {
    const holder = `${name.split('-')[0]}Holder`;
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`), '-subj', `/C=JP/CN=${name}`); // biome-ignore format: one command line
    openssl('x509', '-req', '-in', at(`${name}.csr`), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-set_serial', `${1000 + i}`, '-days', '300', '-extfile', configOf('East'), '-extensions', holder, '-out', at(`${name}.pem`)); // biome-ignore format: one command line
    return at(`${name}.pem`);
  });
  writeFileSync(at('number'), '01\n');
  const lists = ['East', 'West', 'All', 'Authorities'].map((place) => {
    writeFileSync(at(`index.${place}`), '');
    const config = configOf(place);
    const revoke = place === 'All' ? ['East-2', 'Nowhere-2'] : place === 'Authorities' ? [] : [`${place}-2`];
    const key = ['-keyfile', at('ca.key'), '-cert', at('ca.pem')];
    for (const name of revoke) openssl('ca', '-config', config, ...key, '-revoke', at(`${name}.pem`));
    openssl('ca', '-gencrl', '-config', config, ...key, '-out', at(`${place}.crl`));
    return at(`${place}.crl`);
  });
  await compare(t, at('ca.pem'), lists, certificates);
});

test('the twin’s lists and those of each kind mean the same to openssl', { skip, timeout: 120_000 }, async (t) => {
  const base = t.testdir();
  mkdirSync(base, { recursive: true });
  const put = (name: string, bytes: Uint8Array, label: string): string => {
    const file = join(base, name);
    const body = Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
    writeFileSync(file, `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`);
    return file;
  };
  const authority = await createSyntheticAuthority({ now: NOW, newKeyPair: newRsaKeyPair });
  const ca = put('ca.pem', authority.certificate, 'CERTIFICATE');
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ders = await Promise.all(
    ['Chiyoda-ku', 'West-shi', null].map((municipality) =>
      issueHolderCertificate({
        publicKey,
        authority,
        municipality,
        commonName: 'ABCDEFGHJKLMN131010001A',
        notBefore: new Date(NOW - DAY),
        notAfter: new Date(NOW + 400 * DAY),
      }),
    ),
  );
  const certificates = ders.map((der, i) => put(`${i}.pem`, der, 'CERTIFICATE'));
  const made = (extensions: Parameters<typeof makeList>[0]['extensions'] = [], nextUpdate = NOW + DAY, revoked = ders) =>
    makeList({ issuer: authority, revoked, thisUpdate: NOW - 2 * DAY, nextUpdate, extensions });
  const chiyoda = directory(municipalName('Chiyoda-ku', 0x13));
  const lists = {
    'own-0.crl': await issueRevocationList(authority, ders.slice(0, 1), NOW - 60_000),
    'own-1.crl': await issueRevocationList(authority, ders.slice(1), NOW - 60_000, 'West-shi'),
    'own-none.crl': await issueRevocationList(authority, [], NOW - 60_000, null),
    'whole.crl': made(),
    'empty.crl': made([distributionPoint(chiyoda)], NOW + DAY, []),
    'case.crl': made([distributionPoint(directory(municipalName('CHIYODA-ku')))]),
    'authorities.crl': made([distributionPoint(flag(2))]),
    'attributes.crl': made([distributionPoint(flag(5))]),
    'users.crl': made([distributionPoint(flag(1))]),
    'other.crl': made([distributionPoint(directory(municipalName('North-shi')))]),
    'critical.crl': made([unheardOf(true)]),
    'noncritical.crl': made([unheardOf(false)], NOW + DAY, []),
    'past.crl': made([distributionPoint(chiyoda)], NOW - DAY, []),
  };
  const files = Object.entries(lists).map(([name, bytes]) => put(name, bytes, 'X509 CRL'));
  await compare(t, ca, files, certificates);
  // Reasons: openssl is content with no less than all of them; here such a list is left out.
  const some = put('some.crl', made([distributionPoint(chiyoda, someReasons)], NOW + DAY, []), 'X509 CRL');
  t.equal(await weSay(ca, some, certificates[0] ?? ''), 'unknown');
  t.equal(opensslSays(ca, some, certificates[0] ?? ''), 'unknown');
});
