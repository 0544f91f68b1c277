// Virtual cards: made with real keys and certificates, operated by APDU bytes, kept as JSON. Synthetic through and through: no data of a real
// card may be put into one.

import { equal } from '../../core/bytes.ts';
import { KioskFailure } from '../../core/failure.ts';
import type { CardTechnology, VirtualCardChip } from '../ports.ts';
import type { CardGeneration } from '../profile.ts';
import { profileOf } from '../profile-2028.ts';
import { cardImage, licenceImage } from './card-files.ts';
import { cardImage2028 } from './card-files-2028.ts';
import type { CardMaterial } from './card-material.ts';
import { Chip } from './chip.ts';
import { type ChipImage, loadImage, type Memory, saveImage } from './chip-image.ts';
import { generationOf } from './keys.ts';
import { makeMaterial, type VirtualCardMakers } from './make-material.ts';
import { printedDay, VIRTUAL_CARD_KINDS, type VirtualCardKind, type VirtualCardRequest } from './request.ts';

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
  /** Absent: of 2016. */
  readonly generation?: CardGeneration;
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
  readonly generation: CardGeneration;
  readonly #printed: PrintedFace | undefined;
  readonly #memory: Memory;
  readonly #chip: Chip | undefined;
  readonly #listeners = new Set<() => void>();
  #powered = false;

  constructor({ kind, generation = '2016', printed, chip }: VirtualCardState) {
    this.kind = kind;
    this.generation = generation;
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
    const { jpki, visual } = profileOf(this.generation);
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
      generation: this.generation,
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

/** The card that this material makes, new: every counter full. */
export const assembleCard = (material: CardMaterial): VirtualCard => {
  const { holder, codeB } = material;
  const printed: PrintedFace = {
    name: `${holder.family}\u3000${holder.given}`,
    address: holder.address,
    birth: printedDay(holder.birth),
    expires: holder.expires,
    securityCode: holder.securityCode,
    verificationCode: codeB,
  };
  const generation = generationOf(material.cardKey);
  const chip = generation === '2016' ? cardImage(material) : cardImage2028(material);
  return new VirtualCard({ version: 1, kind: 'my-number', generation, printed, chip });
};

/** Makes a card. Throws input/invalid with facts {field} and a message that says what is allowed. */
export const createVirtualCard = async (request: VirtualCardRequest, makers: VirtualCardMakers): Promise<VirtualCard> => {
  const { kind } = request;
  if (!VIRTUAL_CARD_KINDS.includes(kind)) {
    throw new KioskFailure('input/invalid', { facts: { field: 'kind' }, message: `kind: one of ${VIRTUAL_CARD_KINDS.join(', ')}` });
  }
  return kind === 'my-number' ? assembleCard(await makeMaterial(request, makers)) : otherCard(kind);
};

/** A card of another kind: no keys of a holder, the same every time. */
export const otherCard = (kind: Exclude<VirtualCardKind, 'my-number'>): VirtualCard =>
  new VirtualCard({ version: 1, kind, ...(kind === 'driving-licence' ? { chip: licenceImage() } : {}) });
