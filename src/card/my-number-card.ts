// One My Number Card on the tray during one visit: what it says, what it can prove, and the secrets that pass through.
// Exchanges are queued, one at a time: an application must not be left while another step needs it. Every buffer that was read is wiped by
// `close`; no PIN and no 照合番号 outlives its step; neither is ever presented twice.

import type { KeyObject } from 'node:crypto';
import { wipe } from '../core/bytes.ts';
import { asFailure, KioskFailure } from '../core/failure.ts';
import { type Log, silentLog } from '../core/log.ts';
import { ApplicationSelector } from './applications.ts';
import { FACE_TAG, type TextAttributes } from './card-face.ts';
import { type CardChannel, openChannel } from './channel.ts';
import { type CardFaceState, facePublicKey, requireGenuine } from './face-signature.ts';
import { HolderFiles } from './holder-files.ts';
import { type Identified, identify } from './identify.ts';
import { computeSignature, readAuthCertificate, readPinState, signChallenge } from './jpki.ts';
import type { CardFaceReader, DetectedCard } from './ports.ts';
import type { CardGeneration } from './profile.ts';
import type { CardPinOutcome, CardProof, CardReading } from './reading.ts';
import type { RefusedCodes } from './refused-codes.ts';
import { authenticateTerminal, type SchemeTerminal } from './scheme-authentication.ts';
import { presentSecret } from './secrets.ts';
import { signatureHolds } from './signature.ts';
import { type CardTrust, type CertificateRules, certificateKey, judgeCertificate } from './trust.ts';

/** Tells what the card is (see identify.ts for the failures) and opens a session on it. */
export const identifyCard = async (
  card: DetectedCard,
  { log = silentLog, signal, refused }: { log?: Log; signal?: AbortSignal; refused?: RefusedCodes } = {},
): Promise<MyNumberCard> => {
  const channel = openChannel(card, log);
  return new MyNumberCard(channel, await identify(card, channel, signal), log, refused);
};

export class MyNumberCard {
  readonly #channel: CardChannel;
  readonly #identified: Identified;
  readonly #secrets = new Set<Uint8Array>();
  #queue: Promise<unknown> = Promise.resolve();
  readonly #applications: ApplicationSelector;
  readonly #files: HolderFiles;
  #certificate: Uint8Array | undefined;
  #trust: CardTrust | undefined;
  #faceJudged: Promise<CardFaceState> | undefined;
  #attributes: Promise<TextAttributes | undefined> | undefined;
  #closed = false;

  constructor(channel: CardChannel, identified: Identified, log: Log, refused?: RefusedCodes) {
    this.#channel = channel;
    this.#identified = identified;
    const { profile } = identified;
    this.#applications = new ApplicationSelector(channel, profile);
    const keep = (bytes: Uint8Array) => this.#keep(bytes);
    this.#files = new HolderFiles({ channel, profile, applications: this.#applications, log, keep, refused });
  }

  get generation(): CardGeneration {
    return this.#identified.profile.generation;
  }

  /**
   * Photo, certificate and PIN counter: what must be known before the visit can go on, and no more. The photo comes first when 照合番号B is known
   * already, so that whoever needs it can begin (`onPhoto`) while the rest is read; as long as the code is still being looked for, the certificate
   * is read instead. The code is presented at most once, only above the safe threshold. A closed card face is a value; an unreadable certificate,
   * a lost card are failures.
   */
  readSummary(
    codeReader: CardFaceReader,
    now: number,
    trust: CardTrust,
    signal: AbortSignal,
    onPhoto: (photoJp2: Uint8Array) => void = () => undefined,
  ): Promise<CardReading> {
    this.#trust = trust;
    let known = false;
    const code = codeReader
      .readVerificationCode(signal)
      .then(
        (digits) => ({ digits: this.#keep(digits) }),
        (cause: unknown) => ({ failure: asFailure(cause, 'card/face-unreadable') }),
      )
      .finally(() => {
        known = true;
      });
    return this.#exclusive(async () => {
      const { profile, tokenInfo } = this.#identified;
      const readPhoto = async () => this.#files.readPhoto(await untilAborted(code, signal), now, signal, onPhoto);
      await soon();
      const early = known ? await readPhoto() : undefined;
      await this.#applications.select('jpki', signal);
      const der = this.#keep(await readAuthCertificate(this.#channel, profile, signal));
      this.#certificate = der;
      const certificate = await judgeCertificate(der, now, trust, profile.jpki, signal);
      const pin = await readPinState(this.#channel, profile, tokenInfo, signal);
      const face = early ?? (await readPhoto());
      return { certificate, certificateDer: der, ...pin, ...face };
    });
  }

  /**
   * Name, address, birth and sex as text, read once: for when the summary is there and the patient is busy. Undefined where 照合番号B did not open
   * the card face, or does not open the text.
   */
  readAttributes(signal?: AbortSignal): Promise<TextAttributes | undefined> {
    this.#attributes ??= this.#exclusive(() => this.#files.readAttributes(signal)).catch((cause: unknown) => {
      this.#attributes = undefined;
      throw cause;
    });
    return this.#attributes;
  }

  /** Takes four ASCII digits and wipes them. Reads the counter first; a try that could lock the card needs `lastTryConfirmed`. */
  verifyPin(
    pin: Uint8Array,
    { lastTryConfirmed, signal }: { lastTryConfirmed: boolean; signal?: AbortSignal | undefined },
  ): Promise<CardPinOutcome> {
    const { profile, tokenInfo } = this.#identified;
    const rule = profile.jpki.pin;
    return this.#exclusive(async (): Promise<CardPinOutcome> => {
      await this.#applications.select('jpki', signal);
      const result = await presentSecret(this.#channel, rule, pin, { safeTries: lastTryConfirmed ? 1 : 2, signal });
      if (result.outcome === 'blocked' && profile.jpki.issuedWithoutPin(tokenInfo)) throw new KioskFailure('pin/not-set');
      if (result.outcome === 'unsafe') return { outcome: 'unconfirmed', triesLeft: result.triesLeft };
      if (result.outcome !== 'ill-formed') return result;
      const message = `pin: exactly ${rule.digits} ASCII digits are needed`;
      throw new KioskFailure('input/invalid', { facts: { field: 'pin' }, message });
    }).finally(() => wipe(pin)); // also when the turn never came
  }

  /** What this generation asks of the certificate for user authentication. */
  get certificateRules(): CertificateRules {
    return this.#identified.profile.jpki;
  }

  /** After verifyPin answered `verified`, with no other step in between (the card forgets when another application is selected). */
  signWithPin(challenge: Uint8Array, signal?: AbortSignal): Promise<CardProof> {
    return this.#exclusive(async () => {
      await this.#applications.select('jpki', signal);
      const { profile } = this.#identified;
      this.#certificate ??= this.#keep(await readAuthCertificate(this.#channel, profile, signal));
      const signature = await signChallenge(this.#channel, profile, challenge, signal);
      return this.#proof(certificateKey(this.#certificate), challenge, signature);
    });
  }

  /** After a face match, where a scheme's terminal stands behind the port (scheme-authentication.ts): the authentication key signs without a PIN. */
  signForTerminal(challenge: Uint8Array, terminal: SchemeTerminal): Promise<CardProof> {
    return this.#exclusive(async () => {
      await this.#applications.select('jpki');
      const { profile } = this.#identified;
      this.#certificate ??= this.#keep(await readAuthCertificate(this.#channel, profile));
      await authenticateTerminal(this.#channel, profile, terminal);
      const signature = await signChallenge(this.#channel, profile, challenge);
      return this.#proof(certificateKey(this.#certificate), challenge, signature);
    });
  }

  /**
   * かざし利用: the card face's own key signs without a PIN. Proves that this very card is here, not who holds it.
   * Throws card/face-unreadable when the card face was not opened; card/tampered when the signature is not the card's.
   */
  provePossession(challenge: Uint8Array): Promise<CardProof> {
    return this.#exclusive(async () => {
      const face = await this.#files.opened();
      const key = facePublicKey((await face.read(FACE_TAG.publicKey)).value);
      const signature = await computeSignature(this.#channel, this.#identified.profile, 0x00, challenge);
      return this.#proof(key, challenge, signature);
    });
  }

  /** Reads the rest of the card face and judges its signature, once. Throws card/face-unreadable. */
  judgeFaceSignature(signal?: AbortSignal): Promise<CardFaceState> {
    this.#faceJudged ??= this.#exclusive(() => this.#files.judge(this.#trust, signal)).catch((cause: unknown) => {
      this.#faceJudged = undefined;
      throw cause;
    });
    return this.#faceJudged;
  }

  /** As judgeFaceSignature; what is not valid ends the step. Throws card/tampered, card/untrusted, card/face-unreadable. */
  async checkFaceSignature(signal?: AbortSignal): Promise<void> {
    requireGenuine(await this.judgeFaceSignature(signal));
  }

  /** Wipes all that was read. Idempotent; whatever is still queued fails with visit/cancelled. */
  close(): void {
    this.#closed = true;
    this.#files.wipe();
    wipe(...this.#secrets);
    this.#secrets.clear();
  }

  #proof(key: KeyObject, challenge: Uint8Array, signature: Uint8Array): CardProof {
    const { signature: algorithm } = this.#identified.profile;
    if (!signatureHolds(algorithm.hash, key, challenge, signature)) {
      throw new KioskFailure('card/tampered', { facts: { part: 'signature' }, message: 'the card signed with another key than it shows' });
    }
    return {
      algorithm: algorithm.name,
      signature: Uint8Array.from(signature),
      publicKey: Uint8Array.from(key.export({ type: 'spki', format: 'der' })),
    };
  }

  #keep(bytes: Uint8Array): Uint8Array {
    if (this.#closed) wipe(bytes);
    else this.#secrets.add(bytes);
    return bytes;
  }

  #exclusive<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      if (this.#closed) throw new KioskFailure('visit/cancelled');
      try {
        return await run();
      } finally {
        if (this.#closed) this.#files.wipe();
      }
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

/** Gives what is known already the time to say so. */
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The promise's outcome, or the signal's reason if that comes first. */
const untilAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
