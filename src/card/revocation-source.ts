// Revocation by files: lists that somebody fetched, each checked against a configured authority. The service publishes one list per municipality,
// and each certificate says which is its own. The lists of the real service are given to accredited verifiers only; this adapter is for them and
// for tests.

import { verify } from 'node:crypto';
import { KioskFailure } from '../core/failure.ts';
import { type ParsedList, parseRevocationList, plainSerial } from './revocation-list.ts';
import type { CertificateAuthority, RevocationSource } from './trust.ts';

export interface RevocationList {
  /** For messages: where it came from. */
  readonly name: string;
  /** DER or PEM. */
  readonly bytes: Uint8Array;
}

const signedBy = (list: ParsedList, { certificate, fields }: CertificateAuthority): boolean => {
  if (list.authorityKeyId !== undefined && list.authorityKeyId !== fields.subjectKeyId) return false;
  if (list.issuer !== fields.subject) return false;
  try {
    return verify(list.hash, list.signed, certificate.publicKey, list.signature);
  } catch {
    return false;
  }
};

/** RFC 5280, 6.3.3 (b) (2): a list that names its distribution point speaks for the certificates that name it too. */
const covers = ({ scope: { names, others } }: ParsedList, points: readonly string[]): boolean =>
  !others && (names === undefined || names.some((name) => points.includes(name)));

/** Lists of one scope speak for the same certificates: only among them does a newer one take an older one's place. */
const scopeOf = ({ scope: { names } }: ParsedList): string => JSON.stringify(names === undefined ? null : [...names].sort());

/** The newest of each scope; all of one moment, should there be several. */
const newestOfEachScope = (lists: readonly ParsedList[]): readonly ParsedList[] =>
  lists.filter((list) => !lists.some((other) => scopeOf(other) === scopeOf(list) && other.thisUpdate > list.thisUpdate));

/** A genuine list that cannot be used all the same. */
export interface UnusedList {
  readonly name: string;
  /** What it is, in words. */
  readonly why: string;
}

/**
 * Answers from the newest list of each scope that covers the certificate. Who is on one of them is revoked, however old it is and whatever lists of
 * another scope say; who is on none is `good` while one of them is in force, and `unknown` afterwards or when no list covers it: the certificate
 * stays usable. A serial that the newest list of its scope no longer holds is not revoked any more (5.3.1: a hold was lifted; 3.3: it has expired).
 * A genuine list that cannot be used (delta, indirect, some reasons only, unknown critical extensions) is told to `unused` and left out.
 * Throws config/invalid for a file that is no list, or is signed by no configured authority.
 */
export const revocationFromLists = (
  lists: readonly RevocationList[],
  authorities: readonly CertificateAuthority[],
  { now = Date.now, unused = () => undefined }: { readonly now?: () => number; readonly unused?: (list: UnusedList) => void } = {},
): RevocationSource => {
  const known = lists.flatMap(({ name, bytes }) => {
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
    if (list.unusable === undefined) return [{ list, keyId: authority.fields.subjectKeyId }];
    unused({ name, why: list.unusable });
    return [];
  });
  return {
    async check({ serial, authorityKeyId, distributionPoints = [] }) {
      const moment = now();
      const covering = newestOfEachScope(
        known
          .filter(({ list, keyId }) => authorityKeyId === keyId && list.thisUpdate <= moment && covers(list, distributionPoints))
          .map(({ list }) => list),
      );
      if (covering.some(({ revoked }) => revoked.has(plainSerial(serial)))) return 'revoked';
      return covering.some(({ nextUpdate }) => moment <= (nextUpdate ?? moment)) ? 'good' : 'unknown';
    },
  };
};
