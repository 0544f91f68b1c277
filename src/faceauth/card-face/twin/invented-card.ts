// Invented people's cards, one per seed: data to measure the reader on. Nobody's data is in them.

import { type Random, seededRandom } from '../../camera/attack-plan.ts';
import { renderSvg } from '../../pictures.ts';
import type { Picture } from '../../ports.ts';
import { CARD_MM } from '../geometry.ts';
import { drawCardFace, type PrintedCard } from './drawing.ts';

export interface InventedCard {
  readonly printed: PrintedCard;
  /** 照合番号B, 14 digits. */
  readonly code: string;
  /** The drawn face. */
  readonly face: Picture;
}

/** Pixels per millimetre of a drawn face: finer than any camera sees it. */
export const DRAWN = 12;

const ERAS = [
  ['昭和', 63],
  ['昭和', 63],
  ['平成', 30],
  ['令和', 7],
  ['大正', 14],
] as const;
const NAMES = ['番号　花子', '佐藤　太郎', '鈴木　美香', '髙橋　一', '小林　さくら'];
const ADDRESSES = [
  '東京都千代田区霞が関一丁目１番１号',
  '大阪府大阪市北区中之島1丁目3番20号 中之島マンション1204号',
  '北海道札幌市中央区北1条西2丁目',
  '福岡県福岡市中央区天神一丁目8番1号 天神第二ビルディング 3601',
];

export const inventCard = async (random: Random, families: readonly string[]): Promise<InventedCard> => {
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const two = (n: number): string => String(n).padStart(2, '0');
  const [era, last] = pick(ERAS);
  const eraYear = 1 + below(last);
  const [month, day] = [1 + below(12), 1 + below(28)];
  const expiryYear = 2025 + below(11);
  const securityCode = String(below(10_000)).padStart(4, '0');
  const printed: PrintedCard = {
    name: pick(NAMES),
    address: pick(ADDRESSES),
    birth: `${era}${eraYear === 1 ? '元' : eraYear}年${month}月${day}日`,
    expires: `${expiryYear}-${two(month)}-${two(day)}`,
    securityCode,
    sex: pick(['男', '女']),
    serial: Array.from({ length: 16 }, () => pick([...'0123456789ABCDEFGH'])).join(''),
  };
  const style = { family: pick(families), weight: pick([400, 400, 700]), padded: random() < 0.5, play: 1, random };
  const svg = drawCardFace(printed, style, DRAWN);
  const face = await renderSvg(svg, Math.round(CARD_MM.width * DRAWN), Math.round(CARD_MM.height * DRAWN));
  return { printed, code: `${two(eraYear)}${two(month)}${two(day)}${expiryYear}${securityCode}`, face };
};

export const randomOf = (seed: number): Random => seededRandom(Math.imul(seed, 7919) >>> 0);
