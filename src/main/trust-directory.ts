// What a kiosk believes, as a directory of files: certificates of authorities (.pem, .cer, .crt, .der), revocation lists (.crl),
// keys that vouch for card faces (face-anchor-KEYID.pem).

import { createPublicKey } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type RevocationList, revocationFromLists } from '../card/revocation-source.ts';
import { type CardTrust, certificateAuthority, createCardTrust, type TrustMaterial } from '../card/trust.ts';
import { fromHex } from '../core/bytes.ts';
import { asFailure, KioskFailure } from '../core/failure.ts';
import { readPlainFile } from '../core/plain-file.ts';

const ANCHOR = /^face-anchor-((?:[0-9a-f]{2}){1,32})\.pem$/i;

/** A certificate or a key; and a list of a whole country's revoked cards, 36 bytes each. */
const MAX_KEY_BYTES = 65_536;
const MAX_LIST_BYTES = 256 * 1024 ** 2;

const refuse = (path: string, what: string, cause?: unknown): never => {
  throw new KioskFailure('config/invalid', { cause, facts: { field: 'reader.trustAnchors' }, message: `${path}: ${what}` });
};

/** A genuine revocation list that is left out: the file's name and, in words, what it is. */
export type TellUnused = (file: string, why: string) => void;

/**
 * Undefined: nothing is trusted. Throws config/invalid naming the file that is wrong; a revocation list that is right and yet of no use is told.
 */
export const readTrustDirectory = (directory: string | undefined, tellUnused: TellUnused): CardTrust => {
  if (directory === undefined) return createCardTrust({ authorities: [], faceAnchors: [] });
  let names: readonly string[];
  try {
    names = readdirSync(directory).sort();
  } catch (cause) {
    return refuse(directory, 'not a directory of certificates (.pem, .cer, .crt, .der), lists (.crl) and face-anchor-KEYID.pem', cause);
  }
  const at = (name: string) => join(directory, name);
  const read = (name: string, limit = MAX_KEY_BYTES): Uint8Array => {
    const file = readPlainFile(at(name), limit);
    return file instanceof Uint8Array ? file : refuse(at(name), file.fault);
  };
  const faceAnchors = names.flatMap((name): TrustMaterial['faceAnchors'] => {
    const [, keyId] = ANCHOR.exec(name) ?? [];
    if (keyId === undefined) return [];
    const bytes = read(name);
    try {
      const key = createPublicKey(Buffer.from(bytes));
      return [{ keyId: fromHex(keyId), publicKey: Uint8Array.from(key.export({ type: 'spki', format: 'der' })) }];
    } catch (cause) {
      return refuse(at(name), 'not a public key (PEM)', cause);
    }
  });
  const authorities = names
    .filter((name) => /\.(cer|crt|der|pem)$/i.test(name) && !ANCHOR.test(name))
    .map((name) => {
      const bytes = read(name);
      try {
        return Uint8Array.from(certificateAuthority(bytes).certificate.raw);
      } catch (cause) {
        return refuse(at(name), asFailure(cause, 'config/invalid').message, cause);
      }
    });
  const trust = createCardTrust({ authorities, faceAnchors });
  const lists = names
    .filter((name) => /\.crl$/i.test(name))
    .map((name): RevocationList => ({ name: at(name), bytes: read(name, MAX_LIST_BYTES) }));
  if (lists.length === 0) return trust;
  const unused = ({ name, why }: { name: string; why: string }) => tellUnused(basename(name), why);
  return { ...trust, revocation: revocationFromLists(lists, trust.authorities, { unused }) };
};
