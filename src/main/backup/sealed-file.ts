// A backup as one file: a line of JSON that says what it is, then AES-256-GCM (NIST SP 800-38D) under a key that scrypt (RFC 7914) makes of a
// passphrase. The line is authenticated with the rest. Nothing of it can be read or changed without the passphrase.

import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { KioskFailure } from '../../core/failure.ts';

const KIND = 'kazashi-backup';
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 128 * 1024 * 1024 } as const;
const TAG_BYTES = 16;
export const PASSPHRASE_CHARACTERS = 12;

const headSchema = z.strictObject({
  kind: z.literal(KIND),
  v: z.literal(1),
  site: z.string(),
  kiosk: z.string(),
  at: z.string(),
  salt: z.base64(),
  nonce: z.base64(),
});
export type BackupHead = z.infer<typeof headSchema>;

const refuse = (message: string): KioskFailure => new KioskFailure('input/invalid', { message, facts: { field: 'from' } });

const keyOf = (passphrase: Uint8Array, salt: Uint8Array): Buffer => scryptSync(passphrase, salt, 32, SCRYPT);

/** `content` sealed under the passphrase. Throws input/invalid when the passphrase is too short. */
export const sealBackup = (about: Pick<BackupHead, 'site' | 'kiosk' | 'at'>, content: Uint8Array, passphrase: Uint8Array): Uint8Array => {
  if (passphrase.length < PASSPHRASE_CHARACTERS)
    throw new KioskFailure('input/invalid', {
      message: `passphrase: ${PASSPHRASE_CHARACTERS} characters at least: it protects the kiosk's keys wherever the file goes`,
      facts: { field: 'passphrase' },
    });
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const head: BackupHead = { kind: KIND, v: 1, ...about, salt: salt.toString('base64'), nonce: nonce.toString('base64') };
  const line = Buffer.from(`${JSON.stringify(head)}\n`);
  const key = keyOf(passphrase, salt);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(line);
  key.fill(0);
  return Buffer.concat([line, cipher.update(gzipSync(content)), cipher.final(), cipher.getAuthTag()]);
};

/** What stands in front of the sealed part. Throws input/invalid: `name` is no backup, or one of a newer program. */
export const readBackupHead = (file: Uint8Array, name: string): { readonly head: BackupHead; readonly length: number } => {
  const end = file.subarray(0, 1024).indexOf(0x0a);
  let line: unknown;
  try {
    line = JSON.parse(Buffer.from(file.subarray(0, Math.max(end, 0))).toString('utf8'));
  } catch {
    throw refuse(`${name}: is no kazashi backup; give a file that kazashi backup made`);
  }
  const { data } = headSchema.safeParse(line);
  if (data === undefined) throw refuse(`${name}: is no kazashi backup of this version; restore it with the version that made it`);
  return { head: data, length: end + 1 };
};

/** The content. Throws input/invalid for a wrong passphrase, a damaged or cut file. */
export const openBackup = (
  file: Uint8Array,
  passphrase: Uint8Array,
  name: string,
): { readonly head: BackupHead; readonly content: Uint8Array } => {
  const { head, length } = readBackupHead(file, name);
  const damaged = refuse(`${name}: the passphrase is wrong, or the file is damaged; nothing was changed`);
  const sealed = file.subarray(length);
  if (sealed.length <= TAG_BYTES) throw damaged;
  const key = keyOf(passphrase, Buffer.from(head.salt, 'base64'));
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(head.nonce, 'base64'))
      .setAAD(file.subarray(0, length))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    return { head, content: gunzipSync(Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])) };
  } catch {
    throw damaged;
  } finally {
    key.fill(0);
  }
};
