// One visit's card: what the visit asks is answered by the card layer, the face match and the uplink together.
// Everything personal of a visit is held here and wiped by close(); nothing of it is logged.

import { createHash } from 'node:crypto';
import type { TextAttributes } from '../card/card-face.ts';
import { identifyCard, type MyNumberCard } from '../card/my-number-card.ts';
import type { CardFaceReader, DetectedCard } from '../card/ports.ts';
import type { CardReading } from '../card/reading.ts';
import type { RefusedCodes } from '../card/refused-codes.ts';
import type { CardTrust } from '../card/trust.ts';
import { ascii, concat, wipe } from '../core/bytes.ts';
import type { Clock } from '../core/clock.ts';
import { isFailure, KioskFailure } from '../core/failure.ts';
import type { RandomBytes } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { Camera, Embedding, FaceVerifier } from '../faceauth/ports.ts';
import type { VisitContent } from '../uplink/contract/index.ts';
import type { KazashiUplink } from '../uplink/uplink.ts';
import type { CardSession, CardSummary, DeliveryOutcome, FaceOutcome, PinOutcome, VisitOutcome } from '../visit/ports.ts';
import { requestContent, visitContent } from './visit-content.ts';

export interface SessionParts {
  readonly card: () => DetectedCard | undefined;
  readonly codeReader: CardFaceReader;
  readonly trust: CardTrust;
  readonly verifier: () => FaceVerifier;
  readonly camera: Camera;
  readonly faceTimeoutMs: number;
  readonly uplink: Pick<KazashiUplink, 'submit' | 'request'>;
  /** How long staff may take to look. */
  readonly lookTimeoutMs: number;
  readonly place: { readonly site: string; readonly kiosk: string };
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** One for the whole kiosk. */
  readonly refusedCodes: RefusedCodes;
  readonly log: Log;
}

export type Evidence = VisitContent['evidence'];

/** Binds a proof to this kiosk, this visit and this moment: 16 random bytes, SHA-256 of the place and visit, 8 bytes of milliseconds. */
const challengeFor = (visitId: string, { place, clock, random }: SessionParts): Uint8Array => {
  const bound = createHash('sha256')
    .update(ascii(`${place.site}/${place.kiosk}/${visitId}`))
    .digest();
  const moment = new Uint8Array(8);
  new DataView(moment.buffer).setBigUint64(0, BigInt(clock.now()));
  return concat(random(16), bound, moment);
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export const openCardSession = (visitId: string, parts: SessionParts): CardSession => {
  const detected = parts.card();
  let card: MyNumberCard | undefined;
  /** Reception's screen shows a question of this visit. */
  let asked = false;
  let reading: CardReading | undefined;
  let enrolled: Embedding | undefined;
  let evidence: Evidence = { kind: 'none' };

  const present = (): MyNumberCard => {
    if (card === undefined) throw new KioskFailure('card/removed');
    return card;
  };

  const enrol = async (photoJp2: Uint8Array): Promise<CardSummary['photo']> => {
    try {
      enrolled = await parts.verifier().enrol(photoJp2);
      return 'ready';
    } catch (cause) {
      if (isFailure(cause, 'face/photo-unreadable')) return 'unreadable';
      if (isFailure(cause, 'model/unavailable')) return 'no-models';
      throw cause;
    }
  };

  const prove = async (): Promise<Evidence> => {
    const challenge = challengeFor(visitId, parts);
    const { signature, algorithm } = await present().provePossession(challenge);
    return { kind: 'card-face', challenge: base64(challenge), signature: base64(signature), algorithm };
  };

  /** Read in the background once the summary is there; a stumble then is made good when they are needed. */
  const attributes = (): Promise<TextAttributes | undefined> => present().readAttributes();

  return {
    async read(signal): Promise<CardSummary> {
      if (detected === undefined) throw new KioskFailure('card/removed');
      card = await identifyCard(detected, { log: parts.log, signal, refused: parts.refusedCodes });
      // The photo is decoded and embedded while the reader is still busy with the rest of the card.
      let enrolling: ReturnType<typeof enrol> | undefined;
      const onPhoto = (photoJp2: Uint8Array) => {
        enrolling = enrol(photoJp2);
        enrolling.catch(() => undefined);
      };
      reading = await card.readSummary(parts.codeReader, parts.clock.now(), parts.trust, signal, onPhoto);
      attributes().catch(() => undefined);
      const photo = enrolling === undefined ? reading.photo : await (enrolling as ReturnType<typeof enrol>);
      return {
        certificate: reading.certificate,
        hasPin: reading.hasPin,
        photo,
        ...(reading.photo !== 'blocked' || reading.photoFailure === undefined ? {} : { photoFailure: reading.photoFailure }),
        ...(reading.pinTriesLeft === undefined ? {} : { pinTriesLeft: reading.pinTriesLeft }),
        ...(reading.ageYears === undefined ? {} : { ageYears: reading.ageYears }),
      };
    },

    async verifyPin(pin, options, signal): Promise<PinOutcome> {
      const result = await present().verifyPin(pin, { ...options, signal });
      if (result.outcome === 'unconfirmed') return { outcome: 'wrong', triesLeft: result.triesLeft };
      if (result.outcome !== 'verified') return result;
      const challenge = challengeFor(visitId, parts);
      const { signature, algorithm } = await present().signWithPin(challenge, signal);
      evidence = { kind: 'jpki-auth', challenge: base64(challenge), signature: base64(signature), algorithm };
      return { outcome: 'verified' };
    },

    async verifyFace(onProgress, signal): Promise<FaceOutcome> {
      if (enrolled === undefined) throw new KioskFailure('face/photo-unreadable');
      // The rest of the card face is read and checked while the patient looks into the camera.
      const genuine = present().checkFaceSignature(signal);
      genuine.catch(() => undefined);
      try {
        const decision = await parts.verifier().verify(enrolled, parts.camera, { timeoutMs: parts.faceTimeoutMs, signal, onProgress });
        if (decision.outcome !== 'match') return { outcome: 'failed', reason: decision.reason };
      } catch (cause) {
        if (isFailure(cause, 'camera/unavailable')) return { outcome: 'failed', reason: 'camera' };
        throw cause;
      }
      await genuine;
      evidence = await prove();
      return { outcome: 'match' };
    },

    async askReception(reason, signal): Promise<void> {
      const content = requestContent(visitId, reason, reading === undefined ? undefined : await attributes());
      const { acked } = await parts.uplink.request(content, parts.lookTimeoutMs);
      asked = true;
      if (signal.aborted) this.stopAsking();
      const { status } = await acked;
      if (status === 'rejected' && !signal.aborted) throw new KioskFailure('uplink/rejected');
    },

    stopAsking(): void {
      if (!asked) return;
      asked = false;
      parts.uplink.request({ visitId, ask: 'withdraw' }).catch(() => parts.log.warn('reception.not-told'));
    },

    async deliver(result: VisitOutcome, signal): Promise<DeliveryOutcome> {
      if (reading === undefined) throw new KioskFailure('visit/internal');
      const { acked } = await parts.uplink.submit(
        visitContent(result, { ...reading, attributes: await attributes() }, evidence, parts.clock.now()),
      );
      let impatient = () => {};
      const stored = new Promise<'stored'>((resolve) => {
        impatient = () => resolve('stored');
      });
      if (signal.aborted) impatient();
      signal.addEventListener('abort', impatient, { once: true });
      const ack = await Promise.race([acked.catch(() => 'stored' as const), stored]);
      signal.removeEventListener('abort', impatient);
      if (ack === 'stored') return { outcome: 'stored' };
      if (ack.status === 'rejected') return { outcome: 'rejected', code: 'uplink/rejected' };
      const { state = 'see-reception', number } = ack.checkIn ?? {};
      return { outcome: 'accepted', checkIn: state, ...(number === undefined ? {} : { number }) };
    },

    close(): void {
      this.stopAsking();
      card?.close();
      wipe(reading?.photoJp2, reading?.certificateDer);
      enrolled?.fill(0);
      card = undefined;
      reading = undefined;
      enrolled = undefined;
      evidence = { kind: 'none' };
    },
  };
};
