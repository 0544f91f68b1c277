// A directory of plain files: whole or not at all when written, and with a sentence that names the file when one is missing or wrong.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectories } from '../../core/directories.ts';
import { KioskFailure } from '../../core/failure.ts';
import { readPlainFile } from '../../core/plain-file.ts';
import { damagedFile } from './card-document.ts';

/** Writes through a second name, so that a file is never half there. Throws storage/unwritable. */
export const writePlain = (directory: string, name: string, content: string | Uint8Array): void => {
  const path = join(directory, name);
  try {
    makeDirectories(dirname(path));
    writeFileSync(`${path}.new`, content, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (cause) {
    throw new KioskFailure('storage/unwritable', { cause, message: `${path}: cannot be written; give another directory` });
  }
};

export const hasFile = (directory: string, name: string): boolean => existsSync(join(directory, name));

/** Throws input/invalid. `limit` in bytes. */
export const readPlain = (directory: string, name: string, limit = 65_536): Uint8Array => {
  const path = join(directory, name);
  const file = readPlainFile(path, limit);
  if (file instanceof Uint8Array) return file;
  throw damagedFile(path, file.fault);
};

export const pemOf = (der: Uint8Array): string => new X509Certificate(der).toString();
export const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** DER of the certificate in a PEM file. Throws input/invalid. */
export const readCertificateFile = (directory: string, name: string): Uint8Array => {
  const bytes = readPlain(directory, name);
  try {
    return Uint8Array.from(new X509Certificate(bytes).raw);
  } catch (cause) {
    throw damagedFile(join(directory, name), 'not a certificate (PEM)', cause);
  }
};

/** Throws input/invalid. */
export const readKeyFile = (directory: string, name: string): KeyObject => {
  const bytes = readPlain(directory, name);
  try {
    return createPrivateKey(Buffer.from(bytes));
  } catch (cause) {
    throw damagedFile(join(directory, name), 'not a private key (PKCS #8, PEM, without a password)', cause);
  }
};
