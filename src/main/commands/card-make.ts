// `kazashi card make`: a virtual card in a directory of its own. All of it is synthetic: keys, certificates, number.

import { join } from 'node:path';
import { CARD_GENERATIONS, type CardGeneration } from '../../card/profile.ts';
import { createSyntheticAuthority, type SyntheticAuthority } from '../../card/twin/authority.ts';
import { hasCard, issuerOf, leftoversIn, trustOf, writeCard, writeOtherCard } from '../../card/twin/card-directory.ts';
import { issueRevocationList } from '../../card/twin/certificates.ts';
import { CARD_DEFECTS, type CardDefect, KEPT_DEFECTS, requestWith } from '../../card/twin/defects.ts';
import { hasIssuer, readIssuer } from '../../card/twin/issuer-directory.ts';
import { encodeCardPhoto, type GreyPixels, JP2_SIGNATURE } from '../../card/twin/jp2.ts';
import { generationOf, newKeyPairFor } from '../../card/twin/keys.ts';
import { makeMaterial } from '../../card/twin/make-material.ts';
import { holderDetails, VIRTUAL_CARD_KINDS, type VirtualCardKind, type VirtualCardRequest } from '../../card/twin/request.ts';
import { equal } from '../../core/bytes.ts';
import { systemClock } from '../../core/clock.ts';
import { isFailure } from '../../core/failure.ts';
import { readPlainFile } from '../../core/plain-file.ts';
import { decodeJp2 } from '../../faceauth/jp2.ts';
import { decodePicture, MAX_PIXELS, renderSvg, toCardPhoto } from '../../faceauth/pictures.ts';
import { residentPortrait, residents } from '../../twin/residents.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import { refuseContradictions, refuseDates, refuseTwice } from '../card-make-words.ts';
import type { Command } from '../command.ts';
import { printedTexts } from '../printed-text.ts';

const usage = `  kazashi card make DIR     makes a virtual card; DIR is made, and must not hold a card yet
      --photo FILE           JPEG, PNG or JP2 (default: a drawn resident)
      --photo-bytes N        size of the JPEG 2000 file made of it, 1000 to 24000 (6000)
      --family T --given T --sex male|female|other|unknown --address T
      --kana T, --latin T    the name in kana and in Latin letters, on a card of generation 2028-draft
      --birth DAY            YYYY-MM-DD
      --expires DAY          of the card; --certificate-expires DAY of its certificates, not after it
      --pin NNNN, --no-pin   (1234); without: a 顔認証マイナンバーカード
      --password TEXT        of the key for signing (KAZASHI1); --no-sign: a child's card without that key
      --security-code NNNN   printed on the card (random)
      --defect NAME          ${CARD_DEFECTS.slice(0, 9).join(', ')},
                             ${CARD_DEFECTS.slice(9).join(', ')}
      --kind NAME            ${VIRTUAL_CARD_KINDS.join(', ')}
      --generation NAME      ${CARD_GENERATIONS.join(' or ')} (today's card, or a draft of the announced one: invented ids)
      --issuer DIR           the card whose issuer makes this one too (default: an issuer of its own)
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = {
  photo: text, 'photo-bytes': text, family: text, given: text, kana: text, latin: text, sex: text, address: text, birth: text,
  expires: text, 'certificate-expires': text, pin: text, 'no-pin': flag, password: text, 'no-sign': flag, 'security-code': text,
  defect: text, kind: text, generation: text, issuer: text,
} as const; // biome-ignore format: one table

const oneOf = <T extends string>(option: string, found: string | undefined, allowed: readonly T[]): T | undefined => {
  if (found === undefined) return undefined;
  return allowed.find((name) => name === found) ?? refuseWords(option, `--${option}: found "${found}"; allowed: ${allowed.join(', ')}`);
};

/** More than any camera writes. */
const MAX_PHOTO_BYTES = 64 * 1024 ** 2;

const readPhotoFile = (file: string): Uint8Array => {
  const content = readPlainFile(file, MAX_PHOTO_BYTES);
  if (content instanceof Uint8Array) return content;
  return refuseWords('photo', content.reason === 'ENOENT' ? `--photo: there is no file ${file}` : `--photo: ${file} ${content.fault}`);
};

/** How near the encoder comes to a size that the picture can fill; a size that nobody asked for is a wish only. */
const NEAR = 0.99;

const encodedTo = async (asked: string | undefined, pixels: GreyPixels): Promise<Uint8Array> => {
  const size = asked === undefined ? 6000 : Number(asked);
  const photo = await encodeCardPhoto(pixels, size);
  if (asked === undefined || photo.length >= size * NEAR) return photo;
  const { length: most } = await encodeCardPhoto(pixels, pixels.data.length);
  if (photo.length < most) return photo;
  const why = `this picture fills ${most} bytes at best quality`;
  return refuseWords('photo-bytes', `--photo-bytes: ${why}; give at most that, or --photo with a picture of more detail`);
};

const photoFrom = async (file: string | undefined, bytes: string | undefined): Promise<Uint8Array> => {
  const size = bytes === undefined ? 6000 : Number(bytes);
  if (!Number.isInteger(size) || size < 1000 || size > 24_000) {
    return refuseWords('photo-bytes', `--photo-bytes: found "${bytes}"; allowed: a whole number from 1000 to 24000`);
  }
  if (file === undefined) {
    return encodedTo(bytes, await toCardPhoto(await renderSvg(residentPortrait(residents()[0]?.id ?? '', 'card'), 480, 640)));
  }
  const content = readPhotoFile(file);
  if (equal(content.subarray(0, JP2_SIGNATURE.length), JP2_SIGNATURE)) {
    if (bytes !== undefined)
      return refuseWords(
        'photo-bytes',
        '--photo-bytes: a JP2 file goes onto the card as it is; leave --photo-bytes out, or give --photo a JPEG or PNG',
      );
    await decodeJp2(content).catch(() => refuseWords('photo', `--photo: ${file} is a JP2 file that cannot be decoded`));
    return content;
  }
  const picture = await decodePicture(content).catch((cause: unknown) => {
    const { reason, width, height } = isFailure(cause) ? cause.facts : {};
    const large = `has ${width} × ${height} pixels, and ${MAX_PIXELS / 1e6} megapixels are the most`;
    return refuseWords('photo', `--photo: ${file} ${reason === 'too-large' ? large : 'is no JPEG, PNG or JP2 picture'}`);
  });
  return encodedTo(bytes, await toCardPhoto(picture));
};

const issuerFor = async (
  directory: string | undefined,
  generation: CardGeneration | undefined,
  now: number,
): Promise<SyntheticAuthority> => {
  if (directory === undefined) return createSyntheticAuthority({ now, newKeyPair: newKeyPairFor(generation ?? '2016') });
  if (!hasIssuer(issuerOf(directory))) return refuseWords('issuer', `--issuer: there is no card with an issuer in ${directory}`);
  const issuer = readIssuer(issuerOf(directory));
  const itsGeneration = generationOf(issuer.key);
  if (generation === undefined || generation === itsGeneration) return issuer;
  return refuseWords('issuer', `--issuer: ${directory} issues cards of generation ${itsGeneration}, not ${generation}`);
};

type Values = Readonly<Partial<Record<keyof typeof OPTIONS, string | boolean>>>;

const requestFrom = async (values: Values, defect: CardDefect | undefined, now: number): Promise<VirtualCardRequest> => {
  const word = (option: keyof Values, field: keyof VirtualCardRequest) =>
    typeof values[option] === 'string' ? { [field]: values[option] } : {};
  const [resident] = residents();
  const named = values.family !== undefined || values.given !== undefined;
  const request: VirtualCardRequest = {
    kind: 'my-number',
    photoJp2: await photoFrom(values.photo as string | undefined, values['photo-bytes'] as string | undefined),
    ...(named || resident === undefined ? {} : { family: resident.family, given: resident.given, birth: resident.birth, sex: resident.sex }),
    ...word('family', 'family'), ...word('given', 'given'), ...word('kana', 'kana'), ...word('latin', 'latin'),
    ...word('sex', 'sex'), ...word('address', 'address'), ...word('birth', 'birth'), ...word('expires', 'expires'),
    ...word('certificate-expires', 'certificateExpires'), ...word('security-code', 'securityCode'), ...word('pin', 'pin'),
    ...(values['no-pin'] === true ? { pin: null } : {}),
    signCertificate: values['no-sign'] !== true,
    ...word('password', 'signPassword'),
    ...requestWith(defect, now),
  }; // biome-ignore format: one table
  return request;
};

const OPTION_OF: Readonly<Record<string, string>> = {
  securityCode: 'security-code',
  signPassword: 'password',
  certificateExpires: 'certificate-expires',
};

/** A refusal of the holder's details in the words of the command line. */
const inOptions = <T>(run: () => T): T => {
  try {
    return run();
  } catch (cause) {
    if (!isFailure(cause, 'input/invalid')) throw cause;
    const field = String(cause.facts['field']);
    const option = OPTION_OF[field] ?? field;
    const message = cause.message
      .replace(/^\w+:/, `--${option}:`)
      .replace(/, or null for a card.*$/, '; --no-pin makes a card without one');
    return refuseWords(option, message);
  }
};

const makeMyNumberCard = async (directory: string, values: Values): Promise<void> => {
  const now = systemClock.now();
  const defect = oneOf('defect', values.defect as string | undefined, CARD_DEFECTS);
  const generation = oneOf('generation', values.generation as string | undefined, CARD_GENERATIONS);
  refuseContradictions(values, defect);
  const request = await requestFrom(values, defect, now);
  refuseDates(
    values,
    defect,
    inOptions(() => holderDetails(request, now, () => '0000')),
  );
  const issuer = await issuerFor(values.issuer as string | undefined, generation, now);
  for (const name of ['kana', 'latin'] as const)
    if (values[name] !== undefined && generationOf(issuer.key) === '2016')
      refuseWords(name, `--${name}: only a card of generation 2028-draft holds this; add --generation 2028-draft, or leave --${name} out`);
  const newKeyPair = newKeyPairFor(generationOf(issuer.key));
  const made = await makeMaterial(request, { authority: issuer, now, newKeyPair });
  const { family, given, address } = made.holder;
  const [namePng, addressPng] = await printedTexts([`${family}\u3000${given}`, address]);
  const material = { ...made, pictures: { ...(namePng && { namePng }), ...(addressPng && { addressPng }) } };
  // A kiosk that believes another issuer: the card is whole, and nobody's.
  const trusted = defect === 'unknown-issuer' ? await createSyntheticAuthority({ now, newKeyPair }) : issuer;
  const kept = KEPT_DEFECTS.find((name) => name === defect) ?? null;
  const revocation = defect === 'revoked' ? { revocationList: await issueRevocationList(issuer, [material.authCertificate], now) } : {};
  await writeCard(directory, { material, issuer, trusted, defect: kept, ...revocation });
};

const next = (directory: string): string => `${directory}
  card.json              holder, secrets and tries left, defect: edit it
  photo.jp2              the photo of the chip; name.png, address.png: what is printed
  auth-certificate.pem   and auth-key.pem, sign-certificate.pem, sign-key.pem, card-key.pem
  issuer/                who made the card; ${trustOf('')}/: what a kiosk must trust (reader.trustAnchors)

  kazashi card show ${directory}
  kazashi card read --reader ${directory}
  kazashi card serve ${directory} --vpcd 127.0.0.1:35963
`;

export const command: Command = {
  usage,
  async run(words) {
    const { values, positionals } = parseWords(words, usage, { options: OPTIONS, allowPositionals: true });
    const [directory, ...more] = positionals;
    if (directory === undefined || directory === '' || more.length > 0)
      return refuseWords('directory', `card make needs one directory\n\n${usage}`);
    if (hasCard(directory))
      return refuseWords('directory', `${join(directory, 'card.json')} is there already: move that card away, or give another directory`);
    const left = leftoversIn(directory);
    if (left.length > 0) {
      const what = `${directory} has no card.json, but files of a card: ${left.join(', ')}`;
      return refuseWords('directory', `${what}; they would be overwritten: move them away, or give another directory`);
    }
    refuseTwice(words, OPTIONS);
    const kind = oneOf<VirtualCardKind>('kind', values.kind, VIRTUAL_CARD_KINDS) ?? 'my-number';
    if (kind !== 'my-number') {
      const [other] = Object.keys(values).filter((name) => name !== 'kind');
      if (other !== undefined) return refuseWords(other, `--${other}: a ${kind} card has nothing of this; only a my-number card does`);
      writeOtherCard(directory, kind);
      process.stdout.write(`${join(directory, 'card.json')}\n`);
      return 0;
    }
    await makeMyNumberCard(directory, values);
    process.stdout.write(next(directory));
    return 0;
  },
};
