// Visit after visit in one process, and what grows meanwhile: the box runs for months. Prints a row per hundred visits and the slope of each
// figure with its confidence. Never fails on a figure: a person reads the table. Ctrl-C ends it with what there is.
//   npm run soak -- [--visits 2000] [--every 100] [--settle 300] [--json FILE]
// The kiosk, the broker and the simulated hardware share this process, compiled, with the box's flags and real models; the terminal is its own.
// Every fifth visit is by face, the others by PIN on the keypad. Reader and card answer at once; everything else takes its time, and the next
// card is laid down as soon as the last one is gone.

import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ElementId } from '../src/core/screens.ts';
import { openSite, type Site } from './bench/site.ts';
import { grown, type Slope, slopeTable } from './bench/slope.ts';
import { type Held, heldNow, heldTable } from './bench/what-is-held.ts';

const { values } = parseArgs({
  options: {
    visits: { type: 'string', default: '2000' },
    every: { type: 'string', default: '100' },
    settle: { type: 'string', default: '300' },
    json: { type: 'string' },
  },
});
const count = (option: 'visits' | 'every' | 'settle'): number => {
  const value = Number(values[option]);
  if (Number.isInteger(value) && value >= (option === 'settle' ? 0 : 1)) return value;
  process.stderr.write(`--${option} ${values[option]}: a whole number is needed.\n`);
  process.exit(2);
};
const [visits, every, settle] = [count('visits'), count('every'), count('settle')];

/** A finger that comes down again sooner is taken for bounce. */
const REST_MS = 45;

const tap = async ({ kiosk, hardware }: Site, id: ElementId): Promise<void> => {
  await kiosk.display.settled();
  const found = kiosk.display.scene.elements.find((element) => element.id === id);
  if (found === undefined) throw new Error(`no ${id} on screen ${kiosk.visit.screen.screen}`);
  const { x, y, width, height } = found.rect;
  hardware.touchPanel.down(x + width / 2, y + height / 2);
  hardware.touchPanel.up();
  await sleep(REST_MS);
};

/** From the card on the tray to the empty tray; the terminal has signed for it when "done" is there. */
const oneVisit = async (site: Site, byFace: boolean): Promise<void> => {
  site.placeCard();
  await site.screen('choose-method');
  if (byFace) await tap(site, 'method-face');
  // On a busy machine a face can take longer than a patient is given: they go on by PIN then.
  if (!byFace || (await site.screen('consent', 'face-retry')) === 'face-retry') {
    await tap(site, 'method-pin');
    await site.screen('pin');
    site.hardware.keypad.type('1234\n');
  }
  await site.screen('consent');
  await tap(site, 'consent-all');
  await site.screen('consent-items');
  await tap(site, 'item-yes');
  await site.screen('done');
  site.takeCard();
  await site.screen('idle');
};

const head = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, load average ${loadavg()
  .map((value) => value.toFixed(2))
  .join(' ')}, Node ${process.versions.node}`;
process.stdout.write(`${head}\n\n${heldTable.head}\n`);

const site = await openSite('off');
const loop = monitorEventLoopDelay({ resolution: 1 });
const rows: Held[] = [];
const note = async (done: number, seconds: number): Promise<void> => {
  const row = await heldNow(site, done, seconds, loop);
  rows.push(row);
  process.stdout.write(`${heldTable.row(row)}\n`);
};
let slopes: readonly Slope[] = [];
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (stopped = true));
try {
  await site.screen('idle');
  loop.enable();
  let began = performance.now();
  for (let done = 1; done <= visits && !stopped; done += 1) {
    await oneVisit(site, done % 5 === 0);
    if (done % every !== 0) continue;
    await note(done, (performance.now() - began) / 1000);
    loop.reset();
    began = performance.now();
  }
  slopes = grown(rows, settle);
  process.stdout.write(`\n${slopeTable(slopes, settle)}\n`);
  await site.stopKiosk();
} finally {
  await site.stop();
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine: head, rows, slopes }, null, 2)}\n`);
process.exit(0);
