// Trust in a certificate for user authentication, as a value at a moment: chain to a configured authority, key usage, policy, validity, revocation.
// Pure but for the revocation port. Several generations of the authority bear one name: the issuer is chosen by key, never by name.

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { KioskFailure } from '../core/failure.ts';
import { monthsLater } from './calendar.ts';
import type { FaceAnchor } from './cv-certificate.ts';
import type { CardProfile } from './profile.ts';
import { type CertificateFields, readCertificateFields } from './x509-fields.ts';

/**
 * days: whole days left, of the validity or of the grace. untrusted: nobody we believe issued it, or not for this; tampered: it names an authority
 * of ours by its key, and that key did not sign it.
 */
export type CertificateState =
  | { readonly state: 'valid' }
  | { readonly state: 'expires-soon'; readonly days: number }
  | { readonly state: 'expired-in-grace'; readonly days: number }
  | { readonly state: 'expired' | 'not-yet-valid' | 'revoked' | 'untrusted' | 'tampered' };

/** What is asked about a certificate: texts in lower-case hexadecimal; distributionPoints as readCertificateFields gives them. */
export interface RevocationQuestion {
  readonly serial: string;
  /** Key identifier of the authority that issued it. */
  readonly authorityKeyId?: string;
  readonly distributionPoints?: readonly string[];
}

/** Asks whether a certificate was revoked. Only accredited verifiers get real answers (CRL and OCSP of the service). */
export interface RevocationSource {
  /** `unknown`: nobody could say; the certificate stays usable. */
  check(certificate: RevocationQuestion, signal?: AbortSignal): Promise<'good' | 'revoked' | 'unknown'>;
}

/** Stands where a kiosk has no access to revocation data: it knows nothing, and says so. */
export const nullRevocationSource: RevocationSource = { check: async () => 'unknown' };

/** What the kiosk is configured to believe. */
export interface CardTrust {
  readonly authorities: readonly CertificateAuthority[];
  readonly faceAnchors: readonly FaceAnchor[];
  readonly revocation: RevocationSource;
}

export interface CertificateAuthority {
  readonly certificate: X509Certificate;
  readonly fields: CertificateFields;
}

/** What a card generation asks of its certificates. */
export type CertificateRules = Pick<CardProfile['jpki'], 'certificatePolicies' | 'certificateSignatures'>;

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** Renewal opens three months before the end, and eligibility alone is still served three months after it. */
const NOTICE_MONTHS = 3;
const GRACE_MONTHS = 3;
const DAY_MS = 86_400_000;

/** A configured authority from DER or PEM. Throws config/invalid when it is none. */
export const certificateAuthority = (bytes: Uint8Array): CertificateAuthority => {
  try {
    const certificate = new X509Certificate(bytes);
    const authority = { certificate, fields: readCertificateFields(certificate.raw) };
    if (!authority.fields.isAuthority) throw new Error('its basic constraints say it is none');
    if (!authority.fields.signsCertificates) throw new Error('its key usage lacks keyCertSign');
    return authority;
  } catch (cause) {
    const why = cause instanceof Error && cause.message.startsWith('its ') ? `: ${cause.message}` : '';
    throw new KioskFailure('config/invalid', {
      cause,
      facts: { field: 'reader.trustAnchors' },
      message: `not the certificate (DER or PEM) of a certificate authority${why}`,
    });
  }
};

/** Anchors as bytes: certificates of authorities, DER or PEM; key id and SubjectPublicKeyInfo DER of keys that vouch for card faces. */
export interface TrustMaterial {
  readonly authorities: readonly Uint8Array[];
  readonly faceAnchors: readonly { readonly keyId: Uint8Array; readonly publicKey: Uint8Array }[];
}

/** Throws config/invalid for bytes that are no certificate or key. */
export const createCardTrust = (material: TrustMaterial, revocation: RevocationSource = nullRevocationSource): CardTrust => ({
  authorities: material.authorities.map(certificateAuthority),
  faceAnchors: material.faceAnchors.map(({ keyId, publicKey }) => {
    try {
      return { keyId, publicKey: createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }) };
    } catch (cause) {
      const message = 'a face anchor is not a SubjectPublicKeyInfo in DER';
      throw new KioskFailure('config/invalid', { cause, facts: { field: 'reader.trustAnchors' }, message });
    }
  }),
  revocation,
});

interface Parsed {
  readonly certificate: X509Certificate;
  readonly fields: CertificateFields;
}

/** The card's certificate. Throws card/malformed. */
export const parseCertificate = (der: Uint8Array): Parsed => {
  try {
    return { certificate: new X509Certificate(der), fields: readCertificateFields(der) };
  } catch (cause) {
    throw new KioskFailure('card/malformed', { facts: { part: 'certificate' }, cause });
  }
};

/** Its public key. Throws card/malformed. */
export const certificateKey = (der: Uint8Array): KeyObject => {
  const { certificate } = parseCertificate(der);
  try {
    return certificate.publicKey;
  } catch (cause) {
    throw new KioskFailure('card/malformed', { facts: { part: 'certificate-key' }, cause });
  }
};

/** Whether the certificate says that this authority issued it: by key, name and time, not yet by signature. */
const claims = ({ certificate, fields }: Parsed, authority: CertificateAuthority): boolean => {
  if (fields.authorityKeyId !== undefined && fields.authorityKeyId !== authority.fields.subjectKeyId) return false;
  const issuedAt = Date.parse(certificate.validFrom);
  const alive = issuedAt >= Date.parse(authority.certificate.validFrom) && issuedAt <= Date.parse(authority.certificate.validTo);
  return alive && certificate.issuer === authority.certificate.subject;
};

const signedBy = ({ certificate }: Parsed, authority: CertificateAuthority): boolean => {
  try {
    return certificate.verify(authority.certificate.publicKey);
  } catch {
    return false;
  }
};

/**
 * What is missing in a certificate that is not believed: an authority of ours, the signature of the one whose key it names, a sound algorithm of
 * that signature, the usage of this step, its policy.
 */
export type Distrust = 'issuer' | 'signature' | 'algorithm' | 'usage' | 'policy';

const distrust = (parsed: Parsed, trust: CardTrust, rules: CertificateRules): { because: Distrust } | { issuer: CertificateAuthority } => {
  const { certificate, fields } = parsed;
  const claimed = trust.authorities.filter((authority) => claims(parsed, authority));
  const issuer = claimed.find((authority) => signedBy(parsed, authority));
  // Without a key identifier the name alone was claimed, which every generation of the authority bears: that proves nothing.
  if (issuer === undefined) return { because: claimed.length > 0 && fields.authorityKeyId !== undefined ? 'signature' : 'issuer' };
  if (!rules.certificateSignatures.includes(fields.signatureAlgorithm)) return { because: 'algorithm' };
  const usable = fields.digitalSignature && !fields.isAuthority && !fields.unknownCritical;
  if (!usable || certificate.keyUsage?.includes(CLIENT_AUTH) !== true) return { because: 'usage' };
  return fields.policies.some((policy) => rules.certificatePolicies.includes(policy)) ? { issuer } : { because: 'policy' };
};

/** Why `judgeCertificate` says untrusted or tampered; undefined where it does not. Throws card/malformed. */
export const whyUntrusted = (der: Uint8Array, trust: CardTrust, rules: CertificateRules): Distrust | undefined => {
  const found = distrust(parseCertificate(der), trust, rules);
  return 'because' in found ? found.because : undefined;
};

/** Where `now` lies between a validity's ends (epoch milliseconds). */
export const judgeValidity = (now: number, from: number, to: number): CertificateState => {
  if (now < from) return { state: 'not-yet-valid' };
  if (now <= to) {
    return now < monthsLater(to, -NOTICE_MONTHS) ? { state: 'valid' } : { state: 'expires-soon', days: Math.floor((to - now) / DAY_MS) };
  }
  const graceEnds = monthsLater(to, GRACE_MONTHS);
  return now <= graceEnds ? { state: 'expired-in-grace', days: Math.floor((graceEnds - now) / DAY_MS) } : { state: 'expired' };
};

/** Throws card/malformed for bytes that are no certificate, and what the revocation source throws. */
export const judgeCertificate = async (
  der: Uint8Array,
  now: number,
  trust: CardTrust,
  rules: CertificateRules,
  signal?: AbortSignal,
): Promise<CertificateState> => {
  const parsed = parseCertificate(der);
  const { certificate, fields } = parsed;
  const found = distrust(parsed, trust, rules);
  if ('because' in found) return { state: found.because === 'signature' ? 'tampered' : 'untrusted' };
  const authorityKeyId = found.issuer.fields.subjectKeyId;
  const question = { serial: certificate.serialNumber.toLowerCase(), distributionPoints: fields.distributionPoints };
  const status = await trust.revocation.check(authorityKeyId === undefined ? question : { ...question, authorityKeyId }, signal);
  if (status === 'revoked') return { state: 'revoked' };
  return judgeValidity(now, Date.parse(certificate.validFrom), Date.parse(certificate.validTo));
};
