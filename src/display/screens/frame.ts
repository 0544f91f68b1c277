// What surrounds the body of a screen: header, progress of the visit, footer with countdown,
// the 「つづけますか」 bar and the banner of a lost link.

import { type ElementId, type ScreenModel, type ScreenName, SPOKEN_LANGUAGES } from '../../core/screens.ts';
import { type IconName, icon } from '../icons.ts';
import { centred, columns, cutLeft, cutRight, cutTop, inset, rect } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { familyAttribute, shape } from '../scene-builder.ts';
import { measureText } from '../text/measure.ts';
import { COLOURS, type Sizes } from '../theme.ts';
import type { ScreenContext } from './context.ts';
import { KEPT } from './large-sentences.ts';
import { wayOn } from './ways-on.ts';

type FooterButton = 'cancel' | 'back';

interface Surroundings {
  /** Step of the visit the progress shows, 0..3; undefined = no progress. */
  readonly step?: 0 | 1 | 2 | 3;
  readonly footer: readonly FooterButton[];
  /** The patient can have the screen read aloud. */
  readonly listen: boolean;
  /** No header at all: nothing but one message. */
  readonly bare?: true;
}

const SURROUNDINGS: Readonly<Record<ScreenName, Surroundings>> = {
  splash: { footer: [], listen: false, bare: true },
  initialising: { footer: [], listen: false },
  idle: { footer: [], listen: true },
  'reading-card': { step: 0, footer: [], listen: true },
  'choose-method': { step: 1, footer: ['cancel'], listen: true },
  face: { step: 1, footer: ['cancel', 'back'], listen: true },
  'face-retry': { step: 1, footer: ['cancel'], listen: true },
  pin: { step: 1, footer: ['cancel', 'back'], listen: true },
  'pin-last-try': { step: 1, footer: ['cancel'], listen: true },
  'staff-check': { step: 1, footer: ['cancel', 'back'], listen: true },
  consent: { step: 2, footer: ['cancel'], listen: true },
  'consent-items': { step: 2, footer: ['cancel', 'back'], listen: true },
  prescription: { step: 2, footer: ['cancel'], listen: true },
  sending: { step: 2, footer: [], listen: true },
  done: { step: 3, footer: [], listen: true },
  'take-card': { footer: [], listen: true },
  notice: { footer: [], listen: true },
  'out-of-service': { footer: [], listen: false },
  'how-to': { footer: [], listen: false },
  technician: { footer: ['back'], listen: false },
  'shutting-down': { footer: [], listen: false, bare: true },
};

const CROSS: Surroundings = { footer: [], listen: false, bare: true };

export const surroundingsOf = (model: ScreenModel): Surroundings =>
  model.screen === 'technician' && model.page === 'touch' && model.touch.stage === 'cross' ? CROSS : SURROUNDINGS[model.screen];

/**
 * The footer takes room when it has buttons, or when the last seconds are being asked about: on a tall panel two rows then. In large letters
 * that question is the screen's sentence, and more sentences than one need the button to the next.
 */
export const footerHeight = (model: ScreenModel, sizes: Sizes, sentences: number): number => {
  if (sizes.large && model.screen !== 'technician') {
    if (model.choosingLanguage === undefined && model.timeout?.asking === true) return 0;
    return surroundingsOf(model).footer.length > 0 || sentences > 1 || hasOneWayOn(model) ? sizes.footer : 0;
  }
  if (model.timeout?.asking === true && sizes.portrait) return sizes.footer * 2 - sizes.gap / 2;
  return surroundingsOf(model).footer.length > 0 || model.timeout?.asking === true ? sizes.footer : 0;
};

/** The steps give way where letters are large, and on a small panel to the rows of a pad. */
export const showsProgress = (model: ScreenModel, sizes: Sizes): boolean => {
  const pad = model.screen === 'pin' || model.screen === 'staff-check';
  return surroundingsOf(model).step !== undefined && !sizes.large && !(sizes.compact && !sizes.portrait && pad);
};

/** A notice that is only read: in large letters its button stands in the footer, and the sentence has the whole width. */
export const hasOneWayOn = (model: ScreenModel): boolean => model.screen === 'notice' && model.choices.length === 1;

export const drawSurroundings = (context: ScreenContext, model: ScreenModel, sentences: number): void => {
  const { build, frame } = context;
  const around = surroundingsOf(model);
  build.panel(frame.panel, { fill: COLOURS.page });
  if (around.bare !== true) drawHeader(context, model);
  if (around.step !== undefined && showsProgress(model, context.sizes)) drawProgress(context, around.step);
  const { large } = context.sizes;
  // The way back from the languages stands in the header: one below it would leave the step.
  const choosing = model.choosingLanguage !== undefined;
  const buttons = choosing ? around.footer.filter((name) => name !== 'back') : around.footer;
  if (model.timeout?.asking === true && !large) drawAsking(context, model.timeout.secondsLeft);
  else if (context.frame.footer.height > 0) drawFooter(context, model, buttons, choosing ? 1 : sentences);
};

/** Where another language can be chosen in the middle of a visit. */
const speaksOtherwise = (model: ScreenModel): boolean => {
  const { step } = SURROUNDINGS[model.screen];
  return model.screen === 'notice' || (step !== undefined && step < 3 && model.screen !== 'sending');
};

/** Screens without a patient: five taps on the facility's name open the technician's door. Not drawn. */
const DOORS: ReadonlySet<ScreenName> = new Set(['idle', 'initialising', 'out-of-service']);

const drawHeader = ({ build, frame, sizes, messages, facility }: ScreenContext, model: ScreenModel): void => {
  const { header } = frame;
  build.draw(header, shape(header, { fill: COLOURS.surface }) + rule(header, header.y + header.height - 1));
  const look = { kind: 'outline', size: sizes.compact ? 19 : 26, slack: sizes.compact ? 5 : 9, maxLines: 1 } as const;
  let left = inset(header, sizes.margin, 0);
  // The language stands at the right edge, as on every screen of a visit; its word is the same in every language.
  if (speaksOtherwise(model)) {
    // Two short lines where the width is wanted for the facility's name.
    const narrow = sizes.compact || sizes.portrait;
    const [cell, rest] = cutRight(left, sizes.compact ? 170 : sizes.portrait ? 196 : 306, sizes.compact ? 10 : 14);
    const open = model.choosingLanguage !== undefined;
    build.button(
      'choose-language' satisfies ElementId,
      open ? messages.footer.back : narrow ? 'ことば\nLanguage' : 'ことば / Language',
      cell,
      {
        ...look,
        size: open ? look.size : sizes.compact ? 19 : 24,
        maxLines: narrow ? 2 : 1,
        icon: open ? 'back' : 'globe',
        language: open ? build.language : 'ja',
        ...(open ? {} : { name: 'ことば / Language' }),
      },
    );
    left = rest;
  }
  const [right, words] = cutRight(left, sizes.compact ? 150 : 242, sizes.gap);
  if (DOORS.has(model.screen)) {
    const door = rect(0, header.y, Math.min(words.width, sizes.target * 4), Math.max(header.height, sizes.target));
    build.element('maintenance' satisfies ElementId, 'button', '保守 / Maintenance', door);
  }
  // A button that answers with silence is none: languages without a voice have no 「音声を聞く」.
  const listen = SURROUNDINGS[model.screen].listen && SPOKEN_LANGUAGES.includes(model.language);
  if (listen) build.button('repeat-speech' satisfies ElementId, messages.header.listen, right, { ...look, icon: 'speaker' });
  const name = listen ? words : left;
  const bar = rect(name.x, name.y + (name.height - sizes.instruction * 1.2) / 2, sizes.compact ? 6 : 8, sizes.instruction * 1.2);
  build.panel(bar, { fill: COLOURS.primary, radius: bar.width / 2 });
  build.text('facility', facility.name, cutLeft(name, bar.width, sizes.compact ? 10 : 16)[1], {
    language: 'ja', size: sizes.compact ? 22 : 30, weight: 700, vertical: 'middle', maxLines: sizes.portrait ? 2 : 1, leading: 1.2, smallest: 12,
  }); // biome-ignore format: one style
};

const rule = (box: Rect, y: number): string => `<rect x="${box.x}" y="${y}" width="${box.width}" height="1" fill="${COLOURS.border}"/>`;

/** Four steps with a line between; done ones ticked, the present one filled. In the small class the names stand beside the dots. */
const drawProgress = ({ build, frame, sizes, messages }: ScreenContext, step: number): void => {
  const names = [messages.steps.card, messages.steps.identity, messages.steps.consent, messages.steps.done];
  const radius = sizes.compact ? 12 : 20;
  const line = sizes.compact ? 3 : 4;
  const area = sizes.compact
    ? inset(frame.progress, sizes.margin, 4)
    : centred(frame.progress, Math.min(frame.progress.width, 864), frame.progress.height);
  const cells = columns(area, [1, 1, 1, 1], 0);
  const parts: string[] = [];
  cells.forEach((cell, i) => {
    const name = names[i] ?? '';
    const weight = i === step ? 700 : 400;
    const textWidth = measureText(name, sizes.small, weight, build.language);
    const x = sizes.compact ? cell.x + Math.max(0, (cell.width - textWidth - radius * 2 - 8) / 2) + radius : cell.x + cell.width / 2;
    const y = sizes.compact ? cell.y + cell.height / 2 : cell.y + 14 + radius;
    const next = cells[i + 1];
    if (next !== undefined && !sizes.compact) {
      const from = x + radius + 6;
      parts.push(
        `<rect x="${from}" y="${y - line / 2}" width="${next.x + next.width / 2 - radius - 6 - from}" height="${line}" rx="${line / 2}" fill="${i < step ? COLOURS.primary : COLOURS.border}"/>`,
      );
    }
    parts.push(dot(x, y, radius, i, step));
    const label = sizes.compact
      ? `<text x="${(x + radius + 8).toFixed(1)}" y="${(y + sizes.small * 0.38).toFixed(1)}"`
      : `<text x="${x}" y="${(y + radius + 14 + sizes.small * 0.88).toFixed(1)}" text-anchor="middle"`;
    parts.push(
      `${label}${familyAttribute(build.language)} font-size="${sizes.small}" font-weight="${weight}" fill="${i <= step ? COLOURS.primaryDark : COLOURS.grey}">${name}</text>`,
    );
  });
  build.draw(frame.progress, parts.join(''));
  build.element('progress', 'text', `${step + 1} / 4 ${names[step] ?? ''}`, frame.progress);
};

const dot = (x: number, y: number, radius: number, index: number, step: number): string => {
  const reached = index <= step;
  const circle = `<circle cx="${x}" cy="${y}" r="${reached ? radius : radius - 1.5}" fill="${reached ? COLOURS.primary : COLOURS.surface}"${reached ? '' : ` stroke="${COLOURS.borderStrong}" stroke-width="3"`}/>`;
  if (index < step) return circle + icon('check', x - radius * 0.62, y - radius * 0.62, radius * 1.24, COLOURS.surface);
  const size = Math.round(radius * 1.15);
  return `${circle}<text x="${x}" y="${(y + size * 0.38).toFixed(1)}" text-anchor="middle" font-size="${size}" font-weight="700" fill="${reached ? COLOURS.surface : COLOURS.grey}">${index + 1}</text>`;
};

const FOOTER_ICONS: Readonly<Record<FooterButton, IconName>> = { cancel: 'cross', back: 'back' };

const drawFooter = (context: ScreenContext, model: ScreenModel, buttons: readonly FooterButton[], sentences: number): void => {
  const { build, frame, sizes, messages } = context;
  const { footer } = frame;
  build.draw(footer, shape(footer, { fill: COLOURS.surface }) + rule(footer, footer.y));
  let rest = inset(footer, sizes.margin, (footer.height - (sizes.compact ? sizes.target : sizes.target)) / 2);
  for (const id of buttons) {
    const [cell, after] = cutLeft(rest, sizes.compact ? 150 : sizes.portrait ? 172 : 230, sizes.gap);
    build.button(id, messages.footer[id], cell, { kind: 'outline', size: sizes.compact ? 22 : 30, icon: FOOTER_ICONS[id], maxLines: 1 });
    rest = after;
  }
  const { timeout } = model;
  if (sizes.large) {
    if (model.screen === 'notice' && hasOneWayOn(model)) {
      const [cell, after] = cutLeft(rest, sizes.compact ? 240 : sizes.portrait ? 300 : 420, sizes.gap);
      const { element, label, icon: name } = wayOn(model.code, model.choices[0] ?? 'continue', messages);
      build.button(element, label, cell, { kind: 'primary', size: sizes.compact ? 24 : 36, icon: name, maxLines: 1 });
      rest = after;
    }
    const [ring, left] = cutRight(rest, timeout === undefined ? 0 : sizes.target, timeout === undefined ? 0 : sizes.gap);
    if (timeout !== undefined) {
      drawRing(context, timeout.secondsLeft, ring);
      build.element('countdown', 'text', timeLeftIn(context, model)(timeout.secondsLeft).replaceAll('\n', ' '), ring);
    }
    if (sentences > 1) drawNext(context, ((model.sentence ?? 0) % sentences) + 1, sentences, left);
  } else if (timeout !== undefined) drawCountdown(context, model, rest);
};

/** The way to the next sentence, which one this is, and of how many. */
const drawNext = ({ build, sizes, messages }: ScreenContext, number: number, count: number, area: Rect): void => {
  const { readOn, readAgain } = messages.footer;
  const [cell] = cutRight(area, Math.min(area.width, sizes.compact ? 300 : 470));
  const size = sizes.compact ? 24 : 36;
  const name = `${number < count ? readOn : readAgain} ${number}/${count}`;
  const look = { kind: 'outline', name } as const;
  if (measureText(name, size * 0.75, 700, build.language) + size * 2.6 < cell.width)
    build.button('next-sentence' satisfies ElementId, name, cell, {
      ...look,
      size,
      icon: number < count ? 'forward' : 'retry',
      maxLines: 1,
    });
  // A tall panel with two buttons beside it has room for two short lines: the words matter more than the picture.
  else
    build.button('next-sentence' satisfies ElementId, name.replace(/ (?=\d+\/\d+$)/, '\n'), cell, {
      ...look,
      size: size * 0.8,
      maxLines: 2,
    });
};

/** What really follows: a screen that is only read gives way to the next one, silence ends the rest. */
const timeLeftIn = ({ messages }: ScreenContext, model: ScreenModel): ((seconds: number) => string) => {
  const read = model.screen === 'done' || (model.screen === 'notice' && model.choices.includes('continue'));
  return read ? messages.footer.secondsToNext : messages.footer.secondsLeft;
};

/** Countdown ring with the seconds in it, and the same in words where they have room; at the right edge. */
export const drawCountdown = (context: ScreenContext, model: ScreenModel, area: Rect): void => {
  const { build, sizes } = context;
  if (model.timeout === undefined) return;
  const { secondsLeft } = model.timeout;
  const said = timeLeftIn(context, model);
  const label = said(secondsLeft);
  const size = sizes.compact ? 16 : 24;
  const diameter = ringSize(sizes);
  const widest = Math.max(
    ...said(60)
      .split('\n')
      .map((line) => measureText(line, size, 400, build.language)),
  );
  if ((widest * 14) / size > area.width - diameter - sizes.gap) {
    const [ring] = cutRight(area, diameter);
    drawRing(context, secondsLeft, ring);
    build.element('countdown', 'text', label.replaceAll('\n', ' '), ring);
    return;
  }
  const [words, left] = cutRight(area, Math.min(Math.ceil(widest) + 8, area.width - diameter - sizes.gap), sizes.compact ? 10 : 16);
  const [ringArea] = cutRight(left, diameter);
  drawRing(context, secondsLeft, ringArea);
  build.text('countdown', label, words, { size, smallest: 13, vertical: 'middle', colour: COLOURS.textSoft, maxLines: 2 });
};

export const ringSize = (sizes: Sizes): number => (sizes.compact ? 48 : 66) * (sizes.large ? 1.3 : 1);

const drawRing = ({ build, sizes }: ScreenContext, secondsLeft: number, area: Rect): void => {
  const diameter = ringSize(sizes);
  const box = centred(area, diameter, diameter);
  const width = sizes.compact ? 5 : 7;
  const radius = (diameter - width) / 2;
  const around = 2 * Math.PI * radius;
  const share = Math.max(0, Math.min(1, secondsLeft / 60));
  const [cx, cy] = [box.x + diameter / 2, box.y + diameter / 2];
  // Three digits are narrower, so that they stay inside the ring.
  const digits = (sizes.compact ? 20 : 28) * (sizes.large ? 1.4 : 1) * (secondsLeft > 99 ? 0.75 : 1);
  build.draw(
    box,
    `<circle cx="${cx}" cy="${cy}" r="${radius}" fill="none" stroke="${COLOURS.border}" stroke-width="${width}"/>` +
      `<circle cx="${cx}" cy="${cy}" r="${radius}" fill="none" stroke="${COLOURS.primary}" stroke-width="${width}" stroke-linecap="round" stroke-dasharray="${(around * share).toFixed(1)} ${around.toFixed(1)}" transform="rotate(-90 ${cx} ${cy})"/>` +
      `<text x="${cx}" y="${(cy + digits * 0.38).toFixed(1)}" text-anchor="middle" font-size="${digits}" font-weight="700" fill="${COLOURS.text}">${secondsLeft}</text>`,
  );
};

/** The last seconds: asks over the whole width whether to go on. */
const drawAsking = ({ build, frame, sizes, messages }: ScreenContext, secondsLeft: number): void => {
  const { footer } = frame;
  build.draw(footer, shape(footer, { fill: COLOURS.warning }));
  const [upper, lower] = sizes.portrait ? cutTop(footer, footer.height / 2) : [footer, footer];
  const inner = inset(lower, sizes.margin, (lower.height - sizes.target) / 2);
  const [go, afterGo] = cutRight(inner, sizes.portrait ? inner.width * 0.58 : sizes.compact ? 190 : 300, sizes.gap);
  const [stop, beside] = sizes.portrait ? [afterGo, afterGo] : cutRight(afterGo, sizes.compact ? 140 : 230, sizes.gap);
  const words = sizes.portrait ? inset(upper, sizes.margin, (upper.height - sizes.target) / 2) : beside;
  build.button('continue', messages.asking.continue, go, { kind: 'primary', size: sizes.compact ? 26 : 36 });
  build.button('cancel', messages.footer.cancel, stop, { kind: 'outline', size: sizes.compact ? 22 : 30, icon: 'cross' });
  const half = words.height / 2;
  build.text('asking', messages.asking.title, rect(words.x, words.y, words.width, half), {
    size: sizes.instruction, weight: 700, vertical: 'middle', maxLines: 1, smallest: 18,
  }); // biome-ignore format: one style
  build.text('countdown', messages.asking.body(secondsLeft), rect(words.x, words.y + half, words.width, half), {
    size: sizes.compact ? 17 : 25, vertical: 'middle', maxLines: 1, smallest: 14,
  }); // biome-ignore format: one style
};

/** Two lines on a tall panel. */
export const bannerHeight = (sizes: Sizes): number => (sizes.compact ? 28 : sizes.portrait ? 84 : 52);

/** A lost link, said below the progress without taking the screen away: that one can go on, and what becomes of it. */
export const drawBanner = ({ build, sizes, messages }: ScreenContext, { screen, banner }: ScreenModel, box: Rect): void => {
  if (banner === undefined) return;
  const size = sizes.compact ? 17 : 24;
  build.panel(box, { fill: COLOURS.warningTint, border: COLOURS.warning, width: 2 });
  const [sign, words] = cutLeft(inset(box, sizes.margin, 0), size * 1.2, size * 0.5);
  build.draw(sign, icon('warning', sign.x, sign.y + (sign.height - size * 1.1) / 2, size * 1.1, COLOURS.warningDark));
  build.text('banner', messages.banner[banner][KEPT.has(screen) ? 'kept' : 'goOn'], words, {
    size, vertical: 'middle', maxLines: sizes.portrait ? 2 : 1, smallest: 12, leading: 1.25, balance: sizes.portrait,
  }); // biome-ignore format: one style
};
