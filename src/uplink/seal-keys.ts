// Keys as JSON Web Key sets (RFC 7517): made, stored (0600), loaded, rotated. A set belongs to one owner: a kiosk id, or `terminal`.
// Newest generation first; the one before stays trusted until the next rotation. Private keys never leave this file but as KeyObject.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { chmod, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { makeDirectories } from '../core/directories.ts';
import { KioskFailure } from '../core/failure.ts';
import { TERMINAL } from './contract/index.ts';

const coordinate = z.base64url().length(43);
const keySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
  d: coordinate.optional(),
  kid: z.string().min(8).max(64),
  use: z.enum(['sig', 'enc']),
});
const keySetSchema = z.object({ owner: z.string().min(1).max(32), keys: z.array(keySchema).min(1).max(16) });

export type KeyDocument = z.infer<typeof keySchema>;
/** Key file: `{owner, keys: [JWK…]}`. Private where the keys have `d`. */
export type KeySet = z.infer<typeof keySetSchema>;

export const SIGN_ALGORITHM = 'ES256';
export const WRAP_ALGORITHM = 'ECDH-ES+A256KW';
export const CONTENT_ALGORITHM = 'A256GCM';
const GENERATIONS = 2;

const makeKey = async (use: KeyDocument['use']): Promise<KeyDocument> => {
  const algorithm = use === 'sig' ? SIGN_ALGORITHM : WRAP_ALGORITHM;
  const { privateKey } = await generateKeyPair(algorithm, { crv: 'P-256', extractable: true });
  const jwk = await exportJWK(privateKey);
  return keySchema.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk), use });
};

/** A kiosk's own keys: one for signing (P-256). Its kid is the RFC 7638 thumbprint. */
export const generateKioskKeys = async (kiosk: string): Promise<KeySet> => ({ owner: kiosk, keys: [await makeKey('sig')] });

/** The terminal's keys: one for signing acks and commands, one that visits are encrypted to. */
export const generateTerminalKeys = async (): Promise<KeySet> => ({
  owner: TERMINAL,
  keys: [await makeKey('sig'), await makeKey('enc')],
});

/** The half that may be given away. */
export const publicKeySet = (set: KeySet): KeySet => ({ owner: set.owner, keys: set.keys.map(({ d: _, ...key }) => key) });

/** The fresh generation in front of the current one; older ones are dropped. Throws config/invalid when the owners differ. */
export const rotateKeySet = (current: KeySet, fresh: KeySet): KeySet => {
  if (current.owner !== fresh.owner) throw new KioskFailure('config/invalid', { facts: { field: 'owner' }, message: 'keys of two owners' });
  const keep = (use: KeyDocument['use']) => [...fresh.keys, ...current.keys].filter((key) => key.use === use).slice(0, GENERATIONS);
  return { owner: current.owner, keys: [...keep('sig'), ...keep('enc')] };
};

/** Checks a key set that came from outside. Throws config/invalid naming the field. */
export const parseKeySet = (value: unknown, source: string): KeySet => {
  const result = keySetSchema.safeParse(value);
  if (result.success) return result.data;
  const field = result.error.issues[0]?.path.map(String).join('.') || '(whole file)';
  throw new KioskFailure('config/invalid', {
    facts: { field },
    message: `${source}: ${field} is not part of a key set {owner, keys: [P-256 JWK with kid and use]}; make the keys anew or copy the file again`,
  });
};

const readKeyFile = async (file: string): Promise<unknown> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new KioskFailure('config/invalid', { cause: error, facts: { field: 'key file' }, message: `${file}: cannot be read` });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KioskFailure('config/invalid', { cause, message: `${file}: not JSON` });
  }
};

/** Reads a key file. Throws config/invalid naming the file when it is absent or not a key set. */
export const loadKeySet = async (file: string): Promise<KeySet> => parseKeySet(await readKeyFile(file), file);

/** Reads a file with one key set or a list of them (several terminals). Throws config/invalid naming the file. */
export const loadKeySets = async (file: string): Promise<readonly KeySet[]> => {
  const value = await readKeyFile(file);
  return (Array.isArray(value) ? value : [value]).map((set) => parseKeySet(set, file));
};

/** Writes a key file (0600 in a 0700 folder), whole or not at all. Throws storage/unwritable. */
export const storeKeySet = (file: string, set: KeySet): Promise<void> => storeKeyFile(file, set);

/** Writes a list of key sets, as loadKeySets reads them. Throws storage/unwritable. */
export const storeKeySets = (file: string, sets: readonly KeySet[]): Promise<void> => storeKeyFile(file, sets);

const storeKeyFile = async (file: string, value: unknown): Promise<void> => {
  try {
    makeDirectories(dirname(file));
    const temporary = `${file}.new`;
    const handle = await open(temporary, 'w', 0o600);
    try {
      await chmod(temporary, 0o600);
      await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    throw new KioskFailure('storage/unwritable', { cause: error, message: `${file}: key file cannot be written` });
  }
};

export interface ImportedKey {
  readonly owner: string;
  readonly kid: string;
  readonly key: KeyObject;
}

/** Keys of one use, ready for node:crypto and jose alike. `half` private: those with `d` only. Throws config/invalid. */
export const importKeys = async (set: KeySet, use: KeyDocument['use'], half: 'private' | 'public'): Promise<ImportedKey[]> =>
  set.keys
    .filter((key) => key.use === use && (half === 'public' || key.d !== undefined))
    .map(({ kty, crv, x, y, d, kid }) => {
      const point = { kty, crv, x, y };
      const key =
        half === 'private' && d !== undefined
          ? createPrivateKey({ key: { ...point, d }, format: 'jwk' })
          : createPublicKey({ key: point, format: 'jwk' });
      return { owner: set.owner, kid, key };
    });

/** The newest private key of one use. Throws config/invalid when the set has none. */
export const newestPrivateKey = async (set: KeySet, use: KeyDocument['use']): Promise<ImportedKey> => {
  const [newest] = await importKeys(set, use, 'private');
  if (newest !== undefined) return newest;
  throw new KioskFailure('config/invalid', { facts: { field: 'keys' }, message: `key set of ${set.owner}: no private key for ${use}` });
};
