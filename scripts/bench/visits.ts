// Whole visits by face on simulated hardware, and touches on the PIN screen. The hand that acts costs no time:
// a finger comes down when the screen is there and is lifted at once; its rests are not counted.

import { setTimeout as sleep } from 'node:timers/promises';
import type { ElementId, ScreenName } from '../../src/core/screens.ts';
import { type Figure, figure } from './figures.ts';
import type { Site } from './site.ts';

/** A finger that comes down again sooner is taken for bounce. */
const REST_MS = 45;

const middleOf = ({ kiosk }: Site, id: ElementId): { x: number; y: number } => {
  const found = kiosk.display.scene.elements.find((element) => element.id === id);
  if (found === undefined) throw new Error(`no ${id} on screen ${kiosk.visit.screen.screen}`);
  return { x: found.rect.x + found.rect.width / 2, y: found.rect.y + found.rect.height / 2 };
};

const tap = (site: Site, id: ElementId): void => {
  const { x, y } = middleOf(site, id);
  site.hardware.touchPanel.down(x, y);
  site.hardware.touchPanel.up();
};

/** Milliseconds of each part of one visit. */
interface VisitParts {
  /** Card placed → found, identified, read, photo enrolled → the next question is on the panel. */
  readonly card: number;
  /** 顔認証 pressed → consent is on the panel; three good frames of a camera with 15 a second. */
  readonly face: number;
  /** Every other press → its next screen on the panel. */
  readonly screens: number;
  /** Last press → the terminal's signed word. */
  readonly acked: number;
}

const oneVisit = async (site: Site): Promise<VisitParts> => {
  const { kiosk } = site;
  /** From an act to the next screen's last row, then a rest that does not count. */
  const after = async (act: () => void, ...screens: ScreenName[]): Promise<number> => {
    const start = performance.now();
    act();
    await site.screen(...screens);
    await kiosk.display.settled();
    const took = performance.now() - start;
    await kiosk.display.warm();
    await sleep(REST_MS);
    return took;
  };
  const card = await after(() => site.placeCard(), 'choose-method');
  const face = await after(() => tap(site, 'method-face'), 'consent');
  const screens = await after(() => tap(site, 'consent-all'), 'consent-items');
  const start = performance.now();
  tap(site, 'item-yes');
  await site.screen('done');
  const acked = performance.now() - start;
  await after(() => site.takeCard(), 'idle');
  return { card, face, screens, acked };
};

export const measureVisits = async (site: Site, rounds: number): Promise<Figure[]> => {
  await site.screen('idle');
  await oneVisit(site);
  const visits: VisitParts[] = [];
  for (let i = 0; i < rounds; i += 1) visits.push(await oneVisit(site));
  return [
    figure(
      'whole visit, card placed → acked, without the human',
      visits.map(({ card, face, screens, acked }) => card + face + screens + acked),
    ),
    figure(
      '  card found and read',
      visits.map(({ card }) => card),
    ),
    figure(
      '  face',
      visits.map(({ face }) => face),
    ),
    figure(
      '  screens between',
      visits.map(({ screens }) => screens),
    ),
    figure(
      '  last press → acked',
      visits.map(({ acked }) => acked),
    ),
  ];
};

/** Report bytes in → last row written, on the real path: HID parser, touch rules, visit, display, panel memory. */
export const measureTouch = async (site: Site, rounds: number): Promise<Figure[]> => {
  const { kiosk, hardware } = site;
  await site.screen('idle');
  site.placeCard();
  await site.screen('choose-method');
  await kiosk.display.settled();
  tap(site, 'method-pin');
  await site.screen('pin');
  await kiosk.display.warm();
  let written = 0;
  const unwatch = hardware.surface.onWrite(() => {
    written = performance.now();
  });
  const down: number[] = [];
  const up: number[] = [];
  const settle = async (start: number): Promise<number> => {
    await kiosk.display.settled();
    const took = written - start;
    await kiosk.display.warm();
    await sleep(REST_MS);
    return took;
  };
  for (let i = 0; i < rounds; i += 1) {
    const id = i % 4 === 3 ? 'key-clear' : (`key-${(i % 9) + 1}` as ElementId);
    const { x, y } = middleOf(site, id);
    const touched = performance.now();
    hardware.touchPanel.down(x, y);
    down.push(await settle(touched));
    const lifted = performance.now();
    hardware.touchPanel.up();
    up.push(await settle(lifted));
  }
  unwatch();
  site.takeCard();
  await site.screen('idle');
  return [
    figure('tap to pixel: finger down → key pressed', down, 'ms', 1),
    figure('tap to pixel: finger up → digit taken, dots redrawn', up, 'ms', 1),
  ];
};
