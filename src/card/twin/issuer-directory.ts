// The issuer of virtual cards as plain files, and the trust directory that makes a kiosk believe its cards.

import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { hex } from '../../core/bytes.ts';
import { parseCvCertificate } from '../cv-certificate.ts';
import { restoreSyntheticAuthority, type SyntheticAuthority } from './authority.ts';
import { damagedFile } from './card-document.ts';
import { keyFromJson, keyToJson } from './keys.ts';
import { hasFile, keyPem, pemOf, readCertificateFile, readKeyFile, readPlain, writePlain } from './plain-files.ts';

const FILE = {
  certificate: 'authority.pem',
  key: 'authority-key.pem',
  signCertificate: 'sign-authority.pem',
  faceRootKey: 'face-root-key.pem',
  faceSignerKey: 'face-signer-key.pem',
  faceSigner: 'face-signer.cvc',
} as const;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export const hasIssuer = (directory: string): boolean => hasFile(directory, FILE.key);

export const writeIssuer = async (directory: string, authority: SyntheticAuthority): Promise<void> => {
  const state = authority.toJSON();
  const files: Readonly<Record<string, string | Uint8Array>> = {
    [FILE.certificate]: pemOf(authority.certificate),
    [FILE.key]: keyPem(authority.key),
    [FILE.signCertificate]: pemOf(await authority.signAuthorityCertificate()),
    [FILE.faceRootKey]: keyPem(keyFromJson(state.faceRootKey)),
    [FILE.faceSignerKey]: keyPem(authority.faceSignerKey),
    [FILE.faceSigner]: authority.faceSignerCertificate,
  };
  for (const [name, content] of Object.entries(files)) writePlain(directory, name, content);
};

/** Throws input/invalid naming the file that is missing or damaged. */
export const readIssuer = (directory: string): SyntheticAuthority => {
  const faceSigner = readPlain(directory, FILE.faceSigner);
  let rootId: Uint8Array;
  try {
    rootId = parseCvCertificate(faceSigner).authority;
  } catch (cause) {
    throw damagedFile(join(directory, FILE.faceSigner), 'not a card-verifiable certificate', cause);
  }
  return restoreSyntheticAuthority({
    version: 1,
    authorityKey: keyToJson(readKeyFile(directory, FILE.key)),
    authorityCertificate: base64(readCertificateFile(directory, FILE.certificate)),
    faceRootKey: keyToJson(readKeyFile(directory, FILE.faceRootKey)),
    faceRootId: base64(rootId),
    faceSignerKey: keyToJson(readKeyFile(directory, FILE.faceSignerKey)),
    faceSignerCertificate: base64(faceSigner),
  });
};

/** What a kiosk's reader.trustAnchors must hold to believe this issuer's cards. */
export const writeTrust = (directory: string, { trust }: SyntheticAuthority): void => {
  for (const [index, certificate] of trust.authorities.entries()) writePlain(directory, `authority-${index + 1}.pem`, pemOf(certificate));
  for (const { keyId, publicKey } of trust.faceAnchors) {
    const pem = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }).export({ type: 'spki', format: 'pem' });
    writePlain(directory, `face-anchor-${hex(keyId)}.pem`, pem.toString());
  }
};
