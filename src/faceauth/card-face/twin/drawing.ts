// The printed face of a My Number Card as a drawing. What is where on a real card is known from descriptions and public samples only (name and
// address above, photo on the left with the card's serial number and the security code below it, birth and expiry beside it), so the places vary
// from drawing to drawing, and the reader must not rely on them. The ground pattern, marks and typefaces are ours; nothing is copied.

import type { Random } from '../../camera/attack-plan.ts';
import { CARD_MM } from '../geometry.ts';

export interface PrintedCard {
  readonly name: string;
  readonly address: string;
  /** Without 生: "昭和55年2月17日". */
  readonly birth: string;
  /** YYYY-MM-DD. */
  readonly expires: string;
  /** Four digits. */
  readonly securityCode: string;
  readonly sex?: string;
  /** Sixteen characters. */
  readonly serial: string;
}

export interface PrintStyle {
  readonly family: string;
  readonly weight: number;
  /** Half-width digits below 10 are set with a blank before them. */
  readonly padded: boolean;
  /** Every place and size varies by up to so much: 0 … 1. */
  readonly play: number;
  readonly random: Random;
}

const escapeXml = (text: string): string => text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** "2035年 2月17日". */
export const printedExpiry = (day: string, padded: boolean): string => {
  const [year = '', month = '', date = ''] = day.split('-');
  const number = (text: string): string => (padded ? String(Number(text)).padStart(2, ' ') : String(Number(text)));
  return `${year}年${number(month)}月${number(date)}日`;
};

const padDate = (text: string): string => text.replace(/(年|月)(\d)(?=[月日])/g, '$1 $2');

/** SVG of the card's face, `pixelsPerMm` large, edge to edge (the corners are rounded by whoever puts it on a tray). */
export const drawCardFace = (card: PrintedCard, style: PrintStyle, pixelsPerMm: number): string => {
  const { random, play, family, weight, padded } = style;
  const vary = (range: number): number => (random() * 2 - 1) * range * play;
  const { width, height } = CARD_MM;
  const text = (x: number, y: number, size: number, content: string, more = ''): string =>
    `<text x="${(x + vary(1)).toFixed(2)}" y="${(y + vary(0.5)).toFixed(2)}" font-size="${(size * (1 + vary(0.08))).toFixed(2)}" xml:space="preserve" ${more}>${escapeXml(content)}</text>`;
  const ripples = Array.from({ length: 46 }, (_, i) => {
    const y = i * 1.25 - 1;
    const [a, b] = [2 + 3 * Math.sin(i / 5), 2 + 3 * Math.cos(i / 7)];
    return `<path d="M0 ${y} C 20 ${y - a} 35 ${y + b} 50 ${y} S 75 ${y - b} ${width} ${y + a / 2}"/>`;
  }).join('');
  const birth = `${padded ? padDate(card.birth) : card.birth}生`;
  const expiry = `${printedExpiry(card.expires, padded)}まで有効`;
  const half = Math.ceil(Math.min([...card.address].length, 24));
  const [line1, line2] = [[...card.address].slice(0, half).join(''), [...card.address].slice(half).join('')];
  const codeBeside = random() < 0.35;
  const [small, serialX, serialY] = [1.7 + vary(0.15), 4.5 + vary(1), 45.4 + vary(0.5)];
  const cell = (i: number, sign: string): string =>
    `<text x="${(serialX + i * 1.12).toFixed(2)}" y="${serialY.toFixed(2)}" font-size="${small.toFixed(2)}" text-anchor="middle">${sign}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width * pixelsPerMm)}" height="${Math.round(height * pixelsPerMm)}" viewBox="0 0 ${width} ${height}">`,
    '<defs><linearGradient id="g" x1="0" x2="1" y1="0" y2="1"><stop offset="0" stop-color="#f7e9ef"/><stop offset=".5" stop-color="#f3f1e6"/><stop offset="1" stop-color="#e6eef5"/></linearGradient></defs>',
    `<rect width="${width}" height="${height}" fill="url(#g)"/>`,
    `<g fill="none" stroke="#d9a9bd" stroke-opacity=".55" stroke-width=".14">${ripples}</g>`,
    `<g font-family="${family}" font-weight="${weight}" fill="#1b1b1d">`,
    text(60, 4.6, 2.3, '個人番号カード', 'fill="#8a3a5c"'),
    text(3.2, 8.2, 1.9, '氏名', 'fill="#5b5b66"'),
    text(9.5, 8.6, 3.4, card.name),
    text(3.2, 13.6, 1.9, '住所', 'fill="#5b5b66"'),
    text(9.5, 13.8, 2.5, line1),
    line2 === '' ? '' : text(9.5, 17, 2.5, line2),
    '<g transform="translate(4 19)"><rect width="18" height="23" fill="#dfe3e8"/><path d="M2 23c0-6 3-8 7-8s7 2 7 8z" fill="#6d7580"/><circle cx="9" cy="9.5" r="5" fill="#b79f91"/><path d="M4 9c0-5 2.4-7 5-7s5 2 5 7c-2-3-8-3-10 0z" fill="#2c2a2b"/></g>',
    text(27, 24.5, 2.6, birth),
    card.sex === undefined ? '' : text(60, 24.5, 2.6, `性別 ${card.sex}`),
    text(27, 30, 2.6, expiry),
    text(60, 34, 2.4, '千代田区長'),
    text(27, 36.4, 1.7, '電子証明書の有効期限　　　年　　月　　日', 'fill="#5b5b66"'),
    '<rect x="33" y="38.5" width="49" height="9" fill="#fff" fill-opacity=".6" stroke="#c9b3bd" stroke-width=".2"/>',
    ...[...card.serial].map((sign, i) => cell(i, sign)),
    codeBeside ? text(25, 45.4, 2.1, card.securityCode) : text(4 + (random() < 0.5 ? 0 : 12), 49, 2.1, card.securityCode),
    text(33, 51.4, 1.4, '臓器提供意思　１．脳死後及び心停止後　２．心停止後のみ　３．提供しない', 'fill="#5b5b66"'),
    '</g></svg>',
  ].join('');
};
