// What 照合番号B opens on one card: photo and card face, and the attributes as text. Presents the code once for each application, and again only
// where the card has accepted it before and forgot it because another application was selected. A code that was refused is wiped and not tried again.
// Callers take care that exchanges come one at a time.

import { wipe } from '../core/bytes.ts';
import { isFailure, KioskFailure } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import type { ApplicationSelector } from './applications.ts';
import { ageYears } from './calendar.ts';
import { CardFaceFile, FACE_TAG, parseAttributes, type TextAttributes } from './card-face.ts';
import type { CardChannel } from './channel.ts';
import { presentCodeB } from './code-b.ts';
import { type CardFaceState, judgeFace } from './face-signature.ts';
import { readObject, selectFile } from './files.ts';
import type { CardProfile } from './profile.ts';
import type { FaceReading } from './reading.ts';
import type { RefusedCodes } from './refused-codes.ts';
import type { CardTrust } from './trust.ts';

export interface HolderFilesParts {
  readonly channel: CardChannel;
  readonly profile: CardProfile;
  readonly applications: ApplicationSelector;
  readonly log: Log;
  /** Takes a buffer that must be wiped when the session ends. */
  readonly keep: (bytes: Uint8Array) => Uint8Array;
  /** Codes that no card is asked about again. */
  readonly refused?: RefusedCodes | undefined;
}

/** What a failed read may be without ending the visit. */
const isUnreadable = (cause: unknown): cause is KioskFailure => isFailure(cause, 'card/read-failed') || isFailure(cause, 'card/malformed');

export class HolderFiles {
  readonly #parts: HolderFilesParts;
  #face: CardFaceFile | undefined;
  /** Once the card has accepted it. Wiped by the session's end. */
  #code: Uint8Array | undefined;

  constructor(parts: HolderFilesParts) {
    this.#parts = parts;
  }

  /** The photo alone, handed over the moment it is there; then the age. Closed and unreadable are values; a lost card is a failure. */
  async readPhoto(
    code: { readonly digits: Uint8Array } | { readonly failure: KioskFailure },
    now: number,
    signal: AbortSignal,
    onPhoto: (photoJp2: Uint8Array) => void,
  ): Promise<FaceReading> {
    const { channel, profile, applications, log, keep, refused } = this.#parts;
    if ('failure' in code) {
      signal.throwIfAborted();
      return { photo: 'unreadable', photoFailure: code.failure.code };
    }
    if (refused?.has(code.digits) === true) {
      wipe(code.digits);
      log.info('card.code-not-repeated');
      return { photo: 'blocked', photoFailure: 'code/wrong' };
    }
    try {
      await applications.select('visual', signal);
      const closed = await presentCodeB(channel, profile.visual.codeB, code.digits, { log, signal });
      if (closed !== undefined) {
        if (closed.photoFailure === 'code/wrong') refused?.add(code.digits);
        wipe(code.digits);
        return closed;
      }
      applications.opened();
      this.#code = code.digits;
      this.#face = await CardFaceFile.open(channel, profile, signal);
      const photoJp2 = keep(Uint8Array.from((await this.#face.read(FACE_TAG.photo, signal)).value));
      onPhoto(photoJp2);
      const birth = (await this.#face.read(FACE_TAG.birth, signal)).value;
      const years = ageYears(Buffer.from(birth).toString('latin1'), now);
      return { photo: 'ready', photoJp2, ...(years === undefined ? {} : { ageYears: years }) };
    } catch (cause) {
      if (!isUnreadable(cause)) throw cause;
      log.warn('card.face-unreadable', cause.facts);
      return { photo: 'unreadable', photoFailure: cause.code };
    }
  }

  /** A text application of its own counts its own tries of the same code. Its attributes are a help, not a need: closed means absent. */
  async readAttributes(signal?: AbortSignal): Promise<TextAttributes | undefined> {
    const { channel, profile, applications, log, keep } = this.#parts;
    if (this.#code === undefined) return undefined;
    try {
      if (!applications.isOpen('text')) {
        await applications.select('text', signal);
        if ((await presentCodeB(channel, profile.text.codeB, this.#code, { log, signal })) !== undefined) return undefined;
        applications.opened();
      }
      return parseAttributes(keep(await readObject(channel, profile, profile.text.attributes, signal)));
    } catch (cause) {
      if (!isUnreadable(cause)) throw cause;
      log.warn('card.attributes-unreadable', cause.facts);
      return undefined;
    }
  }

  /** Reads the rest of the card face and judges its signature. Throws card/face-unreadable. */
  async judge(trust: CardTrust | undefined, signal?: AbortSignal): Promise<CardFaceState> {
    const { channel, profile, log, keep } = this.#parts;
    const face = await this.opened(signal);
    await face.readRest(signal);
    const signer = keep(await readObject(channel, profile, profile.visual.signer, signal));
    const judged = judgeFace(face, signer, trust?.faceAnchors ?? [], profile.signature);
    log.debug('card.face-judged', judged);
    return judged;
  }

  /** The card face, opened and current again. Throws card/face-unreadable where it never was. */
  async opened(signal?: AbortSignal): Promise<CardFaceFile> {
    const { channel, profile, applications, log } = this.#parts;
    if (this.#face === undefined || this.#code === undefined) throw new KioskFailure('card/face-unreadable');
    if (!applications.isOpen('visual')) {
      await applications.select('visual', signal);
      const closed = await presentCodeB(channel, profile.visual.codeB, this.#code, { log, signal });
      if (closed !== undefined) {
        wipe(this.#code);
        this.#code = undefined; // refused once: never again
        throw new KioskFailure('card/face-unreadable');
      }
      applications.opened();
    }
    await selectFile(channel, profile.visual.face, signal);
    return this.#face;
  }

  wipe(): void {
    this.#face?.wipe();
  }
}
