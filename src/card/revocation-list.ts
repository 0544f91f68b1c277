// Revocation by files: certificate revocation lists (RFC 5280, 5) that somebody fetched, each checked against a configured authority.
// The lists of the real service are given to accredited verifiers only; this adapter is for them and for tests. Reads DER with the bounded parser.

import { verify } from 'node:crypto';
import { hex } from '../core/bytes.ts';
import { KioskFailure } from '../core/failure.ts';
import { malformed, parseTlv, parseTlvs, requireTlv, type Tlv } from './ber.ts';
import type { CertificateAuthority, RevocationSource } from './trust.ts';
import { oidText } from './x509-fields.ts';

export interface RevocationList {
  /** For messages: where it came from. */
  readonly name: string;
  /** DER or PEM. */
  readonly bytes: Uint8Array;
}

interface ParsedList {
  /** Lower-case hexadecimal, without leading zeros. */
  readonly revoked: ReadonlySet<string>;
  readonly nextUpdate: number | undefined;
  readonly thisUpdate: number;
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
const AUTHORITY_KEY_ID = '2.5.29.35';
/** A partial list (indirect, one reason only, delta) says nothing about who is not on it. */
const PARTIAL = ['2.5.29.27', '2.5.29.28'];

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
const serialOf = (value: Uint8Array): string => hex(value).replace(/^(00)+(?=.)/, '');

/** Throws card/malformed. */
export const parseRevocationList = (bytes: Uint8Array): ParsedList => {
  const whole = parseTlv(derOf(bytes));
  const [tbs, algorithm, signature] = parseTlvs(whole.value);
  if (whole.tag !== 0x30 || tbs === undefined || algorithm === undefined || signature?.tag !== 0x03) throw malformed('crl', 'not a list');
  const fields = parseTlvs(tbs.value);
  const [thisUpdate, nextUpdate] = fields.filter(isTime);
  if (thisUpdate === undefined) throw malformed('crl', 'no time of issue');
  const hash = HASHES[oidText(requireTlv(parseTlvs(algorithm.value), 0x06, 'crl').value)];
  if (hash === undefined) throw malformed('crl', 'signed by an algorithm that is not known here');
  const last = fields.findLastIndex(isTime);
  const entries = fields[last + 1]?.tag === 0x30 ? parseTlvs(fields[last + 1]?.value ?? new Uint8Array()) : [];
  const holder = fields.find(({ tag }) => tag === 0xa0);
  const extensions = (holder === undefined ? [] : parseTlvs(parseTlv(holder.value).value)).map((extension) => {
    const parts = parseTlvs(extension.value);
    return { id: oidText(requireTlv(parts, 0x06, 'crl').value), value: requireTlv(parts, 0x04, 'crl').value };
  });
  if (extensions.some(({ id }) => PARTIAL.includes(id))) throw malformed('crl', 'a delta or partial list');
  const keyId = extensions.find(({ id }) => id === AUTHORITY_KEY_ID);
  const keyIdValue = keyId && parseTlvs(parseTlv(keyId.value).value).find(({ tag }) => tag === 0x80)?.value;
  return {
    revoked: new Set(entries.map((entry) => serialOf(requireTlv(parseTlvs(entry.value), 0x02, 'crl').value))),
    thisUpdate: timeOf(thisUpdate),
    nextUpdate: nextUpdate && timeOf(nextUpdate),
    signed: tbs.raw,
    hash,
    // The first byte of a BIT STRING counts unused bits.
    signature: signature.value.subarray(1),
    authorityKeyId: keyIdValue && hex(keyIdValue),
  };
};

const signedBy = (list: ParsedList, { certificate, fields }: CertificateAuthority): boolean => {
  if (list.authorityKeyId !== undefined && list.authorityKeyId !== fields.subjectKeyId) return false;
  try {
    return verify(list.hash, list.signed, certificate.publicKey, list.signature);
  } catch {
    return false;
  }
};

/**
 * Answers from the newest list of the certificate's authority. Who is on it is revoked, however old it is; who is not on it is `good` while it is
 * in force and `unknown` afterwards: the certificate stays usable.
 * Throws config/invalid for a file that is no list, or is signed by no configured authority.
 */
export const revocationFromLists = (
  lists: readonly RevocationList[],
  authorities: readonly CertificateAuthority[],
  now: () => number = Date.now,
): RevocationSource => {
  const known = lists.map(({ name, bytes }) => {
    const refuse = (what: string, cause?: unknown) =>
      new KioskFailure('config/invalid', { cause, facts: { field: 'card.revocation' }, message: `${name}: ${what}` });
    let list: ParsedList;
    try {
      list = parseRevocationList(bytes);
    } catch (cause) {
      throw refuse(`not a certificate revocation list (DER or PEM): ${cause instanceof Error ? cause.message : ''}`, cause);
    }
    const authority = authorities.find((candidate) => signedBy(list, candidate));
    if (authority === undefined) throw refuse('signed by none of the configured authorities');
    return { list, keyId: authority.fields.subjectKeyId };
  });
  return {
    async check({ serial, authorityKeyId }) {
      const moment = now();
      const [newest] = known
        .filter(({ list, keyId }) => authorityKeyId === keyId && list.thisUpdate <= moment)
        .map(({ list }) => list)
        .sort((a, b) => b.thisUpdate - a.thisUpdate);
      if (newest?.revoked.has(serial.toLowerCase().replace(/^(00)+(?=.)/, '')) === true) return 'revoked';
      return newest === undefined || moment > (newest.nextUpdate ?? moment) ? 'unknown' : 'good';
    },
  };
};
