// A virtual card as a directory of plain files that a person can read and edit: card.json (holder, secrets with their counters, defect), pictures,
// keys and certificates, its issuer, and what a kiosk must trust. The chip's files are built from them each time the card is opened, and signed
// with the issuer's key, so that an edited card is a genuine one; raw/APPLICATION-FILE.bin replaces a file of the chip byte for byte.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { equal, fromHex, hex } from '../../core/bytes.ts';
import { keyName } from '../key-name.ts';
import type { CardGeneration } from '../profile.ts';
import type { SyntheticAuthority } from './authority.ts';
import { type CardDocument, damagedFile, type MyNumberDocument, parseCardDocument } from './card-document.ts';
import type { CardMaterial } from './card-material.ts';
import type { ChipImage } from './chip-image.ts';
import { type CardDefect, withStored } from './defects.ts';
import { SECRET_NAMES } from './document-secrets.ts';
import { hasIssuer, readIssuer, writeIssuer, writeTrust } from './issuer-directory.ts';
import { JP2_SIGNATURE } from './jp2.ts';
import { KEY_OF } from './keys.ts';
import { codeBOf, issuerMaterial } from './make-material.ts';
import { hasFile, keyPem, pemOf, readCertificateFile, readKeyFile, readPlain, writePlain } from './plain-files.ts';
import { holderDetails, MAX_PHOTO } from './request.ts';
import { assembleCard, otherCard, VirtualCard, type VirtualCardState } from './virtual-card.ts';

const FILE = {
  card: 'card.json',
  photo: 'photo.jp2',
  name: 'name.png',
  address: 'address.png',
  authKey: 'auth-key.pem',
  authCertificate: 'auth-certificate.pem',
  signKey: 'sign-key.pem',
  signCertificate: 'sign-certificate.pem',
  cardKey: 'card-key.pem',
} as const;
/** In the order of the chip's image. */
export const APPLICATION_NAMES: Readonly<Record<CardGeneration, readonly string[]>> = {
  '2016': ['jpki', 'visual', 'text', 'resident', 'common'],
  '2028-draft': ['auth', 'face'],
};

export const hasCard = (directory: string): boolean => hasFile(directory, FILE.card);
export const issuerOf = (directory: string): string => join(directory, 'issuer');
/** What a card consists of besides card.json, as far as it is there: a new card would overwrite it, or be changed by it. */
export const leftoversIn = (directory: string): readonly string[] =>
  [...Object.values(FILE), 'raw', 'issuer', 'trust'].filter((name) => name !== FILE.card && hasFile(directory, name));
export const trustOf = (directory: string): string => join(directory, 'trust');

/** A secret goes on one line: it is what people look for and edit. */
const write = (directory: string, document: CardDocument): void => {
  const json = JSON.stringify(document, undefined, 2);
  const short = json.replace(
    /\{\s+((?:"value": (?:null|"[^"\n]*"), *\s+)?"triesLeft": \d+)\s+\}/g,
    (_, inside: string) => `{ ${inside.replace(/\s+/g, ' ')} }`,
  );
  writePlain(directory, FILE.card, `${short}\n`);
};

const secretsOf = (generation: CardGeneration, { applications }: ChipImage): MyNumberDocument['secrets'] => {
  const rows = Object.entries(SECRET_NAMES[generation]).flatMap(([name, [application, id]]) => {
    const secret = applications[application]?.secrets.find((one) => one.id === id);
    if (secret === undefined) return [];
    const value = secret.form === undefined ? {} : { value: secret.value };
    return [[name, { ...value, triesLeft: secret.left }] as const];
  });
  return Object.fromEntries(rows);
};

/** Writes a new card of another kind. */
export const writeOtherCard = (directory: string, kind: 'driving-licence' | 'transit' | 'broken'): void =>
  write(directory, { format: 'kazashi-card/1', kind });

export interface NewCard {
  readonly material: CardMaterial;
  readonly issuer: SyntheticAuthority;
  /** Whom a kiosk shall trust; another than the issuer: the card is nobody's. */
  readonly trusted: SyntheticAuthority;
  readonly defect: MyNumberDocument['defect'];
  /** DER of the issuer's revocation list, if a kiosk shall have one. */
  readonly revocationList?: Uint8Array;
}

/** Writes a new card and everything it consists of. Throws storage/unwritable. */
export const writeCard = async (directory: string, { material, issuer, trusted, defect, revocationList }: NewCard): Promise<void> => {
  const { holder, signing, pictures } = material;
  const { generation, chip } = withStored(assembleCard(material).toJSON(), defect ?? undefined);
  if (generation === undefined || chip === undefined) throw new RangeError('a My Number Card has a chip');
  await writeIssuer(issuerOf(directory), issuer);
  writeTrust(trustOf(directory), trusted);
  if (revocationList !== undefined) writePlain(trustOf(directory), 'revoked.crl', revocationList);
  writePlain(directory, FILE.photo, holder.photoJp2);
  if (pictures.namePng !== undefined) writePlain(directory, FILE.name, pictures.namePng);
  if (pictures.addressPng !== undefined) writePlain(directory, FILE.address, pictures.addressPng);
  writePlain(directory, FILE.authKey, keyPem(material.authKey));
  writePlain(directory, FILE.authCertificate, pemOf(material.authCertificate));
  writePlain(directory, FILE.cardKey, keyPem(material.cardKey));
  if (signing !== undefined) {
    writePlain(directory, FILE.signKey, keyPem(signing.key));
    writePlain(directory, FILE.signCertificate, pemOf(signing.certificate));
  }
  const { family, given, kana, latin, birth, sex, address, expires, securityCode } = holder;
  write(directory, {
    format: 'kazashi-card/1',
    kind: 'my-number',
    generation,
    holder: {
      family,
      given,
      ...(kana === undefined ? {} : { kana }),
      ...(latin === undefined ? {} : { latin }),
      ...{ birth, sex, address, expires, securityCode, number: material.number },
    },
    secrets: secretsOf(generation, chip),
    serial: hex(material.serial),
    defect,
  });
};

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** Of the card face's 64 kB, for the picture of a name or of an address. */
const MAX_PRINTED = 16_384;

const materialFrom = async (directory: string, document: MyNumberDocument, now: number): Promise<CardMaterial> => {
  const { number, ...holder } = document.holder;
  const file = join(directory, FILE.card);
  const signs = hasFile(directory, FILE.signKey);
  const { value: pin = null } = document.secrets['auth-pin'] ?? {};
  const { value: password = null } = document.secrets['sign-password'] ?? {};
  const picture = (name: string): Uint8Array | undefined => {
    if (!hasFile(directory, name)) return undefined;
    const png = readPlain(directory, name, MAX_PRINTED);
    if (!equal(png.subarray(0, PNG_SIGNATURE.length), PNG_SIGNATURE)) throw damagedFile(join(directory, name), 'is no PNG picture');
    return png;
  };
  const [namePng, addressPng] = [picture(FILE.name), picture(FILE.address)];
  const photoJp2 = readPlain(directory, FILE.photo, MAX_PHOTO);
  if (!equal(photoJp2.subarray(0, JP2_SIGNATURE.length), JP2_SIGNATURE))
    throw damagedFile(join(directory, FILE.photo), 'no JPEG 2000 picture in a JP2 container');
  const keyIn = (name: string) => {
    const key = readKeyFile(directory, name);
    const [found, needed] = [keyName(key), KEY_OF[document.generation]];
    if (found === needed) return key;
    throw damagedFile(join(directory, name), `the key is ${found}; a card of generation ${document.generation} has ${needed}`);
  };
  let details: CardMaterial['holder'];
  try {
    details = holderDetails(
      {
        kind: 'my-number',
        ...holder,
        ...(holder.kana === undefined ? {} : { kana: holder.kana }),
        ...(holder.latin === undefined ? {} : { latin: holder.latin }),
        pin,
        photoJp2,
        ...(signs ? { signCertificate: true, ...(password === null ? {} : { signPassword: password }) } : {}),
      } as Parameters<typeof holderDetails>[0],
      now,
      () => '0000',
    );
  } catch (cause) {
    throw damagedFile(file, cause instanceof Error ? cause.message : 'wrong', cause);
  }
  const authority = readIssuer(issuerOf(directory));
  return {
    holder: details,
    pictures: { ...(namePng === undefined ? {} : { namePng }), ...(addressPng === undefined ? {} : { addressPng }) },
    codeB: codeBOf(details),
    number,
    authKey: keyIn(FILE.authKey),
    cardKey: keyIn(FILE.cardKey),
    authCertificate: readCertificateFile(directory, FILE.authCertificate),
    ...(signs
      ? {
          signing: {
            key: keyIn(FILE.signKey),
            certificate: readCertificateFile(directory, FILE.signCertificate),
            password: details.signPassword ?? '',
          },
        }
      : {}),
    ...(await issuerMaterial(authority)),
    serial: fromHex(document.serial),
  };
};

/** The chip with the counters and the changed secrets of the document. */
const withSecrets = (state: VirtualCardState, { generation, secrets }: MyNumberDocument): VirtualCardState => {
  if (state.chip === undefined) return state;
  const applications = state.chip.applications.map((application, index) => ({
    ...application,
    secrets: application.secrets.map((secret) => {
      const place = Object.entries(SECRET_NAMES[generation]).find(([, [at, id]]) => at === index && id === secret.id);
      const kept = place === undefined ? undefined : secrets[place[0]];
      if (kept === undefined) return secret;
      const value = secret.form !== undefined && typeof kept.value === 'string' ? kept.value : secret.value;
      return { ...secret, value, left: Math.min(secret.max, kept.triesLeft) };
    }),
  }));
  return { ...state, chip: { ...state.chip, applications } };
};

const readNames = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch (cause) {
    throw damagedFile(directory, 'is no directory that can be read', cause);
  }
};

/** raw/jpki-000A.bin and so on. Throws input/invalid for a name that means no file of the chip. */
const withRawFiles = (state: VirtualCardState, directory: string, generation: CardGeneration): VirtualCardState => {
  if (state.chip === undefined || !hasFile(directory, 'raw')) return state;
  let { applications } = state.chip;
  for (const name of readNames(join(directory, 'raw'))) {
    const [, word = '', digits = ''] = /^([a-z]+)-([0-9A-Fa-f]{4})\.bin$/.exec(name) ?? [];
    const at = APPLICATION_NAMES[generation].indexOf(word);
    const id = Number.parseInt(digits, 16);
    if (!applications[at]?.files.some((file) => file.id === id)) {
      const names = applications.flatMap(({ files }, i) =>
        files.map((file) => `${APPLICATION_NAMES[generation][i]}-${file.id.toString(16).toUpperCase().padStart(4, '0')}.bin`),
      );
      throw damagedFile(join(directory, 'raw', name), `means no file of the chip; possible: ${names.join(', ')}`);
    }
    const content = Buffer.from(readPlain(join(directory, 'raw'), name, 32_768)).toString('base64');
    applications = applications.map((application, i) =>
      i === at ? { ...application, files: application.files.map((file) => (file.id === id ? { ...file, content } : file)) } : application,
    );
  }
  return { ...state, chip: { ...state.chip, applications } };
};

export interface OpenedCard {
  readonly card: VirtualCard;
  readonly document: CardDocument;
  readonly defect: CardDefect | undefined;
  readonly photo: Uint8Array | undefined;
}

/** A byte order mark is no part of it. */
const textOf = (bytes: Uint8Array, file: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw damagedFile(file, 'is not UTF-8 (Shift_JIS?); save it as UTF-8', cause);
  }
};

/** Opens a card; its counters and changed secrets go back into card.json. `now` in epoch milliseconds. Throws input/invalid naming file and field. */
export const openCard = async (directory: string, now: number): Promise<OpenedCard> => {
  const file = join(directory, FILE.card);
  if (!hasCard(directory)) throw damagedFile(file, `there is no card in ${directory}; make one with: kazashi card make ${directory}`);
  const document = parseCardDocument(textOf(readPlain(directory, FILE.card), file), file);
  if (document.kind !== 'my-number') return { card: otherCard(document.kind), document, defect: undefined, photo: undefined };
  if (!hasIssuer(issuerOf(directory))) throw damagedFile(issuerOf(directory), 'the issuer of the card is missing');
  const { generation } = document;
  const material = await materialFrom(directory, document, now);
  const made = withSecrets(assembleCard(material).toJSON(), document);
  // The defect after the counters: whoever writes that a secret is locked gets one that is, whatever tries stand beside it.
  const state = withRawFiles(withStored(made, document.defect ?? undefined), directory, generation);
  const card = VirtualCard.fromJSON(state);
  card.onChange(() => {
    const { chip } = card.toJSON();
    if (chip !== undefined) write(directory, { ...document, secrets: secretsOf(generation, chip) });
  });
  const secrets = state.chip === undefined ? document.secrets : secretsOf(generation, state.chip);
  return { card, document: { ...document, secrets }, defect: document.defect ?? undefined, photo: material.holder.photoJp2 };
};
