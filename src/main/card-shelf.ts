// The twin's shelf of virtual cards, kept in the data directory with their keys and counters, so that a locked card stays locked.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CARD_GENERATIONS, type CardGeneration } from '../card/profile.ts';
import type { TrustMaterial } from '../card/trust.ts';
import { createSyntheticAuthority, restoreSyntheticAuthority, type SyntheticAuthority } from '../card/twin/authority.ts';
import { type CardDefect, createDefectiveCard } from '../card/twin/defects.ts';
import { encodeCardPhoto } from '../card/twin/jp2.ts';
import { type NewKeyPair, newKeyPairFor } from '../card/twin/keys.ts';
import { createVirtualCard, VirtualCard } from '../card/twin/virtual-card.ts';
import type { Clock } from '../core/clock.ts';
import { makeDirectories } from '../core/directories.ts';
import { KioskFailure } from '../core/failure.ts';
import { toCardPhoto } from '../faceauth/pictures.ts';
import type { Picture } from '../faceauth/ports.ts';
import type { TwinCardInfo, TwinCardRequest } from '../twin/ports.ts';

export type CardRequest = Omit<TwinCardRequest, 'photo'> & {
  readonly photo?: Picture;
  readonly address?: string;
  /** Where its keys come from; default: each made for this card alone. */
  readonly newKeyPair?: NewKeyPair;
};

const writeWhole = (file: string, value: unknown): void => {
  writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new KioskFailure('storage/corrupt', { cause, facts: { file }, message: `${file}: damaged; delete it and start again` });
  }
};

type Authorities = Readonly<Record<CardGeneration, SyntheticAuthority>>;
const AUTHORITY_FILES: Readonly<Record<CardGeneration, string>> = {
  '2016': 'authority.json',
  '2028-draft': 'authority-2028-draft.json',
};

const openAuthority = async (directory: string, generation: CardGeneration, clock: Clock): Promise<SyntheticAuthority> => {
  const name = AUTHORITY_FILES[generation];
  const file = join(directory, name);
  if (readdirSync(directory).includes(name)) {
    return restoreSyntheticAuthority(readJson(file) as Parameters<typeof restoreSyntheticAuthority>[0]);
  }
  const authority = await createSyntheticAuthority({ now: clock.now(), newKeyPair: newKeyPairFor(generation) });
  writeWhole(file, authority);
  return authority;
};

interface Kept {
  readonly card: VirtualCard;
  readonly defect: CardDefect | undefined;
}

const PREFIX = 'card-';
/** A card's file. */
type Stored = { readonly order: number; readonly name: string; readonly defect?: CardDefect; readonly card: never };

export class CardShelf {
  /** Who makes the cards, a maker for each generation. */
  readonly #authorities: Authorities;
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #cards = new Map<string, Kept>();

  private constructor(directory: string, clock: Clock, authorities: Authorities) {
    this.#directory = directory;
    this.#clock = clock;
    this.#authorities = authorities;
    const files = readdirSync(directory).filter((name) => name.startsWith(PREFIX) && name.endsWith('.json'));
    const stored = files.map((file) => readJson(join(directory, file)) as Stored);
    for (const { name, card, defect } of stored.sort((a, b) => a.order - b.order)) this.#keep(name, VirtualCard.fromJSON(card), defect);
  }

  /** Opens the shelf of a directory (made, 0700, when absent). Throws storage/corrupt naming the damaged file. */
  static async open(directory: string, clock: Clock): Promise<CardShelf> {
    makeDirectories(directory);
    const open = (generation: CardGeneration) => openAuthority(directory, generation, clock);
    return new CardShelf(directory, clock, { '2016': await open('2016'), '2028-draft': await open('2028-draft') });
  }

  /** What a kiosk must believe, so that every card of the shelf is genuine. */
  get trust(): TrustMaterial {
    const trusted = CARD_GENERATIONS.map((generation) => this.#authorities[generation].trust);
    return { authorities: trusted.flatMap((one) => one.authorities), faceAnchors: trusted.flatMap((one) => one.faceAnchors) };
  }

  has(name: string): boolean {
    return this.#cards.has(name);
  }

  /** Throws input/invalid with facts {field: 'card'}. */
  get(name: string): VirtualCard {
    return this.#find(name).card;
  }

  /** What is wrong with it. Throws as `get` does. */
  defectOf(name: string): CardDefect | undefined {
    return this.#find(name).defect;
  }

  #find(name: string): Kept {
    const kept = this.#cards.get(name);
    if (kept !== undefined) return kept;
    throw new KioskFailure('input/invalid', {
      facts: { field: 'card', missing: true },
      message: `card: no card of this name; there are ${[...this.#cards.keys()].join(', ')}`,
    });
  }

  list(): readonly TwinCardInfo[] {
    return [...this.#cards].map(([name, { card }]) => ({ name, ...card.info() }));
  }

  /** Makes a card with real keys; one of the same name is replaced. Throws input/invalid naming the field. */
  async make(request: CardRequest): Promise<TwinCardInfo> {
    await this.makeAll([request]);
    const { name } = request;
    return { name, ...this.get(name).info() };
  }

  /** Makes cards side by side, for their keys take long, and puts them on the shelf in the given order. */
  async makeAll(requests: readonly CardRequest[]): Promise<void> {
    const made = await Promise.all(requests.map((request) => this.#create(request)));
    for (const [name, card, defect] of made) {
      this.#keep(name, card, defect);
      this.#store(name, card);
    }
  }

  async #create({
    name,
    photo,
    newKeyPair,
    generation = '2016',
    defect,
    ...request
  }: CardRequest): Promise<readonly [string, VirtualCard, CardDefect | undefined]> {
    const grey = photo === undefined ? undefined : await toCardPhoto(photo);
    const photoJp2 = grey === undefined ? {} : { photoJp2: await encodeCardPhoto(grey) };
    const authority = this.#authorities[generation];
    const makers = { authority, now: this.#clock.now(), ...(newKeyPair === undefined ? {} : { newKeyPair }) };
    const wanted = { ...request, ...photoJp2 };
    const card = await (defect === undefined ? createVirtualCard(wanted, makers) : createDefectiveCard(defect, wanted, makers));
    return [name, card, defect];
  }

  #keep(name: string, card: VirtualCard, defect: CardDefect | undefined): void {
    this.#cards.set(name, { card, defect });
    card.onChange(() => {
      if (this.#cards.get(name)?.card === card) this.#store(name, card);
    });
  }

  #store(name: string, card: VirtualCard): void {
    const file = `${PREFIX}${createHash('sha256').update(name).digest('hex').slice(0, 24)}.json`;
    writeWhole(join(this.#directory, file), { order: [...this.#cards.keys()].indexOf(name), name, defect: this.defectOf(name), card });
  }
}
