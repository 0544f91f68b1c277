// The twin's shelf of virtual cards, kept in the data directory with their keys and counters, so that a locked card stays locked.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSyntheticAuthority, restoreSyntheticAuthority, type SyntheticAuthority } from '../card/twin/authority.ts';
import { encodeCardPhoto } from '../card/twin/jp2.ts';
import type { NewKeyPair } from '../card/twin/keys.ts';
import { createVirtualCard, VirtualCard } from '../card/twin/virtual-card.ts';
import type { Clock } from '../core/clock.ts';
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

const openAuthority = async (directory: string, clock: Clock): Promise<SyntheticAuthority> => {
  const file = join(directory, 'authority.json');
  if (readdirSync(directory).includes('authority.json')) {
    return restoreSyntheticAuthority(readJson(file) as Parameters<typeof restoreSyntheticAuthority>[0]);
  }
  const authority = await createSyntheticAuthority({ now: clock.now() });
  writeWhole(file, authority);
  return authority;
};

const PREFIX = 'card-';

export class CardShelf {
  readonly authority: SyntheticAuthority;
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #cards = new Map<string, VirtualCard>();

  private constructor(directory: string, clock: Clock, authority: SyntheticAuthority) {
    this.#directory = directory;
    this.#clock = clock;
    this.authority = authority;
    const files = readdirSync(directory).filter((name) => name.startsWith(PREFIX) && name.endsWith('.json'));
    const stored = files.map((file) => readJson(join(directory, file)) as { order: number; name: string; card: never });
    for (const { name, card } of stored.sort((a, b) => a.order - b.order)) this.#keep(name, VirtualCard.fromJSON(card));
  }

  /** Opens the shelf of a directory (made, 0700, when absent). Throws storage/corrupt naming the damaged file. */
  static async open(directory: string, clock: Clock): Promise<CardShelf> {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new CardShelf(directory, clock, await openAuthority(directory, clock));
  }

  has(name: string): boolean {
    return this.#cards.has(name);
  }

  /** Throws input/invalid with facts {field: 'card'}. */
  get(name: string): VirtualCard {
    const card = this.#cards.get(name);
    if (card !== undefined) return card;
    throw new KioskFailure('input/invalid', {
      facts: { field: 'card', missing: true },
      message: `card: no card of this name; there are ${[...this.#cards.keys()].join(', ')}`,
    });
  }

  list(): readonly TwinCardInfo[] {
    return [...this.#cards].map(([name, card]) => ({ name, ...card.info() }));
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
    for (const [name, card] of made) {
      this.#keep(name, card);
      this.#store(name, card);
    }
  }

  async #create({ name, photo, newKeyPair, ...request }: CardRequest): Promise<readonly [string, VirtualCard]> {
    const grey = photo === undefined ? undefined : await toCardPhoto(photo);
    const photoJp2 = grey === undefined ? {} : { photoJp2: await encodeCardPhoto(grey) };
    const makers = { authority: this.authority, now: this.#clock.now(), ...(newKeyPair === undefined ? {} : { newKeyPair }) };
    return [name, await createVirtualCard({ ...request, ...photoJp2 }, makers)];
  }

  #keep(name: string, card: VirtualCard): void {
    this.#cards.set(name, card);
    card.onChange(() => {
      if (this.#cards.get(name) === card) this.#store(name, card);
    });
  }

  #store(name: string, card: VirtualCard): void {
    const file = `${PREFIX}${createHash('sha256').update(name).digest('hex').slice(0, 24)}.json`;
    writeWhole(join(this.#directory, file), { order: [...this.#cards.keys()].indexOf(name), name, card });
  }
}
