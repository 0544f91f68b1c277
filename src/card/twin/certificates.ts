// X.509 certificates for virtual cards, in the shapes of the public personal authentication service (names, key usage, policy, extensions).
// The one file that imports @peculiar/x509; loaded on first use, so that a kiosk without twins never pays for it.

import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { cardProfile2016 } from '../profile.ts';
import { crlDirectory, directoryNames, issuingDistributionPoint, otherNames, policies } from './der.ts';
import { CITY_NAME } from './image-parts.ts';
import { generationOf, type KeyPair, publicKeyOf, spkiOf } from './keys.ts';
import type { HolderDetails } from './request.ts';

// The real names but for the last part, which says what this is.
const ISSUER = 'C=JP, O=JPKI, OU=JPKI for user authentication, OU=Synthetic cards of kazashi';
const SIGN_ISSUER = 'C=JP, O=JPKI, OU=JPKI for digital signature, OU=Synthetic cards of kazashi';
const ISSUER_JAPANESE = 'C=JP, O=公的個人認証サービス, OU=公的個人認証サービス利用者証明用, OU=合成カード';
const SIGN_ISSUER_JAPANESE = 'C=JP, O=公的個人認証サービス, OU=公的個人認証サービス署名用, OU=合成カード';
// From memory of the practice statement, not confirmed by a published certificate.
const SIGN_POLICY = '1.2.392.200149.8.5.1.1.10';
/** 1 name, 2 its replaced characters, 3 sex, 4 birth, 5 address, 6 its replaced characters. */
const ATTRIBUTE_ARC = '1.2.392.200149.8.5.5';
const CPS = 'http://www.jpki.go.jp/cps.html';
const OCSP = 'http://ocsp.kazashi.invalid/';
const ALGORITHMS = {
  '2016': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  '2028-draft': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
} as const;
const algorithmOf = (key: KeyPair['publicKey']) => ALGORITHMS[generationOf(key)];

const loadX509 = async () => {
  await import('reflect-metadata');
  return import('@peculiar/x509');
};

type X509 = Awaited<ReturnType<typeof loadX509>>;

/** Name, DER. */
const nameOf = (x509: X509, text: string): Uint8Array => new Uint8Array(new x509.Name(text).toArrayBuffer());

const signingKey = ({ privateKey }: Pick<KeyPair, 'privateKey'>) =>
  webcrypto.subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), algorithmOf(privateKey), true, ['sign']);
const verifyingKey = ({ publicKey }: Pick<KeyPair, 'publicKey'>) =>
  webcrypto.subtle.importKey('spki', spkiOf(publicKey), algorithmOf(publicKey), true, ['verify']);

/** Positive serial number of eight bytes, hexadecimal. */
const newSerial = (): string => `01${randomBytes(7).toString('hex')}`;

interface AuthorityRequest {
  readonly name: string;
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const selfSigned = async (keys: KeyPair, { name, ...rest }: AuthorityRequest): Promise<Uint8Array> => {
  const x509 = await loadX509();
  const publicKey = await verifyingKey(keys);
  const certificate = await x509.X509CertificateGenerator.create({
    ...rest,
    subject: name,
    issuer: name,
    signingAlgorithm: algorithmOf(keys.publicKey),
    signingKey: await signingKey(keys),
    publicKey,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.BasicConstraintsExtension(true, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(publicKey),
    ],
  });
  return new Uint8Array(certificate.rawData);
};

/** Self-signed certificate of the authority, DER. */
export const issueAuthority = (keys: KeyPair, notBefore: Date, notAfter: Date): Promise<Uint8Array> =>
  selfSigned(keys, { name: ISSUER, serialNumber: newSerial(), notBefore, notAfter });

/** The same authority under its name for signing, DER; nothing in it is random, so it need not be kept. */
export const issueSignAuthority = (key: KeyPair['privateKey'], certificate: Uint8Array): Promise<Uint8Array> => {
  const { serialNumber, validFrom, validTo } = new X509Certificate(certificate);
  const keys = { privateKey: key, publicKey: publicKeyOf(key) };
  const serial = `02${serialNumber.slice(-14)}`;
  return selfSigned(keys, { name: SIGN_ISSUER, serialNumber: serial, notBefore: new Date(validFrom), notAfter: new Date(validTo) });
};

/** The service publishes a list per municipality, under this name. */
const pointName = (issuer: string, municipality: string): string => `${issuer}, CN=${municipality} CRLDP`;

/** Revocation list with these certificates (DER) on it, in force for a month; of one municipality, or (null) of the whole authority. DER. */
export const issueRevocationList = async (
  authority: { readonly key: KeyPair['privateKey']; readonly certificate: Uint8Array },
  revoked: readonly Uint8Array[],
  now: number,
  municipality: string | null = CITY_NAME,
): Promise<Uint8Array> => {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(authority.certificate);
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.subject,
    thisUpdate: new Date(now),
    nextUpdate: new Date(now + 30 * 86_400_000),
    entries: revoked.map((der) => ({ serialNumber: new X509Certificate(der).serialNumber.toLowerCase(), revocationDate: new Date(now) })),
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(municipality === null
        ? []
        : [new x509.Extension('2.5.29.28', true, issuingDistributionPoint(nameOf(x509, pointName(issuer.subject, municipality))))]),
    ],
    signingAlgorithm: algorithmOf(authority.key),
    signingKey: await signingKey({ privateKey: authority.key }),
  });
  return new Uint8Array(list.rawData);
};

export interface HolderCertificateRequest {
  /** Key of the card. */
  readonly publicKey: KeyPair['publicKey'];
  readonly authority: { readonly key: KeyPair['privateKey']; readonly certificate: Uint8Array };
  /** 23 characters: serial, municipality, number and letter; no name. */
  readonly commonName: string;
  /** Whose list revokes it; null: it names no list. */
  readonly municipality?: string | null;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

type Extensions = readonly InstanceType<X509['Extension']>[];

const issue = async (request: HolderCertificateRequest, [issuerJapanese, policy]: readonly [string, string], own: Extensions) => {
  const x509 = await loadX509();
  const { municipality = CITY_NAME } = request;
  const issuer = new x509.X509Certificate(request.authority.certificate);
  const publicKey = await verifyingKey(request);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `C=JP, CN=${request.commonName}`,
    issuer: issuer.subject,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    signingAlgorithm: algorithmOf(request.authority.key),
    signingKey: await signingKey({ privateKey: request.authority.key }),
    publicKey,
    extensions: [
      ...own,
      new x509.Extension('2.5.29.32', true, policies(policy, CPS)),
      new x509.Extension('2.5.29.18', false, directoryNames(nameOf(x509, issuerJapanese))),
      ...(municipality === null
        ? []
        : [new x509.Extension('2.5.29.31', false, crlDirectory(nameOf(x509, pointName(issuer.subject, municipality))))]),
      new x509.AuthorityInfoAccessExtension({ ocsp: [new x509.GeneralName('url', OCSP)] }),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return new Uint8Array(certificate.rawData);
};

/** Certificate for user authentication, DER. */
export const issueHolderCertificate = async (request: HolderCertificateRequest): Promise<Uint8Array> => {
  const x509 = await loadX509();
  return issue(
    request,
    [ISSUER_JAPANESE, cardProfile2016.jpki.certificatePolicies[0] ?? ''],
    [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ],
  );
};

/** The four attributes that a certificate for signing states of its holder. */
export type CertifiedHolder = Pick<HolderDetails, 'family' | 'given' | 'sex' | 'birth' | 'address'>;

/** Certificate for digital signatures, DER. Name, sex, birth and address are in it, which is why the card shows it after the password only. */
export const issueSignCertificate = async (request: HolderCertificateRequest & { holder: CertifiedHolder }): Promise<Uint8Array> => {
  const x509 = await loadX509();
  const { family, given, sex, birth, address } = request.holder;
  const written = `${family}\u3000${given}`;
  // Which characters of name and address were replaced, one digit each: none.
  const kept = (text: string): string => '0'.repeat([...text].length);
  const attributes = [written, kept(written), sex, birth.replaceAll('-', ''), address, kept(address)];
  return issue(
    request,
    [SIGN_ISSUER_JAPANESE, SIGN_POLICY],
    [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation, true),
      new x509.Extension('2.5.29.17', false, otherNames(attributes.map((text, i) => [`${ATTRIBUTE_ARC}.${i + 1}`, text]))),
    ],
  );
};
