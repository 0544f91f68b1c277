// Makes what a new virtual card consists of: a holder completed from the request, keys, certificates. Everything random is made here.

import { randomBytes } from 'node:crypto';
import { endOfJstDay, monthsLater } from '../calendar.ts';
import { verificationCodeB } from '../verification-code.ts';
import type { SyntheticAuthority } from './authority.ts';
import type { CardMaterial } from './card-material.ts';
import { issueHolderCertificate, issueSignCertificate } from './certificates.ts';
import { CITY_CODE } from './image-parts.ts';
import { generationOf, type NewKeyPair, newKeyPairFor } from './keys.ts';
import { type HolderDetails, holderDetails, impossibleNumber, type VirtualCardRequest } from './request.ts';

export interface VirtualCardMakers {
  /** Its keys decide the card's generation. */
  readonly authority: SyntheticAuthority;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Default: made on the spot, of the authority's generation. */
  readonly newKeyPair?: NewKeyPair;
  readonly random?: (length: number) => Uint8Array;
}

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/** The 14 digits that open a holder's card face. */
export const codeBOf = ({ birth, expires, securityCode }: Pick<HolderDetails, 'birth' | 'expires' | 'securityCode'>): string =>
  Buffer.from(verificationCodeB(birth, expires, securityCode)).toString('latin1');

/** What the issuer's keys give to every card of theirs. */
export const issuerMaterial = async (authority: SyntheticAuthority) => ({
  authorityCertificate: authority.certificate,
  signAuthorityCertificate: await authority.signAuthorityCertificate(),
  faceSignerKey: authority.faceSignerKey,
  terminalAnchor: authority.trust.faceAnchors[0]?.publicKey ?? new Uint8Array(),
  faceSignerCertificate: authority.faceSignerCertificate,
});

/** Throws input/invalid with facts {field} and a message that says what is allowed. */
export const makeMaterial = async (request: VirtualCardRequest, makers: VirtualCardMakers): Promise<CardMaterial> => {
  const { authority, now, random = (length) => Uint8Array.from(randomBytes(length)) } = makers;
  const newKeyPair = makers.newKeyPair ?? newKeyPairFor(generationOf(authority.key));
  const digits = (length: number): string => Array.from(random(length), (byte) => String(byte % 10)).join('');
  const holder = holderDetails(request, now, () => digits(4));
  const { signPassword } = holder;
  const [auth, face, sign] = await Promise.all([newKeyPair(), newKeyPair(), signPassword === null ? undefined : newKeyPair()]);
  const notAfter = endOfJstDay(holder.certificateExpires);
  const issuers = await issuerMaterial(authority);
  const serialText = Array.from(random(13), (byte) => LETTERS[byte % LETTERS.length]).join('');
  const certified = {
    commonName: `${serialText}${CITY_CODE}${digits(4)}A`,
    notBefore: new Date(monthsLater(notAfter, -60)),
    notAfter: new Date(notAfter),
  };
  const issuer = { key: authority.key, certificate: authority.certificate };
  const signIssuer = { key: authority.key, certificate: issuers.signAuthorityCertificate };
  const signCertificate = sign && (await issueSignCertificate({ ...certified, publicKey: sign.publicKey, authority: signIssuer, holder }));
  return {
    holder,
    pictures: request,
    codeB: codeBOf(holder),
    number: impossibleNumber(digits(11)),
    authKey: auth.privateKey,
    cardKey: face.privateKey,
    authCertificate: await issueHolderCertificate({ ...certified, publicKey: auth.publicKey, authority: issuer }),
    ...(signPassword === null || sign === undefined || signCertificate === undefined
      ? {}
      : { signing: { key: sign.privateKey, password: signPassword, certificate: signCertificate } }),
    ...issuers,
    serial: random(8),
  };
};
