// 特定機関認証: the authentication key opened by an institution's certificate instead of the holder's PIN, after a face match. A PORT ONLY: certificates,
// keys and the exact sequence are given to institutions and not public. What is here follows the public fragments (SELECT 0016, 80 A2 06 C1 with
// the certificate's body, 80 A2 00 C1 with its signature); the challenge-response behind them is ours, and works with synthetic cards alone.

import { KioskFailure } from '../core/failure.ts';
import { encodeTlv, parseTlv, parseTlvs, requireTlv } from './ber.ts';
import type { CardChannel } from './channel.ts';
import { selectFile } from './files.ts';
import type { CardProfile } from './profile.ts';
import { SW, unexpectedStatus } from './status-word.ts';

/** The institution's side: a certificate, and the key for it wherever it is kept. */
export interface SchemeTerminal {
  /** Card-verifiable certificate, 7F21 { 7F4E body, 5F37 signature }. */
  readonly certificate: Uint8Array;
  /** Signature over the card's challenge. */
  sign(challenge: Uint8Array): Promise<Uint8Array>;
}

const CHALLENGE_LENGTH = 32;

/**
 * Opens the authentication key until another application is selected; the JPKI application must be the current one.
 * Throws card/untrusted when the card does not believe the terminal, card/read-failed when its generation has no such way.
 */
export const authenticateTerminal = async (
  channel: CardChannel,
  profile: CardProfile,
  terminal: SchemeTerminal,
  signal?: AbortSignal,
): Promise<void> => {
  const { terminalAnchor } = profile.jpki;
  if (terminalAnchor === undefined)
    throw new KioskFailure('card/read-failed', { facts: { step: 'scheme', generation: profile.generation } });
  const parts = parseTlvs(parseTlv(terminal.certificate).value);
  const send = async (step: string, command: Parameters<CardChannel['send']>[0]): Promise<Uint8Array> => {
    const { sw, data } = await channel.send(command, signal);
    if (sw === SW.ok) return data;
    if (sw === SW.securityNotSatisfied) throw new KioskFailure('card/untrusted', { facts: { part: 'terminal', step } });
    throw unexpectedStatus(`scheme-${step}`, sw);
  };
  await selectFile(channel, terminalAnchor, signal);
  await send('body', { cla: 0x80, ins: 0xa2, p1: 0x06, p2: 0xc1, data: requireTlv(parts, 0x7f4e, 'terminal').raw });
  await send('signature', {
    cla: 0x80,
    ins: 0xa2,
    p1: 0x00,
    p2: 0xc1,
    data: encodeTlv(0x5f37, requireTlv(parts, 0x5f37, 'terminal').value),
  });
  const challenge = await send('challenge', { cla: 0x00, ins: 0x84, p1: 0, p2: 0, le: CHALLENGE_LENGTH });
  await send('response', { cla: 0x00, ins: 0x82, p1: 0, p2: 0x80, data: await terminal.sign(challenge) });
};
