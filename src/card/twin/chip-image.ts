// What a simulated chip remembers without power: files, secrets with their counters, keys. Plain JSON outside, buffers inside.
// The keys and secrets in it are synthetic; nothing of a real card may ever be stored this way.

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { KioskFailure } from '../../core/failure.ts';

/** `free`, or the secrets of which one must have been verified; an empty list means never. */
export type Access = 'free' | readonly number[];

export interface ApplicationImage {
  readonly aid: string;
  /** Transparent files; content in base64. */
  readonly files: readonly { readonly id: number; readonly read: Access; readonly content: string }[];
  /** Record files (simple-TLV records in base64). */
  readonly records: readonly { readonly id: number; readonly records: readonly string[] }[];
  /** `left` is the non-volatile counter; a born-blocked secret starts at 0. */
  readonly secrets: readonly { readonly id: number; readonly value: string; readonly max: number; readonly left: number }[];
  /** PKCS #8 DER in base64. */
  readonly keys: readonly { readonly id: number; readonly use: Access; readonly pkcs8: string }[];
  /** Key used by COMPUTE DIGITAL SIGNATURE with P2 = 00. */
  readonly defaultKey?: number;
}

export interface ChipImage {
  readonly applications: readonly ApplicationImage[];
}

export interface Secret {
  readonly value: Uint8Array;
  readonly max: number;
  left: number;
}

export interface Application {
  readonly aid: Uint8Array;
  readonly files: ReadonlyMap<number, { readonly read: Access; readonly content: Uint8Array }>;
  readonly records: ReadonlyMap<number, readonly Uint8Array[]>;
  readonly secrets: ReadonlyMap<number, Secret>;
  readonly keys: ReadonlyMap<number, { readonly use: Access; readonly key: KeyObject }>;
  readonly defaultKey: number | undefined;
}

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const text = (content: Uint8Array): string => Buffer.from(content).toString('base64');
const byId = <In extends { readonly id: number }, Out>(items: readonly In[], make: (item: In) => Out): ReadonlyMap<number, Out> =>
  new Map(items.map((item) => [item.id, make(item)]));

/** Throws storage/corrupt when the image is not one that `saveImage` wrote. */
export const loadImage = (image: ChipImage): readonly Application[] => {
  try {
    return image.applications.map((application) => ({
      aid: Uint8Array.from(Buffer.from(application.aid, 'hex')),
      files: byId(application.files, ({ read, content }) => ({ read, content: bytes(content) })),
      records: byId(application.records, ({ records }) => records.map(bytes)),
      secrets: byId(application.secrets, ({ value, max, left }) => ({ value: Uint8Array.from(Buffer.from(value, 'latin1')), max, left })),
      keys: byId(application.keys, ({ use, pkcs8 }) => ({
        use,
        key: createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' }),
      })),
      defaultKey: application.defaultKey,
    }));
  } catch (cause) {
    throw new KioskFailure('storage/corrupt', {
      facts: { part: 'virtual-card' },
      cause,
      message: 'stored virtual card is damaged: delete it',
    });
  }
};

export const saveImage = (applications: readonly Application[]): ChipImage => ({
  applications: applications.map((application) => ({
    aid: Buffer.from(application.aid).toString('hex'),
    files: [...application.files].map(([id, { read, content }]) => ({ id, read, content: text(content) })),
    records: [...application.records].map(([id, records]) => ({ id, records: records.map(text) })),
    secrets: [...application.secrets].map(([id, { value, max, left }]) => ({
      id,
      value: Buffer.from(value).toString('latin1'),
      max,
      left,
    })),
    keys: [...application.keys].map(([id, { use, key }]) => ({
      id,
      use,
      pkcs8: key.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    })),
    ...(application.defaultKey === undefined ? {} : { defaultKey: application.defaultKey }),
  })),
});
