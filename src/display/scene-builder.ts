// Collects what a screen consists of: blocks (an SVG fragment inside a rectangle) and elements (the same as data).
// Every block stays inside its rectangle, so that a changed block can be redrawn alone.
// Knows no screen and no language.

import type { DisplayMode, Language, ScreenName } from '../core/screens.ts';
import { inContrast } from './contrast.ts';
import { familyOf, type Weight } from './fonts.ts';
import { type IconName, icon } from './icons.ts';
import { rect } from './layout.ts';
import type { Rect, Scene, SceneElement } from './ports.ts';
import { escapeXml } from './text/escape.ts';
import { type Fit, fitText } from './text/fit.ts';
import { measureText } from './text/measure.ts';
import { COLOURS, type Sizes } from './theme.ts';

/** What can be redrawn on its own. `pressed` replaces `svg` while a finger is on element `id`. */
export interface Block {
  readonly rect: Rect;
  readonly svg: string;
  readonly id?: string;
  readonly pressed?: string;
}

export interface DrawnScene extends Scene {
  readonly panel: { readonly width: number; readonly height: number };
  readonly blocks: readonly Block[];
  /** Texts that do not fit their box at their smallest size; a test keeps this empty. */
  readonly misfits: readonly string[];
}

export interface TextStyle {
  readonly size: number;
  /** Shrinks no further than this; default 75 % of the size. */
  readonly smallest?: number;
  readonly weight?: Weight;
  readonly colour?: string;
  readonly align?: 'left' | 'centre' | 'right';
  readonly vertical?: 'top' | 'middle' | 'bottom';
  readonly leading?: number;
  readonly balance?: boolean;
  readonly maxLines?: number;
  /** When it is not the screen's: another script, or what staff read. */
  readonly language?: Language;
}

export type ButtonKind = 'primary' | 'outline' | 'tint' | 'quiet' | 'key';

export interface ButtonStyle {
  readonly kind: ButtonKind;
  readonly size: number;
  readonly icon?: IconName;
  readonly enabled?: boolean;
  readonly selected?: boolean;
  /** Pixels the drawn shape is smaller than what can be pressed, above and below. */
  readonly slack?: number;
  /** Icon above the label instead of before it. */
  readonly tall?: boolean;
  /** When it is not the screen's: the name of another language. */
  readonly language?: Language;
  /** Shrinks rather than breaks into more lines. */
  readonly maxLines?: number;
  /** How it is read out, where that is not as it is drawn. */
  readonly name?: string;
  /** A second line below the label, in normal weight. */
  readonly note?: string;
}

export class SceneBuilder {
  readonly sizes: Sizes;
  readonly language: Language;
  readonly #colour: (svg: string) => string;
  readonly #panel: { readonly width: number; readonly height: number };
  readonly #blocks: Block[] = [];
  readonly #elements: SceneElement[] = [];
  readonly #misfits: string[] = [];

  constructor(
    panel: { readonly width: number; readonly height: number },
    sizes: Sizes,
    language: Language = 'ja',
    mode: DisplayMode = 'standard',
  ) {
    this.language = language;
    this.#colour = mode === 'contrast' ? inContrast : (svg) => svg;
    this.#panel = panel;
    this.sizes = sizes;
  }

  /** Decoration: drawn, not read. */
  draw(box: Rect, svg: string): void {
    this.#blocks.push({ rect: box, svg: this.#colour(svg) });
  }

  /** Filled box with optional border. */
  panel(box: Rect, style: { fill: string; border?: string; width?: number; radius?: number }): void {
    this.draw(box, shape(box, style));
  }

  text(id: string, label: string, box: Rect, style: TextStyle): Fit {
    const language = style.language ?? this.language;
    const fit = this.#fit(id, label, box, style);
    if (label === '') return fit;
    this.draw(grow(box, style.size), textSvg(fit, box, { ...style, language }));
    this.element(id, 'text', label.replaceAll('\n', ' '), box);
    return fit;
  }

  /** Text without an element of its own: a part of something that has one. */
  caption(label: string, box: Rect, style: TextStyle): Fit {
    const fit = this.#fit(label, label, box, style);
    this.draw(grow(box, style.size), textSvg(fit, box, { ...style, language: style.language ?? this.language }));
    return fit;
  }

  element(id: string, role: SceneElement['role'], label: string, box: Rect, enabled = true): void {
    this.#elements.push({ id, role, label, rect: box, enabled });
  }

  image(id: string, label: string, box: Rect, svg: string): void {
    this.draw(box, svg);
    this.element(id, 'image', label, box);
  }

  button(id: string, label: string, box: Rect, style: ButtonStyle): void {
    const enabled = style.enabled ?? true;
    const visual = rect(box.x, box.y + (style.slack ?? 0), box.width, box.height - 2 * (style.slack ?? 0));
    const look = (pressed: boolean) => this.#buttonSvg(id, label, visual, style, enabled, pressed);
    this.#blocks.push({ rect: visual, svg: this.#colour(look(false)), id, ...(enabled ? { pressed: this.#colour(look(true)) } : {}) });
    const name = style.name ?? label.replaceAll('\n', this.language === 'ja' || this.language === 'zh-Hans' ? '' : ' ');
    this.element(id, 'button', style.note === undefined ? name : `${name} ${style.note}`, box, enabled);
  }

  #fit(id: string, label: string, box: Rect, style: TextStyle): Fit {
    const fit = fitText({
      text: label,
      width: box.width,
      height: box.height,
      size: style.size,
      smallest: style.smallest ?? Math.round(style.size * 0.75),
      weight: style.weight ?? 400,
      leading: style.leading ?? 1.4,
      balance: style.balance ?? true,
      language: style.language ?? this.language,
      ...(style.maxLines === undefined ? {} : { maxLines: style.maxLines }),
    });
    if (!fit.fits) this.#misfits.push(`${id}: ${label}`);
    return fit;
  }

  #buttonSvg(id: string, label: string, box: Rect, style: ButtonStyle, enabled: boolean, pressed: boolean): string {
    const { fill, border, ink } = buttonColours(style, enabled, pressed);
    const { sizes } = this;
    const width = style.kind === 'quiet' ? 2 : sizes.stroke;
    const pad = Math.round(Math.min(sizes.gap, box.width * 0.08));
    const iconSize = style.icon === undefined ? 0 : Math.round(style.size * (style.tall === true ? 2.2 : 1.05));
    const iconGap = style.icon === undefined ? 0 : Math.round(style.size * 0.45);
    const weight: Weight = 700;
    const text: TextStyle = {
      size: style.size,
      weight,
      colour: ink,
      align: 'centre',
      vertical: 'middle',
      leading: 1.2,
      balance: true,
      smallest: Math.round(style.size * 0.6),
      language: style.language ?? this.language,
      ...(style.maxLines === undefined ? {} : { maxLines: style.maxLines }),
    };
    const parts = [shape(box, { fill, border, width, radius: sizes.radius })];
    if (style.tall === true && style.icon !== undefined && box.width > box.height * 2.2) {
      // A wide cell: pictogram at the left, name and note beside it.
      const side = Math.round(Math.min(box.height * 0.56, style.size * 2.2));
      parts.push(icon(style.icon, box.x + pad * 2, box.y + (box.height - side) / 2, side, ink));
      const words = rect(box.x + pad * 4 + side, box.y, box.width - pad * 6 - side, box.height);
      const lines = measureText(style.note ?? '', sizes.body, 400, this.language) > words.width ? 2 : 1;
      // Name and note as one block in the middle, however tall the cell is.
      const [nameHeight, noteHeight] = [Math.round(style.size * 1.35), Math.round(sizes.body * (lines === 1 ? 1.4 : 2.6))];
      const top = words.y + (words.height - nameHeight - noteHeight) / 2;
      const nameBox = style.note === undefined ? words : rect(words.x, top, words.width, nameHeight);
      const left: TextStyle = { ...text, align: 'left' };
      parts.push(textSvg(this.#fit(id, label, nameBox, left), nameBox, left));
      if (style.note !== undefined) {
        const noteBox = rect(words.x, top + nameHeight, words.width, noteHeight);
        const note: TextStyle = {
          ...left,
          size: sizes.body,
          weight: 400,
          leading: 1.25,
          colour: pressed || style.kind === 'primary' ? ink : COLOURS.textSoft,
        };
        parts.push(textSvg(this.#fit(`${id} note`, style.note, noteBox, note), noteBox, note));
      }
      return parts.join('');
    }
    if (style.tall === true && style.icon !== undefined) {
      const noteHeight = style.note === undefined ? 0 : Math.round(sizes.body * 2.5);
      const labelHeight = Math.round(style.size * 1.3);
      const total = iconSize + iconGap + labelHeight + noteHeight;
      const top = box.y + (box.height - total) / 2;
      parts.push(icon(style.icon, box.x + (box.width - iconSize) / 2, top, iconSize, ink));
      const labelBox = rect(box.x + pad, top + iconSize + iconGap, box.width - 2 * pad, labelHeight);
      parts.push(textSvg(this.#fit(id, label, labelBox, text), labelBox, text));
      if (style.note !== undefined) {
        const noteBox = rect(box.x + pad, top + total - noteHeight, box.width - 2 * pad, noteHeight);
        const note: TextStyle = {
          size: sizes.body,
          colour: pressed || style.kind === 'primary' ? ink : COLOURS.textSoft,
          align: 'centre',
          vertical: 'middle',
          leading: 1.25,
          balance: true,
          language: this.language,
        };
        parts.push(textSvg(this.#fit(`${id} note`, style.note, noteBox, note), noteBox, note));
      }
      return parts.join('');
    }
    const labelBox = rect(box.x + pad + iconSize + iconGap, box.y, box.width - 2 * pad - iconSize - iconGap, box.height);
    const fit = this.#fit(id, label, labelBox, text);
    if (style.icon === undefined) return parts.join('') + textSvg(fit, labelBox, text);
    const inkWidth = Math.max(...fit.lines.map((line) => measureText(line, fit.size, weight, text.language)));
    const left = box.x + (box.width - inkWidth - iconSize - iconGap) / 2;
    parts.push(icon(style.icon, left, box.y + (box.height - iconSize) / 2, iconSize, ink));
    const placed = rect(left + iconSize + iconGap, box.y, inkWidth, box.height);
    return parts.join('') + textSvg(fit, placed, text);
  }

  finish(screen: ScreenName, speech: string, preview?: Rect): DrawnScene {
    const { width, height } = this.#panel;
    const blocks = this.#blocks;
    return {
      screen,
      elements: this.#elements,
      // Joined when somebody asks: the presenter draws blocks and never needs it.
      get svg() {
        return svgDocument(
          rect(0, 0, width, height),
          blocks.map((block) => block.svg),
        );
      },
      ...(preview === undefined ? {} : { preview }),
      speech,
      panel: { width, height },
      blocks,
      misfits: this.#misfits,
    };
  }
}

const DEFAULT_FAMILY = familyOf('ja');

/** font-family of a text, where it is not the document's. */
export const familyAttribute = (language: Language): string =>
  familyOf(language) === DEFAULT_FAMILY ? '' : ` font-family="${familyOf(language)}"`;

/** An SVG document that shows the part `view` of the panel at one pixel per unit. */
export const svgDocument = (view: Rect, fragments: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${view.width}" height="${view.height}" viewBox="${view.x} ${view.y} ${view.width} ${view.height}" font-family="${DEFAULT_FAMILY}">${fragments.join('')}</svg>`;

const buttonColours = (style: ButtonStyle, enabled: boolean, pressed: boolean): { fill: string; border: string; ink: string } => {
  if (!enabled) return { fill: COLOURS.page, border: COLOURS.idleBorder, ink: COLOURS.idleInk };
  if (pressed) return { fill: COLOURS.primaryDeep, border: COLOURS.primaryDeep, ink: COLOURS.surface };
  if (style.kind === 'primary' || style.selected === true) return { fill: COLOURS.primary, border: COLOURS.primary, ink: COLOURS.surface };
  if (style.kind === 'tint') return { fill: COLOURS.tint, border: COLOURS.primary, ink: COLOURS.primary };
  if (style.kind === 'quiet') return { fill: COLOURS.surface, border: COLOURS.grey, ink: COLOURS.textSoft };
  return { fill: COLOURS.surface, border: COLOURS.primary, ink: style.kind === 'key' ? COLOURS.primaryDark : COLOURS.primary };
};

export const shape = (box: Rect, style: { fill: string; border?: string; width?: number; radius?: number }): string => {
  const line = style.border === undefined ? 0 : (style.width ?? 2);
  const border = style.border === undefined ? '' : ` stroke="${style.border}" stroke-width="${line}"`;
  return `<rect x="${box.x + line / 2}" y="${box.y + line / 2}" width="${box.width - line}" height="${box.height - line}" rx="${style.radius ?? 0}" fill="${style.fill}"${border}/>`;
};

/** Ink of a text may pass its box a little above and below: kanji fill the em, descenders hang. */
const grow = (box: Rect, size: number): Rect => rect(box.x - 2, box.y - size * 0.15, box.width + 4, box.height + size * 0.3);

/** Kanji and digits sit between 0.88 em above and 0.12 em below the baseline: their middle is 0.38 em up. */
const MIDDLE = 0.38;

export const textSvg = (fit: Fit, box: Rect, style: TextStyle): string => {
  const leading = fit.size * (style.leading ?? 1.4);
  const block = fit.size + (fit.lines.length - 1) * leading;
  const vertical = style.vertical ?? 'top';
  const top = vertical === 'top' ? box.y : vertical === 'middle' ? box.y + (box.height - block) / 2 : box.y + box.height - block;
  const align = style.align ?? 'left';
  const x = align === 'left' ? box.x : align === 'centre' ? box.x + box.width / 2 : box.x + box.width;
  const anchor = align === 'left' ? '' : align === 'centre' ? ' text-anchor="middle"' : ' text-anchor="end"';
  const weight = style.weight === 700 ? ' font-weight="700"' : '';
  const lines = fit.lines.map((line, i) => {
    const y = top + fit.size * (0.5 + MIDDLE) + i * leading;
    return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${anchor} xml:space="preserve">${escapeXml(line)}</text>`;
  });
  return `<g font-size="${fit.size}"${familyAttribute(style.language ?? 'ja')}${weight} fill="${style.colour ?? COLOURS.text}">${lines.join('')}</g>`;
};
