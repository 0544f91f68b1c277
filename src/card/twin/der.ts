// DER for the extensions of synthetic certificates that @peculiar/x509 has no builder for. Writes only; reading is x509-fields.ts.

import { ascii } from '../../core/bytes.ts';
import { encodeTlv } from '../ber.ts';

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => encodeTlv(0x30, ...parts);

export const oid = (dotted: string): Uint8Array => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift(0x80 | (left % 128));
    return groups;
  });
  return encodeTlv(0x06, Uint8Array.from(bytes));
};

/** certificatePolicies with one policy and where its practice statement is (RFC 5280, 4.2.1.4). */
export const policies = (policy: string, cps: string): Uint8Array =>
  sequence(sequence(oid(policy), sequence(sequence(oid('1.3.6.1.5.5.7.2.1'), encodeTlv(0x16, ascii(cps))))));

/** GeneralNames with one directoryName (4.2.1.7). */
export const directoryNames = (name: Uint8Array): Uint8Array => sequence(encodeTlv(0xa4, name));

/** cRLDistributionPoints with one directoryName (4.2.1.13). */
export const crlDirectory = (name: Uint8Array): Uint8Array => sequence(sequence(encodeTlv(0xa0, encodeTlv(0xa0, encodeTlv(0xa4, name)))));

/** issuingDistributionPoint with one directoryName, for holders' certificates only, as the service's lists have it (5.2.5). */
export const issuingDistributionPoint = (name: Uint8Array): Uint8Array =>
  sequence(encodeTlv(0xa0, encodeTlv(0xa0, encodeTlv(0xa4, name))), encodeTlv(0x81, Uint8Array.of(0xff)));

/** GeneralNames of otherNames, each an object identifier and a UTF-8 text (4.2.1.6). */
export const otherNames = (names: readonly (readonly [string, string])[]): Uint8Array =>
  sequence(...names.map(([id, text]) => encodeTlv(0xa0, oid(id), encodeTlv(0xa0, encodeTlv(0x0c, new TextEncoder().encode(text))))));
