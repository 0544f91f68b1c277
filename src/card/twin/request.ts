// What may be asked of a virtual card, and what is filled in when it is not. Pure: every value is checked here, and each refusal names the
// field and says what is allowed.

import { ascii, concat, equal } from '../../core/bytes.ts';
import { KioskFailure } from '../../core/failure.ts';
import { isDay, jstDay } from '../calendar.ts';
import { eraYear } from '../verification-code.ts';
import { JP2_SIGNATURE } from './jp2.ts';
import { mayBecome } from './secret-form.ts';

export const VIRTUAL_CARD_KINDS = ['my-number', 'driving-licence', 'transit', 'broken'] as const;
export type VirtualCardKind = (typeof VIRTUAL_CARD_KINDS)[number];

export interface VirtualCardRequest {
  readonly kind: VirtualCardKind;
  /** JP2 file (encodeCardPhoto makes one); needed for my-number. */
  readonly photoJp2?: Uint8Array;
  /** Days as YYYY-MM-DD. */
  readonly birth?: string;
  readonly expires?: string;
  readonly certificateExpires?: string;
  /** null: 顔認証カード, issued without a PIN. Undefined: "1234". */
  readonly pin?: string | null;
  /** Whether the card carries a certificate for signing (it takes one more key); default: none, as on a child's card. */
  readonly signCertificate?: boolean;
  /** Password of the signing key; undefined: "KAZASHI1". Only with signCertificate. */
  readonly signPassword?: string;
  readonly securityCode?: string;
  readonly family?: string;
  readonly given?: string;
  /** 1 or male, 2 or female, 9 or other, 0 or unknown (ISO/IEC 5218). */
  readonly sex?: string;
  readonly address?: string;
  /** The name in kana and in Latin letters; only cards of the draft generation hold them. */
  readonly kana?: string;
  readonly latin?: string;
  /** 1-bit PNGs of the printed name and address; drawn blank when absent. */
  readonly namePng?: Uint8Array;
  readonly addressPng?: Uint8Array;
}

export interface HolderDetails {
  readonly birth: string;
  readonly expires: string;
  readonly certificateExpires: string;
  readonly pin: string | null;
  /** null: no certificate for signing. */
  readonly signPassword: string | null;
  readonly securityCode: string;
  readonly family: string;
  readonly given: string;
  readonly sex: '0' | '1' | '2' | '9';
  readonly address: string;
  readonly kana?: string;
  readonly latin?: string;
  readonly photoJp2: Uint8Array;
}

export const MAX_PHOTO = 24_000;
const SEXES: Readonly<Record<string, HolderDetails['sex']>> = {
  '0': '0', '1': '1', '2': '2', '9': '9', unknown: '0', male: '1', female: '2', other: '9', 男: '1', 女: '2',
}; // biome-ignore format: one table

const refuse = (field: string, allowed: string): KioskFailure =>
  new KioskFailure('input/invalid', { facts: { field }, message: `${field}: ${allowed}` });

/** The same day of the year, `years` after the year of `from`; 29 February becomes the 28th where there is none. */
const birthdayIn = (birth: string, year: number): string => {
  const day = `${String(year).padStart(4, '0')}${birth.slice(4)}`;
  return isDay(day) ? day : `${day.slice(0, 8)}28`;
};

const text = (field: string, value: string, longest: number): string => {
  const printable = value.trim() === value && value !== '' && [...value].length <= longest && !/\p{Cc}/u.test(value);
  if (!printable) throw refuse(field, `1 to ${longest} characters without control characters or blanks at the ends`);
  return value;
};

const digits = (field: string, value: string, what: string): string => {
  if (!/^[0-9]{4}$/.test(value)) throw refuse(field, what);
  return value;
};

/** Checks and completes a my-number request. Throws input/invalid with facts {field}. */
export const holderDetails = (request: VirtualCardRequest, now: number, randomCode: () => string): HolderDetails => {
  const today = jstDay(now);
  const year = Number(today.slice(0, 4));
  const { photoJp2, birth = '1980-02-17' } = request;
  if (photoJp2 === undefined || !equal(photoJp2.subarray(0, JP2_SIGNATURE.length), JP2_SIGNATURE) || photoJp2.length > MAX_PHOTO) {
    throw refuse('photo', `a JPEG 2000 picture in a JP2 container of at most ${MAX_PHOTO} bytes is needed`);
  }
  if (!isDay(birth) || birth > today || birth < '1868-01-25') throw refuse('birth', 'a day as YYYY-MM-DD, from 1868-01-25 to today');
  const { expires = birthdayIn(birth, year + 9) } = request;
  // A certificate ends with its card at the latest.
  const usual = birthdayIn(birth, year + 4);
  const oldest = birthdayIn(birth, year - 9);
  const { certificateExpires = expires > usual ? usual : expires < oldest ? oldest : expires } = request;
  // A card ends on its holder's tenth birthday from issue.
  if (!isDay(expires) || expires <= birth || Number(expires.slice(0, 4)) > year + 10)
    throw refuse('expires', 'a day as YYYY-MM-DD after birth, at most ten years from this year');
  const nearNow = isDay(certificateExpires) && Math.abs(Number(certificateExpires.slice(0, 4)) - year) <= 9;
  if (!nearNow) throw refuse('certificateExpires', 'a day as YYYY-MM-DD, at most nine years from this year');
  const sex = SEXES[request.sex ?? '1'];
  if (sex === undefined) throw refuse('sex', 'one of 1 or male, 2 or female, 9 or other, 0 or unknown');
  const { pin = '1234', signCertificate = false, signPassword = 'KAZASHI1' } = request;
  if (request.signPassword !== undefined && !signCertificate) throw refuse('signPassword', 'only with signCertificate');
  const passwordFits = /^[\x20-\x7e]+$/.test(signPassword) && mayBecome('password', ascii(signPassword));
  if (!passwordFits) throw refuse('signPassword', '6 to 16 of the letters A-Z and the digits');
  return {
    birth,
    expires,
    certificateExpires,
    pin: pin === null ? null : digits('pin', pin, 'four digits, or null for a card without a PIN'),
    signPassword: signCertificate ? signPassword : null,
    securityCode: digits('securityCode', request.securityCode ?? randomCode(), 'four digits'),
    family: text('family', request.family ?? '番号', 30),
    given: text('given', request.given ?? '花子', 30),
    sex,
    address: text('address', request.address ?? '東京都千代田区霞が関一丁目１番１号', 100),
    ...(request.kana === undefined ? {} : { kana: text('kana', request.kana, 60) }),
    ...(request.latin === undefined ? {} : { latin: text('latin', request.latin, 60) }),
    photoJp2,
  };
};

/** "昭和55年2月17日", as the card face prints a birth date. */
export const printedDay = (day: string): string => {
  const { era, year } = eraYear(day);
  const name = { Meiji: '明治', Taisho: '大正', Showa: '昭和', Heisei: '平成', Reiwa: '令和' }[era];
  return `${name}${year === 1 ? '元' : year}年${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`;
};

/** `content` filled with FF up to a multiple of `block`, and at least one byte more: a card's file is larger than its object. */
export const padded = (content: Uint8Array, block = 256): Uint8Array =>
  concat(content, new Uint8Array(block - (content.length % block)).fill(0xff));

/** Twelve digits in the shape of an individual number but with a wrong check digit, so that they can be nobody's. */
export const impossibleNumber = (elevenDigits: string): string => {
  // Ministry ordinance 85 of 2014, article 5: the nth digit from the right of the eleven weighs n + 1 up to the sixth, n - 5 from the seventh.
  const sum = [...elevenDigits].reverse().reduce((total, digit, i) => total + Number(digit) * (i < 6 ? i + 2 : i - 4), 0);
  const rest = sum % 11;
  const check = rest <= 1 ? 0 : 11 - rest;
  return `${elevenDigits}${(check + 1) % 10}`;
};
