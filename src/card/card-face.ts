// The card face file (visual application EF 0002): header, offset table, and the objects behind it, read piecewise: the photo alone first, the
// rest later. Owns the one buffer the file is read into; `wipe` ends it. Checks that each object is where the table says before using it.

import { wipe } from '../core/bytes.ts';
import { malformed, parseHeader, parseTlv, parseTlvs, requireTlv, type Tlv } from './ber.ts';
import type { CardChannel } from './channel.ts';
import { readRange, readStart } from './files.ts';
import type { CardProfile } from './profile.ts';

export const FACE_TAG = {
  file: 0xff20,
  offsets: 0xdf21,
  birth: 0xdf22,
  sex: 0xdf23,
  publicKey: 0xdf24,
  name: 0xdf25,
  address: 0xdf26,
  photo: 0xdf27,
  signature: 0xdf28,
  expires: 0xdf29,
  securityCode: 0xdf2a,
} as const;

/** Objects in the order of the offset table. */
export const FACE_OBJECTS = [0xdf22, 0xdf23, 0xdf24, 0xdf25, 0xdf26, 0xdf27, 0xdf28, 0xdf29, 0xdf2a] as const;
export type FaceObjectTag = (typeof FACE_OBJECTS)[number];

type Range = readonly [number, number];

/** The file's header, its offset table, birth and sex; with the status word one frame of the smallest readers (64 bytes less 4 of protocol). */
const HEAD_BYTES = 58;

/** [start, end) of every object, from the table: it must rise and stay inside the file. Throws card/malformed. */
export const parseOffsets = (start: Uint8Array, total: number): ReadonlyMap<FaceObjectTag, Range> => {
  const { tag, headerLength } = parseHeader(start);
  if (tag !== FACE_TAG.file) throw malformed('card-face', 'file does not begin with FF20');
  const table = parseTlv(start, headerLength);
  if (table.tag !== FACE_TAG.offsets || table.value.length !== FACE_OBJECTS.length * 2) throw malformed('card-face', 'no offset table');
  const at = (index: number): number =>
    index < FACE_OBJECTS.length ? ((table.value[index * 2] ?? 0) << 8) | (table.value[index * 2 + 1] ?? 0) : total;
  const ranges = new Map<FaceObjectTag, Range>();
  for (const [index, object] of FACE_OBJECTS.entries()) {
    const lowest = index === 0 ? headerLength + table.raw.length : at(index - 1) + 3;
    if (at(index) < lowest || at(index) >= total) throw malformed('card-face', 'offset table does not rise or leaves the file');
    ranges.set(object, [at(index), at(index + 1)]);
  }
  return ranges;
};

export class CardFaceFile {
  readonly #channel: CardChannel;
  readonly #profile: CardProfile;
  readonly #bytes: Uint8Array;
  readonly #ranges: ReadonlyMap<FaceObjectTag, Range>;
  /** Ascending, disjoint parts that have been read. */
  #read: readonly Range[];

  private constructor(
    channel: CardChannel,
    profile: CardProfile,
    bytes: Uint8Array,
    ranges: ReadonlyMap<FaceObjectTag, Range>,
    end: number,
  ) {
    this.#channel = channel;
    this.#profile = profile;
    this.#bytes = bytes;
    this.#ranges = ranges;
    this.#read = [[0, end]];
  }

  /** Reads the head by short id: no more, because the photo is waited for. 照合番号B must have been verified. */
  static async open(channel: CardChannel, profile: CardProfile, signal?: AbortSignal): Promise<CardFaceFile> {
    const { data, total } = await readStart(channel, profile, profile.visual.face, signal, HEAD_BYTES);
    const bytes = new Uint8Array(total);
    const end = Math.min(data.length, total);
    try {
      const ranges = parseOffsets(data.subarray(0, end), total);
      bytes.set(data.subarray(0, end));
      return new CardFaceFile(channel, profile, bytes, ranges, end);
    } finally {
      wipe(data);
    }
  }

  /** Reads what is still missing of one object; the file must be the current one. */
  async read(tag: FaceObjectTag, signal?: AbortSignal): Promise<Tlv> {
    await this.#ensure(this.#range(tag), signal);
    return this.object(tag);
  }

  /** Reads everything that has not been read yet. The file must be the current one. */
  async readRest(signal?: AbortSignal): Promise<void> {
    await this.#ensure([0, this.#bytes.length], signal);
  }

  /** An object that has been read; a view that dies with the file. Throws card/malformed when it is not what the table promised. */
  object(tag: FaceObjectTag): Tlv {
    const [from, to] = this.#range(tag);
    if (!this.#read.some(([start, end]) => start <= from && to <= end)) throw new RangeError(`object ${tag.toString(16)} not read yet`);
    const object = parseTlv(this.#bytes.subarray(0, to), from);
    if (object.tag !== tag) throw malformed('card-face', `no ${tag.toString(16)} where the offset table points`);
    return object;
  }

  /** After readRest: the file must be exactly the objects of the table, in order, without gaps. */
  checkStructure(): void {
    const inside = parseTlvs(parseTlv(this.#bytes).value).map((object) => object.tag);
    const promised = [FACE_TAG.offsets, ...FACE_OBJECTS];
    if (inside.length !== promised.length || promised.some((tag, i) => inside[i] !== tag)) {
      throw malformed('card-face', 'objects are not those of the offset table');
    }
    for (const tag of FACE_OBJECTS) this.object(tag);
  }

  wipe(): void {
    wipe(this.#bytes);
  }

  #range(tag: FaceObjectTag): Range {
    const range = this.#ranges.get(tag);
    if (range === undefined) throw new RangeError(`no object ${String(tag)}`);
    return range;
  }

  async #ensure([from, to]: Range, signal?: AbortSignal): Promise<void> {
    let at = from;
    for (const [start, end] of this.#read) {
      if (at >= to) break;
      if (end <= at) continue;
      if (start > at) await readRange(this.#channel, this.#profile, this.#bytes, [at, Math.min(start, to)], signal);
      at = Math.max(at, end);
    }
    if (at < to) await readRange(this.#channel, this.#profile, this.#bytes, [at, to], signal);
    this.#read = mergeRanges([...this.#read, [from, to]]);
  }
}

/** Ascending, disjoint ranges that cover the same numbers. */
export const mergeRanges = (ranges: readonly Range[]): readonly Range[] => {
  const merged: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
};

export interface TextAttributes {
  /** Family and given name, parted by U+3000 as the card stores it. */
  readonly name: string;
  readonly address: string;
  /** YYYYMMDD. */
  readonly birth: string;
  /** One digit of ISO/IEC 5218. */
  readonly sex: string;
  /** Only on cards that hold them. */
  readonly nameKana?: string;
  readonly nameLatin?: string;
}

/** The attributes of the text application (FF20 { DF21 offsets, DF22 name, DF23 address, DF24 birth, DF25 sex; draft: DF26 kana, DF27 Latin }). */
export const parseAttributes = (file: Uint8Array): TextAttributes => {
  const whole = parseTlv(file);
  if (whole.tag !== 0xff20) throw malformed('attributes', 'file does not begin with FF20');
  const objects = parseTlvs(whole.value);
  const text = (tag: number): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(requireTlv(objects, tag, 'attributes').value);
    } catch (cause) {
      throw cause instanceof TypeError ? malformed('attributes', 'text is not UTF-8') : cause;
    }
  };
  const optional = (tag: number): string | undefined => (objects.some((object) => object.tag === tag) ? text(tag) : undefined);
  const [nameKana, nameLatin] = [optional(0xdf26), optional(0xdf27)];
  const attributes = {
    ...{ name: text(0xdf22), address: text(0xdf23), birth: text(0xdf24), sex: text(0xdf25) },
    ...(nameKana === undefined ? {} : { nameKana }),
    ...(nameLatin === undefined ? {} : { nameLatin }),
  };
  if (!/^\d{8}$/.test(attributes.birth) || !/^\d$/.test(attributes.sex)) throw malformed('attributes', 'birth or sex is not digits');
  return attributes;
};
