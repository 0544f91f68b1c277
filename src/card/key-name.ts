// A key in the words of people: what kind it is and how long. Pure.

import type { KeyObject } from 'node:crypto';

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

/** "RSA-2048", "P-384", "DSA-1024", "ed25519"; a kind that node:crypto has no name for (SM2) is unknown. */
export const keyName = ({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string => {
  if (type === 'ec') return CURVES[details?.namedCurve ?? ''] ?? `EC on ${details?.namedCurve ?? 'an unknown curve'}`;
  if (details?.modulusLength !== undefined) return `${(type ?? '').toUpperCase()}-${details.modulusLength}`;
  return type ?? 'of an unknown kind';
};
