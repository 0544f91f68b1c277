// `kazashi card make`: a virtual card in a directory of its own. All of it is synthetic: keys, certificates, number.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CARD_GENERATIONS, type CardGeneration } from '../../card/profile.ts';
import { createSyntheticAuthority, type SyntheticAuthority } from '../../card/twin/authority.ts';
import { hasCard, issuerOf, trustOf, writeCard, writeOtherCard } from '../../card/twin/card-directory.ts';
import { issueRevocationList } from '../../card/twin/certificates.ts';
import { CARD_DEFECTS, type CardDefect, KEPT_DEFECTS, requestWith } from '../../card/twin/defects.ts';
import { hasIssuer, readIssuer } from '../../card/twin/issuer-directory.ts';
import { encodeCardPhoto, JP2_SIGNATURE } from '../../card/twin/jp2.ts';
import { generationOf, newKeyPairFor } from '../../card/twin/keys.ts';
import { makeMaterial } from '../../card/twin/make-material.ts';
import { VIRTUAL_CARD_KINDS, type VirtualCardKind, type VirtualCardRequest } from '../../card/twin/request.ts';
import { equal } from '../../core/bytes.ts';
import { systemClock } from '../../core/clock.ts';
import { decodeJp2 } from '../../faceauth/jp2.ts';
import { decodePicture, renderSvg, toCardPhoto } from '../../faceauth/pictures.ts';
import { residentPortrait, residents } from '../../twin/residents.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { printedTexts } from '../printed-text.ts';

const usage = `  kazashi card make DIR     makes a virtual card; DIR is made, and must not hold a card yet
      --photo FILE           JPEG, PNG or JP2 (default: a drawn resident)
      --photo-bytes N        size of the JPEG 2000 file, 1000 to 24000 (6000)
      --family T --given T --kana T --latin T --sex male|female|other|unknown --address T
      --birth DAY            YYYY-MM-DD
      --expires DAY          of the card; --certificate-expires DAY of its certificates
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

const readPhotoFile = (file: string): Uint8Array => {
  if (!existsSync(file)) return refuseWords('photo', `--photo: there is no file ${file}`);
  try {
    return Uint8Array.from(readFileSync(file));
  } catch {
    return refuseWords('photo', `--photo: ${file} cannot be read`);
  }
};

const photoFrom = async (file: string | undefined, bytes: string | undefined): Promise<Uint8Array> => {
  const size = bytes === undefined ? 6000 : Number(bytes);
  if (!Number.isInteger(size) || size < 1000 || size > 24_000) {
    return refuseWords('photo-bytes', `--photo-bytes: found "${bytes}"; allowed: a whole number from 1000 to 24000`);
  }
  if (file === undefined) {
    return encodeCardPhoto(await toCardPhoto(await renderSvg(residentPortrait(residents()[0]?.id ?? '', 'card'), 480, 640)), size);
  }
  const content = readPhotoFile(file);
  if (equal(content.subarray(0, JP2_SIGNATURE.length), JP2_SIGNATURE)) {
    await decodeJp2(content).catch(() => refuseWords('photo', `--photo: ${file} is a JP2 file that cannot be decoded`));
    return content;
  }
  const picture = await decodePicture(content).catch(() => refuseWords('photo', `--photo: ${file} is no JPEG, PNG or JP2 picture`));
  return encodeCardPhoto(await toCardPhoto(picture), size);
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
  if (values.pin !== undefined && values['no-pin'] === true) refuseWords('pin', '--pin and --no-pin exclude each other');
  if (values.password !== undefined && values['no-sign'] === true) refuseWords('password', '--password and --no-sign exclude each other');
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

const makeMyNumberCard = async (directory: string, values: Values): Promise<void> => {
  const now = systemClock.now();
  const defect = oneOf('defect', values.defect as string | undefined, CARD_DEFECTS);
  const generation = oneOf('generation', values.generation as string | undefined, CARD_GENERATIONS);
  const request = await requestFrom(values, defect, now);
  const issuer = await issuerFor(values.issuer as string | undefined, generation, now);
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
      return refuseWords('directory', `${join(directory, 'card.json')} is there already: delete it, or give another directory`);
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
