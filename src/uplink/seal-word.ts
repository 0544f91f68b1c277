// The terminal's signed word: acknowledgements and commands as compact JWS, each bound to its purpose by `typ`.
// Without these signatures a broker could forge "accepted" and the evidence would be deleted.

import { KioskFailure } from '../core/failure.ts';
import {
  type AckMessage,
  ackSchema,
  COMMAND_LIFETIME_MS,
  type CommandMessage,
  commandSchema,
  parseJsonMessage,
  parseMessage,
  readMessage,
} from './contract/index.ts';
import { signJws, verifyJws } from './seal-jws.ts';
import { importKeys, type KeySet, newestPrivateKey } from './seal-keys.ts';

const ACK_TYPE = 'kazashi-ack+jws';
const COMMAND_TYPE = 'kazashi-command+jws';

export interface WordSigner {
  /** ASCII bytes of a compact JWS. Throws uplink/malformed. */
  ack(message: AckMessage): Promise<Uint8Array>;
  command(message: CommandMessage): Promise<Uint8Array>;
}

export interface WordVerifier {
  /** Throws uplink/untrusted with facts {reason}, uplink/malformed. `place` is where it arrived. */
  ack(payload: Uint8Array, place: { site: string; kiosk: string }): Promise<AckMessage>;
  /** As `ack`; also refuses a command that is over, lives longer than 30 s, or lacks the visit it must be for. */
  command(payload: Uint8Array, place: { site: string; kiosk: string }, nowMs: number): Promise<CommandMessage>;
}

const untrusted = (reason: string, cause?: unknown): KioskFailure =>
  new KioskFailure('uplink/untrusted', { facts: { reason }, message: `word of the terminal refused: ${reason}`, cause });

/**
 * A command does something at once, so it is obeyed only when every word of it is understood: a key that this program does not know might say
 * when not to. An ack is read like any message: what was added to it changes neither whose it is nor what may be let go of.
 */
const readCommand = (content: Uint8Array): CommandMessage => parseJsonMessage('command', commandSchema, content);

/** Commands that make no sense without the one visit they are for. */
const FOR_ONE_VISIT: readonly CommandMessage['name'][] = ['approve-visual', 'cancel'];

/** Signs with the newest of the terminal's keys. */
export const createWordSigner = async (terminalKeys: KeySet): Promise<WordSigner> => {
  const signer = await newestPrivateKey(terminalKeys, 'sig');
  const sign = (typ: string, message: unknown): Uint8Array =>
    new TextEncoder().encode(signJws(JSON.stringify(message), { kid: signer.kid, typ }, signer.key));
  return {
    ack: async (message) => sign(ACK_TYPE, parseMessage('ack', ackSchema, message)),
    command: async (message) => sign(COMMAND_TYPE, parseMessage('command', commandSchema, message)),
  };
};

/** Trusts every signing key in the given sets (two generations, several terminals). */
export const createWordVerifier = async (terminalKeys: readonly KeySet[]): Promise<WordVerifier> => {
  const trusted = new Map(
    (await Promise.all(terminalKeys.map((set) => importKeys(set, 'sig', 'public')))).flat().map((key) => [key.kid, key.key]),
  );

  const verify = (typ: string, payload: Uint8Array): Uint8Array => {
    try {
      const signed = verifyJws(new TextDecoder().decode(payload), (kid) => {
        const key = trusted.get(kid);
        if (key === undefined) throw untrusted('key-unknown');
        return key;
      });
      if (signed.typ !== typ) throw untrusted('purpose');
      return signed.content;
    } catch (error) {
      throw error instanceof KioskFailure ? error : untrusted('signature', error);
    }
  };

  const here = <Message extends { site: string; kiosk: string }>(message: Message, place: { site: string; kiosk: string }): Message => {
    if (message.site !== place.site || message.kiosk !== place.kiosk) throw untrusted('kiosk');
    return message;
  };

  return {
    ack: async (payload, place) => here(readMessage('ack', ackSchema, verify(ACK_TYPE, payload)), place),
    command: async (payload, place, nowMs) => {
      const command = here(readCommand(verify(COMMAND_TYPE, payload)), place);
      const issued = Date.parse(command.issuedAt);
      const expires = Date.parse(command.expiresAt);
      if (expires - issued > COMMAND_LIFETIME_MS || issued > nowMs + COMMAND_LIFETIME_MS) throw untrusted('lifetime');
      if (expires <= nowMs) throw untrusted('expired');
      if (FOR_ONE_VISIT.includes(command.name) && command.visitId === undefined)
        throw new KioskFailure('uplink/malformed', {
          facts: { message: 'command', field: 'visitId' },
          message: 'command: visitId is missing',
        });
      return command;
    },
  };
};
