// Compact JWS (RFC 7515) with ES256 alone, made and checked on the caller's thread: an ack for each visit of a backlog must not go to another
// thread and back. Knows no other algorithm, whatever a header says.

import { type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { SIGN_ALGORITHM } from './seal-keys.ts';

/** `crit` would name what is not known here; `b64` is one such (RFC 7797). */
const headerSchema = z.object({
  alg: z.literal(SIGN_ALGORITHM),
  kid: z.string(),
  typ: z.string(),
  crit: z.undefined().optional(),
  b64: z.undefined().optional(),
});
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]{86})$/;
/** r and s one after the other (RFC 7518, 3.4), not DER. */
const ENCODING = 'ieee-p1363';

export interface VerifiedJws {
  readonly content: Buffer;
  readonly kid: string;
  /** What it was signed for. */
  readonly typ: string;
}

/** `keyOf` throws for a kid that is not trusted. Throws whatever else is wrong; nothing of the content is believed then. */
export const verifyJws = (jws: string, keyOf: (kid: string) => KeyObject): VerifiedJws => {
  const [, header = '', content = '', signature = ''] = COMPACT.exec(jws) ?? [];
  const { kid, typ } = headerSchema.parse(JSON.parse(Buffer.from(header, 'base64url').toString('utf8')));
  const key = keyOf(kid);
  const signed = Buffer.from(`${header}.${content}`);
  if (!verify('sha256', signed, { key, dsaEncoding: ENCODING }, Buffer.from(signature, 'base64url'))) throw new Error('wrong signature');
  return { content: Buffer.from(content, 'base64url'), kid, typ };
};

/** `key`: a private key on P-256. */
export const signJws = (content: string, header: { readonly kid: string; readonly typ: string }, key: KeyObject): string => {
  const encode = (text: string): string => Buffer.from(text).toString('base64url');
  const signed = `${encode(JSON.stringify({ alg: SIGN_ALGORITHM, ...header }))}.${encode(content)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: ENCODING }).toString('base64url')}`;
};
