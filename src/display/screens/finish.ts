// The end of a visit: sending, the recap, and taking the card with a rising alarm.

import { icon } from '../icons.ts';
import { cardFromTray, sendingPicture } from '../illustrations.ts';
import { centred, cutBottom, cutLeft, cutRight, cutTop, inset, rect, rows } from '../layout.ts';
import type { Rect } from '../ports.ts';
import { spelled } from '../text/speech.ts';
import { COLOURS } from '../theme.ts';
import { beside } from './arrange.ts';
import type { ModelOf, ScreenContext, ScreenEnd } from './context.ts';
import { drawCountdown, ringSize } from './frame.ts';
import { drawLamps } from './lamps.ts';
import { stackTexts } from './stack.ts';

export const sending = (context: ScreenContext): ScreenEnd => {
  const { build, frame, sizes } = context;
  const words = context.messages.sending;
  const [left, right] = beside(context, frame.body, [1.1, 1], sizes.gap, [0.6, 1]);
  stackTexts(build, left, [
    { id: 'title', label: words.title, style: { size: sizes.hero * 0.85, weight: 700, balance: true, leading: 1.35 } },
    ...(sizes.large
      ? []
      : [{ id: 'body', label: words.body, gap: sizes.gap * 1.6, style: { size: sizes.instruction, colour: COLOURS.textSoft } }]),
  ]);
  build.image('illustration', words.illustration, right, sendingPicture(right));
  return { speech: `${words.title}\n${words.body}` };
};

export const done = (context: ScreenContext, model: ModelOf<'done'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.done;
  const state = words[model.checkIn];
  const good = model.checkIn === 'checked-in';
  const colour = good ? COLOURS.success : COLOURS.primary;
  const [bar, main] = cutBottom(frame.body, sizes.compact ? 60 : 96, sizes.gap);
  const [left, right] = beside(context, main, [1.15, 1], sizes.compact ? 16 : 32);

  const signSize = sizes.compact ? 52 : 96;
  const notice = model.notice === undefined ? undefined : messages.failures[model.notice];
  const extra = model.number === undefined && notice === undefined ? 0 : sizes.compact ? 62 : 120;
  const [below, upper] = cutBottom(left, extra, extra === 0 ? 0 : sizes.gap);
  const [sign, words1] = cutLeft(upper, signSize, sizes.gap * 1.2);
  const y = sign.y + (sign.height - signSize) / 2;
  build.draw(
    sign,
    `<circle cx="${sign.x + signSize / 2}" cy="${y + signSize / 2}" r="${signSize / 2}" fill="${colour}"/>${icon(good ? 'check' : 'staff', sign.x + signSize * 0.2, y + signSize * 0.2, signSize * 0.6, COLOURS.surface)}`,
  );
  stackTexts(build, words1, [
    {
      id: 'title',
      label: state.title,
      style: {
        size: sizes.large ? sizes.huge : sizes.compact ? 30 : 48,
        weight: 700,
        colour: good ? COLOURS.success : COLOURS.primaryDark,
        balance: true,
        leading: 1.25,
      },
    },
    { id: 'body', label: state.body, gap: sizes.gap, style: { size: sizes.compact ? sizes.body : 29 } },
  ]);
  if (model.number !== undefined) {
    drawNumber(context, model.number, below);
  } else if (notice !== undefined) {
    build.panel(below, { fill: COLOURS.warningTint, border: COLOURS.warningDark, width: 2, radius: sizes.radius });
    stackTexts(build, inset(below, sizes.gap * 1.2, sizes.compact ? 4 : 10), [
      { id: 'notice', label: notice.title, style: { size: sizes.compact ? 18 : 26, weight: 700, colour: COLOURS.warningDark } },
      { id: 'notice-action', label: notice.action, gap: sizes.gap * 0.5, style: { size: sizes.compact ? 16 : 23, leading: 1.25 } },
    ]);
  }
  drawRecap(context, model, right);

  const taken = model.cardTaken === true;
  build.panel(bar, { fill: taken ? COLOURS.success : COLOURS.primary, radius: sizes.radius });
  const iconSize = sizes.compact ? 36 : 58;
  const [ring, beforeRing] = cutRight(inset(bar, sizes.gap * 1.4, 0), model.timeout === undefined ? 0 : bar.height, sizes.gap);
  if (model.timeout !== undefined) {
    build.draw(
      ring,
      `<circle cx="${ring.x + ring.width / 2}" cy="${ring.y + ring.height / 2}" r="${bar.height * 0.44}" fill="${COLOURS.surface}"/>`,
    );
    drawCountdown(context, model, centred(ring, ringSize(sizes), ringSize(sizes)));
  }
  const [cardSign, words2] = cutLeft(beforeRing, iconSize, sizes.gap);
  build.draw(
    cardSign,
    icon(taken ? 'check' : 'card', cardSign.x, cardSign.y + (cardSign.height - iconSize) / 2, iconSize, COLOURS.surface),
  );
  build.text('take-card', taken ? words.taken : words.takeCard, words2, {
    size: sizes.compact ? 28 : 46,
    weight: 700,
    colour: COLOURS.surface,
    vertical: 'middle',
    maxLines: 1,
  });
  const number = model.number === undefined ? [] : [words.number, spelled(model.number)];
  return { speech: [state.title, state.body, ...number, taken ? words.taken : words.takeCard, ...recapSaid(context, model)].join('\n') };
};

/** The reception number, in the largest letters of the screen. */
const drawNumber = ({ build, sizes, messages }: ScreenContext, number: string, box: Rect): void => {
  build.panel(box, { fill: COLOURS.tint, radius: sizes.radius });
  const [label, value] = cutLeft(inset(box, sizes.gap * 1.2, 0), sizes.compact ? 110 : 160, sizes.gap);
  const look = { weight: 700, colour: COLOURS.primaryDark, vertical: 'middle', maxLines: 1 } as const;
  build.caption(messages.done.number, label, { ...look, size: sizes.body, smallest: 14 });
  build.text('number', number, value, { ...look, size: sizes.compact ? 44 : 84, smallest: 20 });
};

/** The recap for the ear, last: the card bar's words must not wait for it. */
const recapSaid = ({ messages }: ScreenContext, { shared }: ModelOf<'done'>): readonly string[] => {
  const { recap, nothing, given: yes, notGiven: no } = messages.done;
  if (shared.length === 0) return [nothing];
  return [recap, ...shared.flatMap(({ question, given }) => [messages.consent.questions[question], given ? yes : no])];
};

/** What is shared and what is not, one line per question. */
const drawRecap = ({ build, sizes, messages }: ScreenContext, model: ModelOf<'done'>, box: ReturnType<typeof rect>): void => {
  const words = messages.done;
  build.panel(box, { fill: COLOURS.surface, border: COLOURS.border, radius: sizes.radius });
  const inner = inset(box, sizes.gap * 1.2, sizes.gap * 0.6);
  const [head, list] = cutTop(inner, sizes.small * 1.7, sizes.compact ? 2 : 6);
  build.text('recap', words.recap, head, {
    size: sizes.small,
    weight: 700,
    colour: COLOURS.primaryDark,
    vertical: 'middle',
    maxLines: 1,
    smallest: 13,
  });
  if (model.shared.length === 0) {
    build.text('recap-none', words.nothing, list, { size: sizes.body, vertical: 'middle', colour: COLOURS.textSoft });
    return;
  }
  const lines = rows(list, [1, 1, 1, 1], 0);
  model.shared.slice(0, 4).forEach(({ question, given }, i) => {
    const row = lines[i];
    if (row === undefined) return;
    build.panel(rect(row.x, row.y, row.width, 1), { fill: COLOURS.border });
    const [state, name] = cutRight(row, sizes.compact ? 112 : 160, 8);
    const size = sizes.compact ? 17 : 25;
    const colour = given ? COLOURS.success : COLOURS.grey;
    build.text(`recap-${question}`, messages.consent.questions[question], name, {
      size,
      vertical: 'middle',
      maxLines: 2,
      smallest: 13,
      leading: 1.15,
    });
    build.draw(state, icon(given ? 'check' : 'cross', state.x, state.y + (state.height - size) / 2, size, colour));
    build.text(`recap-${question}-state`, given ? words.given : words.notGiven, cutLeft(state, size * 1.3)[1], {
      size,
      weight: 700,
      colour,
      vertical: 'middle',
      maxLines: 1,
      smallest: 12,
    });
  });
};

export const takeCard = (context: ScreenContext, model: ModelOf<'take-card'>): ScreenEnd => {
  const { build, frame, sizes, messages } = context;
  const words = messages.takeCard;
  const urgent = model.alarm >= 2;
  const [left, right] = beside(context, frame.body, [1.15, 1], sizes.gap);
  const ended = model.after === undefined ? undefined : messages.failures[model.after];
  const [lamps, above] = cutBottom(left, sizes.compact ? 16 : 26, sizes.gap);
  const shown = model.number === undefined ? 0 : sizes.compact ? 62 : 120;
  const [numbered, text] = cutBottom(above, shown, shown === 0 ? 0 : sizes.gap);
  if (model.number !== undefined) drawNumber(context, model.number, numbered);
  stackTexts(build, text, [
    {
      id: 'title',
      label: words.title,
      style: { size: sizes.hero, weight: 700, balance: true, leading: 1.35, colour: urgent ? COLOURS.error : COLOURS.text },
    },
    ...(ended === undefined
      ? []
      : [
          {
            id: 'after',
            label: `${ended.title}\n${ended.patient}`,
            gap: sizes.gap * 1.6,
            style: { size: sizes.body, leading: 1.5, colour: COLOURS.textSoft },
          },
        ]),
    {
      id: 'body',
      label: urgent ? words.urgent : model.alarm === 1 ? words.body : words.reminder,
      gap: sizes.gap * 1.6,
      style: { size: sizes.instruction, weight: ended === undefined ? 400 : 700, colour: COLOURS.textSoft },
    },
  ]);
  if (model.alarm > 0) drawLamps(build, lamps, model.alarm, sizes.hero * 6);
  build.image('illustration', words.illustration, right, cardFromTray(right, { card: messages.idle.cardTitle }));
  return { speech: ended === undefined ? words.title : `${ended.title}\n${words.title}` };
};
