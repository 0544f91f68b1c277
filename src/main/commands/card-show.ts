// `kazashi card show`: a virtual card's directory in words. Nothing is masked: whoever may read the files may read this.

import { X509Certificate } from 'node:crypto';
import { keyName } from '../../card/key-name.ts';
import { APPLICATION_NAMES, openCard } from '../../card/twin/card-directory.ts';
import type { MyNumberDocument } from '../../card/twin/card-document.ts';
import type { Access, ApplicationImage, ChipImage } from '../../card/twin/chip-image.ts';
import type { VirtualCard } from '../../card/twin/virtual-card.ts';
import { systemClock } from '../../core/clock.ts';
import { decodeJp2 } from '../../faceauth/jp2.ts';
import { parseWords, refuseWords } from '../arguments.ts';
import type { Command } from '../command.ts';
import { line } from '../lines.ts';

const usage = `  kazashi card show DIR     prints a virtual card: holder, what is printed, secrets and tries, certificates, files of the chip
`;

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

const certificateLine = (content: string): string => {
  try {
    const { subject, validTo, publicKey } = new X509Certificate(bytesOf(content));
    const day = new Date(validTo).toISOString().slice(0, 10);
    return `until ${day}, ${keyName(publicKey)}, ${subject.replaceAll('\n', ', ')}`;
  } catch {
    return 'none';
  }
};

const condition = (access: Access): string => {
  if (access === 'free') return 'free';
  return access.length === 0 ? 'never' : `after ${access.map(hex).join(' or ')}`;
};

const applicationLines = ({ aid, files, records, secrets, keys, reserved = [] }: ApplicationImage, name: string): string => {
  const rows = [
    `AID ${aid.toUpperCase()}`,
    ...files.map(({ id, content, read }) => `EF ${hex(id)}  ${String(bytesOf(content).length).padStart(5)} bytes  read ${condition(read)}`),
    ...records.map(
      ({ id, records: list }) => `EF ${hex(id)}  ${String(list.length).padStart(5)} record${list.length === 1 ? '' : 's'}  read free`,
    ),
    ...secrets.map(({ id, left, max }) => `EF ${hex(id)}  secret       ${left} of ${max} tries left`),
    ...keys.map(({ id, use }) => `EF ${hex(id)}  key          use ${condition(use)}`),
    ...reserved.map((id) => `EF ${hex(id)}  reserved     can be selected, not read; what for is not public`),
  ];
  return line(name, rows.join('\n'));
};

/** What GET DATA answers before an application is selected. */
const objectLines = (objects: NonNullable<ChipImage['objects']>): string => {
  if (objects.length === 0) return '';
  const rows = objects.map(({ tag, content }) => `${hex(tag)}     ${String(bytesOf(content).length).padStart(5)} bytes  read free`);
  return line('GET DATA', rows.join('\n'));
};

const secretLine = ([name, { value, triesLeft }]: readonly [string, MyNumberDocument['secrets'][string]]): string => {
  // A PIN or password that nobody knows was never set: that it is blocked says nothing of wrong tries.
  const unset = !value && (name.endsWith('-pin') || name === 'sign-password');
  return `${name.padEnd(16)}${(value ?? '').padEnd(18)}${triesLeft > 0 ? `${triesLeft} tries left` : unset ? 'not set' : 'locked'}`;
};

const photoLine = async (photo: Uint8Array): Promise<string> => {
  const size = await decodeJp2(photo).then(
    ({ width, height, channels }) => `${width} × ${height}, ${channels === 1 ? 'grey' : 'colour'}`,
    () => 'cannot be decoded',
  );
  return `JPEG 2000, ${photo.length} bytes, ${size}`;
};

const describe = async (card: VirtualCard, document: MyNumberDocument, photo: Uint8Array): Promise<string> => {
  const { holder, secrets, defect, generation } = document;
  const printed = card.printed();
  const { chip } = card.toJSON();
  const [jpki] = chip?.applications ?? [];
  const certificate = (id: number) => certificateLine(jpki?.files.find((file) => file.id === id)?.content ?? '');
  const names = [holder.kana, holder.latin].filter((name) => name !== undefined).join(', ');
  return [
    line('card', `My Number Card of generation ${generation}${defect === null ? '' : `, with one defect: ${defect}`}`),
    line('holder', `${holder.family}\u3000${holder.given}${names === '' ? '' : ` (${names})`}\n${holder.address}`),
    line('born, sex', `${holder.birth} (printed ${printed?.birth ?? ''}), ${holder.sex}`),
    line('card expires', holder.expires),
    line('照合番号B', `${printed?.verificationCode ?? ''}   security code ${holder.securityCode}`),
    line('number (synthetic)', holder.number),
    line('photo', await photoLine(photo)),
    line('secrets', Object.entries(secrets).map(secretLine).join('\n')),
    line('authentication', certificate(0x0a)),
    line('signing', certificate(0x01)),
    '\n',
    ...(chip?.applications.map((application, index) => applicationLines(application, APPLICATION_NAMES[generation][index] ?? '')) ?? []),
    objectLines(chip?.objects ?? []),
  ].join('');
};

export const command: Command = {
  usage,
  async run(words) {
    const { positionals } = parseWords(words, usage, { options: {}, allowPositionals: true });
    const [directory, ...more] = positionals;
    if (directory === undefined || more.length > 0) return refuseWords('directory', `card show needs one directory\n\n${usage}`);
    const { card, document, photo } = await openCard(directory, systemClock.now());
    const text =
      document.kind === 'my-number' && photo !== undefined
        ? await describe(card, document, photo)
        : line('card', `${document.kind}: ${card.technology === 'felica' ? 'FeliCa' : 'ISO/IEC 14443 type B'}, no My Number Card`);
    process.stdout.write(text);
    return 0;
  },
};
