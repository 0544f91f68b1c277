// Opens a general JWE (RFC 7516) of the one kind that the contract has: ECDH-ES+A256KW on P-256, A256GCM. On the caller's thread: through
// WebCrypto each of its seven steps goes to a thread and back, which costs several times the arithmetic when a backlog comes in.
// Knows no other algorithm, whatever a header says. Kiosks seal with jose, which the tests hold this against.

import { createDecipheriv, createECDH, createHash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { CONTENT_ALGORITHM, WRAP_ALGORITHM } from './seal-keys.ts';

/** What is read of a sealed message; the names of RFC 7516, 7.2.1. */
export const jweSchema = z.object({
  protected: z.string(),
  recipients: z
    .array(z.object({ encrypted_key: z.string(), header: z.looseObject({ kid: z.string() }) }))
    .min(1)
    .max(16),
  iv: z.string(),
  ciphertext: z.string(),
  tag: z.string(),
});
export type SealedJwe = z.output<typeof jweSchema>;

const coordinate = z.string().length(43);
/** Of the header parameters of all places together. `zip` is not part of the contract; `crit` would name what is not known here. */
const headerSchema = z.object({
  alg: z.literal(WRAP_ALGORITHM),
  enc: z.literal(CONTENT_ALGORITHM),
  epk: z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
  apu: z.string().optional(),
  apv: z.string().optional(),
  zip: z.undefined().optional(),
  crit: z.undefined().optional(),
});

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** RFC 3394, 2.2.3.1 */
const KEY_WRAP_IV = Buffer.alloc(8, 0xa6);
const UNCOMPRESSED_POINT = Buffer.of(4);

/** Strict, as RFC 7515 (2) wants it: node:buffer alone skips what is no base64url. */
const bytesOf = (text: string): Buffer => {
  if (/[^A-Za-z0-9_-]/.test(text)) throw new TypeError('not base64url');
  return Buffer.from(text, 'base64url');
};

const sized = (name: string, bytes: Buffer, length: number): Buffer => {
  if (bytes.length === length) return bytes;
  throw new RangeError(`${name}: ${bytes.length} bytes instead of ${length}`);
};

const number32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Concat KDF (RFC 7518, 4.6.2): one round of SHA-256 is as long as the key. */
const wrappingKey = (secret: Buffer, apu: Buffer, apv: Buffer): Buffer => {
  const hash = createHash('sha256').update(number32(1)).update(secret);
  for (const info of [Buffer.from(WRAP_ALGORITHM), apu, apv]) hash.update(number32(info.length)).update(info);
  return hash.update(number32(KEY_BYTES * 8)).digest();
};

/** Names of header parameters may stand in one place only (RFC 7516, 7.2.1). */
const together = (first: object, second: object): object => {
  if (Object.keys(first).some((name) => Object.hasOwn(second, name))) throw new TypeError('a header parameter stands twice');
  return { ...first, ...second };
};

export type JweOpener = (jwe: SealedJwe, recipient: SealedJwe['recipients'][number]) => Buffer;

/** `key`: a private key on P-256. The opener throws whatever is wrong, and nothing is opened then. */
export const createJweOpener = (key: KeyObject): JweOpener => {
  const agreement = createECDH('prime256v1');
  agreement.setPrivateKey(bytesOf(key.export({ format: 'jwk' }).d ?? ''));
  return (jwe, recipient) => {
    const header = headerSchema.parse(together(JSON.parse(bytesOf(jwe.protected).toString('utf8')), recipient.header));
    // Throws for a point that is not on the curve.
    const secret = agreement.computeSecret(Buffer.concat([UNCOMPRESSED_POINT, bytesOf(header.epk.x), bytesOf(header.epk.y)]));
    const unwrap = createDecipheriv(
      'id-aes256-wrap',
      wrappingKey(secret, bytesOf(header.apu ?? ''), bytesOf(header.apv ?? '')),
      KEY_WRAP_IV,
    );
    const contentKey = Buffer.concat([unwrap.update(bytesOf(recipient.encrypted_key)), unwrap.final()]);
    const iv = sized('iv', bytesOf(jwe.iv), IV_BYTES);
    const content = createDecipheriv('aes-256-gcm', sized('content key', contentKey, KEY_BYTES), iv, { authTagLength: TAG_BYTES });
    content.setAAD(Buffer.from(jwe.protected)).setAuthTag(sized('tag', bytesOf(jwe.tag), TAG_BYTES));
    return Buffer.concat([content.update(bytesOf(jwe.ciphertext)), content.final()]);
  };
};
