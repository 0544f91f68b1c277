// X.509 certificates for virtual cards, in the shapes of the public personal authentication service (names, key usage, policy, extensions).
// The one file that imports @peculiar/x509; loaded on first use, so that a kiosk without twins never pays for it.

import { randomBytes, webcrypto } from 'node:crypto';
import { cardProfile2016 } from '../profile.ts';
import { crlDirectory, directoryNames, policies } from './der.ts';
import { type KeyPair, spkiOf } from './keys.ts';

// The real names but for the last part, which says what this is.
const ISSUER = 'C=JP, O=JPKI, OU=JPKI for user authentication, OU=Synthetic cards of kazashi';
const ISSUER_JAPANESE = 'C=JP, O=公的個人認証サービス, OU=公的個人認証サービス利用者証明用, OU=合成カード';
const CPS = 'http://www.jpki.go.jp/cps.html';
const OCSP = 'http://ocsp.kazashi.invalid/';
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

const loadX509 = async () => {
  await import('reflect-metadata');
  return import('@peculiar/x509');
};

const signingKey = ({ privateKey }: Pick<KeyPair, 'privateKey'>) =>
  webcrypto.subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), ALGORITHM, true, ['sign']);
const verifyingKey = ({ publicKey }: Pick<KeyPair, 'publicKey'>) =>
  webcrypto.subtle.importKey('spki', spkiOf(publicKey), ALGORITHM, true, ['verify']);

/** Positive serial number of eight bytes, hexadecimal. */
const newSerial = (): string => `01${randomBytes(7).toString('hex')}`;

/** Self-signed certificate of the authority, DER. */
export const issueAuthority = async (keys: KeyPair, notBefore: Date, notAfter: Date): Promise<Uint8Array> => {
  const x509 = await loadX509();
  const publicKey = await verifyingKey(keys);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: ISSUER,
    issuer: ISSUER,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
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

export interface HolderCertificateRequest {
  /** Key of the card. */
  readonly publicKey: KeyPair['publicKey'];
  readonly authority: { readonly key: KeyPair['privateKey']; readonly certificate: Uint8Array };
  /** 23 characters: serial, municipality, number and letter; no name. */
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Certificate for user authentication, DER. */
export const issueHolderCertificate = async (request: HolderCertificateRequest): Promise<Uint8Array> => {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(request.authority.certificate);
  const publicKey = await verifyingKey(request);
  const name = (text: string) => new Uint8Array(new x509.Name(text).toArrayBuffer());
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `C=JP, CN=${request.commonName}`,
    issuer: issuer.subject,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    signingAlgorithm: ALGORITHM,
    signingKey: await signingKey({ privateKey: request.authority.key }),
    publicKey,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      new x509.Extension('2.5.29.32', true, policies(cardProfile2016.jpki.certificatePolicies[0] ?? '', CPS)),
      new x509.Extension('2.5.29.18', false, directoryNames(name(ISSUER_JAPANESE))),
      new x509.Extension('2.5.29.31', false, crlDirectory(name(`${ISSUER}, CN=Kazashi CRLDP`))),
      new x509.AuthorityInfoAccessExtension({ ocsp: [new x509.GeneralName('url', OCSP)] }),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return new Uint8Array(certificate.rawData);
};
