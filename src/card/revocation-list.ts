// A certificate revocation list (RFC 5280, 5) as values: who is on it, whom it speaks for, and whether it can be used at all. Reads DER with the
// bounded parser; believes nothing yet (revocation-source.ts checks who signed it).

import { hex } from '../core/bytes.ts';
import { malformed, parseTlv, parseTlvs, requireTlv, type Tlv } from './ber.ts';
import { comparableName, readDistributionPointName } from './general-names.ts';
import { oidText, readExtensions } from './x509-fields.ts';

/** Whom a complete list speaks for (5.2.5). */
export interface ListScope {
  /** Names of its distribution point, comparable with those of a certificate; absent: it speaks for the authority's whole number. */
  readonly names?: readonly string[];
  /** Authorities' or attribute certificates only: it says nothing about a card's. */
  readonly others: boolean;
}

export interface ParsedList {
  /** Lower-case hexadecimal, without leading zeros. */
  readonly revoked: ReadonlySet<string>;
  readonly nextUpdate: number | undefined;
  readonly thisUpdate: number;
  /** Name of who issued it, in the form in which names are compared. */
  readonly issuer: string;
  readonly scope: ListScope;
  /** Why it must not be used, in words; absent: it may. */
  readonly unusable?: string;
  /** What is signed, how, and the signature. */
  readonly signed: Uint8Array;
  readonly hash: string;
  readonly signature: Uint8Array;
  readonly authorityKeyId: string | undefined;
}

const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
};
const OID = { number: '2.5.29.20', delta: '2.5.29.27', distributionPoint: '2.5.29.28', authorityKeyId: '2.5.29.35' } as const;
const KNOWN: readonly string[] = Object.values(OID);
/** Of an entry: reason and date of the invalidity. */
const KNOWN_OF_ENTRY: readonly string[] = ['2.5.29.21', '2.5.29.24'];

const derOf = (bytes: Uint8Array): Uint8Array => {
  const [, body] = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  return body === undefined ? bytes : Uint8Array.from(Buffer.from(body, 'base64'));
};

/** UTCTime or GeneralizedTime (RFC 5280, 4.1.2.5), epoch milliseconds. */
const timeOf = ({ tag, value }: Tlv): number => {
  const text = Buffer.from(value).toString('latin1');
  const digits = tag === 0x17 ? `${Number(text.slice(0, 2)) >= 50 ? '19' : '20'}${text}` : text;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(digits) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at)) throw malformed('crl', 'not a time');
  return at;
};

const isTime = ({ tag }: Tlv): boolean => tag === 0x17 || tag === 0x18;
/** As serials are compared. */
export const plainSerial = (serial: string): string => serial.toLowerCase().replace(/^(00)+(?=.)/, '');

const isTrue = (parts: readonly Tlv[], tag: number): boolean => parts.some((part) => part.tag === tag && part.value[0] !== 0);

/** issuingDistributionPoint, its SEQUENCE. */
const readScope = (der: Uint8Array | undefined): { scope: ListScope; unusable?: string } => {
  if (der === undefined) return { scope: { others: false } };
  const parts = parseTlvs(parseTlv(der).value);
  const point = parts.find(({ tag }) => tag === 0xa0);
  const name = point && readDistributionPointName(point.value);
  const scope = { ...(name && { names: name.names }), others: isTrue(parts, 0x82) || isTrue(parts, 0x85) };
  if (isTrue(parts, 0x84)) return { scope, unusable: 'an indirect list, in which one authority speaks for others' };
  if (parts.some(({ tag }) => tag === 0x83)) return { scope, unusable: 'a list of some reasons of revocation only' };
  return name?.relative === true ? { scope, unusable: 'a list whose distribution point has no full name' } : { scope };
};

const unknownExtension = (extensions: ReturnType<typeof readExtensions>, known: readonly string[]): string | undefined => {
  const [oid] = [...extensions].find(([id, { critical }]) => critical && !known.includes(id)) ?? [];
  return oid && `a list with the critical extension ${oid}, which is not known here`;
};

/** DER or PEM. Throws card/malformed. */
export const parseRevocationList = (bytes: Uint8Array): ParsedList => {
  const whole = parseTlv(derOf(bytes));
  const [tbs, algorithm, signature] = parseTlvs(whole.value);
  if (whole.tag !== 0x30 || tbs === undefined || algorithm === undefined || signature?.tag !== 0x03) throw malformed('crl', 'not a list');
  const fields = parseTlvs(tbs.value);
  const [thisUpdate, nextUpdate] = fields.filter(isTime);
  const issuer = fields[fields.findIndex(isTime) - 1];
  if (thisUpdate === undefined || issuer?.tag !== 0x30) throw malformed('crl', 'no issuer or time of issue');
  const hash = HASHES[oidText(requireTlv(parseTlvs(algorithm.value), 0x06, 'crl').value)];
  if (hash === undefined) throw malformed('crl', 'signed by an algorithm that is not known here');
  const last = fields.findLastIndex(isTime);
  const entries = (fields[last + 1]?.tag === 0x30 ? parseTlvs(fields[last + 1]?.value ?? new Uint8Array()) : []).map((entry) => {
    const [serial, , own] = parseTlvs(entry.value);
    if (serial?.tag !== 0x02) throw malformed('crl', 'an entry without a serial');
    const unknown = own && unknownExtension(readExtensions(own), KNOWN_OF_ENTRY);
    return { serial: plainSerial(hex(serial.value)), unknown };
  });
  const holder = fields.find(({ tag }) => tag === 0xa0);
  const extensions = readExtensions(holder && parseTlv(holder.value));
  const { scope, unusable } = readScope(extensions.get(OID.distributionPoint)?.value);
  const why =
    (extensions.has(OID.delta) ? 'a delta list, which says only what changed since another' : unusable) ??
    unknownExtension(extensions, KNOWN) ??
    entries.find(({ unknown }) => unknown !== undefined)?.unknown;
  const keyId = extensions.get(OID.authorityKeyId);
  const keyIdValue = keyId && parseTlvs(parseTlv(keyId.value).value).find(({ tag }) => tag === 0x80)?.value;
  return {
    revoked: new Set(entries.map(({ serial }) => serial)),
    thisUpdate: timeOf(thisUpdate),
    nextUpdate: nextUpdate && timeOf(nextUpdate),
    issuer: comparableName(issuer.value),
    scope,
    ...(why === undefined ? {} : { unusable: why }),
    signed: tbs.raw,
    hash,
    // The first byte of a BIT STRING counts unused bits.
    signature: signature.value.subarray(1),
    authorityKeyId: keyIdValue && hex(keyIdValue),
  };
};
