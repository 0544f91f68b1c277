// Virtual cards: made with real keys and certificates, operated by APDU bytes, kept as JSON. Synthetic through and through: no data of a real
// card may be put into one.

import { randomBytes } from 'node:crypto';
import { equal } from '../../core/bytes.ts';
import { KioskFailure } from '../../core/failure.ts';
import { endOfJstDay, monthsLater } from '../calendar.ts';
import type { CardTechnology, VirtualCardChip } from '../ports.ts';
import { cardProfile2016 } from '../profile.ts';
import { verificationCodeB } from '../verification-code.ts';
import type { SyntheticAuthority } from './authority.ts';
import { CITY_CODE, cardImage, licenceImage } from './card-files.ts';
import { issueHolderCertificate, issueSignCertificate } from './certificates.ts';
import { Chip } from './chip.ts';
import { type ChipImage, loadImage, type Memory, saveImage } from './chip-image.ts';
import { type NewKeyPair, newRsaKeyPair } from './keys.ts';
import {
  holderDetails,
  impossibleNumber,
  printedDay,
  VIRTUAL_CARD_KINDS,
  type VirtualCardKind,
  type VirtualCardRequest,
} from './request.ts';

/** What a person reads on the plastic. */
export interface PrintedFace {
  readonly name: string;
  readonly address: string;
  /** In the Japanese era, as printed. */
  readonly birth: string;
  /** YYYY-MM-DD. */
  readonly expires: string;
  readonly securityCode: string;
  /** 照合番号B: 14 digits. */
  readonly verificationCode: string;
}

export interface VirtualCardState {
  readonly version: 1;
  readonly kind: VirtualCardKind;
  readonly printed?: PrintedFace;
  readonly chip?: ChipImage;
}

export interface VirtualCardInfo {
  readonly kind: VirtualCardKind;
  /** null: no PIN on this card. 0: locked. */
  readonly pinTriesLeft: number | null;
  readonly codeTriesLeft: number | null;
  readonly expires: string | null;
}

const TECHNOLOGY: Readonly<Record<VirtualCardKind, CardTechnology>> = {
  'my-number': 'iso14443-4b',
  'driving-licence': 'iso14443-4b',
  transit: 'felica',
  broken: 'iso14443-4b',
};

export class VirtualCard implements VirtualCardChip {
  readonly kind: VirtualCardKind;
  readonly technology: CardTechnology;
  readonly #printed: PrintedFace | undefined;
  readonly #memory: Memory;
  readonly #chip: Chip | undefined;
  readonly #listeners = new Set<() => void>();
  #powered = false;

  constructor({ kind, printed, chip }: VirtualCardState) {
    this.kind = kind;
    this.technology = TECHNOLOGY[kind];
    this.#printed = printed;
    this.#memory = loadImage(chip ?? { applications: [] });
    if (chip !== undefined) {
      const onWrite = () => {
        for (const listener of this.#listeners) listener();
      };
      this.#chip = new Chip(this.#memory, { onWrite });
    }
  }

  powerOn(): void {
    this.#chip?.reset();
    this.#powered = true;
  }

  powerOff(): void {
    this.#chip?.reset();
    this.#powered = false;
  }

  /** Rejects without power, and always for a card that has no chip to answer (broken, transit). */
  async transceive(command: Uint8Array): Promise<Uint8Array> {
    if (!this.#powered || this.#chip === undefined) throw new Error('the card does not answer');
    return this.#chip.answer(command);
  }

  /** What is printed on it; undefined for anything but a My Number Card. */
  printed(): PrintedFace | undefined {
    return this.#printed;
  }

  info(): VirtualCardInfo {
    const { jpki, visual } = cardProfile2016;
    const find = (aid: Uint8Array) => this.#memory.applications.find((application) => equal(application.aid, aid));
    const authentication = find(jpki.aid);
    const tokenInfo = authentication?.files.get(jpki.tokenInfo)?.content;
    const pin = authentication?.secrets.get(jpki.pin.file)?.left ?? null;
    const withoutPin = pin === 0 && tokenInfo !== undefined && jpki.issuedWithoutPin(tokenInfo);
    return {
      kind: this.kind,
      pinTriesLeft: withoutPin ? null : pin,
      codeTriesLeft: find(visual.aid)?.secrets.get(visual.codeB.file)?.left ?? null,
      expires: this.#printed?.expires ?? null,
    };
  }

  /** Called after each change of non-volatile memory: the moment to store toJSON(). Returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keys, files and counters. */
  toJSON(): VirtualCardState {
    return {
      version: 1,
      kind: this.kind,
      ...(this.#printed === undefined ? {} : { printed: this.#printed }),
      ...(this.#chip === undefined ? {} : { chip: saveImage(this.#memory) }),
    };
  }

  /** Throws storage/corrupt for anything toJSON did not give. */
  static fromJSON(state: VirtualCardState): VirtualCard {
    if (state?.version !== 1 || !VIRTUAL_CARD_KINDS.includes(state.kind)) {
      throw new KioskFailure('storage/corrupt', { facts: { part: 'virtual-card' }, message: 'stored virtual card is damaged: delete it' });
    }
    return new VirtualCard(state);
  }
}

export interface VirtualCardMakers {
  readonly authority: SyntheticAuthority;
  /** Epoch milliseconds. */
  readonly now: number;
  /** RSA-2048 pairs; default: made on the spot. */
  readonly newKeyPair?: NewKeyPair;
  readonly random?: (length: number) => Uint8Array;
}

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/** Makes a card. Throws input/invalid with facts {field} and a message that says what is allowed. */
export const createVirtualCard = async (
  request: VirtualCardRequest,
  { authority, now, newKeyPair = newRsaKeyPair, random = (length) => Uint8Array.from(randomBytes(length)) }: VirtualCardMakers,
): Promise<VirtualCard> => {
  const { kind } = request;
  if (!VIRTUAL_CARD_KINDS.includes(kind)) {
    throw new KioskFailure('input/invalid', { facts: { field: 'kind' }, message: `kind: one of ${VIRTUAL_CARD_KINDS.join(', ')}` });
  }
  if (kind === 'driving-licence') return new VirtualCard({ version: 1, kind, chip: licenceImage() });
  if (kind !== 'my-number') return new VirtualCard({ version: 1, kind });

  const digits = (length: number): string => Array.from(random(length), (byte) => String(byte % 10)).join('');
  const holder = holderDetails(request, now, () => digits(4));
  const codeB = Buffer.from(verificationCodeB(holder.birth, holder.expires, holder.securityCode)).toString('latin1');
  const { signPassword } = holder;
  const [auth, face, sign] = await Promise.all([newKeyPair(), newKeyPair(), signPassword === null ? undefined : newKeyPair()]);
  const notAfter = endOfJstDay(holder.certificateExpires);
  const signAuthorityCertificate = await authority.signAuthorityCertificate();
  const serialText = Array.from(random(13), (byte) => LETTERS[byte % LETTERS.length]).join('');
  const certified = {
    commonName: `${serialText}${CITY_CODE}${digits(4)}A`,
    notBefore: new Date(monthsLater(notAfter, -60)),
    notAfter: new Date(notAfter),
  };
  const issuer = { key: authority.key, certificate: authority.certificate };
  const authCertificate = await issueHolderCertificate({ ...certified, publicKey: auth.publicKey, authority: issuer });
  const signIssuer = { key: authority.key, certificate: signAuthorityCertificate };
  const chip = cardImage({
    holder,
    pictures: request,
    codeB,
    number: impossibleNumber(digits(11)),
    authKey: auth.privateKey,
    cardKey: face.privateKey,
    authCertificate,
    authorityCertificate: authority.certificate,
    ...(signPassword === null || sign === undefined
      ? {}
      : {
          signing: {
            key: sign.privateKey,
            password: signPassword,
            certificate: await issueSignCertificate({ ...certified, publicKey: sign.publicKey, authority: signIssuer, holder }),
          },
        }),
    signAuthorityCertificate,
    faceSignerKey: authority.faceSignerKey,
    faceSignerCertificate: authority.faceSignerCertificate,
    serial: random(8),
  });
  const printed: PrintedFace = {
    name: `${holder.family}\u3000${holder.given}`,
    address: holder.address,
    birth: printedDay(holder.birth),
    expires: holder.expires,
    securityCode: holder.securityCode,
    verificationCode: codeB,
  };
  return new VirtualCard({ version: 1, kind, printed, chip });
};
