// The application of the public personal authentication service (公的個人認証AP): token information, the certificate for user authentication,
// the PIN and the key it opens. Expects its application to be selected; keeps no state.

import { KioskFailure } from '../core/failure.ts';
import { malformed } from './ber.ts';
import type { CardChannel } from './channel.ts';
import { readHead, readObject } from './files.ts';
import { type CardProfile, TOKEN_INFO, type TokenKind } from './profile.ts';
import { readTries } from './secrets.ts';
import { SW, unexpectedStatus } from './status-word.ts';

/** The 160 bytes of CK_TOKEN_INFO. */
export const readTokenInfo = async (channel: CardChannel, profile: CardProfile, signal?: AbortSignal): Promise<Uint8Array> => {
  const info = await readHead(channel, profile.jpki.tokenInfo, TOKEN_INFO.length, signal);
  if (info.length !== TOKEN_INFO.length) throw malformed('token-info', 'token information is not 160 bytes');
  return info;
};

/** What bears this token, by its label; undefined for a label nobody knows. */
export const tokenKind = (profile: CardProfile, tokenInfo: Uint8Array): TokenKind | undefined =>
  profile.jpki.tokenKinds[
    Buffer.from(tokenInfo.subarray(0, TOKEN_INFO.labelLength))
      .toString('latin1')
      .replace(/[\0 ]+$/, '')
  ];

/** DER of the certificate for user authentication; readable without a PIN. */
export const readAuthCertificate = (channel: CardChannel, profile: CardProfile, signal?: AbortSignal): Promise<Uint8Array> =>
  readObject(channel, profile, profile.jpki.authCertificate, signal);

export interface PinState {
  readonly hasPin: boolean;
  /** 0 = locked. Absent when there is no PIN. */
  readonly pinTriesLeft?: number;
}

export const readPinState = async (
  channel: CardChannel,
  profile: CardProfile,
  tokenInfo: Uint8Array,
  signal?: AbortSignal,
): Promise<PinState> => {
  const triesLeft = await readTries(channel, profile.jpki.pin, signal);
  if (triesLeft === 0 && profile.jpki.issuedWithoutPin(tokenInfo)) return { hasPin: false };
  return { hasPin: true, pinTriesLeft: triesLeft };
};

/**
 * Signature of the card's authentication key over `challenge`; the PIN must have been verified since the application was selected. The key is
 * addressed by its short id: one exchange less than selecting it.
 */
export const signChallenge = (
  channel: CardChannel,
  profile: CardProfile,
  challenge: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array> => computeSignature(channel, profile, 0x80 | profile.jpki.authKey, challenge, signal);

/** COMPUTE DIGITAL SIGNATURE as the generation does it. P2: 80 + short id of the key, 00 = the application's own. */
export const computeSignature = async (
  channel: CardChannel,
  profile: CardProfile,
  key: number,
  challenge: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array> => {
  if (challenge.length < 16) throw new RangeError('a challenge has at least 16 bytes');
  const { p1, commandData } = profile.signature;
  const response = await channel.send({ cla: 0x80, ins: 0x2a, p1, p2: key, data: commandData(challenge), le: 256 }, signal);
  if (response.sw === SW.ok && response.data.length > 0) return response.data;
  if (response.sw === SW.ok) throw new KioskFailure('card/malformed', { facts: { part: 'signature' } });
  throw unexpectedStatus('sign', response.sw);
};
