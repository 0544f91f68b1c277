// The few X.509 fields that node:crypto does not show: key usage, key identifiers, policies, basic constraints, distribution points (RFC 5280, 4.2.1).
// Reads DER with the card layer's own bounded parser; throws card/malformed and nothing else.

import { equal, hex } from '../core/bytes.ts';
import { malformed, parseTlv, parseTlvs, requireTlv, type Tlv } from './ber.ts';
import { comparableName, readDistributionPointName } from './general-names.ts';

export interface CertificateFields {
  /** Bit 0 of RFC 5280 KeyUsage. */
  readonly digitalSignature: boolean;
  /** Bit 5, or no KeyUsage at all: whether the key may sign certificates (4.2.1.3). */
  readonly signsCertificates: boolean;
  /** By which algorithm its issuer signed it; empty where the two places that name it do not agree (4.1.1.2). */
  readonly signatureAlgorithm: string;
  readonly isAuthority: boolean;
  /** Lower-case hexadecimal. */
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
  /** Dotted object identifiers. */
  readonly policies: readonly string[];
  /** The subject, in the form in which names are compared. */
  readonly subject: string;
  /** Where its revocation lists are published: all names of all its distribution points, in the form in which they are compared. */
  readonly distributionPoints: readonly string[];
  /** An extension that is critical and that we do not process: RFC 5280 asks to reject such a certificate. */
  readonly unknownCritical: boolean;
}

const OID = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  distributionPoints: '2.5.29.31',
  policies: '2.5.29.32',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;
const KNOWN: readonly string[] = Object.values(OID);

/** Dotted form of an object identifier's content bytes. */
export const oidText = (bytes: Uint8Array): string => {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of bytes) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) throw malformed('x509', 'object identifier arc too large');
    if ((byte & 0x80) !== 0) continue;
    if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
    else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
};

const first = (objects: readonly Tlv[], part: string): Tlv => {
  const object = objects[0];
  if (object === undefined) throw malformed('x509', `${part} is empty`);
  return object;
};

export interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Extensions by their identifiers, from their SEQUENCE if there is one. */
export const readExtensions = (sequence: Tlv | undefined): ReadonlyMap<string, Extension> => {
  const found = new Map<string, Extension>();
  for (const extension of parseTlvs(sequence?.value ?? new Uint8Array())) {
    const parts = parseTlvs(extension.value);
    const critical = parts.some((part) => part.tag === 0x01 && part.value[0] !== 0);
    found.set(oidText(requireTlv(parts, 0x06, 'x509').value), { critical, value: requireTlv(parts, 0x04, 'x509').value });
  }
  return found;
};

export const readCertificateFields = (der: Uint8Array): CertificateFields => {
  const [signed, ...outside] = parseTlvs(parseTlv(der).value);
  if (signed === undefined) throw malformed('x509', 'certificate is empty');
  const fields = parseTlvs(signed.value);
  const holder = fields.find(({ tag }) => tag === 0xa3);
  const extensions = readExtensions(holder && parseTlv(holder.value));
  // Serial, algorithm, issuer, validity, subject; the version before them may be missing.
  const [, algorithm, , , subject] = fields.filter(({ tag }) => tag !== 0xa0);
  if (subject === undefined) throw malformed('x509', 'no subject');
  const inner = (oid: string): Uint8Array | undefined => {
    const extension = extensions.get(oid);
    return extension === undefined ? undefined : parseTlv(extension.value).value;
  };
  const keyUsage = inner(OID.keyUsage);
  const agreed = algorithm !== undefined && outside[0] !== undefined && equal(algorithm.raw, outside[0].raw);
  const subjectKeyId = inner(OID.subjectKeyId);
  const authorityKeyId = parseTlvs(inner(OID.authorityKeyId) ?? new Uint8Array()).find((object) => object.tag === 0x80);
  return {
    digitalSignature: keyUsage !== undefined && ((keyUsage[1] ?? 0) & 0x80) !== 0,
    signsCertificates: keyUsage === undefined || ((keyUsage[1] ?? 0) & 0x04) !== 0,
    signatureAlgorithm: agreed ? oidText(first(parseTlvs(algorithm.value), 'algorithm').value) : '',
    isAuthority: parseTlvs(inner(OID.basicConstraints) ?? new Uint8Array()).some((part) => part.tag === 0x01 && part.value[0] !== 0),
    ...(subjectKeyId === undefined ? {} : { subjectKeyId: hex(subjectKeyId) }),
    ...(authorityKeyId === undefined ? {} : { authorityKeyId: hex(authorityKeyId.value) }),
    policies: parseTlvs(inner(OID.policies) ?? new Uint8Array()).map((policy) => oidText(first(parseTlvs(policy.value), 'policy').value)),
    subject: comparableName(subject.value),
    // Who signs a point's list and for which reasons is not looked at: a list is believed by its authority's signature, and serials are unique there.
    distributionPoints: parseTlvs(inner(OID.distributionPoints) ?? new Uint8Array()).flatMap((point) => {
      const name = parseTlvs(point.value).find(({ tag }) => tag === 0xa0);
      return name === undefined ? [] : readDistributionPointName(name.value).names;
    }),
    unknownCritical: [...extensions].some(([oid, extension]) => extension.critical && !KNOWN.includes(oid)),
  };
};
