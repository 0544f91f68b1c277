// What a simulated chip remembers without power: files, secrets with their counters, keys. Plain JSON outside, buffers inside.
// The keys and secrets in it are synthetic; nothing of a real card may ever be stored this way.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
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
  readonly secrets: readonly SecretImage[];
  /** PKCS #8 DER in base64. */
  readonly keys: readonly { readonly id: number; readonly use: Access; readonly pkcs8: string }[];
  /** Key used by COMPUTE DIGITAL SIGNATURE with P2 = 00. */
  readonly defaultKey?: number;
  /** Files that are there and can be selected, but neither read nor used: internal, or of no public purpose. */
  readonly reserved?: readonly number[];
  /** EF of the key that terminals' certificates are checked against, SubjectPublicKeyInfo DER in base64. */
  readonly terminalAnchor?: { readonly id: number; readonly spki: string };
  /** Which command changes a PIN here: 00 24 or 80 32. Absent: none does. */
  readonly change?: ChangeCommand;
}

export type ChangeCommand = 'iso' | 'jicsap';
/** What a secret that its holder may change is made of: four digits, or 6 to 16 of A-Z and 0-9. */
export type SecretForm = 'pin' | 'password';

export interface SecretImage {
  readonly id: number;
  readonly value: string;
  readonly max: number;
  readonly left: number;
  readonly form?: SecretForm;
}

export interface ChipImage {
  readonly applications: readonly ApplicationImage[];
  /** Data objects of the card itself, for GET DATA before any application is selected; content in base64. */
  readonly objects?: readonly { readonly tag: number; readonly content: string }[];
}

export interface Secret {
  value: Uint8Array;
  readonly max: number;
  left: number;
  readonly form: SecretForm | undefined;
}

export interface Application {
  readonly aid: Uint8Array;
  readonly files: ReadonlyMap<number, { readonly read: Access; readonly content: Uint8Array }>;
  readonly records: ReadonlyMap<number, readonly Uint8Array[]>;
  readonly secrets: ReadonlyMap<number, Secret>;
  readonly keys: ReadonlyMap<number, { readonly use: Access; readonly key: KeyObject }>;
  readonly defaultKey: number | undefined;
  readonly reserved: ReadonlySet<number>;
  readonly terminalAnchor: { readonly id: number; readonly key: KeyObject } | undefined;
  readonly change: ChangeCommand | undefined;
}

export interface Memory {
  readonly applications: readonly Application[];
  readonly objects: ReadonlyMap<number, Uint8Array>;
}

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const text = (content: Uint8Array): string => Buffer.from(content).toString('base64');
const byId = <In extends { readonly id: number }, Out>(items: readonly In[], make: (item: In) => Out): ReadonlyMap<number, Out> =>
  new Map(items.map((item) => [item.id, make(item)]));

/** Throws storage/corrupt when the image is not one that `saveImage` wrote. */
export const loadImage = (image: ChipImage): Memory => {
  try {
    return {
      applications: image.applications.map(loadApplication),
      objects: new Map((image.objects ?? []).map(({ tag, content }) => [tag, bytes(content)])),
    };
  } catch (cause) {
    throw new KioskFailure('storage/corrupt', {
      facts: { part: 'virtual-card' },
      cause,
      message: 'stored virtual card is damaged: delete it',
    });
  }
};

const loadApplication = (application: ApplicationImage): Application => ({
  aid: Uint8Array.from(Buffer.from(application.aid, 'hex')),
  files: byId(application.files, ({ read, content }) => ({ read, content: bytes(content) })),
  records: byId(application.records, ({ records }) => records.map(bytes)),
  secrets: byId(application.secrets, ({ value, max, left, form }) => ({
    value: Uint8Array.from(Buffer.from(value, 'latin1')),
    max,
    left,
    form,
  })),
  keys: byId(application.keys, ({ use, pkcs8 }) => ({
    use,
    key: createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' }),
  })),
  defaultKey: application.defaultKey,
  reserved: new Set(application.reserved),
  terminalAnchor: application.terminalAnchor && {
    id: application.terminalAnchor.id,
    key: createPublicKey({ key: Buffer.from(application.terminalAnchor.spki, 'base64'), format: 'der', type: 'spki' }),
  },
  change: application.change,
});

export const saveImage = ({ applications, objects }: Memory): ChipImage => ({
  applications: applications.map(saveApplication),
  objects: [...objects].map(([tag, content]) => ({ tag, content: text(content) })),
});

const saveApplication = ({
  aid,
  files,
  records,
  secrets,
  keys,
  defaultKey,
  reserved,
  terminalAnchor,
  change,
}: Application): ApplicationImage => ({
  aid: Buffer.from(aid).toString('hex'),
  files: [...files].map(([id, { read, content }]) => ({ id, read, content: text(content) })),
  records: [...records].map(([id, list]) => ({ id, records: list.map(text) })),
  secrets: [...secrets].map(([id, { value, max, left, form }]) => ({
    id,
    value: Buffer.from(value).toString('latin1'),
    max,
    left,
    ...(form === undefined ? {} : { form }),
  })),
  keys: [...keys].map(([id, { use, key }]) => ({ id, use, pkcs8: key.export({ type: 'pkcs8', format: 'der' }).toString('base64') })),
  ...(defaultKey === undefined ? {} : { defaultKey }),
  reserved: [...reserved],
  ...(terminalAnchor === undefined
    ? {}
    : { terminalAnchor: { id: terminalAnchor.id, spki: terminalAnchor.key.export({ type: 'spki', format: 'der' }).toString('base64') } }),
  ...(change === undefined ? {} : { change }),
});
