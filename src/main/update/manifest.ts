// What an update bundle says of itself, and the signature over it. Nothing of a bundle is believed, and no part of it is read, before the
// signature of its first line has been checked (Ed25519, RFC 8032).

import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { KioskFailure } from '../../core/failure.ts';

export const PART_NAMES = ['root', 'kernel', 'initrd'] as const;
export type PartName = (typeof PART_NAMES)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const partSchema = z.strictObject({ name: z.enum(PART_NAMES), size: z.int().min(1), sha256, chunks: z.array(sha256).min(1) });
const manifestSchema = z.strictObject({
  kind: z.literal('kazashi-update'),
  v: z.literal(1),
  version: z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/),
  architecture: z.enum(['amd64', 'arm64']),
  madeAt: z.string(),
  /** Format of the data directory that this version writes, and the oldest it can bring up to that. */
  dataSchema: z.int().min(1),
  minimumDataSchema: z.int().min(1),
  /** Each chunk is checked before it is written; the last one of a part may be shorter. */
  chunkBytes: z
    .int()
    .min(512)
    .max(8 * 1024 * 1024),
  parts: z.array(partSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type Part = Manifest['parts'][number];

/** A signature made for something else must not count here. */
const PURPOSE = Buffer.from('kazashi update v1\n');

export const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const refuseBundle = (name: string, reason: string): KioskFailure =>
  new KioskFailure('input/invalid', { message: `${name}: ${reason}; the version that runs was not touched`, facts: { field: 'bundle' } });

/** Signature in base64 over the manifest's line without its end. */
export const signLine = (line: Uint8Array, key: KeyObject): string => sign(null, Buffer.concat([PURPOSE, line]), key).toString('base64');

/** Public keys of a PEM file that may hold several: the one in use and the next. Throws input/invalid. */
export const readUpdateKeys = (pem: string, name: string): readonly KeyObject[] => {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g) ?? [];
  const keys = blocks.map((block) => createPublicKey(block)).filter((key) => key.asymmetricKeyType === 'ed25519');
  if (keys.length === 0)
    throw new KioskFailure('input/invalid', {
      message: `${name}: holds no Ed25519 public key in PEM; make one with: openssl pkey -in PRIVATE.pem -pubout`,
      facts: { field: 'key' },
    });
  return keys;
};

/** The manifest of a line whose signature one of the keys made. Throws input/invalid. */
export const openManifest = (line: Uint8Array, signature: string, keys: readonly KeyObject[], name: string): Manifest => {
  const signed = Buffer.concat([PURPOSE, line]);
  const made = Buffer.from(signature, 'base64');
  // One signature has one spelling.
  if (made.toString('base64') !== signature || !keys.some((key) => verify(null, signed, key, made)))
    throw refuseBundle(name, 'was not signed by a key that this kiosk knows');
  const { data } = manifestSchema.safeParse(JSON.parse(Buffer.from(line).toString('utf8')));
  if (data === undefined)
    throw refuseBundle(name, 'has a manifest of another version of this program; install the versions in between first');
  if (PART_NAMES.some((part, i) => data.parts[i]?.name !== part) || data.parts.length !== PART_NAMES.length)
    throw refuseBundle(name, `its parts are not ${PART_NAMES.join(', ')}`);
  if (data.parts.some(({ size, chunks }) => chunks.length !== Math.ceil(size / data.chunkBytes)))
    throw refuseBundle(name, 'its list of chunks does not fit its sizes');
  return data;
};

/** Negative: `one` is older than `other`. */
export const compareVersions = (one: string, other: string): number => {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i += 1) if (a?.[i] !== b?.[i]) return (a?.[i] ?? 0) - (b?.[i] ?? 0);
  return 0;
};
