// The moving pictures of the guide: one visit in four parts, drawn as blocks so that only what moves is drawn again.
// A pure function of the time; smooth and slow, nothing blinks.

import type { Language } from '../core/screens.ts';
import { icon } from './icons.ts';
import { backdrop, card, GRID, scaled, tray } from './illustrations.ts';
import { rect } from './layout.ts';
import type { Rect } from './ports.ts';
import type { SceneBuilder } from './scene-builder.ts';
import { COLOURS } from './theme.ts';

export const HOW_TO_PARTS = ['card', 'identity', 'consent', 'done'] as const;
export type HowToPart = (typeof HOW_TO_PARTS)[number];

/** Length of one part. Four make the 20 seconds of the guide. */
export const HOW_TO_PART_MS = 5000;

/** The part at a moment, and how far it is: 0..1. After its end the guide stands on its last picture. */
export const partAt = (elapsedMs: number): { readonly part: HowToPart; readonly index: number; readonly share: number } => {
  const index = Math.max(0, Math.min(HOW_TO_PARTS.length - 1, Math.floor(elapsedMs / HOW_TO_PART_MS)));
  const share = Math.max(0, Math.min(1, elapsedMs / HOW_TO_PART_MS - index));
  return { part: HOW_TO_PARTS[index] ?? 'card', index, share };
};

interface Words {
  readonly card: string;
  readonly here: string;
  readonly language: Language;
}

/** From 0 to 1 between two moments of a part, slow at both ends. */
const between = (share: number, from: number, to: number): number => {
  const linear = Math.max(0, Math.min(1, (share - from) / (to - from)));
  return linear * linear * (3 - 2 * linear);
};

export const drawHowTo = (build: SceneBuilder, box: Rect, elapsedMs: number, words: Words): void => {
  const { part, share } = partAt(elapsedMs);
  const scale = Math.min(box.width / GRID.width, box.height / GRID.height);
  const left = box.x + (box.width - GRID.width * scale) / 2;
  const top = box.y + (box.height - GRID.height * scale) / 2;
  /** A moving part in the grid's own units, with room for its strokes. */
  const move = (x: number, y: number, width: number, height: number, fragment: string): void => {
    const around = rect(left + (x - 8) * scale, top + (y - 8) * scale, (width + 16) * scale, (height + 24) * scale);
    build.draw(around, scaled(box, fragment));
  };
  build.draw(box, scaled(box, backdrop));
  PARTS[part]({ share, words, move });
};

interface Stage {
  readonly share: number;
  readonly words: Words;
  move(x: number, y: number, width: number, height: number, fragment: string): void;
}

const CARD = { width: 280, height: 176, x: 120 } as const;

const cardAt = ({ move, words }: Stage, y: number): void =>
  move(CARD.x, y, CARD.width, CARD.height, `<g transform="translate(${CARD.x} ${y.toFixed(1)})">${card(words.card)}</g>`);

const trayAt = ({ move, words }: Stage, withCard: boolean): void =>
  move(34, 318, 452, 122, tray(words.here, withCard ? COLOURS.successLight : COLOURS.warning, withCard, words.language));

const LANDED = 0.55;

/** The card comes down; lying there, it is read. */
const layDown = (stage: Stage): void => {
  const { share, move } = stage;
  trayAt(stage, share >= LANDED);
  if (share < LANDED) {
    cardAt(stage, 12 + 132 * between(share, 0.1, LANDED));
    return;
  }
  const waves = Math.min(3, 1 + Math.floor((share - LANDED) / 0.12));
  for (let i = 0; i < waves; i += 1) {
    const radius = 56 + i * 48;
    move(
      260 - radius, 318 - radius, radius * 2, radius,
      `<path d="M${260 - radius} 312a${radius} ${radius} 0 0 1 ${radius * 2} 0" fill="none" stroke="${COLOURS.primary}" stroke-width="12" stroke-linecap="round" opacity="${1 - i * 0.3}"/>`,
    ); // biome-ignore format: one wave
  }
};

const FOUND = 0.36;
const PIN_FROM = 0.55;

/** A face comes into the frame and is recognised; or four digits are typed. */
const identify = ({ share, move }: Stage): void => {
  if (share >= PIN_FROM) {
    const typed = Math.min(4, Math.floor((share - PIN_FROM) / 0.09));
    for (let i = 0; i < 4; i += 1) {
      const x = 72 + i * 98;
      const dot = i < typed ? `<circle cx="${x + 41}" cy="211" r="14" fill="${COLOURS.text}"/>` : '';
      move(
        x, 170, 82, 82,
        `<rect x="${x}" y="170" width="82" height="82" rx="14" fill="${COLOURS.surface}" stroke="${i <= typed ? COLOURS.primary : COLOURS.borderStrong}" stroke-width="5"/>${dot}`,
      ); // biome-ignore format: one box
    }
    return;
  }
  const found = share >= FOUND;
  const colour = found ? COLOURS.success : COLOURS.primary;
  move(
    110, 52, 300, 320,
    `<rect x="110" y="52" width="300" height="320" rx="20" fill="${COLOURS.surface}" stroke="${COLOURS.primary}" stroke-width="5"/><ellipse cx="260" cy="204" rx="98" ry="124" fill="${found ? COLOURS.successTint : COLOURS.tint}" stroke="${colour}" stroke-width="7"/>`,
  ); // biome-ignore format: one frame
  const x = 176 + 84 * between(share, 0.05, FOUND);
  move(
    x - 62, 124, 124, 190,
    `<circle cx="${x.toFixed(1)}" cy="172" r="42" fill="${colour}"/><path d="M${(x - 62).toFixed(1)} 306c0-52 26-76 62-76s62 24 62 76z" fill="${colour}"/>`,
  ); // biome-ignore format: one person
  if (found)
    move(316, 268, 84, 84, `<circle cx="358" cy="310" r="40" fill="${COLOURS.success}"/>${icon('check', 332, 284, 52, COLOURS.surface)}`);
};

const ANSWERS = [
  { icon: 'pill', yes: true, at: 0.35 },
  { icon: 'clipboard', yes: false, at: 0.65 },
] as const;

/** Two questions, one answered with yes, one with no: both are as good. */
const consent = ({ share, move }: Stage): void => {
  ANSWERS.forEach((question, i) => {
    const y = 70 + i * 156;
    const answered = share >= question.at;
    const answer = (x: number, name: 'check' | 'cross', chosen: boolean): string =>
      `<rect x="${x}" y="${y + 24}" width="100" height="80" rx="14" fill="${chosen ? COLOURS.primary : COLOURS.tint}" stroke="${COLOURS.primary}" stroke-width="4"/>${icon(name, x + 28, y + 42, 44, chosen ? COLOURS.surface : COLOURS.primary)}`;
    move(
      56, y, 408, 128,
      `<rect x="56" y="${y}" width="408" height="128" rx="18" fill="${COLOURS.surface}" stroke="${COLOURS.line}" stroke-width="3"/>${icon(question.icon, 82, y + 34, 60, COLOURS.primary)}${answer(210, 'check', answered && question.yes)}${answer(334, 'cross', answered && !question.yes)}`,
    ); // biome-ignore format: one question
  });
};

const TAKE_FROM = 0.4;

/** It says done; then the card is taken. */
const finish = (stage: Stage): void => {
  const { share, move } = stage;
  if (share < TAKE_FROM) {
    move(
      140,
      92,
      240,
      240,
      `<circle cx="260" cy="212" r="118" fill="${COLOURS.success}"/>${icon('check', 186, 138, 148, COLOURS.surface)}`,
    );
    return;
  }
  trayAt(stage, false);
  cardAt(stage, 144 - 132 * between(share, TAKE_FROM + 0.05, 0.9));
};

const PARTS: Readonly<Record<HowToPart, (stage: Stage) => void>> = { card: layDown, identity: identify, consent, done: finish };
