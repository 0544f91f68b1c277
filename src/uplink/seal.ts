// The seal of visits and requests: signed by the kiosk (JWS, RFC 7515), then encrypted to every terminal key (JWE, RFC 7516).
// A kiosk cannot open what it sealed. Nothing in a failure here repeats what was inside.

import { CompactSign, GeneralEncrypt } from 'jose';
import { KioskFailure } from '../core/failure.ts';
import { parseTopic, type RequestMessage, readMessage, requestSchema, type VisitMessage, visitSchema } from './contract/index.ts';
import { createJweOpener, jweSchema } from './seal-jwe.ts';
import { verifyJws } from './seal-jws.ts';
import { CONTENT_ALGORITHM, importKeys, type KeySet, newestPrivateKey, SIGN_ALGORITHM, WRAP_ALGORITHM } from './seal-keys.ts';

export type SealedContent = VisitMessage | RequestMessage;

/** Purpose of a signature (`typ` of its protected header): one made for one purpose is worthless for another. */
const SEALED_TYPE = { visit: 'kazashi-visit+jws', request: 'kazashi-request+jws' } as const;
const SCHEMAS = { visit: visitSchema, request: requestSchema } as const;

export interface Sealer {
  /** UTF-8 JSON of a general JWE. Adds nothing: the message has its id, seq and times already. Throws uplink/malformed. */
  seal(message: SealedContent): Promise<Uint8Array>;
}

export interface Opened {
  readonly message: SealedContent;
  /** Thumbprint of the kiosk key that signed. */
  readonly kid: string;
  /** `expiresAt` is over: acknowledge as rejected, have no effect. */
  readonly expired: boolean;
}

export interface Opener {
  /**
   * Opens what arrived on `topic` (…/visit or …/request). Kiosk of the topic = owner of the signing key = kiosk in the message, or it
   * throws uplink/untrusted with facts {reason}; uplink/malformed when signed content does not fit the contract.
   */
  open(topic: string, payload: Uint8Array, nowMs: number): Promise<Opened>;
}

const untrusted = (reason: string, cause?: unknown): KioskFailure =>
  new KioskFailure('uplink/untrusted', { facts: { reason }, message: `sealed message refused: ${reason}`, cause });

/** Seals with the newest of the kiosk's keys to every encryption key of every terminal set (two generations, several terminals). */
export const createSealer = async (kioskKeys: KeySet, terminalKeys: readonly KeySet[]): Promise<Sealer> => {
  const signer = await newestPrivateKey(kioskKeys, 'sig');
  const recipients = (await Promise.all(terminalKeys.map((set) => importKeys(set, 'enc', 'public')))).flat();
  if (recipients.length === 0)
    throw new KioskFailure('config/invalid', { facts: { field: 'terminal keys' }, message: 'no terminal key to encrypt to' });
  return {
    seal: async (message) => {
      const content = new TextEncoder().encode(JSON.stringify(message));
      const typ = SEALED_TYPE[message.type];
      const signed = await new CompactSign(content).setProtectedHeader({ alg: SIGN_ALGORITHM, kid: signer.kid, typ }).sign(signer.key);
      const envelope = new GeneralEncrypt(new TextEncoder().encode(signed)).setProtectedHeader({ enc: CONTENT_ALGORITHM, cty: typ });
      for (const { key, kid } of recipients) envelope.addRecipient(key).setUnprotectedHeader({ alg: WRAP_ALGORITHM, kid });
      return new TextEncoder().encode(JSON.stringify(await envelope.encrypt()));
    },
  };
};

/** Opens with any private key of `terminalKeys`; trusts signatures of any key in `kioskKeys` (two generations each). */
export const createOpener = async (terminalKeys: KeySet, kioskKeys: readonly KeySet[]): Promise<Opener> => {
  const decryptors = new Map((await importKeys(terminalKeys, 'enc', 'private')).map(({ kid, key }) => [kid, createJweOpener(key)]));
  const signers = new Map(
    (await Promise.all(kioskKeys.map((set) => importKeys(set, 'sig', 'public')))).flat().map((key) => [key.kid, key]),
  );

  const decrypt = (payload: Uint8Array): string => {
    const jwe = readMessage('sealed', jweSchema, payload);
    const recipient = jwe.recipients.find(({ header }) => decryptors.has(header.kid));
    const decryptor = decryptors.get(recipient?.header.kid ?? '');
    if (recipient === undefined || decryptor === undefined) throw untrusted('not-for-this-terminal');
    try {
      return decryptor(jwe, recipient).toString('utf8');
    } catch (error) {
      throw untrusted('decryption', error);
    }
  };

  const verify = (jws: string) => {
    try {
      return verifyJws(jws, (kid) => {
        const signer = signers.get(kid);
        if (signer === undefined) throw untrusted('key-unknown');
        return signer.key;
      });
    } catch (error) {
      throw error instanceof KioskFailure ? error : untrusted('signature', error);
    }
  };

  return {
    open: async (topic, payload, nowMs) => {
      const place = parseTopic(topic);
      if (place === undefined || (place.channel !== 'visit' && place.channel !== 'request')) throw untrusted('topic');
      const { content, kid, typ } = verify(decrypt(payload));
      if (typ !== SEALED_TYPE[place.channel]) throw untrusted('purpose');
      if (signers.get(kid)?.owner !== place.kiosk) throw untrusted('kiosk');
      const message = readMessage(place.channel, SCHEMAS[place.channel], content);
      if (message.kiosk !== place.kiosk || message.site !== place.site) throw untrusted('kiosk');
      return { message, kid, expired: Date.parse(message.expiresAt) <= nowMs };
    },
  };
};
