// Names in certificates and revocation lists, in a form that can be compared as text (RFC 5280, 4.2.1.6 and 7): only as much as is needed to say
// whether a list is the one a certificate points to. Throws card/malformed and nothing else.

import { hex } from '../core/bytes.ts';
import { parseTlv, parseTlvs, requireTlv, type Tlv } from './ber.ts';

const DIRECTORY_NAME = 0xa4;
const URI = 0x86;
/** UTF8String, PrintableString, TeletexString, IA5String, BMPString. */
const CHARSETS: Readonly<Record<number, string>> = { 12: 'utf-8', 19: 'utf-8', 20: 'latin1', 22: 'utf-8', 30: 'utf-16be' };

/** RFC 5280, 7.1: the same text, whatever its string type, its case and its blanks. What is no text keeps its bytes. */
const comparable = ({ tag, value }: Tlv): string => {
  try {
    const charset = CHARSETS[tag];
    if (charset === undefined) return `#${hex(value)}`;
    const text = new TextDecoder(charset, { fatal: true }).decode(value);
    return text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ');
  } catch {
    return `#${hex(value)}`;
  }
};

/** Name: the content of its SEQUENCE. Equal texts are equal names. */
export const comparableName = (rdnSequence: Uint8Array): string =>
  JSON.stringify(
    parseTlvs(rdnSequence).map((rdn) =>
      parseTlvs(rdn.value)
        .map((attribute) => {
          const parts = parseTlvs(attribute.value);
          const value = parts.at(-1);
          return [hex(requireTlv(parts, 0x06, 'x509').value), value === undefined ? '' : comparable(value)].join('=');
        })
        .sort(),
    ),
  );

const comparableUri = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes).toString('latin1');
  return URL.canParse(text) ? new URL(text).href : text;
};

/** GeneralNames: the content of their SEQUENCE. */
const comparableNames = (names: Uint8Array): readonly string[] =>
  parseTlvs(names).map(({ tag, value }) => {
    if (tag === DIRECTORY_NAME) return `directory:${comparableName(parseTlv(value).value)}`;
    return tag === URI ? `uri:${comparableUri(value)}` : `${tag.toString(16)}:${hex(value)}`;
  });

export interface DistributionPointName {
  /** Empty when it is named relative to its issuer. */
  readonly names: readonly string[];
  readonly relative: boolean;
}

/** DistributionPointName (RFC 5280, 4.2.1.13), which certificates and lists share: the content of its [0]. */
export const readDistributionPointName = (bytes: Uint8Array): DistributionPointName => {
  const choice = parseTlv(bytes);
  return choice.tag === 0xa0 ? { names: comparableNames(choice.value), relative: false } : { names: [], relative: true };
};
