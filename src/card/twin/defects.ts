// Cards with the faults that a kiosk meets, made on purpose: each is a whole card with exactly one thing wrong.
// Three kinds: made so (other dates, no PIN, another issuer), stored so (bytes and counters), and lying so (how it behaves in the field).

import { ascii } from '../../core/bytes.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import { parseTlv, parseTlvs, requireTlv } from '../ber.ts';
import { jstDay, monthsLater } from '../calendar.ts';
import { FACE_TAG } from '../card-face.ts';
import type { VirtualCardChip } from '../ports.ts';
import { type CardProfile, TOKEN_INFO } from '../profile.ts';
import { profileOf } from '../profile-2028.ts';
import { createSyntheticAuthority } from './authority.ts';
import type { ApplicationImage } from './chip-image.ts';
import type { VirtualCardMakers } from './make-material.ts';
import type { VirtualCardRequest } from './request.ts';
import { createVirtualCard, VirtualCard, type VirtualCardState } from './virtual-card.ts';

type Change = (application: ApplicationImage, profile: CardProfile) => ApplicationImage;
type Place = 'jpki' | 'visual';

const isOf = ({ aid }: ApplicationImage, profile: CardProfile, place: Place): boolean =>
  aid === Buffer.from(profile[place].aid).toString('hex');

const locked =
  (place: Place, secret: (profile: CardProfile) => number): Change =>
  (application, profile) => ({
    ...application,
    secrets: application.secrets.map((one) =>
      isOf(application, profile, place) && one.id === secret(profile) ? { ...one, left: 0 } : one,
    ),
  });

/** Changes the bytes of one file. */
const changed =
  (place: Place, id: (profile: CardProfile) => number, change: (file: Uint8Array) => Uint8Array): Change =>
  (application, profile) => ({
    ...application,
    files: application.files.map((file) =>
      isOf(application, profile, place) && file.id === id(profile)
        ? { ...file, content: Buffer.from(change(Uint8Array.from(Buffer.from(file.content, 'base64')))).toString('base64') }
        : file,
    ),
  });
const faced = (change: (file: Uint8Array) => Uint8Array): Change => changed('visual', ({ visual }) => visual.face, change);

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

const labelled = (label: string): Change =>
  changed(
    'jpki',
    ({ jpki }) => jpki.tokenInfo,
    (info) => {
      info.set(ascii(label.padEnd(TOKEN_INFO.labelLength, ' ')));
      return info;
    },
  );

/** Faults in what is stored on the chip. */
const STORED = {
  /** The PIN for authentication was wrong three times. */
  'locked-pin': locked('jpki', ({ jpki }) => jpki.pin.file),
  /** 照合番号B was wrong ten times. */
  'locked-code': locked('visual', ({ visual }) => visual.codeB.file),
  /** The picture is not the one that was signed; it still decodes. */
  'tampered-photo': faced(flipped(FACE_TAG.photo, 0.9)),
  'wrong-signature': faced(flipped(FACE_TAG.signature, 0.5)),
  /** The card face ends in the middle of the photo. */
  'truncated-file': faced((file) => file.slice(0, Math.floor(file.length / 2))),
  /** What a phone with the certificate in it, or a card of the former system, says of itself. */
  'android-phone': labelled('JPKIAPGPSETOKEN'),
  iphone: labelled('JPKIAPIOSTOKEN'),
  'resident-card': labelled('JPKIAPICCTOKEN'),
} as const;

/** revoked: only in a card's directory, whose trust holds the list. */
const MADE = ['expired', 'expired-in-grace', 'expires-soon', 'no-pin', 'unknown-issuer', 'revoked'] as const;
/** slow: longer for every answer than a reader waits unasked (S(WTX)); leaves: taken away in the middle of a command; type-a: no My Number Card at all; two-cards: another lies with it. */
const LYING = ['slow', 'leaves', 'type-a', 'two-cards'] as const;

export type StoredDefect = keyof typeof STORED;
export type FieldDefect = (typeof LYING)[number];
export type CardDefect = StoredDefect | FieldDefect | (typeof MADE)[number];
/** Those that are found in card.json: the others are in the files. */
export const KEPT_DEFECTS: readonly (StoredDefect | FieldDefect)[] = [...(Object.keys(STORED) as StoredDefect[]), ...LYING];
export const CARD_DEFECTS: readonly CardDefect[] = [...MADE, ...KEPT_DEFECTS];

/** What a defect changes in the request; nothing, where it is made otherwise. */
export const requestWith = (defect: CardDefect | undefined, now: number): Partial<VirtualCardRequest> => {
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

/** The same card with a fault in what it has stored; any other defect leaves it as it is. */
export const withStored = (state: VirtualCardState, defect: CardDefect | undefined): VirtualCardState => {
  const change = STORED[defect as StoredDefect];
  if (change === undefined || state.chip === undefined) return state;
  const profile = profileOf(state.generation ?? '2016');
  return { ...state, chip: { ...state.chip, applications: state.chip.applications.map((one) => change(one, profile)) } };
};

/** A my-number card with one defect. unknown-issuer: its authority and its face signer are made for this card alone. Throws input/invalid. */
export const createDefectiveCard = async (
  defect: CardDefect,
  request: VirtualCardRequest,
  makers: VirtualCardMakers,
): Promise<VirtualCard> => {
  const authority = defect === 'unknown-issuer' ? await createSyntheticAuthority(makers) : makers.authority;
  const card = await createVirtualCard({ ...request, ...requestWith(defect, makers.now) }, { ...makers, authority });
  return VirtualCard.fromJSON(withStored(card.toJSON(), defect));
};

/** Longer than the frame waiting time of FWI 10 (309 ms), so that no answer comes without a request for more time; a signature asks again and again. */
const SLOW = { answerMs: 320, signMs: 2500 } as const;
const COMPUTE_SIGNATURE = 0x2a;

/** The same chip, slower in every answer: a card at the edge of the field, or an old one. */
export const slowChip = (chip: VirtualCardChip, clock: Clock): VirtualCardChip => ({
  technology: chip.technology,
  powerOn: () => chip.powerOn(),
  powerOff: () => chip.powerOff(),
  async transceive(command) {
    const answer = await chip.transceive(command);
    await sleep(clock, command[1] === COMPUTE_SIGNATURE ? SLOW.signMs : SLOW.answerMs);
    return answer;
  },
});

/** The same chip, taken away while it works on its `last`th command: `leave` must take it out of the reader. It answers nothing from then on. */
export const leavingChip = (chip: VirtualCardChip, last: number, leave: () => void): VirtualCardChip => {
  let heard = 0;
  return {
    technology: chip.technology,
    powerOn: () => chip.powerOn(),
    powerOff: () => chip.powerOff(),
    async transceive(command) {
      heard += 1;
      if (heard < last) return chip.transceive(command);
      leave();
      throw new Error('the card was taken away');
    },
  };
};

/** What a card of type A lets a reader know: that it is there. */
export const typeAChip = (): VirtualCardChip => ({
  technology: 'iso14443-a',
  powerOn: () => undefined,
  powerOff: () => undefined,
  transceive: () => Promise.reject(new Error('not a card that speaks ISO/IEC 14443-4')),
});
