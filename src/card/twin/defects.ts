// Cards with the faults that a kiosk meets, made on purpose: each is a whole card with exactly one thing wrong.
// Removal in the middle of a command, two cards in the field and other technologies belong to the radio twin, not here.

import { equal } from '../../core/bytes.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { parseTlv, parseTlvs, requireTlv } from '../ber.ts';
import { jstDay, monthsLater } from '../calendar.ts';
import { FACE_TAG } from '../card-face.ts';
import type { VirtualCardChip } from '../ports.ts';
import { cardProfile2016 } from '../profile.ts';
import { createSyntheticAuthority } from './authority.ts';
import type { ApplicationImage } from './chip-image.ts';
import type { VirtualCardRequest } from './request.ts';
import { createVirtualCard, VirtualCard, type VirtualCardMakers } from './virtual-card.ts';

const { jpki, visual } = cardProfile2016;

const locked =
  (aid: Uint8Array, id: number) =>
  (application: ApplicationImage): ApplicationImage => ({
    ...application,
    secrets: application.secrets.map((secret) => (isOf(application, aid) && secret.id === id ? { ...secret, left: 0 } : secret)),
  });

/** Changes the bytes of the card face file. */
const faced =
  (change: (file: Uint8Array) => Uint8Array) =>
  (application: ApplicationImage): ApplicationImage => ({
    ...application,
    files: application.files.map((file) =>
      isOf(application, visual.aid) && file.id === visual.face
        ? { ...file, content: Buffer.from(change(Uint8Array.from(Buffer.from(file.content, 'base64')))).toString('base64') }
        : file,
    ),
  });

const isOf = ({ aid }: ApplicationImage, wanted: Uint8Array): boolean => equal(Uint8Array.from(Buffer.from(aid, 'hex')), wanted);

/** One bit of an object's value turned over, `share` of the way through it. */
const flipped =
  (tag: number, share: number) =>
  (file: Uint8Array): Uint8Array => {
    const { value } = requireTlv(parseTlvs(parseTlv(file).value), tag, 'card-face');
    // A view into `file`, which is this function's own copy.
    const at = Math.floor(value.length * share);
    value[at] = (value[at] ?? 0) ^ 0x01;
    return file;
  };

/** Faults in what is stored on the chip. */
const IN_MEMORY = {
  /** The PIN for authentication was wrong three times. */
  'locked-pin': locked(jpki.aid, jpki.pin.file),
  /** 照合番号B was wrong ten times. */
  'locked-code': locked(visual.aid, visual.codeB.file),
  /** The picture is not the one that was signed; it still decodes. */
  'tampered-photo': faced(flipped(FACE_TAG.photo, 0.9)),
  'wrong-signature': faced(flipped(FACE_TAG.signature, 0.5)),
  /** The card face ends in the middle of the photo. */
  'truncated-file': faced((file) => file.slice(0, Math.floor(file.length / 2))),
} as const;

const OTHERWISE = ['expired', 'expired-in-grace', 'expires-soon', 'no-pin', 'unknown-issuer'] as const;

export type CardDefect = keyof typeof IN_MEMORY | (typeof OTHERWISE)[number];
export const CARD_DEFECTS: readonly CardDefect[] = [...(Object.keys(IN_MEMORY) as (keyof typeof IN_MEMORY)[]), ...OTHERWISE];

const isInMemory = (defect: CardDefect): defect is keyof typeof IN_MEMORY => defect in IN_MEMORY;

/** What a defect changes in the request. */
const requestFor = (defect: CardDefect, now: number): Partial<VirtualCardRequest> => {
  const certificateExpires = (months: number) => ({ certificateExpires: jstDay(monthsLater(now, months)) });
  switch (defect) {
    case 'expired':
      return certificateExpires(-6);
    case 'expired-in-grace':
      return certificateExpires(-1);
    case 'expires-soon':
      return certificateExpires(1);
    case 'no-pin':
      return { pin: null };
    default:
      return {};
  }
};

/** A my-number card with one defect. unknown-issuer: its authority and its face signer are made for this card alone. Throws input/invalid. */
export const createDefectiveCard = async (
  defect: CardDefect,
  request: VirtualCardRequest,
  makers: VirtualCardMakers,
): Promise<VirtualCard> => {
  const authority = defect === 'unknown-issuer' ? await createSyntheticAuthority(makers) : makers.authority;
  const card = await createVirtualCard({ ...request, ...requestFor(defect, makers.now) }, { ...makers, authority });
  const state = card.toJSON();
  if (!isInMemory(defect) || state.chip === undefined) return card;
  return VirtualCard.fromJSON({ ...state, chip: { ...state.chip, applications: state.chip.applications.map(IN_MEMORY[defect]) } });
};

/** The same chip, `delayMs` slower in every answer: a card at the edge of the field, or an old one. */
export const slowChip = (chip: VirtualCardChip, delayMs: number, clock: Clock): VirtualCardChip => ({
  technology: chip.technology,
  powerOn: () => chip.powerOn(),
  powerOff: () => chip.powerOff(),
  async transceive(command) {
    const answer = await chip.transceive(command);
    await sleep(clock, delayMs);
    return answer;
  },
});
