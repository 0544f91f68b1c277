// Pictures of the card and the tray, on a 520×440 grid scaled into a box. Drawn for this project.
// Still pictures: nothing moves or blinks; the guide moves the same parts (how-to-picture.ts).

import type { Language } from '../core/screens.ts';
import { rect } from './layout.ts';
import type { Rect } from './ports.ts';
import { textSvg } from './scene-builder.ts';
import { fitText } from './text/fit.ts';
import { COLOURS } from './theme.ts';

export const GRID = { width: 520, height: 440 } as const;

const label = (text: string, box: Rect, size: number, colour: string, align: 'left' | 'centre', language: Language = 'ja'): string =>
  textSvg(fitText({ text, language, width: box.width, height: box.height, size, smallest: 8, weight: 700, leading: 1.2, balance: false, maxLines: 1 }), box, {
    size, weight: 700, colour, align, vertical: 'middle', leading: 1.2, language,
  }); // biome-ignore format: one style

export const scaled = (box: Rect, fragment: string): string => {
  const scale = Math.min(box.width / GRID.width, box.height / GRID.height);
  const x = box.x + (box.width - GRID.width * scale) / 2;
  const y = box.y + (box.height - GRID.height * scale) / 2;
  return `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${scale.toFixed(4)})">${fragment}</g>`;
};

export const backdrop = `<circle cx="260" cy="212" r="210" fill="${COLOURS.tint}"/>`;

/** A card seen from the front, 280×176, its top left corner at the origin. */
export const card = (title: string): string => {
  const line = (y: number, width: number) => `<rect x="22" y="${y}" width="${width}" height="10" rx="5" fill="${COLOURS.line}"/>`;
  return [
    `<rect x="5" y="8" width="280" height="176" rx="16" fill="#000" opacity="0.12"/>`,
    `<rect width="280" height="176" rx="16" fill="${COLOURS.surface}"/>`,
    `<path d="M0 40V16A16 16 0 0 1 16 0H264A16 16 0 0 1 280 16V40Z" fill="${COLOURS.tintStrong}"/>`,
    label(title, rect(22, 4, 236, 34), 20, COLOURS.primaryDark, 'left'),
    line(60, 118), line(84, 140), line(108, 96),
    `<rect x="22" y="132" width="38" height="28" rx="5" fill="${COLOURS.warning}"/><path d="M22 146H60M35 132v28M48 132v28" stroke="#fff" stroke-width="2"/>`,
    `<rect x="184" y="58" width="76" height="100" rx="8" fill="${COLOURS.tint}" stroke="${COLOURS.primary}" stroke-width="3"/>`,
    `<circle cx="222" cy="98" r="18" fill="${COLOURS.primary}"/><path d="M192 152c0-24 12-34 30-34s30 10 30 34z" fill="${COLOURS.primary}"/>`,
    `<rect x="2" y="2" width="276" height="172" rx="14" fill="none" stroke="${COLOURS.primary}" stroke-width="4"/>`,
  ].join(''); // biome-ignore format: drawn from back to front
};

/** The tray with its light: a place for the card on top, a word on its front. */
export const tray = (word: string, light: string, withCard: boolean, language?: Language): string =>
  [
    `<ellipse cx="260" cy="424" rx="226" ry="13" fill="#000" opacity="0.13"/>`,
    `<path d="M104 326H416L470 384H50Z" fill="${COLOURS.surface}" stroke="${COLOURS.primaryDark}" stroke-width="3" stroke-linejoin="round"/>`,
    withCard
      ? `<path d="M160 334H360L386 374H134Z" fill="${COLOURS.surface}" stroke="${COLOURS.primary}" stroke-width="4" stroke-linejoin="round"/><path d="M157 339H363L368 347H152Z" fill="${COLOURS.tintStrong}"/><path d="M310 352h34l8 16h-37z" fill="${COLOURS.primary}"/><path d="M170 355h90M166 364h70" stroke="${COLOURS.line}" stroke-width="5" stroke-linecap="round"/>`
      : `<path d="M160 336H360L384 372H136Z" fill="${COLOURS.tint}" stroke="${COLOURS.primary}" stroke-width="3" stroke-dasharray="9 7" stroke-linejoin="round"/>`,
    `<path d="M50 384H470V404A18 18 0 0 1 452 422H68A18 18 0 0 1 50 404Z" fill="${COLOURS.primaryDark}"/>`,
    label(word, rect(110, 385, 300, 36), 23, COLOURS.surface, 'centre', language),
    `<circle cx="446" cy="403" r="8" fill="${light}"/>`,
  ].join('');

const arrow = (down: boolean): string => {
  const head = down ? 'M236 284l24 26 24-26' : 'M236 270l24-26 24 26';
  return `<path d="M260 246V308${head}" fill="none" stroke="${COLOURS.primary}" stroke-width="11" stroke-linecap="round" stroke-linejoin="round"/>`;
};

export const cardToTray = (box: Rect, words: { card: string; here: string; language: Language }): string =>
  scaled(
    box,
    `${backdrop}${tray(words.here, COLOURS.successLight, false, words.language)}<g transform="translate(126 46) rotate(-3 140 88)">${card(words.card)}</g>${arrow(true)}`,
  );

export const cardFromTray = (box: Rect, words: { card: string }): string =>
  scaled(
    box,
    `${backdrop}${tray('', COLOURS.warning, false)}<g transform="translate(126 40) rotate(3 140 88)">${card(words.card)}</g>${arrow(false)}`,
  );

export const cardOnTray = (box: Rect): string => {
  const wave = (radius: number, opacity: number) =>
    `<path d="M${260 - radius} 318a${radius} ${radius} 0 0 1 ${radius * 2} 0" fill="none" stroke="${COLOURS.primary}" stroke-width="13" stroke-linecap="round" opacity="${opacity}"/>`;
  return scaled(box, `${backdrop}${wave(56, 1)}${wave(104, 0.6)}${wave(152, 0.28)}${tray('', COLOURS.successLight, true)}`);
};

/** The way of the result: kiosk, three dots, reception desk. */
export const sendingPicture = (box: Rect): string =>
  scaled(
    box,
    [
      backdrop,
      `<rect x="70" y="120" width="150" height="200" rx="16" fill="${COLOURS.surface}" stroke="${COLOURS.primary}" stroke-width="6"/><rect x="90" y="142" width="110" height="84" rx="8" fill="${COLOURS.tintStrong}"/><path d="M100 262h90M100 288h60" stroke="${COLOURS.line}" stroke-width="12" stroke-linecap="round"/>`,
      [0, 1, 2]
        .map((i) => `<circle cx="${246 + i * 30}" cy="220" r="${7 + i * 1.5}" fill="${COLOURS.primary}" opacity="${0.4 + i * 0.3}"/>`)
        .join(''),
      `<rect x="336" y="150" width="134" height="96" rx="10" fill="${COLOURS.surface}" stroke="${COLOURS.primary}" stroke-width="6"/><path d="M372 198l20 20 40-42" fill="none" stroke="${COLOURS.success}" stroke-width="12" stroke-linecap="round" stroke-linejoin="round"/><path d="M386 250h34v32h-34zM362 290h82" fill="none" stroke="${COLOURS.primary}" stroke-width="8" stroke-linecap="round"/>`,
    ].join(''),
  );
