// The certificate authority of one site: it vouches for the broker, the kiosks and the terminals of that site and for nothing else.
// ECDSA P-256 (RFC 5480), X.509 (RFC 5280). Knows no files; its private key is for the machine that holds the site's folder alone.

import 'reflect-metadata';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import type { CryptoKey } from 'jose';
import { KioskFailure } from '../../core/failure.ts';
import { systemRandom } from '../../core/ids.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 7300;
const LEAF_DAYS = 825;
/** A clock that runs a little behind must not find today's certificate to be of tomorrow. */
const SKEW_MS = 3_600_000;

export interface Pem {
  readonly certificate: string;
  readonly key: string;
}

/** `server`: hosts go into subjectAltName. `client`: the common name is what the broker knows the client by. */
export type Purpose = { readonly kind: 'server'; readonly hosts: readonly string[] } | { readonly kind: 'client' };

export interface Revoked {
  /** Serial number, hexadecimal. */
  readonly serial: string;
  /** Milliseconds. */
  readonly at: number;
}

const serial = (): string => `01${Buffer.from(systemRandom(15)).toString('hex')}`;

const keyPem = async (key: CryptoKey): Promise<string> =>
  `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;

const importKey = (pem: string): Promise<CryptoKey> => {
  const der = x509.PemConverter.decodeFirst(pem);
  return crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
};

const newPair = () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

/** A new authority, self-signed, for twenty years. */
export const newAuthority = async (site: string, nowMs: number): Promise<Pem> => {
  const keys = await newPair();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=kazashi site ${site}`,
    notBefore: new Date(nowMs - SKEW_MS),
    notAfter: new Date(nowMs + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyPem(keys.privateKey) };
};

const alternativeNames = (purpose: Purpose): x509.Extension[] =>
  purpose.kind === 'client'
    ? []
    : [new x509.SubjectAlternativeNameExtension(purpose.hosts.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })))];

const certify = async (authority: Pem, name: string, publicKey: CryptoKey, purpose: Purpose, nowMs: number): Promise<string> => {
  const issuer = new x509.X509Certificate(authority.certificate);
  const usage = purpose.kind === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${name}`,
    issuer: issuer.subject,
    notBefore: new Date(nowMs - SKEW_MS),
    notAfter: new Date(Math.min(nowMs + LEAF_DAYS * DAY_MS, issuer.notAfter.getTime())),
    signingAlgorithm: ALGORITHM,
    publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage], true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...alternativeNames(purpose),
    ],
  });
  return `${certificate.toString('pem')}\n`;
};

/** A new key and its certificate. */
export const issue = async (authority: Pem, name: string, purpose: Purpose, nowMs: number): Promise<Pem> => {
  const keys = await newPair();
  return { certificate: await certify(authority, name, keys.publicKey, purpose, nowMs), key: await keyPem(keys.privateKey) };
};

/** A key of one's own and the request (PKCS #10, RFC 2986) that asks for a certificate; the key never leaves its owner. */
export const newRequest = async (name: string): Promise<{ readonly request: string; readonly key: string }> => {
  const keys = await newPair();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: `CN=${name}`, keys, signingAlgorithm: ALGORITHM });
  return { request: `${request.toString('pem')}\n`, key: await keyPem(keys.privateKey) };
};

/** A client certificate for a request, in the name that the authority decides. Throws uplink/untrusted when the request's signature fails. */
export const issueForRequest = async (authority: Pem, request: string, name: string, nowMs: number): Promise<string> => {
  let asked: x509.Pkcs10CertificateRequest;
  let publicKey: CryptoKey;
  let signed: boolean;
  try {
    asked = new x509.Pkcs10CertificateRequest(request);
    signed = await asked.verify();
    publicKey = await asked.publicKey.export({ name: 'ECDSA', namedCurve: 'P-256' }, ['verify']);
  } catch (cause) {
    throw new KioskFailure('uplink/malformed', {
      cause,
      facts: { message: 'pairing', field: 'request' },
      message: 'pairing: no PKCS #10 request with a P-256 key',
    });
  }
  if (!signed)
    throw new KioskFailure('uplink/untrusted', {
      facts: { reason: 'request-signature' },
      message: 'pairing: the request is not signed by its own key',
    });
  return certify(authority, name, publicKey, { kind: 'client' }, nowMs);
};

/** The list of certificates that count no more (RFC 5280, 5). It never ages: an expired list would shut out every kiosk. */
export const revocationList = async (authority: Pem, revoked: readonly Revoked[], nowMs: number): Promise<string> => {
  const issuer = new x509.X509Certificate(authority.certificate);
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.subject,
    thisUpdate: new Date(nowMs - SKEW_MS),
    nextUpdate: issuer.notAfter,
    signingAlgorithm: ALGORITHM,
    signingKey: await importKey(authority.key),
    entries: revoked.map(({ serial: serialNumber, at }) => ({ serialNumber, revocationDate: new Date(at) })),
  });
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
};

export interface CertificateFacts {
  /** Hexadecimal. */
  readonly serial: string;
  /** Milliseconds. */
  readonly notAfter: number;
}

export const certificateFacts = (pem: string): CertificateFacts => {
  const { serialNumber, notAfter } = new x509.X509Certificate(pem);
  return { serial: serialNumber, notAfter: notAfter.getTime() };
};
