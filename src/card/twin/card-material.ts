// What the files of one virtual card are made from: the holder, the keys, the certificates. Data only.

import type { KeyObject } from 'node:crypto';
import type { HolderDetails, VirtualCardRequest } from './request.ts';

export interface CardMaterial {
  readonly holder: HolderDetails;
  readonly pictures: Pick<VirtualCardRequest, 'namePng' | 'addressPng'>;
  /** 14 digits. */
  readonly codeB: string;
  /** 12 digits; 照合番号A. */
  readonly number: string;
  readonly authKey: KeyObject;
  /** Key of the card face and of the common application. */
  readonly cardKey: KeyObject;
  readonly authCertificate: Uint8Array;
  readonly authorityCertificate: Uint8Array;
  /** Absent: a child's card. */
  readonly signing?: SigningMaterial;
  readonly signAuthorityCertificate: Uint8Array;
  /** SubjectPublicKeyInfo DER of the key that terminals' certificates are checked against. */
  readonly terminalAnchor: Uint8Array;
  readonly faceSignerKey: KeyObject;
  readonly faceSignerCertificate: Uint8Array;
  readonly serial: Uint8Array;
}

interface SigningMaterial {
  readonly key: KeyObject;
  readonly certificate: Uint8Array;
  readonly password: string;
}
